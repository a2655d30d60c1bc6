/**
 * A chain walked in ranges of its file, each by itself, and the ranges joined to what one walk says. Ranges begin behind an LF. A range other
 * than the first is walked from the line before it, which gives the link that its first row must have; what is wrong with that line belongs
 * to the range before. The file is attacker-controlled.
 */
import type { ChainSummary, ChainWalk, Core } from '../../core-wasm/core.ts';
import { MAX_LINE } from '../../verifiers/formats/line.ts';

/** Reads at an offset into the bytes, as many as there are; 0 at the end. */
export type ReadAt = (into: Uint8Array, at: number) => number;

/** Bytes [from, to) of the file are walked; those before `own` are the line before. */
export interface Range {
  readonly from: number;
  readonly own: number;
  readonly to: number;
}

const PIECE = 1 << 20;
const LF = 10;

/** At most `jobs` ranges of about the same size, whole lines each; the last ends with the file. */
export function planRanges(read: ReadAt, size: number, jobs: number): Range[] {
  const ranges: Range[] = [];
  let own = 0;
  for (let job = 1; job <= jobs && own < size; job++) {
    const to = job === jobs ? size : behindLf(read, Math.max(own, Math.floor((size * job) / jobs)), size);
    ranges.push({ from: own === 0 ? 0 : lineBefore(read, own), own, to });
    own = to;
  }
  return ranges.length === 0 ? [{ from: 0, own: 0, to: size }] : ranges;
}

/** The first offset from `at` that follows an LF, `size` where there is none. */
function behindLf(read: ReadAt, at: number, size: number): number {
  const piece = new Uint8Array(Math.min(PIECE, size - at));
  while (at < size) {
    const n = read(piece, at);
    if (n === 0) return size;
    const lf = piece.subarray(0, n).indexOf(LF);
    if (lf >= 0) return Math.min(size, at + lf + 1);
    at += n;
  }
  return size;
}

/** Where the line begins that ends with the LF before `own`. Of a line that is too long, so much of its end that it still is. */
function lineBefore(read: ReadAt, own: number): number {
  for (let length = 4096; ; length *= 2) {
    const from = Math.max(0, own - Math.min(length, MAX_LINE + 2));
    const piece = new Uint8Array(own - from);
    const lf = piece.subarray(0, read(piece, from) - 1).lastIndexOf(LF);
    if (lf >= 0 || from === 0 || length > MAX_LINE) return from + lf + 1;
  }
}

/** Walks one range. Rows of the summary count from `own`, its offsets from `from`. */
export function walkRange(core: Core, read: ReadAt, { from, own, to }: Range): ChainSummary {
  const walk: ChainWalk = core.chain({ follows: own > from });
  const piece = new Uint8Array(Math.min(PIECE, to - from));
  for (let at = from; at < to; ) {
    const n = read(piece.subarray(0, Math.min(PIECE, to - at)), at);
    if (n === 0) break;
    walk.write(piece.subarray(0, n));
    at += n;
  }
  return walk.end();
}

/** What one walk over the whole file says. */
export function joinRanges(ranges: readonly Range[], summaries: readonly ChainSummary[], listed = 10_000): ChainSummary {
  let rows = 0;
  const departures = summaries.flatMap((summary, i) => {
    const { from } = ranges[i] ?? { from: 0 };
    const before = rows;
    rows += summary.rows;
    return summary.departures.map((d) => ({ code: d.code, row: d.row + before, offset: d.offset + from }));
  });
  return {
    rows,
    bytes: ranges.at(-1)?.to ?? 0,
    firstHash: summaries[0]?.firstHash ?? null,
    lastHash: summaries.at(-1)?.lastHash ?? null,
    root: null,
    departures: departures.slice(0, listed),
    departuresTotal: summaries.reduce((sum, s) => sum + s.departuresTotal, 0),
  };
}
