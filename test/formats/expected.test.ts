/** Whom a signature must be by: a text whole, or a pattern that meets the whole. */
import { describe, expect, it } from 'vitest';
import { meets } from '../../verifiers/formats/expected.ts';

const NAME = 'https://github.com/o/r/.github/workflows/attest.yml@refs/heads/main';

describe('an expected name', () => {
  it('is met by itself, however long it is, and by nobody', () => {
    const long = `${NAME}/${'a'.repeat(5000)}`;
    expect([meets({ exact: NAME }, NAME), meets({ exact: long }, long), meets({ exact: NAME }, null), meets({ pattern: '.*' }, null)]).toEqual([true, true, false, false]);
  });

  it.each([`${NAME}-evil`, `x${NAME}`, `${NAME}\n`, NAME.toUpperCase(), ''])('is not met by a name that looks alike: %j', (name) => {
    const escaped = NAME.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    for (const expected of [{ exact: NAME }, { pattern: escaped }, { pattern: `${escaped}|nothing` }, { pattern: `nothing|${escaped}` }]) expect([expected, meets(expected, name)]).toEqual([expected, false]);
  });

  it.each(['a)|(?:b', '(', '[', '\\'])('refuses what is no pattern by itself, though it would be one between parentheses: %s', (pattern) => {
    expect(() => meets({ pattern }, 'xb')).toThrow(/Cannot use pattern/);
  });

  it('tries no pattern on a name beyond 2,048 characters', () => {
    expect([meets({ pattern: 'a+' }, 'a'.repeat(2048)), meets({ pattern: 'a+' }, 'a'.repeat(2049))]).toEqual([true, false]);
  });
});
