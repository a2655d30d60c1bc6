/** Power cuts, and lines without end: a run is read as far as it goes, in bounded memory, and what is wrong is named. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRow } from '../../verifiers/formats/line.ts';
import { readLines } from '../../verifiers/formats/lines.ts';
import { codes, core, scratch, seeded, verify, writtenRun } from './support.ts';
import { verifyRun } from '../../verifiers/verify.ts';

const at = scratch();
let bytes: Uint8Array;
let id: string;

beforeAll(async () => {
  const run = await writtenRun(at, 2);
  bytes = new Uint8Array(readFileSync(run.path));
  id = run.id;
});
afterAll(() => at.remove());

describe('a power cut', () => {
  it('at_any_byte_leaves_a_run_that_reads_up_to_the_torn_line_and_says_where', async () => {
    const lineFeeds = [...bytes].flatMap((b, i) => (b === 10 ? [i + 1] : []));
    for (let length = 0; length <= bytes.length; length++) {
      const verdict = await verify([bytes.subarray(0, length)], { runId: id });
      const rows = lineFeeds.filter((end) => end <= length).length;
      const start = lineFeeds[rows - 1] ?? 0;
      expect(verdict.rows).toBe(rows);
      if (length === start) {
        expect([length, verdict.word]).toEqual([length, rows === 0 ? 'failed' : rows === lineFeeds.length ? 'self-consistent' : 'open']);
      } else {
        expect(verdict.word).toBe('failed');
        expect(verdict.checks.find((c) => c.check === 'end')).toEqual({ check: 'end', result: 'failed', code: 'torn-line', position: { row: rows, offset: start } });
      }
      // Nothing but the cut itself is held against the rows that stand.
      expect(codes(verdict).filter((code) => !['torn-line', 'empty'].includes(code))).toEqual([]);
    }
  });

  it('at_any_byte_is_found_when_the_index_knows_the_head', async () => {
    const { last_hash: lastHash, rows } = await verify([bytes]);
    for (let length = 0; length < bytes.length; length += 13) {
      expect((await verify([bytes.subarray(0, length)], { lastHash: lastHash ?? '', rows })).word).toBe('failed');
    }
  });
});

describe('one byte that is changed', () => {
  const seed = 77;
  it(`is_found_wherever_it_stands (seed ${seed})`, async () => {
    const random = seeded(seed);
    for (let n = 0; n < 800; n++) {
      const at = Math.floor(random() * bytes.length);
      const changed = bytes.slice();
      changed[at] = ((changed[at] ?? 0) + 1 + Math.floor(random() * 255)) & 0xff;
      const verdict = await verify([changed], { runId: id });
      expect(verdict.word, `byte ${at} became ${changed[at]}`).toBe('failed');
    }
  });
});

/** A hundred MiB without being held: the same chunk again and again. */
function* flood(total: number, byte: number): Generator<Uint8Array> {
  const chunk = new Uint8Array(65_536).fill(byte);
  for (let sent = 0; sent < total; sent += chunk.length) yield chunk;
}

describe('a line', () => {
  const MIB = 1_048_576;

  it('of_100_MiB_is_named_and_the_rows_after_it_are_read', async () => {
    function* source(): Generator<Uint8Array> {
      yield bytes;
      yield* flood(100 * MIB, 0x61);
      yield new Uint8Array([10]);
      yield bytes;
    }
    const before = process.memoryUsage().rss;
    const verdict = await verify(source());
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * MIB);
    expect(verdict.rows).toBe(11);
    expect(verdict.checks).toContainEqual({ check: 'form', result: 'failed', code: 'line-too-long', position: { row: 5, offset: bytes.length + MIB } });
    expect(verdict.checks).toContainEqual({ check: 'run', result: 'failed', code: 'run-start-again', position: { row: 6, offset: bytes.length + 100 * MIB + 1 } });
  });

  it('that_never_ends_is_torn', async () => {
    const verdict = await verify(flood(20 * MIB, 0x7b));
    expect(verdict.rows).toBe(0);
    expect(codes(verdict)).toContain('torn-line');
  });

  it.each([[10_000], [500_000]])('nested_%i_deep_is_refused_by_name', async (depth) => {
    const deep = new TextEncoder().encode(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}\n`);
    expect(codes(await verify([bytes, deep]))).toContain('depth');
  });

  it('of_ten_thousand_faults_keeps_the_verdict_small', async () => {
    const verdict = await verify([new TextEncoder().encode('{}\n'.repeat(50_000))]);
    expect(verdict.word).toBe('failed');
    expect(verdict.checks.length).toBeLessThan(1000);
    expect(verdict.faults).toBeGreaterThan(100_000);
    expect(verdict.checks.some((c) => c.check === 'end' && c.result === 'ok' && c.code === null)).toBe(false);
  });

  it('limit_is_the_same_for_both_walks', async () => {
    for (const [length, within] of [[MIB, true], [MIB + 1, true], [MIB + 2, false]] as const) {
      // A line of `length` bytes, its LF counted in.
      const line = new TextEncoder().encode(`{"kind":"x","text":"${'x'.repeat(length - 23)}"}\n`);
      const seen: number[] = [];
      const reader = readLines((one) => seen.push(one?.length ?? -1));
      reader.write(line);
      const verdict = await verify([line]);
      expect([line.length, seen[0] !== -1, !codes(verdict).includes('line-too-long')]).toEqual([length, within, within]);
    }
  });
});

describe('lines', () => {
  it('are_the_same_however_the_bytes_come', () => {
    const text = new TextEncoder().encode(`a\n\n${'b'.repeat(10_000)}\nc\u00e9\nrest`);
    const read = (size: number): unknown => {
      const seen: [string, number][] = [];
      const reader = readLines((line, offset) => seen.push([new TextDecoder().decode(line ?? undefined), offset]));
      for (let at = 0; at < text.length; at += size) reader.write(text.subarray(at, at + size));
      return [seen, reader.end()];
    };
    const whole = read(text.length);
    for (const size of [1, 2, 3, 4096, 5000]) expect(read(size)).toEqual(whole);
    expect(whole).toMatchObject([[['a', 0], ['', 2], ['b'.repeat(10_000), 3], ['cé', 10_004]], 4]);
  });

  it('that_are_no_row_give_none', () => {
    for (const text of ['', '[]', '1', 'null', '"x"', '{', '{}x', '\ufeff{}']) expect(parseRow(new TextEncoder().encode(text)), text).toBe(null);
    expect(parseRow(new Uint8Array([0x7b, 0xff, 0x7d]))).toBe(null);
  });
});

describe('verifying', () => {
  it('tells_how_far_it_is', async () => {
    const seen: number[] = [];
    await verifyRun(core, flood(2 * 1_048_576, 0x61), {}, (n) => seen.push(n));
    expect(seen.at(-1)).toBe(2 * 1_048_576);
    expect(seen.length).toBe(32);
  });
});
