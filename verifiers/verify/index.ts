/**
 * The procedure for evidence, as `spec/verify.md` numbers it. Pure: bytes in, verdict out; command line, browser, edge and CI call this one.
 * The evidence is attacker-controlled; whom and what to trust comes with the options, never from the evidence itself.
 */
import type { Core } from '../../core-wasm/core.ts';
import { EVIDENCE_CHECKS, type EvidenceFinding, type EvidenceKind, type EvidenceVerdict, type EvidenceWord } from '../formats/evidence.ts';
import type { Covered } from '../formats/checkpoint.ts';
import type { Values } from '../formats/line.ts';
import { parsePredicate, type Predicate } from '../formats/predicate.ts';
import type { Progress } from '../verify.ts';
import { checkCheckpoints } from './checkpoint.ts';
import { failedAt, notChecked, ok } from './findings.ts';
import { openEvidence } from './open.ts';
import type { Doors, Evidence, VerifyOptions } from './options.ts';
import { checkPolicy, replay } from './policy.ts';
import { checkAnchor, checkFigures, checkRows, readRows, type RowsRead } from './rows.ts';
import { checkCoverage, checkGit } from './run.ts';
import { checkSignature } from './signature.ts';

export { evidenceSentence } from '../formats/evidence-sentences.ts';
export type { EvidenceFinding, EvidenceVerdict } from '../formats/evidence.ts';
export { parsePublicKey, type TrustedKey } from '../keys.ts';
export { verifyRun, type RunExpectations } from '../verify.ts';
export { isRun, kindOf, type FileKind } from './kind.ts';
export * from './options.ts';

export async function verifyEvidence(core: Core, evidence: Evidence, options: VerifyOptions = {}, doors: Doors = {}, progress?: Progress): Promise<EvidenceVerdict> {
  const parts = openEvidence(core, evidence);
  const signed = checkSignature(core, parts, options, doors);
  const { predicate, checks: form } = checkPredicate(parts.attestation);
  const git = checkGit(core);
  const texts = [...(parts.policy === null ? [] : [parts.policy]), ...parts.policies.map(({ text }) => text)];
  const decisions = replay(core, texts, doors.policy);
  const checkpoints = checkCheckpoints(core, parts.checkpoints, options);
  // A run may have gone on since it was attested; a bundle has the rows that were.
  const most = evidence.kind === 'attestation' ? predicate?.audit_chain.event_count ?? null : null;
  const read = parts.rows === null ? null : await readRows(core, parts.rows, parts.runId, most, (row, place) => {
    git.see(row, place);
    decisions.see(row, place);
  }, progress, checkpoints.see);
  const covered = checkpoints.end(read === null ? null : { rows: read.walk.summary.rows, runId: read.walk.report.runId });
  const checks = [
    ...parts.checks,
    ...signed.checks,
    ...form,
    ...checkRows(read),
    ...checkAnchor(predicate, read),
    ...checkFigures(core, predicate, read),
    ...checkPolicy(core, read, predicate, parts, doors.policy),
    ...(read === null ? [notChecked('decisions', 'no-rows')] : decisions.end()),
    ...checkCoverage(read?.derived ?? null, options.require?.includes('coverage') === true),
    ...(read === null ? [notChecked('git', 'no-rows')] : git.end()),
    ...covered.checks,
  ];
  return verdictOf(evidence.kind, signed.signer, read, covered.covered, [...checks, ...checkRequired(checks, options)]);
}

function checkPredicate(attestation: Values | null): { readonly predicate: Predicate | null; readonly checks: readonly EvidenceFinding[] } {
  if (attestation === null) return { predicate: null, checks: [notChecked('predicate', 'no-attestation')] };
  const parsed = parsePredicate(attestation);
  if (parsed.ok) return { predicate: parsed.predicate, checks: [ok('predicate')] };
  return { predicate: null, checks: parsed.departures.map(({ code, member }) => failedAt('predicate', code, { member })) };
}

/** What must hold does: it was checked, wholly, and is so. A signature is required unless it was said that none is. */
function checkRequired(checks: readonly EvidenceFinding[], options: VerifyOptions): readonly EvidenceFinding[] {
  const holds = (check: string): boolean => checks.every((one) => one.check !== check || (one.result === 'ok' && !WEAK.has(one.code ?? '')));
  const signed = holds('signature') && holds('statement') && (holds('identity') || options.anyIdentity === true);
  const unsigned = options.allowUnsigned === true && checks.some((one) => one.check === 'signature' && one.code === 'unsigned') && options.require?.includes('signature') !== true;
  const missing = [
    ...(signed || unsigned ? [] : ['signature']),
    // Figures that nobody can count again are no evidence of what was done.
    ...(checks.some((one) => one.check === 'form' && one.code === 'no-rows') ? ['rows'] : []),
    ...(options.require ?? []).filter((name) => name !== 'signature' && !holds(name)),
  ];
  if (missing.length === 0) return [ok('required')];
  return missing.map((name) => failedAt('required', 'requirement-not-met', { member: `/${name}` }));
}

/** Notes that a requirement does not go by. */
const WEAK: ReadonlySet<string> = new Set(['policy-not-enforced', 'undecided', 'unissued', 'rows-uncovered', 'no-outside']);

function verdictOf(evidence: EvidenceKind, signer: EvidenceVerdict['signer'], read: RowsRead | null, covered: Covered | null, checks: readonly EvidenceFinding[]): EvidenceVerdict {
  const faults = checks.filter((one) => one.result === 'failed').length;
  const { blocked_events: _events, ...summary } = read?.derived.figures.summary ?? { blocked_events: [] };
  return {
    verdict: 'occasio-verdict/v1',
    evidence,
    word: wordOf(evidence, faults, checks),
    run_id: read?.walk.report.runId ?? null,
    rows: read?.walk.summary.rows ?? 0,
    first_hash: read?.walk.summary.firstHash ?? null,
    last_hash: read?.walk.summary.lastHash ?? null,
    root_hash: read?.walk.summary.root ?? null,
    signer,
    preset: read?.derived.figures.preset ?? null,
    summary: read === null ? null : (summary as EvidenceVerdict['summary']),
    coverage: read?.derived.coverage.coverage ?? null,
    covered,
    checks: [...checks].sort((a, b) => EVIDENCE_CHECKS.indexOf(a.check) - EVIDENCE_CHECKS.indexOf(b.check)),
    faults,
  };
}

function wordOf(evidence: EvidenceKind, faults: number, checks: readonly EvidenceFinding[]): EvidenceWord {
  if (faults > 0) return 'failed';
  const good = (check: string): boolean => checks.some((one) => one.check === check && one.result === 'ok');
  if (good('signature') && good('identity') && good('statement')) return 'verified';
  return evidence === 'run' && checks.some((one) => one.code === 'no-run-end') ? 'open' : 'self-consistent';
}
