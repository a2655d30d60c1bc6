/** Ranges of code points as sequences of byte ranges (UTF-8, RFC 3629): one to four ranges a sequence, surrogates left out. */

export type ByteRange = readonly [low: number, high: number];

export function utf8Sequences(low: number, high: number): ByteRange[][] {
  const out: ByteRange[][] = [];
  const pending: [number, number][] = [[low, Math.min(high, 0x10ffff)]];
  for (let range = pending.pop(); range !== undefined; range = pending.pop()) {
    const [from, to] = range;
    if (from > to) continue;
    const cut = cutOf(from, to);
    if (cut !== null) pending.push([cut.skip ?? cut.at + 1, to], [from, cut.at]);
    else out.push(sequence(from, to));
  }
  return out;
}

/** Where a range must be cut so that its first and last member differ in nothing but whole runs of trailing bytes. */
function cutOf(from: number, to: number): { at: number; skip?: number } | null {
  if (from <= 0xdfff && to >= 0xd800) return { at: Math.min(0xd7ff, to), skip: Math.max(0xe000, from) };
  for (const last of [0x7f, 0x7ff, 0xffff]) if (from <= last && to > last) return { at: last };
  for (let bits = 6; bits <= 18 && from > 0x7f; bits += 6) {
    const mask = (1 << bits) - 1;
    if (from >> bits === to >> bits) break;
    if ((from & mask) !== 0) return { at: from | mask };
    if ((to & mask) !== mask) return { at: (to & ~mask) - 1 };
  }
  return null;
}

function sequence(from: number, to: number): ByteRange[] {
  const a = bytes(from);
  const b = bytes(to);
  return a.map((byte, i) => [byte, b[i] ?? byte]);
}

function bytes(code: number): number[] {
  if (code < 0x80) return [code];
  const tail = (shift: number): number => 0x80 | ((code >> shift) & 0x3f);
  if (code < 0x800) return [0xc0 | (code >> 6), tail(0)];
  if (code < 0x10000) return [0xe0 | (code >> 12), tail(6), tail(0)];
  return [0xf0 | (code >> 18), tail(12), tail(6), tail(0)];
}
