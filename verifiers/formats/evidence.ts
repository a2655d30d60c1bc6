/**
 * The verdict on a piece of evidence: what was checked, in the order of `spec/verify.md`, and one word. Canonical JSON; it holds nothing of
 * the machine that checked, so that verifiers in any language can be compared byte by byte.
 */
import type { JsonCode } from '../../core-wasm/core.ts';
import type { ManifestCode } from './bundle.ts';
import type { Covered } from './checkpoint.ts';
import type { Coverage } from './coverage.ts';
import type { EnvelopeCode } from './envelope.ts';
import type { Predicate } from './predicate.ts';
import type { ShapeCode } from './shape.ts';
import type { StatementCode } from './statement.ts';
import type { FindingCode, Position as RowPosition } from './verdict.ts';

export type EvidenceKind = 'bundle' | 'attestation' | 'run';
export type EvidenceWord = 'verified' | 'self-consistent' | 'open' | 'failed';

/** In the order of `spec/verify.md`. */
export const EVIDENCE_CHECKS = [
  'document', 'manifest', 'signature', 'identity', 'statement', 'predicate', 'form', 'chain', 'run', 'members', 'time', 'end', 'anchor', 'figures',
  'policy', 'decisions', 'coverage', 'git', 'checkpoint', 'required',
] as const;
export type EvidenceCheck = (typeof EVIDENCE_CHECKS)[number];

/** What a checker of signatures answers; `spec/verify.md` has the words. */
export type SignatureCode =
  | 'unsigned'
  | 'no-trusted-key' // signed by a bare key, and none is trusted
  | 'signature-mismatch' // by no trusted key
  | 'signature-unsupported' // of a kind that is not checked here
  | 'certificate' // certificate, chain or its time
  | 'log' // transparency log
  | 'timestamp'
  | 'trust-root'
  | 'signature-invalid';

export type EvidenceCode =
  | JsonCode | FindingCode | ManifestCode | EnvelopeCode | ShapeCode | StatementCode | SignatureCode
  | 'not-object' | 'unknown-document'
  | 'no-manifest' | 'no-attestation' | 'no-rows'
  | 'identity-differs' | 'issuer-differs' | 'identity-not-expected' | 'any-identity'
  | 'payload-type' | 'subject-name' | 'subject-digest' | 'predicate-differs'
  | 'anchor-first' | 'anchor-last' | 'anchor-rows' | 'anchor-run' | 'rows-after'
  | 'figure-differs'
  | 'policy-text-differs' | 'policy-text-unused' | 'no-policy-text' | 'policy-built-in' | 'policy-not-enforced' | 'rules-differ'
  | 'decision-differs' | 'no-replay' | 'not-replayed'
  | 'undecided' | 'unissued' | 'too-many-ids'
  | 'git-digest' | 'no-git-state' | 'no-repository'
  | 'requirement-not-met';

/** Of a row; of a member, by JSON pointer; of a byte of the file. */
export type EvidencePosition = RowPosition | { readonly member: string } | { readonly offset: number };

export interface EvidenceFinding {
  readonly check: EvidenceCheck;
  /** A finding that is ok and has a code is a note. */
  readonly result: 'ok' | 'failed' | 'not checked';
  readonly code: EvidenceCode | null;
  readonly position: EvidencePosition | null;
}

export interface Signer {
  readonly kind: 'key' | 'certificate';
  /** The key's id, or the subject alternative name. */
  readonly identity: string;
  readonly issuer: string | null;
}

export interface EvidenceVerdict {
  readonly verdict: 'occasio-verdict/v1';
  readonly evidence: EvidenceKind;
  readonly word: EvidenceWord;
  readonly run_id: string | null;
  readonly rows: number;
  readonly first_hash: string | null;
  readonly last_hash: string | null;
  readonly root_hash: string | null;
  /** Whose signature is good; null where none is. */
  readonly signer: Signer | null;
  readonly preset: string | null;
  /** Counted from the rows, not taken from the attestation. */
  readonly summary: Omit<Predicate['execution_summary'], 'blocked_events'> | null;
  readonly coverage: Coverage | null;
  /** By checkpoints of trusted keys; null where there are no rows. */
  readonly covered: Covered | null;
  readonly checks: readonly EvidenceFinding[];
  /** Findings that failed; of a check at most 100 are listed and counted. */
  readonly faults: number;
}

export function exitOfEvidence(word: EvidenceWord): 0 | 1 {
  return word === 'failed' ? 1 : 0;
}
