/**
 * The policy room: text -> document -> Policy; decide(policy, judged) -> Decision; scanning and redacting content. Pure and
 * fit for a browser: no clock, no disk.
 */
export { compilePolicy, type Policy } from './compile.ts';
export { scanContent, redact, maskSecrets, type Content, type FoundSecret, type Redacted } from './content.ts';
export { scanLong } from './content-long.ts';
export { decide } from './decide.ts';
export { describePolicy, diffPolicy, type Difference, type MemberText } from './describe.ts';
export { canonicalTool, DEFAULTS, type PolicyDocument, type Route } from './document.ts';
export type { PolicyFault } from './fault.ts';
export { parsePolicy, type PolicyResult } from './parse.ts';
export { reasonSentence, reasons, type Reason } from './reasons.ts';
export { restoreWriting, type EditStep, type Restored, type Writing } from './writeback/restore.ts';
export { templateNames, templateText, type TemplateName } from './templates/index.ts';
