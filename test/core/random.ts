/** A seeded source of randomness. `OCCASIO_SEED` gives another seed; a failure names the seed and the round that failed. */

export interface Random {
  /** An integer from 0 to n - 1. */
  below(n: number): number;
  pick<T>(of: readonly T[]): T;
  chance(p: number): boolean;
}

export const seed = Number(process.env['OCCASIO_SEED'] ?? 20260301);

/** mulberry32 */
export function random(state: number): Random {
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    chance: (p) => next() < p,
    pick: (of) => {
      const one = of[below(of.length)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    },
  };
}

/** Runs `rounds` rounds, each on randomness of its own, so that one can be run alone. */
export function rounds(count: number, round: (r: Random, index: number) => void): void {
  for (let i = 0; i < count; i++) {
    try {
      round(random(seed + i * 7919), i);
    } catch (cause) {
      throw new Error(`OCCASIO_SEED=${seed}, round ${i}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
