/** From the regions that a scanner finds to the secrets that are proved in them. */
import type { Scanner } from '../../../core-wasm/core.ts';
import type { Exceptions } from './exceptions.ts';
import { AROUND, type ProvenRule } from './proven.ts';
import { latin1 } from './window.ts';

/** A secret and the bytes it takes. */
export interface ProvenSecret {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The scanner joins regions that overlap, whatever their kinds: so each kind is proved in each of them. Spans may overlap.
 * `bytes` ends with a byte that no text holds.
 */
export function provenSecrets(sets: { readonly scanner: Scanner; readonly rules: readonly ProvenRule[] }, allowed: Exceptions, bytes: Uint8Array): ProvenSecret[] {
  return sets.scanner.scan(bytes).flatMap(({ start, end }) => {
    const first = Math.max(0, start - AROUND);
    const text = latin1(bytes.subarray(first, end + AROUND));
    const region = { text, from: start - first, to: end - first };
    return sets.rules.flatMap((rule) =>
      rule
        .prove(region)
        .filter((span) => !allowed.has(text.slice(span.start, span.end)))
        .map((span) => ({ label: rule.label, start: first + span.start, end: first + span.end })),
    );
  });
}
