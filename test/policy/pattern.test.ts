/** Patterns as automata, held against JavaScript's own matcher; and the core's scanner against a plain one. */
import { describe, expect, it } from 'vitest';
import { END, newBudget } from '../../host/policy/pattern/automaton.ts';
import { compilePattern } from '../../host/policy/pattern/compile.ts';
import { utf8Sequences } from '../../host/policy/pattern/utf8.ts';
import type { Automaton, ScanRule } from '../../core-wasm/core.ts';
import { core, seeded, utf8 } from './given.ts';
import { referenceScanner, runsTo } from './reference.ts';
import { cpuMs } from '../support/cpu.ts';

function automaton(pattern: string, mode: 'anchored' | 'search' = 'search'): Automaton {
  const made = compilePattern(pattern, mode);
  if (!made.ok) throw new Error(`${pattern}: ${made.why}`);
  return made.automaton;
}

/** A text as it is searched. */
const ended = (text: string): Uint8Array => Uint8Array.of(...utf8(text), END);

const searchRule = (pattern: string): ScanRule => ({ keywords: [], fold: false, automaton: automaton(pattern), wordBefore: false, wordAfter: false });

const PATTERNS: readonly (readonly [written: string, same: RegExp])[] = [
  ['foo', /foo/u],
  ['a|bc|d', /a|bc|d/u],
  ['^foo', /^foo/u],
  ['foo$', /foo$/u],
  ['^foo$', /^foo$/u],
  ['(?m)^foo$', /^foo$/mu],
  ['\\bfoo\\b', /\bfoo\b/u],
  ['\\Boo', /\Boo/u],
  ['foo\\b', /foo\b/u],
  ['fo{2,3}b', /fo{2,3}b/u],
  ['(?:ab)+c', /(?:ab)+c/u],
  ['(a|b)*c', /(a|b)*c/u],
  ['a.c', /a.c/u],
  ['(?s)a.c', /a.c/su],
  ['[^a]b', /[^a]b/u],
  ['\\d{2}-\\d{2}', /\d{2}-\d{2}/u],
  ['\\s\\w\\W', /\s\w\W/u],
  ['(?i)stra\u00dfe', /stra\u00dfe/iu],
  ['(?i)Foo', /Foo/iu],
  ['/FOO/i', /FOO/iu],
  ['\u00e9+', /\u00e9+/u],
  ['[\u00e0-\u00ff]{2}', /[\u00e0-\u00ff]{2}/u],
  ['\\u{1f600}', /\u{1f600}/u],
  ['\\p{Lu}a', /\p{Lu}a/u],
  ['a\\-b', /a\-b/],
  ['x*y?z', /x*y?z/u],
  ['a{0}b', /a{0}b/u],
];

const PIECES = ['foo', 'Foo', 'fo', 'o', 'oo', 'b', 'a', 'bc', 'c', 'ab', '\n', '\r', ' ', '-', '1', '12-34', '\u00e9', '\u00ff', '\u00df', 'stra', 'e', 'STRASSE', 'K', '\u212a', '\u017f', '\u{1f600}', '\u{10ffff}', '_', 'x', 'z', '\u2028', '\ufffd', ''];

describe('patterns', () => {
  it('match_what_javascript_matches', () => {
    const random = seeded(42);
    let agreed = 0;
    for (const [written, same] of PATTERNS) {
      const machine = automaton(written);
      for (let round = 0; round < 400; round++) {
        let text = '';
        for (let i = random(8); i > 0; i--) text += PIECES[random(PIECES.length)] ?? '';
        expect([written, text, runsTo(machine, ended(text))]).toEqual([written, text, same.test(text)]);
        agreed++;
      }
    }
    expect(agreed).toBe(PATTERNS.length * 400);
  });

  it('the_core_says_the_same_of_search_patterns', () => {
    const random = seeded(43);
    const rules = PATTERNS.map(([written]) => searchRule(written));
    const mine = referenceScanner(rules);
    const theirs = core.scanner(rules);
    for (let round = 0; round < 300; round++) {
      let text = '';
      for (let i = random(9); i > 0; i--) text += PIECES[random(PIECES.length)] ?? '';
      expect([text, theirs.scan(ended(text))]).toEqual([text, mine.scan(ended(text))]);
    }
  });

  it('what_is_not_UTF8_matches_no_character_and_breaks_nothing', () => {
    const machine = automaton('a.b');
    expect(runsTo(machine, Uint8Array.of(0x61, 0xfe, 0x62, END))).toBe(false);
    expect(runsTo(machine, Uint8Array.of(0xc3, 0x61, 0x20, 0x62, END))).toBe(true);
  });

  it.each([
    ['(a+)+$', 'nested repetition'],
    ['(a|aa)+$', 'overlapping alternatives'],
    ['(.*)*x', 'anything, often'],
  ])('%s takes linear time (%s)', (pattern) => {
    const machine = automaton(pattern);
    const time = (length: number): number => {
      const text = utf8(`${'a'.repeat(length)}!\u00ff`);
      const started = cpuMs();
      runsTo(machine, text);
      return cpuMs() - started;
    };
    time(100_000);
    expect(time(400_000)).toBeLessThan(1_000);
  });

  it.each(['x.{0,400}y.{0,400}z', '[ab]*a[ab]{20}', 'x{99999}', '((a{1,30}){1,30}){1,30}'])('a pattern that would grow too large is refused quickly: %s', (pattern) => {
    const started = cpuMs();
    expect(compilePattern(pattern, 'search').ok).toBe(false);
    expect(cpuMs() - started).toBeLessThan(3_000);
  });

  it('patterns_share_one_budget', () => {
    const budget = { ...newBudget(), steps: 1_000 };
    expect(compilePattern('a{1,50}b', 'search', budget)).toMatchObject({ ok: false, why: expect.stringContaining('too much work') as string });
  });

  it('the_ranges_of_UTF8_are_exact', () => {
    const random = seeded(5);
    for (let round = 0; round < 60; round++) {
      const [low, high] = [random(0x110000), random(0x110000)].sort((a, b) => a - b) as [number, number];
      const sequences = utf8Sequences(low, high);
      for (const code of [low, high, low - 1, high + 1, ...Array.from({ length: 60 }, () => random(0x110000))]) {
        if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) continue;
        const bytes = utf8(String.fromCodePoint(code));
        const fits = sequences.filter((s) => s.length === bytes.length && s.every(([from, to], i) => from <= (bytes[i] ?? 0) && (bytes[i] ?? 0) <= to)).length;
        expect([code, low, high, fits]).toEqual([code, low, high, code >= low && code <= high ? 1 : 0]);
      }
    }
  });
});
