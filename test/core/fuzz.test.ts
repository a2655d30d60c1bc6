/** The short run of `npm run fuzz`; OCCASIO_SEED gives another seed. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { targets } from './fuzz/index.ts';
import { rounds } from './random.ts';

describe('every kernel agrees with its oracle', () => {
  it.each(targets.map((target) => [target.name, target] as const))('%s', { timeout: 60_000 }, (_, target) => {
    rounds(target.rounds, (r) => target.round(r));
  });

  it('a_round_is_played_again_by_its_seed_and_number', () => {
    const main = fileURLToPath(new URL('../../tools/fuzz/main.mjs', import.meta.url));
    const run = (...words: readonly string[]): readonly [number | null, string] => {
      const ran = spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' });
      return [ran.status, ran.stdout];
    };
    expect(run('--seed', '7', '--only', 'hashes', '--round', '3')).toEqual([0, 'fuzz: seed 7, round 3\nfuzz: no difference\n']);
    expect(run('--only', 'nothing')[0]).toBe(1);
  });

  it('and_a_difference_names_seed_and_round', () => {
    expect(() => rounds(5, (r, i) => { if (i === 3) throw new Error(`r ${r.below(1)}`); })).toThrow(/OCCASIO_SEED=\d+, round 3: r 0/);
  });
});
