/**
 * JSON numbers. `number` reads by the grammar of RFC 8259 and notes of which form the text is.
 *
 * A decimal of at most 15 significant digits is the shortest text of its double, because every such decimal survives the way
 * to a double and back. So a text in ECMAScript's form (no exponent, no needless zero, at least 1e-6 and below 1e15, not -0)
 * with at most 15 digits is canonical as it stands; all others are printed by the host.
 */
import * as Code from './codes';
import { fail } from './fault';

/** The number last read stands as ECMAScript would print it. */
export let plain: bool = false;
/** It has neither fraction nor exponent and is not -0. */
export let integer: bool = false;

@inline
export function isDigit(c: u32): bool {
  return c - 0x30 < 10;
}

function digits(p: usize): usize {
  while (isDigit(load<u8>(p))) p++;
  return p;
}

export function number(p: usize): usize {
  const negative = load<u8>(p) == 0x2d;
  const whole = negative ? p + 1 : p;
  if (!isDigit(load<u8>(whole))) return fail(Code.SYNTAX, whole);
  const zero = load<u8>(whole) == 0x30;
  let e = zero ? whole + 1 : digits(whole + 1);
  if (zero && isDigit(load<u8>(e))) return fail(Code.SYNTAX, e);
  let significant: usize = zero ? 0 : e - whole;
  integer = !(zero && negative);
  plain = integer;
  if (load<u8>(e) == 0x2e) {
    const fraction = e + 1;
    e = digits(fraction);
    if (e == fraction) return fail(Code.SYNTAX, e);
    let first = fraction;
    if (zero) while (load<u8>(first) == 0x30) first++;
    significant += e - first;
    integer = false;
    // 0.000001 is the smallest that is written without an exponent.
    plain = load<u8>(e - 1) != 0x30 && first - fraction <= 5;
  }
  if ((load<u8>(e) | 0x20) == 0x65) {
    e++;
    if (load<u8>(e) == 0x2b || load<u8>(e) == 0x2d) e++;
    const exponent = e;
    e = digits(exponent);
    if (e == exponent) return fail(Code.SYNTAX, e);
    integer = false;
    plain = false;
  }
  if (significant > 15) plain = false;
  return e;
}

/** "9007199254740991", 2^53 - 1. */
const MAX_SAFE: usize = memory.data<u8>([0x39, 0x30, 0x30, 0x37, 0x31, 0x39, 0x39, 0x32, 0x35, 0x34, 0x37, 0x34, 0x30, 0x39, 0x39, 0x31]);

/** Is the integer written at [p, e), sign included, below 2^53 in magnitude? */
export function safe(p: usize, e: usize): bool {
  if (load<u8>(p) == 0x2d) p++;
  if (e - p != 16) return e - p < 16;
  for (let i: usize = 0; i < 16; i++) {
    const x = load<u8>(p + i), y = load<u8>(MAX_SAFE + i);
    if (x != y) return x < y;
  }
  return true;
}
