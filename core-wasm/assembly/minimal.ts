/**
 * Is a line an object in the minimal form of the row profile? A reader that only looks, for the chain walk, where nearly every line is.
 * It says yes only where `canonicalForm(line, ROW)` would give the line back; where it says no, that one is asked. So it
 * may give up on what is legal and rare: an object of more than NAMES members, two names of one fingerprint.
 */
import { forbiddenInRow } from './names';
import { isDigit, safe } from './number';
import { sequence, stops } from './text';

const DEPTH: u32 = 32;
const NAMES: usize = 64;
/** Fingerprints of the names of the open objects, NAMES words a level, and 16 bytes that a vector load may read beyond. */
const FINGERPRINTS: usize = memory.data(33 * 64 * 4 + 16, 16);

/** The pointer behind the object at `p`, or 0. Bytes of lines follow the object, so it stops at the LF at the latest. */
export function minimalObject(p: usize): usize {
  return load<u8>(p) == 0x7b ? object(p + 1, 1) : 0;
}

function value(p: usize, depth: u32): usize {
  const c = <u32>load<u8>(p);
  if (c == 0x22) return text(p + 1);
  if (c == 0x7b) return depth == DEPTH ? 0 : object(p + 1, depth + 1);
  if (c == 0x5b) return depth == DEPTH ? 0 : array(p + 1, depth + 1);
  if (c == 0x2d || isDigit(c)) return numeral(p);
  if (c == 0x74) return load<u32>(p) == 0x65757274 ? p + 4 : 0; // "true"
  if (c == 0x66) return load<u32>(p, 1) == 0x65736c61 ? p + 5 : 0; // "alse"
  return load<u32>(p) == 0x6c6c756e ? p + 4 : 0; // "null"
}

function array(p: usize, depth: u32): usize {
  if (load<u8>(p) == 0x5d) return p + 1;
  while (true) {
    p = value(p, depth);
    if (p == 0) return 0;
    const c = <u32>load<u8>(p);
    if (c == 0x5d) return p + 1;
    if (c != 0x2c) return 0;
    p++;
  }
}

function object(p: usize, depth: u32): usize {
  if (load<u8>(p) == 0x7d) return p + 1;
  const names = FINGERPRINTS + <usize>depth * NAMES * 4;
  let n: usize = 0;
  while (true) {
    if (load<u8>(p) != 0x22) return 0;
    const e = text(p + 1);
    if (e == 0 || load<u8>(e) != 0x3a) return 0;
    if (n == NAMES || !fresh(names, n++, p + 1, e - p - 2)) return 0;
    p = load<u8>(e, 1) == 0x22 ? text(e + 2) : value(e + 1, depth);
    if (p == 0) return 0;
    const c = <u32>load<u8>(p);
    if (c == 0x7d) return p + 1;
    if (c != 0x2c) return 0;
    p++;
  }
}

/** Records the name as the n-th of its object; false where it may repeat one, or may not stand in a row. */
@inline
function fresh(names: usize, n: usize, p: usize, length: usize): bool {
  if (isDigit(load<u8>(p)) || length == 9) {
    if (forbiddenInRow(p, length)) return false;
  }
  const f = fingerprint(p, length);
  const wanted = i32x4.splat(f);
  const stop = names + n * 4;
  // The last vector may reach beyond the names there are: those words are shut out by their number.
  let q = names;
  for (; q + 16 <= stop; q += 16) if (v128.any_true(i32x4.eq(v128.load(q), wanted))) return false;
  for (; q < stop; q += 4) if (load<u32>(q) == f) return false;
  store<u32>(stop, f);
  return true;
}

/** Equal names have equal fingerprints. */
@inline
function fingerprint(p: usize, length: usize): u32 {
  let x: u64;
  if (length >= 8) x = load<u64>(p) ^ rotl<u64>(load<u64>(p + length - 8), 29);
  else x = length == 0 ? 0 : load<u64>(p) & (u64.MAX_VALUE >> (64 - (<u64>length << 3)));
  x *= 0x9e3779b97f4a7c15;
  return <u32>(x >> 32) + <u32>length;
}

/** -?(0|[1-9][0-9]*), below 2^53 in magnitude, not -0. What follows is for the caller to judge. */
function numeral(p: usize): usize {
  let e = load<u8>(p) == 0x2d ? p + 1 : p;
  if (load<u8>(e) == 0x30) return e == p ? p + 1 : 0;
  if (!isDigit(load<u8>(e))) return 0;
  do e++; while (isDigit(load<u8>(e)));
  return safe(p, e) ? e : 0;
}

/** From behind the opening quote to behind the closing one. */
function text(p: usize): usize {
  while (true) {
    const m = stops(v128.load(p));
    if (m == 0) {
      p += 16;
      continue;
    }
    p += ctz(m);
    const c = <u32>load<u8>(p);
    if (c == 0x22) return p + 1;
    if (c < 0x20) return 0;
    const n = c == 0x5c ? escapeLength(p) : sequence(p);
    if (n == 0) return 0;
    p += n;
  }
}

/** Length of the escape at `p` where it is one that minimal form writes, else 0. */
function escapeLength(p: usize): usize {
  const letter = <u32>load<u8>(p, 1);
  if (letter == 0x22 || letter == 0x5c || letter == 0x62 || letter == 0x66 || letter == 0x6e || letter == 0x72 || letter == 0x74) return 2;
  if (load<u32>(p) != 0x3030755c) return 0; // \u00
  const high = <u32>load<u8>(p, 4) - 0x30;
  const c = <u32>load<u8>(p, 5);
  if (high > 1 || !(isDigit(c) || c - 0x61 < 6)) return 0;
  const low = isDigit(c) ? c - 0x30 : c - 0x57;
  const short = high == 0 && (low == 8 || low == 9 || low == 10 || low == 12 || low == 13);
  return short ? 0 : 6;
}
