/**
 * Member names of an object, as bodies of minimal JSON strings (no quotes), which are equal as bytes exactly when the names are equal.
 * A member on the stack is 32 bytes:
 *
 *   0  u64  the first eight bytes of the name's body, the first one highest, zeros behind a shorter one; 0 where one of
 *           them is a backslash or not ASCII. Where both are not 0 and differ, names stand in the order of these numbers
 *   8  u32  address of the name's body (the quote stands before it, and begins the member)
 *   12 u32  length of the name's body
 *   16 u32  length of the whole member, `"name":value`
 *   20 u32  address of the name's opening quote in the input
 */
import { copyLoose } from './memory';
import { isDigit } from './number';
import { hexDigit, unescape } from './text';

export const MEMBER: usize = 32;

/** Records the name whose body of `length` bytes stands at `body`; SLACK readable bytes follow it. */
export function setName(member: usize, body: usize, length: usize, quote: usize): void {
  let head = load<u64>(body);
  if (length < 8) head &= length == 0 ? 0 : u64.MAX_VALUE >> (64 - (<u64>length << 3));
  const backslash = head ^ 0x5c5c5c5c5c5c5c5c;
  const special = (head | ((backslash - 0x0101010101010101) & ~backslash)) & 0x8080808080808080;
  store<u64>(member, special == 0 ? bswap<u64>(head) : 0);
  store<u32>(member, <u32>body, 8);
  store<u32>(member, <u32>length, 12);
  store<u32>(member, <u32>quote, 20);
}

export function setLength(member: usize, length: usize): void {
  store<u32>(member, <u32>length, 16);
}

@inline
function bodyOf(member: usize): usize {
  return load<u32>(member, 8);
}

@inline
function lengthOf(member: usize): usize {
  return load<u32>(member, 12);
}

@inline
export function compareNames(x: usize, y: usize): i32 {
  const a = load<u64>(x), b = load<u64>(y);
  if (a != b && a != 0 && b != 0) return a < b ? -1 : 1;
  return compareBodies(x, y);
}

/** The unit written by the escape at `p`; minimal form has only \" \\ \b \t \n \f \r and \u00xx. */
@inline
function escaped(p: usize): u32 {
  const letter = <u32>load<u8>(p, 1);
  return letter == 0x75 ? <u32>((hexDigit(load<u8>(p, 4)) << 4) | hexDigit(load<u8>(p, 5))) : unescape(letter);
}

@inline
function escapeLength(p: usize): usize {
  return load<u8>(p, 1) == 0x75 ? 6 : 2;
}

/**
 * Order by UTF-16 code units (RFC 8785, section 3.2.3), on UTF-8. Byte order is code point order; the two orders part
 * only where a code point above U+FFFF (lead byte F0 up; surrogates D800 up) meets one from U+E000 to U+FFFF (lead EE, EF).
 */
function compareBodies(x: usize, y: usize): i32 {
  let a = bodyOf(x), b = bodyOf(y);
  const aEnd = a + lengthOf(x), bEnd = b + lengthOf(y);
  while (a < aEnd && b < bEnd) {
    let u = <u32>load<u8>(a), v = <u32>load<u8>(b);
    let m: usize = 1, n: usize = 1;
    if (u == 0x5c) { u = escaped(a); m = escapeLength(a); }
    if (v == 0x5c) { v = escaped(b); n = escapeLength(b); }
    if (u != v) {
      if (u >= 0xee && v >= 0xee && (u >= 0xf0) != (v >= 0xf0)) return u >= 0xf0 ? -1 : 1;
      return u < v ? -1 : 1;
    }
    a += m;
    b += n;
  }
  return a < aEnd ? 1 : b < bEnd ? -1 : 0;
}

@inline
function copyMember(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
}

/** Sorts `n` members at `base`, equal names in the order they came. Uses as much room at `spare`, one member at least. */
export function sortMembers(base: usize, n: usize, spare: usize): void {
  if (n <= 24) {
    insertionSort(base, n, spare);
    return;
  }
  let from = base, to = spare;
  for (let width: usize = 1; width < n; width <<= 1) {
    for (let i: usize = 0; i < n; i += 2 * width) merge(from, to, i, min(i + width, n), min(i + 2 * width, n));
    const t = from;
    from = to;
    to = t;
  }
  if (from != base) memory.copy(base, from, n * MEMBER);
}

function insertionSort(base: usize, n: usize, held: usize): void {
  for (let i: usize = 1; i < n; i++) {
    let j = base + i * MEMBER;
    if (compareNames(j - MEMBER, j) <= 0) continue;
    copyMember(held, j);
    do {
      copyMember(j, j - MEMBER);
      j -= MEMBER;
    } while (j > base && compareNames(j - MEMBER, held) > 0);
    copyMember(j, held);
  }
}

/** Merges the sorted runs [i, j) and [j, end) of `from` into `to`. */
function merge(from: usize, to: usize, i: usize, j: usize, end: usize): void {
  const middle = j;
  for (let k = i; k < end; k++) {
    const left = i < middle && (j >= end || compareNames(from + i * MEMBER, from + j * MEMBER) <= 0);
    copyMember(to + k * MEMBER, from + (left ? i++ : j++) * MEMBER);
  }
}

/** Input address of the first name, in the order of the text, that repeats one before it; 0 if none. Members are sorted. */
export function firstRepeat(base: usize, n: usize): usize {
  let found: usize = 0;
  for (let i: usize = 1; i < n; i++) {
    const m = base + i * MEMBER;
    const at = <usize>load<u32>(m, 20);
    if ((found == 0 || at < found) && sameName(m - MEMBER, m)) found = at;
  }
  return found;
}

function sameName(x: usize, y: usize): bool {
  const length = lengthOf(x);
  if (length != lengthOf(y) || load<u64>(x) != load<u64>(y)) return false;
  const a = bodyOf(x), b = bodyOf(y);
  for (let i: usize = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/** Puts the members that stand at [start, end) of the output into the order of the sorted stack, by way of `scratch`. */
export function arrange(base: usize, n: usize, start: usize, end: usize, scratch: usize): void {
  let to = scratch;
  for (let i: usize = 0; i < n; i++) {
    const m = base + i * MEMBER;
    const length = <usize>load<u32>(m, 16);
    copyLoose(to, bodyOf(m) - 1, length);
    to += length;
    store<u8>(to++, 0x2c);
  }
  copyLoose(start, scratch, end - start);
}

/** Names that some JSON reader treats unlike others: `__proto__`, and array indices, which JavaScript moves to the front. */
export function forbiddenInRow(p: usize, length: usize): bool {
  // "__proto_" as a little-endian word, then "_".
  if (length == 9 && load<u64>(p) == 0x5f6f746f72705f5f && load<u8>(p, 8) == 0x5f) return true;
  return isArrayIndex(p, length);
}

/** The decimal form of an integer from 0 to 2^32 - 2. */
function isArrayIndex(p: usize, length: usize): bool {
  if (length == 0 || length > 10) return false;
  if (load<u8>(p) == 0x30) return length == 1;
  let value: u64 = 0;
  for (let i: usize = 0; i < length; i++) {
    const c = <u32>load<u8>(p + i);
    if (!isDigit(c)) return false;
    value = value * 10 + (c - 0x30);
  }
  return value <= 0xfffffffe;
}
