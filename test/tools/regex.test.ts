/** The pattern engine of local grep: the same matches as the runtime's own on what both can do, in linear time always. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileMatcher, type Matcher } from '../../host/tools/regex/match.ts';
import { cpuMs } from '../support/cpu.ts';

const never = (): boolean => false;

function matcher(pattern: string, flags: { fold?: boolean; multiline?: boolean } = {}): Matcher {
  const made = compileMatcher(pattern, { fold: flags.fold ?? false, multiline: flags.multiline ?? false }, never);
  if (!made.ok) throw new Error(made.why);
  return made.matcher;
}

const all = (m: Matcher, text: string): string[] => {
  const out: string[] = [];
  for (let at = 0, s = m.span(text, at); s !== null && at <= text.length; s = m.span(text, at)) {
    out.push(text.slice(s.start, s.end));
    at = s.end === s.start ? s.end + 1 : s.end;
  }
  return out;
};

const piece: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('a', 'b', 'é', '.', '[ab]', '[^a]', '\\w', '\\s', '\\d', '^', '$', '\\b', '\\B', ' ', '1', '\\.', '😀', '[α-ω]'),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
    fc.tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,2}', '*?', '+?', '??')).map(([a, q]) => `(?:${a})${q}`),
  ),
})).node;

describe('agrees with the runtime on the common syntax', () => {
  // Words and spaces are ASCII in the runtime's \w, \d, \s and \b: the texts hold no other letters where these matter.
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '1', '.', '\n', 'A'), maxLength: 12 });
  test('where a match lies and what it is', () => {
    fc.assert(
      fc.property(piece, text, fc.boolean(), (pattern, subject, fold) => {
        const made = compileMatcher(pattern, { fold, multiline: true }, never);
        if (!made.ok) throw new Error(made.why);
        const theirs = new RegExp(pattern, `gmsu${fold ? 'i' : ''}`).exec(subject);
        const ours = made.matcher.span(subject, 0);
        // An empty iteration inside a repetition is where the two dialects differ: then only "is there a match" is compared.
        if (/\)(?:[*+?]|\{)/.test(pattern)) expect(ours !== null).toBe(theirs !== null);
        else expect(ours === null ? null : [ours.start, subject.slice(ours.start, ours.end)]).toEqual(theirs === null ? null : [theirs.index, theirs[0]]);
        expect(made.matcher.ends(subject, 0) >= 0).toBe(theirs !== null);
      }),
      { numRuns: 800, seed: 7_101 },
    );
  });
});

describe('what models search for', () => {
  test.each<[string, string, string[]]>([
    ['needle', 'a needle needles', ['needle', 'needle']],
    ['\\bneedle\\b', 'a needle needles', ['needle']],
    ['function\\s+\\w+\\(', 'export function go(x)', ['function go(']],
    ['log.*Error', 'logger.Error', ['logger.Error']],
    ['interface{}', 'x interface{} y', ['interface{}']],
    ['a{2,3}', 'aaaa', ['aaa']],
    ['(?i)TODO|fixme', 'todo FIXME', ['todo', 'FIXME']],
    ['(?i:a)b', 'Ab AB', ['Ab']],
    ['[[:digit:]]+', 'x12y3', ['12', '3']],
    ['[]a]+', ']a]', [']a]']],
    ['[a-]+', 'a-a', ['a-a']],
    ['[^\\s"]+', '"ab cd"', ['ab', 'cd']],
    ['\\p{Lu}\\p{Greek}', 'Aα aα', ['Aα']],
    ['\\bé', 'é xé', ['é']],
    ['\\x41\\u{1F600}', 'A😀', ['A😀']],
    ['foo|foobar', 'foobar', ['foo']],
    ['a*?b', 'aab', ['aab']],
    ['\\<in\\>', 'in inn', ['in']],
    ['(?P<name>x)(?<b>y)', 'xy', ['xy']],
    ['\\$\\{\\w+\\}', '${HOME}', ['${HOME}']],
    ['"[^"]*"', '"a" "b"', ['"a"', '"b"']],
  ])('%s', (pattern, text, want) => expect(all(matcher(pattern), text)).toEqual(want));

  test('a newline is consumed in multiline only', () => {
    expect(matcher('a.b').ends('a\nb', 0)).toBe(-1);
    expect(matcher('a\\sb').ends('a\nb', 0)).toBe(-1);
    expect(matcher('a\\nb').ends('a\nb', 0)).toBe(-1);
    expect(matcher('a.b', { multiline: true }).ends('a\nb', 0)).toBe(3);
    expect(matcher('^b$').ends('a\nb\nc', 0)).toBe(3);
  });

  test('case folding reaches beyond ASCII', () => {
    expect(matcher('[^s]', { fold: true }).ends('sS', 0)).toBe(-1);
    expect(matcher('[^kK]', { fold: true }).ends('k', 0)).toBe(-1);
    expect(matcher('STRASSE Ünï', { fold: true }).ends('strasse üNÏ', 0)).toBe(11);
  });
});

test.each([
  ['(?=a)b', 'look-ahead'], ['(?<!a)b', 'look-ahead'], ['(a)\\1', 'back-reference'], ['a{2000}', 'repetition'], ['(', 'not closed'], ['a)', 'closes nothing'], ['[a', 'not closed'],
  ['*a', 'nothing before'], ['[b-a]', 'range'], ['\\', 'backslash'], ['\\q', 'unknown escape'], ['\\p{Nope}', 'property'], ['[a&&b]', 'arithmetic'], ['(?x)a', 'flag'], ['((a{99}){99}){99}', 'states'],
  ['('.repeat(200), 'nested'], ['a'.repeat(5_000), 'longer'],
])('a pattern that is not supported says so: %s', (pattern, why) => {
  const made = compileMatcher(pattern, { fold: false, multiline: false }, never);
  expect(made.ok).toBe(false);
  expect(made.ok ? '' : made.why).toContain(why);
});

describe('patterns that blow up elsewhere are linear here', () => {
  test.each(['(a+)+$', '(a|a)*b', '(a|aa)+$', '(.*)*x', 'a.*a.*a.*a.*b', '(x+x+)+y', '(?:a?){50}a{50}', '[ab]*a[ab]{12}c'])('%s', (pattern) => {
    const m = matcher(pattern);
    const time = (n: number): number => {
      const from = cpuMs();
      m.ends(`${'ab'.repeat(n / 8)}${'a'.repeat(n)}${'x'.repeat(n / 2)}!`, 0);
      m.span(`${'a'.repeat(n / 8)}!`, 0);
      return cpuMs() - from;
    };
    time(1_000);
    expect(time(40_000)).toBeLessThan(2_000);
  });
});

test('a match is given up when it is told to stop', () => {
  const made = compileMatcher('(a|b)*c', { fold: false, multiline: false }, () => true);
  if (!made.ok) throw new Error(made.why);
  expect(made.matcher.span('ab'.repeat(100_000), 0)).toBeNull();
  expect(made.matcher.cut).toBe(true);
});

test('never throws on any pattern', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab(){}[]|*+?.^$\\-,1:<>=!pPxu&~i#é'), maxLength: 14 }), (pattern) => {
      const made = compileMatcher(pattern, { fold: true, multiline: false }, never);
      if (made.ok) made.matcher.ends('ab(12)é', 0);
    }),
    { numRuns: 5_000, seed: 7_102 },
  );
});
