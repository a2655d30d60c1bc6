import { describe, expect, it } from 'vitest';
import type { ChainSummary } from '../../core-wasm/core.ts';
import { loadCore } from '../support/core.ts';
import { chained, chainOracle } from './chain-oracle.ts';
import { rehashed, tampered } from './fuzz/chains.ts';
import { bytesOf, random, seed } from './random.ts';

const core = loadCore();

function walked(bytes: Uint8Array, ...cuts: readonly number[]): ChainSummary {
  const walk = core.chain();
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    walk.write(bytes.subarray(from, cut));
    from = cut;
  }
  return walk.end();
}

const told = (lines: readonly string[], tail = ''): string[] => {
  const bytes = bytesOf(lines.map((l) => `${l}\n`).join('') + tail);
  const summary = walked(bytes);
  expect(summary).toEqual(chainOracle(bytes));
  return summary.departures.map((d) => `${d.code} ${d.row}`);
};

const rows = (n: number): string[] => chained(Array.from({ length: n }, (_, i) => JSON.stringify({ seq: i, kind: 'tool_call', text: 'ü€😀\n"\\'.repeat(i % 40) })));
const at = (lines: readonly string[], i: number): string => lines[i] ?? '';
const replaced = (lines: readonly string[], i: number, line: string): string[] => lines.map((l, k) => (k === i ? line : l));

describe('a chain', () => {
  const good = rows(9);

  it('that_is_good_has_no_departure', () => {
    expect(told(good)).toEqual([]);
    expect(walked(bytesOf(good.map((l) => `${l}\n`).join('')))).toMatchObject({ rows: 9, firstHash: at(good, 0).slice(-66, -2), lastHash: at(good, 8).slice(-66, -2), departuresTotal: 0 });
  });

  it('that_is_empty_has_no_row', () => {
    expect(walked(new Uint8Array(0))).toEqual({ rows: 0, bytes: 0, firstHash: null, lastHash: null, root: null, departures: [], departuresTotal: 0 });
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['a_changed_byte_is_found', replaced(good, 3, at(good, 3).replace('tool_call', 'tool_cale')), ['hash-mismatch 3']],
    ['a_changed_row_that_was_hashed_again_is_found', replaced(good, 3, rehashed(at(good, 3), (t) => t.replace('tool_call', 'tool_cale'))), ['link-mismatch 4']],
    ['a_dropped_row_is_found', good.filter((_, i) => i !== 4), ['link-mismatch 4']],
    ['a_dropped_first_row_is_found', good.slice(1), ['link-mismatch 0']],
    ['a_repeated_row_is_found', [...good.slice(0, 4), at(good, 3), ...good.slice(4)], ['link-mismatch 4']],
    ['two_rows_the_other_way_round_are_found', [...good.slice(0, 4), at(good, 5), at(good, 4), ...good.slice(6)], ['link-mismatch 4', 'link-mismatch 5', 'link-mismatch 6']],
    ['a_row_of_another_chain_is_found', replaced(good, 4, at(chained(['{"x":1}']), 0)), ['link-mismatch 4', 'link-mismatch 5']],
    ['a_row_without_hash_is_found', replaced(good, 4, `${at(good, 4).slice(0, -75)}}`), ['hash-missing 4']],
    ['a_hash_in_capitals_is_missing', replaced(good, 4, at(good, 4).replace(/[0-9a-f]{64}"\}$/, (h) => h.toUpperCase())), ['hash-missing 4']],
    ['a_hash_that_is_not_last_is_missing', replaced(good, 4, at(good, 4).replace(/\}$/, ',"x":1}')), ['hash-missing 4']],
    ['a_hash_inside_a_member_is_missing', replaced(good, 4, `{"a":${at(good, 4)}}`), ['hash-missing 4']],
    ['a_row_without_prev_hash_is_found', replaced(good, 4, rehashed(at(good, 4), (t) => t.replace(/,"prev_hash":"[0-9a-f]{64}"/, ''))), ['prev-hash-missing 4', 'link-mismatch 5']],
    ['a_prev_hash_that_is_not_next_to_last_is_missing', replaced(good, 4, rehashed(at(good, 4), (t) => t.replace(/\}$/, ',"x":1}'))), ['prev-hash-missing 4', 'link-mismatch 5']],
    ['a_prev_hash_that_is_no_hash_is_missing', replaced(good, 4, rehashed(at(good, 4), (t) => t.replace(/[0-9a-f]{64}"\}$/, `${'g'.repeat(64)}"}`))), ['prev-hash-missing 4', 'link-mismatch 5']],
    ['an_empty_line_is_found', [...good.slice(0, 4), '', ...good.slice(4)], ['empty-line 4']],
    ['a_line_of_white_space_is_no_json', [...good.slice(0, 4), ' ', ...good.slice(4)], ['not-json 4']],
    ['a_line_that_is_no_json_is_found', replaced(good, 4, 'oops'), ['not-json 4']],
    ['a_line_that_is_no_object_is_found', replaced(good, 4, '["hash"]'), ['not-object 4']],
    ['a_carriage_return_is_not_minimal', replaced(good, 4, `${at(good, 4)}\r`), ['not-minimal 4']],
    ['white_space_is_not_minimal', replaced(good, 4, at(good, 4).replace(',', ', ')), ['not-minimal 4']],
    ['a_needless_escape_is_not_minimal', replaced(good, 4, at(good, 4).replace('tool', '\\u0074ool')), ['not-minimal 4']],
    ['a_row_that_is_not_minimal_still_has_its_link_judged', [at(good, 0), at(good, 2).replace(',', ', '), ...good.slice(3)], ['link-mismatch 1', 'not-minimal 1']],
    ['a_duplicate_hash_is_found', replaced(good, 4, at(good, 4).replace('{', `{"hash":"${'0'.repeat(64)}",`)), ['duplicate-name 4']],
    ['a_duplicate_hash_in_escapes_is_found', replaced(good, 4, at(good, 4).replace('{', '{"h\\u0061sh":1,')), ['duplicate-name 4']],
    ['a_name_of_a_prototype_is_found', replaced(good, 4, rehashed(at(good, 4), (t) => t.replace('{', '{"__proto__":1,'))), ['name 4']],
    ['a_name_that_is_an_index_is_found', replaced(good, 4, rehashed(at(good, 4), (t) => t.replace('{', '{"7":1,'))), ['name 4']],
    ['a_float_is_found', replaced(good, 4, rehashed(at(good, 4), (t) => t.replace('"seq":4', '"seq":4.5'))), ['number-form 4']],
    ['an_integer_beyond_2_53_is_found', replaced(good, 4, rehashed(at(good, 4), (t) => t.replace('"seq":4', '"seq":9007199254740993'))), ['number-range 4']],
    ['a_lone_surrogate_is_found', replaced(good, 4, rehashed(at(good, 4), (t) => t.replace('tool_call', '\\ud800'))), ['surrogate 4']],
    ['depth_is_found', replaced(good, 4, `{"a":${'['.repeat(40)}${']'.repeat(40)}}`), ['depth 4']],
    ['a_byte_order_mark_is_found', replaced(good, 0, `\ufeff${at(good, 0)}`), ['bom 0']],
    ['two_rows_on_one_line_are_found', [at(good, 0) + at(good, 1), ...good.slice(2)], ['not-json 0']],
    ['a_row_of_only_the_two_hashes_is_good', chained(['{}', '{}']), []],
  ])('%s', (_, lines, want) => {
    expect(told(lines)).toEqual(want);
  });

  it('ill_formed_utf8_is_found', () => {
    const bytes = bytesOf(good.map((l) => `${l}\n`).join(''));
    const bad = bytes.slice();
    bad[bytes.indexOf(0xc3)] = 0xff;
    expect(walked(bad).departures.map((d) => d.code)).toEqual(['utf8']);
    expect(walked(bad)).toEqual(chainOracle(bad));
  });

  it('a_torn_last_line_is_found_wherever_it_is_torn', () => {
    const bytes = bytesOf(good.map((l) => `${l}\n`).join(''));
    const last = bytes.length - bytesOf(`${at(good, 8)}\n`).length;
    for (let cut = last + 1; cut < bytes.length; cut++) {
      expect(walked(bytes.subarray(0, cut)).departures).toEqual([{ code: 'torn-line', row: 8, offset: last }]);
    }
    expect(walked(bytes.subarray(0, last)).departures).toEqual([]);
  });

  it('every_changed_byte_of_a_row_is_found', () => {
    const bytes = bytesOf(good.slice(0, 3).map((l) => `${l}\n`).join(''));
    for (let i = 0; i < bytes.length; i++) {
      const bad = bytes.slice();
      bad[i] = (bad[i] ?? 0) ^ 1;
      const summary = walked(bad);
      expect([i, summary.departuresTotal > 0]).toEqual([i, true]);
      expect(summary).toEqual(chainOracle(bad));
    }
  });
});

describe('limits', () => {
  const long = (length: number): string => {
    const empty = at(chained(['{"x":""}']), 0).length;
    return at(chained([`{"x":"${'a'.repeat(length - empty)}"}`]), 0);
  };

  it('a_line_of_one_mebibyte_is_read_and_one_more_byte_is_not', () => {
    expect(told([long(2 ** 20)])).toEqual([]);
    expect(told([long(2 ** 20 + 1)])).toEqual(['line-too-long 0']);
    const next = at(chained(['{}']), 0);
    expect(told([long(2 ** 20 + 1), next])).toEqual(['line-too-long 0']);
  });

  it('a_torn_line_may_be_too_long_as_well', () => {
    expect(told([], 'a'.repeat(2 ** 20))).toEqual(['torn-line 0']);
    expect(told([], 'a'.repeat(2 ** 20 + 1))).toEqual(['torn-line 0', 'line-too-long 0']);
  });

  it.each([
    ['objects', '{"a":', '}'],
    ['arrays', '[', ']'],
  ])('rows_of_32_levels_are_read_and_of_33_are_not: %s', (_, open, close) => {
    const row = (depth: number): string => `{"a":${open.repeat(depth - 1)}1${close.repeat(depth - 1)}}`;
    expect(told(chained([row(32)]))).toEqual([]);
    expect(told(chained([row(33)]))).toEqual(['depth 0']);
  });

  it('a_line_that_never_ends_is_named_once_and_held_nowhere', () => {
    const walk = core.chain();
    const chunk = new Uint8Array(1 << 20).fill(0x61);
    for (let i = 0; i < 100; i++) walk.write(chunk);
    expect(walk.end()).toEqual({
      rows: 0, bytes: 100 * 2 ** 20, firstHash: null, lastHash: null, root: null, departuresTotal: 2,
      departures: [{ code: 'torn-line', row: 0, offset: 0 }, { code: 'line-too-long', row: 0, offset: 2 ** 20 }],
    });
  });

  it('a_line_that_never_ends_takes_nothing_from_the_row_before_it', () => {
    const lines = chained(['{"a":1}', '{"b":2}']);
    for (const tail of ['a'.repeat(2 ** 20 + 1), `${'a'.repeat(2 ** 20 + 1)}\n`, `${'a'.repeat(2 ** 20 + 1)}\n${at(lines, 1)}\n`]) told(lines, tail);
  });

  it('the_first_ten_thousand_departures_are_listed_and_all_are_counted', () => {
    const bytes = bytesOf('x\n'.repeat(25_000));
    const summary = walked(bytes);
    expect(summary).toEqual(chainOracle(bytes));
    expect([summary.departures.length, summary.departuresTotal, summary.rows]).toEqual([10_000, 25_000, 25_000]);
  });

  it('objects_of_many_names_at_every_depth_are_read', () => {
    const names = (n: number): string => Array.from({ length: n }, (_, i) => `"n${i}":${i}`).join(',');
    const nested = (depth: number): string => (depth === 1 ? `{${names(3000)}}` : `{"a":${nested(depth - 1)},${names(70)}}`);
    // The row itself is one level.
    const lines = chained([nested(1), nested(2), nested(31), nested(32), '{"x":1}']);
    expect(told(lines)).toEqual([]);
    expect(told(replaced(lines, 2, at(lines, 2).replace('"n2999"', '"n7"')))).toEqual(['duplicate-name 2']);
  });

  it('late_hashes_do_not_push_early_departures_off_the_list', () => {
    // A long row with a wrong hash stays in its lane while short ones with wrong hashes pass it, about where the list ends.
    const lines = chained(Array.from({ length: 12_000 }, (_, i) => `{"seq":${i},"t":"${'a'.repeat(i % 300 === 0 || i === 9980 ? 3800 : 1)}"}`)).map((l) => l.replace('"t":"a', '"t":"b'));
    const bytes = bytesOf(lines.map((l) => `${l}\n`).join(''));
    expect(walked(bytes)).toEqual(chainOracle(bytes));
    // Here it stays while nothing that follows is hashed at all.
    const alone = bytesOf(`${at(lines, 0)}\n${'x\n'.repeat(15_000)}`);
    expect(walked(alone)).toEqual(chainOracle(alone));
  });

  it('rows_of_every_length_around_the_lanes_and_blocks_are_hashed_right', () => {
    const lines = chained([...Array.from({ length: 200 }, (_, i) => 'a'.repeat(i)), ...Array.from({ length: 150 }, (_, i) => 'b'.repeat(3750 + i)), 'c'.repeat(100_000)].map((t) => JSON.stringify({ t })));
    expect(told(lines)).toEqual([]);
  });
});

describe('differential', () => {
  it('a_chain_split_at_every_byte_and_into_single_bytes_is_the_same', () => {
    const bytes = tampered(random(seed + 5));
    const want = chainOracle(bytes);
    for (let cut = 0; cut <= bytes.length; cut++) expect(walked(bytes, cut)).toEqual(want);
    expect(walked(bytes, ...bytes.keys())).toEqual(want);
  });

  it('chunks_of_every_size_around_the_buffer_are_the_same', () => {
    const lines = chained(Array.from({ length: 1500 }, (_, i) => JSON.stringify({ seq: i, t: 'é'.repeat((i * 37) % 900) })));
    const bytes = bytesOf(lines.map((l) => `${l}\n`).join(''));
    for (const size of [1000, 65_536, 2 ** 18 - 1, 2 ** 18, 2 ** 18 + 1, 2 ** 20 + 7]) {
      const cuts = Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => (i + 1) * size);
      expect(walked(bytes, ...cuts)).toMatchObject({ rows: 1500, departuresTotal: 0 });
    }
  });

  it('two_walks_at_once_do_not_meet', () => {
    const a = core.chain(), b = core.chain();
    const one = bytesOf(rows(3).map((l) => `${l}\n`).join('')), other = bytesOf('{}\n');
    a.write(one.subarray(0, 100));
    b.write(other);
    a.write(one.subarray(100));
    expect(b.end().departures.map((d) => d.code)).toEqual(['hash-missing']);
    expect(a.end()).toMatchObject({ rows: 3, departuresTotal: 0 });
  });

  it('a_walk_that_has_ended_takes_no_more', () => {
    const walk = core.chain();
    walk.end();
    expect(() => walk.write(new Uint8Array(1))).toThrow(/bug:/);
    expect(() => walk.end()).toThrow(/bug:/);
  });
});
