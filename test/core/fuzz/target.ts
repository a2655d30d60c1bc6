/** A kernel and its oracle: one round makes an input from randomness and throws where the two differ. */
import { loadCore } from '../../support/core.ts';
import type { Random } from '../random.ts';

export interface Target {
  readonly name: string;
  /** Rounds in `npm test`. */
  readonly rounds: number;
  round(r: Random): void;
}

export const core = loadCore();

/** Places to cut `length` bytes at, ascending. */
export function cuts(r: Random, length: number, most: number): number[] {
  return Array.from({ length: r.below(most + 1) }, () => r.below(length + 1)).sort((a, b) => a - b);
}

/** The pieces of `bytes` between the cuts. */
export function pieces(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length));
}
