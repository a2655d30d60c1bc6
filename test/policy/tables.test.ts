/** What the build makes of the patterns of the secret rules. */
import { describe, expect, it } from 'vitest';
import type { Automaton } from '../../core-wasm/core.ts';
import { compilePattern } from '../../host/policy/pattern/compile.ts';
import { smallest } from '../../host/policy/pattern/smallest.ts';
import { automatonOf } from '../../host/policy/secrets/make-tables.ts';
import { packAutomata, unpackAutomata } from '../../host/policy/secrets/packed.ts';
import { TABLED_RULES } from '../../host/policy/secrets/rules.ts';
import { scanRuleOf } from '../../host/policy/secrets/tabled.ts';
import { seeded } from './given.ts';

function built(pattern: string): Automaton {
  const made = compilePattern(pattern, 'anchored');
  if (!made.ok) throw new Error(made.why);
  return made.automaton;
}

function accepts({ classOf, classes, next, accept }: Automaton, text: Uint8Array): boolean {
  let state = 1;
  for (const byte of text) state = next[state * classes + (classOf[byte] ?? 0)] ?? 0;
  return accept[state] === 1;
}

describe('tables', () => {
  it('the_tables_are_those_of_the_rules', () => {
    const random = seeded(5);
    // All of them take seconds; any of them may be asked, and each has its share of the runs.
    for (const rule of TABLED_RULES.filter((_, i) => i % 8 === random(8))) expect([rule.label, scanRuleOf(rule).automaton]).toEqual([rule.label, automatonOf(rule)]);
  });

  it.each(['abc', 'a|b|ab', '(?:ab|cb)*d', '[a-f0-9]{4,6}x?', '(a|aa){1,3}b', '/key[a-z]{2}/i', 'x[^y]*y', '\u00e9+'])('the smallest automaton of %s does the same', (pattern) => {
    const large = built(pattern);
    const small = smallest(large);
    expect(small.accept.length).toBeLessThanOrEqual(large.accept.length);
    expect(smallest(small).next.length).toBe(small.next.length);
    expect(unpackAutomata(packAutomata([large, small]))).toEqual([large, small]);
    const random = seeded(6);
    const letters = [...new TextEncoder().encode('abcdefxy09KkEe\u00e9')];
    for (let i = 0; i < 2000; i++) {
      const text = Uint8Array.from({ length: random(9) }, () => letters[random(letters.length)] ?? 0);
      expect(accepts(small, text)).toBe(accepts(large, text));
    }
  });

  it('tables_that_end_early_or_late_are_a_fault_of_ours', () => {
    const packed = packAutomata([built('abc')]);
    expect(() => unpackAutomata(packed.subarray(0, -1))).toThrow(/^bug: /);
    expect(() => unpackAutomata(Uint8Array.from([...packed, 0]))).toThrow(/^bug: /);
  });

  it('all_of_them_take_less_than_a_megabyte_in_the_core', () => {
    const size = TABLED_RULES.reduce((sum, rule) => sum + scanRuleOf(rule).automaton.next.length * 2 + scanRuleOf(rule).automaton.accept.length + 256, 0);
    expect(size).toBeLessThan(1 << 20);
  });
});
