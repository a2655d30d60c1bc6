/**
 * JSON text (RFC 8259) -> its one canonical form, by profile:
 *
 *   JCS  RFC 8785: members sorted, numbers as ECMAScript prints them, any name
 *   ROW  spec/row.md: members in their order, integers below 2^53 only, no name that a reader could take otherwise
 *
 * Both refuse duplicate names, lone surrogates, a BOM and ill-formed UTF-8. The input is attacker-controlled. One pass, writing as it
 * reads; the fault found first in the order of the text is reported, but names are compared when their object closes.
 *
 *   [input, SLACK][member stack, see names.ts][output …][scratch behind the output while an object is put in order]
 *
 * The output cannot be longer than the input but for numbers that the host prints, so room is asked for there and nowhere else.
 */
import * as Code from './codes';
import { fail } from './fault';
import { SLACK, align, reserve } from './memory';
import { arrange, compareNames, firstRepeat, forbiddenInRow, MEMBER, setLength, setName, sortMembers } from './names';
import { integer, isDigit, number, plain, safe } from './number';
import { encode, hexDigit, sequence, shortEscape, stops, unescape } from './text';

/** Prints the number at [p, p + length) at `to` (25 bytes at most) as ECMAScript does; gives the length, -1 where it is not finite. */
@external("host", "printNumber")
declare function printNumber(p: usize, length: usize, to: usize): i32;

/** The profile ROW; any other number is JCS. */
export const ROW: u32 = 1;
/** Nesting allowed. Putting nested objects in order moves each byte once a level, so this also bounds the time. */
const JCS_DEPTH: u32 = 256;
const ROW_DEPTH: u32 = 32;

let row: bool = false;
let depthLimit: u32 = 0;
let end: usize = 0;
let out: usize = 0;
let top: usize = 0;
/** Where the output of the last call begins. */
export let output: usize = 0;

/** Canonical form of the `length` bytes at `input`, which SLACK zero bytes follow. Gives its length, or -1 with a fault set. */
export function canonicalForm(input: usize, length: usize, profile: u32): i32 {
  row = profile == ROW;
  depthLimit = row ? ROW_DEPTH : JCS_DEPTH;
  end = input + length;
  top = align(end + SLACK);
  // A member takes five bytes of text at least.
  output = align(top + (length / 5 + 2) * MEMBER);
  out = output;
  reserve(output + length + SLACK);
  return document(input) == 0 ? -1 : <i32>(out - output);
}

function document(input: usize): usize {
  if (end - input >= 3 && (load<u32>(input) & 0xffffff) == 0xbfbbef) return fail(Code.BOM, input);
  let p = space(input);
  if (p >= end) return fail(Code.EMPTY, end);
  p = value(p, 0);
  if (p == 0) return 0;
  p = space(p);
  return p < end ? fail(Code.TRAILING, p) : p;
}

@inline
function space(p: usize): usize {
  let c = <u32>load<u8>(p);
  while (c == 0x20 || c == 0x0a || c == 0x0d || c == 0x09) c = <u32>load<u8>(++p);
  return p;
}

@inline
function put(c: u32): void {
  store<u8>(out++, <u8>c);
}

function value(p: usize, depth: u32): usize {
  const c = <u32>load<u8>(p);
  if (c == 0x22) return text(p);
  if (c == 0x7b) return object(p, depth + 1);
  if (c == 0x5b) return array(p, depth + 1);
  if (c == 0x2d || isDigit(c)) return numeral(p);
  if (c == 0x74) return literal(p, 0x65757274, 4); // "true"
  if (c == 0x66) return literal(p, 0x65736c6166, 5); // "false"
  if (c == 0x6e) return literal(p, 0x6c6c756e, 4); // "null"
  return fail(Code.SYNTAX, p);
}

/** `word` holds the `length` letters, the first in the lowest byte. */
function literal(p: usize, word: u64, length: usize): usize {
  for (let i: usize = 0; i < length; i++, word >>= 8) {
    if (<u64>load<u8>(p + i) != (word & 0xff)) return fail(Code.SYNTAX, p + i);
    put(<u32>word & 0xff);
  }
  return p + length;
}

function array(p: usize, depth: u32): usize {
  if (depth > depthLimit) return fail(Code.DEPTH, p);
  put(0x5b);
  p = space(p + 1);
  if (load<u8>(p) == 0x5d) {
    put(0x5d);
    return p + 1;
  }
  while (true) {
    p = value(p, depth);
    if (p == 0) return 0;
    p = space(p);
    const c = <u32>load<u8>(p);
    if (c != 0x2c && c != 0x5d) return fail(Code.SYNTAX, p);
    put(c);
    if (c == 0x5d) return p + 1;
    p = space(p + 1);
  }
}

function object(p: usize, depth: u32): usize {
  if (depth > depthLimit) return fail(Code.DEPTH, p);
  put(0x7b);
  p = space(p + 1);
  if (load<u8>(p) == 0x7d) {
    put(0x7d);
    return p + 1;
  }
  const base = top, start = out;
  let n: usize = 0;
  let ordered = true;
  while (true) {
    const m = base + n * MEMBER;
    top = m + MEMBER;
    p = member(p, m, depth);
    if (p == 0) return 0;
    if (n != 0 && ordered) ordered = compareNames(m - MEMBER, m) < 0;
    n++;
    const c = <u32>load<u8>(p);
    if (c == 0x7d) break;
    if (c != 0x2c) return fail(Code.SYNTAX, p);
    put(0x2c);
    p = space(p + 1);
  }
  if (!ordered && !settle(base, n, start)) return 0;
  top = base;
  put(0x7d);
  return p + 1;
}

/** Reads `"name":value` and the white space behind it, and records it at `m`. */
function member(p: usize, m: usize, depth: u32): usize {
  const start = out, quote = p;
  if (load<u8>(p) != 0x22) return fail(Code.SYNTAX, p);
  p = text(p);
  if (p == 0) return 0;
  const body = start + 1, length = out - start - 2;
  if (row && forbiddenInRow(body, length)) return fail(Code.NAME, quote);
  setName(m, body, length, quote);
  p = space(p);
  if (load<u8>(p) != 0x3a) return fail(Code.SYNTAX, p);
  put(0x3a);
  p = value(space(p + 1), depth);
  if (p == 0) return 0;
  setLength(m, out - start);
  return space(p);
}

/** Names came out of order: are they unique, and, in JCS, put the members in order. */
function settle(base: usize, n: usize, start: usize): bool {
  const scratch = align(out + SLACK);
  reserve(scratch + max(n * MEMBER, out - start) + SLACK);
  sortMembers(base, n, scratch);
  const repeat = firstRepeat(base, n);
  if (repeat != 0) {
    fail(Code.DUPLICATE_NAME, repeat);
    return false;
  }
  if (row) return true;
  arrange(base, n, start, out, scratch);
  return true;
}

function numeral(p: usize): usize {
  const e = number(p);
  if (e == 0) return 0;
  const length = e - p;
  if (row && !integer) return fail(Code.NUMBER_FORM, p);
  if (row && !safe(p, e)) return fail(Code.NUMBER_RANGE, p);
  if (row || plain) {
    for (let i: usize = 0; i < length; i += 16) v128.store(out + i, v128.load(p + i));
    out += length;
    return e;
  }
  const printed = printNumber(p, length, out);
  if (printed < 0) return fail(Code.NUMBER_RANGE, p);
  out += printed;
  reserve(out + (end - e) + SLACK);
  return e;
}

/** A string, quotes included. */
function text(p: usize): usize {
  store<u8>(out, 0x22);
  let w = out + 1;
  p++;
  while (true) {
    const v = v128.load(p);
    v128.store(w, v);
    const m = stops(v);
    if (m == 0) {
      p += 16;
      w += 16;
      continue;
    }
    p += ctz(m);
    w += ctz(m);
    const c = <u32>load<u8>(p);
    if (c == 0x22) {
      out = w + 1;
      return p + 1;
    }
    if (c == 0x5c) {
      out = w;
      p = escape(p);
      if (p == 0) return 0;
      w = out;
      continue;
    }
    if (c < 0x20) return fail(p >= end ? Code.SYNTAX : Code.CONTROL, p);
    const n = sequence(p);
    if (n == 0) return fail(Code.UTF8, p);
    store<u32>(w, load<u32>(p));
    p += n;
    w += n;
  }
}

/** The escape at `p`, written in minimal form. */
function escape(p: usize): usize {
  const letter = <u32>load<u8>(p, 1);
  let c = unescape(letter);
  let next = p + 2;
  if (c == 0) {
    if (letter != 0x75) return fail(Code.SYNTAX, p + 1);
    const unit = hex4(p + 2);
    if (unit < 0) return 0;
    c = <u32>unit;
    next = p + 6;
    if ((c & 0xf800) == 0xd800) {
      if (c >= 0xdc00 || load<u16>(next) != 0x755c) return fail(Code.SURROGATE, p);
      const low = hex4(next + 2);
      if (low < 0) return 0;
      if ((low & 0xfc00) != 0xdc00) return fail(Code.SURROGATE, p);
      c = 0x10000 + ((c & 0x3ff) << 10) + (<u32>low & 0x3ff);
      next += 6;
    }
  }
  const short = shortEscape(c);
  if (short != 0) {
    store<u16>(out, <u16>(0x5c | (short << 8)));
    out += 2;
  } else if (c < 0x20) {
    store<u32>(out, 0x3030755c); // \u00
    store<u8>(out, <u8>(0x30 + (c >> 4)), 4);
    const low = c & 15;
    store<u8>(out, <u8>(low < 10 ? 0x30 + low : 0x57 + low), 5);
    out += 6;
  } else {
    out = encode(out, c);
  }
  return next;
}

/** Four hexadecimal digits at `p`, or -1 with a fault set. */
function hex4(p: usize): i32 {
  let unit: i32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const d = hexDigit(load<u8>(p + i));
    if (d < 0) {
      fail(Code.SYNTAX, p + i);
      return -1;
    }
    unit = (unit << 4) | d;
  }
  return unit;
}
