/** The door of the ledger: a home, its runs, and what lies beside them. */
export { auditHome, indexedExpectation, readPieces, seenBy, type HomeCheck, type HomeCode, type HomeFinding, type HomeVerdict, type VerifyRun } from './audit.ts';
export { openRunCovered, type AuditOptions, type RunCovered } from './audit-covered.ts';
export { checkpointNotes } from './notes.ts';
export { homeSentenceOf } from './audit-sentences.ts';
export { repairFile, type Repair } from './repair.ts';
export { repairIndex } from './repair-index.ts';
export { readDevice, rotateDevice, type Device } from './device.ts';
export { openHome, takeHome, type Home } from './home.ts';
export { runPath, type Counts, type InputCommit, type OpenRun, type Run, type Written } from './run.ts';
export type { Index } from './entries.ts';
export type { Policies } from './policies.ts';
export type { ProxyEntry, Proxies } from './proxies.ts';
export type { Results, StoredResult } from './results.ts';
export { proveRow, type Proved, type Wanted } from './prove.ts';
export { handOut, type Answer, type Deliver, type Handed, type Handout } from './witness.ts';
