/** A chain walked in ranges is judged as it is in one walk: the same departures, codes and offsets, for every number of ranges. */
import { describe, expect, it } from 'vitest';
import type { ChainSummary } from '../../core-wasm/core.ts';
import { joinRanges, planRanges, walkRange, type ReadAt } from '../../host/runtime/ranges.ts';
import { loadCore } from '../support/core.ts';
import { chained } from './chain-oracle.ts';
import { tampered } from './fuzz/chains.ts';
import { bytesOf, random, rounds, seed, textOf } from './random.ts';

const core = loadCore();

function whole(bytes: Uint8Array): ChainSummary {
  const walk = core.chain();
  walk.write(bytes);
  return walk.end();
}

function reader(bytes: Uint8Array): ReadAt {
  return (into, at) => {
    const part = bytes.subarray(at, at + into.length);
    into.set(part);
    return part.length;
  };
}

function ranged(bytes: Uint8Array, jobs: number): ChainSummary {
  const read = reader(bytes);
  const ranges = planRanges(read, bytes.length, jobs);
  expect(ranges.length).toBeLessThanOrEqual(jobs);
  expect([ranges[0]?.own, ranges.at(-1)?.to]).toEqual([0, bytes.length]);
  ranges.slice(1).forEach((range, i) => expect([range.own, bytes[range.own - 1]]).toEqual([ranges[i]?.to, 10]));
  return joinRanges(ranges, ranges.map((range) => walkRange(core, read, range)));
}

const text = (lines: readonly string[]): Uint8Array => bytesOf(lines.map((l) => `${l}\n`).join(''));

describe('ranges', () => {
  it('of_corrupt_chains_are_judged_like_one_walk', { timeout: 60_000 }, () => {
    rounds(250, (r) => {
      const bytes = tampered(r, r.chance(0.2) ? 60 : 12);
      const want = whole(bytes);
      for (let jobs = 1; jobs <= 8; jobs++) expect([jobs, ranged(bytes, jobs)]).toEqual([jobs, want]);
    });
  });

  it.each<[string, Uint8Array]>([
    ['no_byte_at_all', new Uint8Array(0)],
    ['one_byte', bytesOf('x')],
    ['line_feeds_alone', bytesOf('\n'.repeat(20))],
    ['one_long_line', bytesOf(`{"a":"${'x'.repeat(5000)}"}\n`)],
    ['fewer_lines_than_jobs', text(chained(['{}', '{}']))],
    ['no_line_feed', bytesOf('x'.repeat(100))],
    ['a_torn_line_longer_than_all_before', bytesOf(`${textOf(text(chained(['{}'])))}${'y'.repeat(4000)}`)],
  ])('of %s', (_, bytes) => {
    const want = whole(bytes);
    for (let jobs = 1; jobs <= 8; jobs++) expect([jobs, ranged(bytes, jobs)]).toEqual([jobs, want]);
  });

  it('that_meet_behind_a_line_that_is_too_long_are_judged_like_one_walk', () => {
    const lines = chained(Array.from({ length: 6 }, (_, i) => `{"seq":${i}}`));
    for (const length of [2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 2 ** 20 + 2, 2 ** 20 + 3, 3 << 20]) {
      for (const tail of [lines.slice(3), []]) {
        const bytes = text([...lines.slice(0, 3), 'x'.repeat(length), ...tail]);
        const want = whole(bytes);
        for (const jobs of [2, 3, 5]) expect([length, jobs, ranged(bytes, jobs)]).toEqual([length, jobs, want]);
      }
    }
  });

  it('list_the_first_ten_thousand_departures_and_count_all', () => {
    const good = chained(Array.from({ length: 3000 }, (_, i) => `{"seq":${i}}`));
    for (const lines of [Array<string>(25_000).fill('x'), [...good, ...Array<string>(25_000).fill('{"a":1,"hash":"x"}'), ...good]]) {
      const bytes = text(lines);
      const want = whole(bytes);
      for (const jobs of [2, 3, 8]) expect(ranged(bytes, jobs)).toEqual(want);
    }
  });

  it('each_link_at_a_seam_is_checked', () => {
    const r = random(seed);
    const lines = chained(Array.from({ length: 40 }, (_, i) => `{"seq":${i},"t":"${'x'.repeat(r.below(60))}"}`));
    for (let i = 0; i < 40; i++) {
      const bytes = text(lines.filter((_, k) => k !== i));
      for (let jobs = 2; jobs <= 8; jobs++) expect([i, jobs, ranged(bytes, jobs).departures.map((d) => `${d.code} ${d.row}`)]).toEqual([i, jobs, i === 39 ? [] : [`link-mismatch ${i}`]]);
    }
  });
});
