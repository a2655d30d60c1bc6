import { describe, expect, it } from 'vitest';
import type { Finding, ScanRule } from '../../core-wasm/core.ts';
import { loadCore } from '../support/core.ts';
import { bytesOf, rounds, textOf } from './random.ts';
import { scanOracle, sequence } from './scan-oracle.ts';
import { cpuMs } from '../support/cpu.ts';

const core = loadCore();

type Parts = Parameters<typeof sequence>[0];
const rule = (keyword: string, parts: Parts, more: Partial<ScanRule> = {}): ScanRule => ({ keywords: [keyword], fold: false, automaton: sequence(parts), wordBefore: false, wordAfter: false, ...more });

const KEY = rule('AKIA', ['AKIA', ['A-Z0-9', 16, 16]], { wordBefore: true, wordAfter: true });
const TOKEN = rule('ghp_', ['ghp_', ['A-Za-z0-9', 36, Infinity]]);
const SHORT = rule('x', ['x', ['0-9', 2, 4]]);

function told(rules: readonly ScanRule[], text: string): string[] {
  const bytes = bytesOf(text);
  const found = core.scanner(rules).scan(bytes);
  expect(found).toEqual(scanOracle(rules, bytes));
  return found.map((f) => `${f.rule}:${textOf(bytes.slice(f.start, f.end))}`);
}

const A16 = 'ABCDEFGHIJ012345';

describe('a scanner', () => {
  it.each<[string, readonly ScanRule[], string, readonly string[]]>([
    ['finds_a_rule_at_its_keyword', [KEY], `key = AKIA${A16};`, [`0:AKIA${A16}`]],
    ['finds_at_the_very_start_and_end', [KEY], `AKIA${A16}`, [`0:AKIA${A16}`]],
    ['finds_nothing_where_there_is_nothing', [KEY], 'AKIA short', []],
    ['finds_nothing_in_an_empty_text', [KEY], '', []],
    ['a_word_byte_before_spoils_it', [KEY], `xAKIA${A16}`, []],
    ['a_word_byte_after_spoils_it', [KEY], `AKIA${A16}6`, []],
    ['a_byte_that_is_no_word_byte_does_not', [KEY], `é-AKIA${A16}-`, [`0:AKIA${A16}`]],
    ['the_longest_match_counts', [SHORT], 'x1 x12 x12345', ['0:x12', '0:x1234']],
    ['the_longest_match_with_its_border_counts', [{ ...SHORT, wordAfter: true }], 'x12 x123_ x1234a x12', ['0:x12', '0:x12']],
    ['case_counts_unless_folded', [KEY], `akia${A16}`, []],
    ['a_folded_keyword_is_found_in_any_case', [rule('kEy', [['KkEeYy', 3, 3], '=', ['a-z', 1, Infinity]], { fold: true })], 'KEY=abc key=d', ['0:KEY=abc', '0:key=d']],
    ['a_rule_may_have_many_keywords', [{ ...SHORT, keywords: ['zz', 'x', 'xx1'] }], 'x12 zz', ['0:x12']],
    ['keywords_of_one_and_two_and_many_bytes', [SHORT, rule('yy', ['yy', ['0-9', 1, 1]]), TOKEN], `x12yy3ghp_${'a'.repeat(40)}`, ['0:x12', '1:yy3', `2:ghp_${'a'.repeat(40)}`]],
    ['findings_side_by_side_stay_apart', [SHORT], 'x12x34', ['0:x12', '0:x34']],
    ['findings_that_overlap_are_joined_so_that_no_byte_is_left_out', [rule('ab', ['ab', ['a-c', 4, 4]]), rule('cc', ['cc', ['a-z', 4, 4]])], 'ababccdefg', ['0:ababccdefg']],
    ['the_earlier_rule_of_the_text_names_a_joined_finding', [rule('cc', ['cc', ['a-z', 4, 4]]), rule('ab', ['ab', ['a-c', 4, 4]])], 'ababccdefg', ['1:ababccdefg']],
    ['the_longer_of_two_that_start_together_names_it', [rule('sk-', ['sk-', ['a-z', 3, Infinity]]), rule('sk-ant-', ['sk-ant-', ['a-z', 3, Infinity]])], 'sk-ant-abcdef', ['1:sk-ant-abcdef']],
    ['the_lower_of_two_that_are_alike_names_it', [SHORT, SHORT], 'x12', ['0:x12']],
    ['a_border_counts_at_each_keyword', [KEY], `AKIAAKIA${A16}`, []],
    ['a_secret_right_behind_a_false_start_is_found', [rule('ghx', ['ghx', ['a-f', 3, 3]])], 'ghghxghxabc', ['0:ghxabc']],
    ['a_secret_behind_a_false_start_and_a_border_is_found', [KEY], `AKIA-AKIA${A16}`, [`0:AKIA${A16}`]],
    ['bytes_that_are_no_text_do_not_stop_it', [KEY], `\u0000\uffff AKIA${A16}\u0000`, [`0:AKIA${A16}`]],
  ])('%s', (_, rules, text, want) => {
    expect(told(rules, text)).toEqual(want);
  });

  it('a_rule_without_keywords_tells_whether_and_comes_last', () => {
    const search: ScanRule = {
      keywords: [], fold: false, wordBefore: false, wordAfter: false,
      // q anywhere
      automaton: { classOf: Uint8Array.from({ length: 256 }, (_, b) => (b === 0x71 ? 1 : 0)), classes: 2, next: Uint16Array.from([0, 0, 1, 2, 2, 2]), accept: Uint8Array.from([0, 0, 1]) },
    };
    expect(told([search, SHORT], 'a q x12 b')).toEqual(['1:x12', '0:a q x12 b']);
    expect(told([search, SHORT], 'a x12 b')).toEqual(['1:x12']);
  });

  it('every_place_of_a_block_and_of_the_end_is_seen', () => {
    const scanner = core.scanner([KEY]);
    const secret = bytesOf(`AKIA${A16}`);
    for (const size of [20, 40, 65_536, 65_560, 65_600]) {
      for (const at of [0, 1, 15, 16, 17, size - 21, size - 20, 65_516, 65_530, 65_535, 65_536].filter((i) => i >= 0 && i + 20 <= size)) {
        const text = new Uint8Array(size).fill(0x2e);
        text.set(secret, at);
        expect([size, at, scanner.scan(text)]).toEqual([size, at, [{ rule: 0, start: at, end: at + 20 }]]);
      }
    }
  });

  it('what_an_earlier_text_held_is_forgotten', () => {
    const scanner = core.scanner([TOKEN]);
    expect(scanner.scan(bytesOf(`ghp_${'a'.repeat(36)}`))).toHaveLength(1);
    expect(scanner.scan(bytesOf('ghp_'))).toEqual([]);
    expect(scanner.scan(bytesOf(`ghp_${'a'.repeat(35)}`))).toEqual([]);
  });

  it('tables_that_point_beyond_themselves_are_refused', () => {
    const good = SHORT.automaton;
    const bad: readonly Partial<typeof good>[] = [
      { next: good.next.map((s) => (s === 2 ? 99 : s)) },
      { classOf: good.classOf.map((c) => c + good.classes) },
      { accept: good.accept.slice(1) },
      { next: good.next.slice(1) },
      { next: good.next.map((s, i) => (i < good.classes ? 1 : s)) },
    ];
    for (const change of bad) expect(() => core.scanner([{ ...SHORT, automaton: { ...good, ...change } }]).scan(bytesOf('x12'))).toThrow(/bug:/);
    expect(() => core.scanner([{ ...SHORT, keywords: [''] }]).scan(bytesOf('x12'))).toThrow(/bug:/);
  });
});

describe('differential', () => {
  it('runs_agree_with_regular_expressions', () => {
    const rules = [KEY, TOKEN, SHORT];
    const scanner = core.scanner(rules);
    const joined = /(?<![A-Za-z0-9_])AKIA[A-Z0-9]{16}(?![A-Za-z0-9_])|ghp_[A-Za-z0-9]{36,}|x[0-9]{2,4}/g;
    rounds(400, (r) => {
      const text = Array.from({ length: 30 }, () => r.pick([`AKIA${A16}`, 'AKIA', `ghp_${'b'.repeat(30 + r.below(12))}`, 'x', '12', '345', ' ', '.', '_', 'code\n'])).join('');
      // The expression takes what does not overlap; texts where ours joins or begins inside are compared by the bytes covered.
      const theirs = [...text.matchAll(joined)].map((m) => [m.index, m.index + m[0].length]);
      const ours: readonly Finding[] = scanner.scan(bytesOf(text));
      for (const [start, end] of theirs) expect(ours.some((f) => f.start <= (start ?? 0) && f.end >= (end ?? 0))).toBe(true);
      expect(ours).toEqual(scanOracle(rules, bytesOf(text)));
    });
  });
});

describe('time', () => {
  const spent = (work: () => void): number => Math.min(...Array.from({ length: 4 }, () => {
    const from = cpuMs();
    work();
    return cpuMs() - from;
  }));

  // Each candidate's walk would go to the end of the flood, were walks not joined.
  const never = rule('-eyJ', ['-eyJ', ['A-Za-z0-9_-', 10, Infinity], '!']);
  it.each<[string, readonly ScanRule[], string]>([
    ['a_flood_of_prefixes_whose_runs_never_end', [never], '-eyJ'],
    ['a_flood_of_prefixes_that_all_match', [KEY], `AKIA${A16} `],
    ['a_flood_of_prefixes_of_counted_runs', [rule('ab', ['ab', ['ab', 60, 60], '!'])], 'ab'],
    ['a_flood_of_one_byte_keywords', [rule('a', ['a', ['a', 5, Infinity], 'b'])], 'a'],
  ])('%s_is_linear', (_, rules, unit) => {
    const scanner = core.scanner(rules);
    const short = bytesOf(unit.repeat(60_000 / unit.length)), long = bytesOf(unit.repeat(480_000 / unit.length));
    scanner.scan(short);
    // Eight times the bytes: eight times as long if linear, sixty-four times if not.
    expect(spent(() => void scanner.scan(long))).toBeLessThan(spent(() => void scanner.scan(short)) * 24 + 20);
  });
});
