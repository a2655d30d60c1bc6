/** Findings, made one way. */
import type { EvidenceCheck, EvidenceCode, EvidenceFinding, EvidencePosition } from '../formats/evidence.ts';

/** Findings listed of one check. */
export const LISTED = 100;

export function ok(check: EvidenceCheck, note: EvidenceCode | null = null, position: EvidencePosition | null = null): EvidenceFinding {
  return { check, result: 'ok', code: note, position };
}

export function failedAt(check: EvidenceCheck, code: EvidenceCode, position: EvidencePosition | null): EvidenceFinding {
  return { check, result: 'failed', code, position };
}

export function notChecked(check: EvidenceCheck, code: EvidenceCode | null): EvidenceFinding {
  return { check, result: 'not checked', code, position: null };
}

/** The failures, or that there is none. */
export function allOf(check: EvidenceCheck, failures: readonly EvidenceFinding[]): readonly EvidenceFinding[] {
  return failures.length === 0 ? [ok(check)] : failures.slice(0, LISTED);
}
