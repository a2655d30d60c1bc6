/** The bytes of JSON strings: UTF-8 (RFC 3629), and the two places where a run of plain bytes ends. */

/** Bit i is set where byte i of the sixteen at `p` is a quote, a backslash, a control character or no ASCII. */
@inline
export function stops(v: v128): u32 {
  const quote = i8x16.eq(v, i8x16.splat(0x22));
  const backslash = i8x16.eq(v, i8x16.splat(0x5c));
  // Signed: bytes from 0x80 up are negative, so one comparison finds them and the controls.
  const low = i8x16.lt_s(v, i8x16.splat(0x20));
  return <u32>i8x16.bitmask(v128.or(v128.or(quote, backslash), low));
}

@inline
function continues(p: usize, i: usize): bool {
  return (load<u8>(p + i) & 0xc0) == 0x80;
}

/** Length of the UTF-8 sequence of 2 to 4 bytes at `p`, 0 where it is not well-formed. */
export function sequence(p: usize): usize {
  const lead = <u32>load<u8>(p);
  if (lead < 0xc2 || lead > 0xf4 || !continues(p, 1)) return 0;
  if (lead < 0xe0) return 2;
  if (!continues(p, 2)) return 0;
  const second = <u32>load<u8>(p, 1);
  if (lead < 0xf0) return (lead == 0xe0 && second < 0xa0) || (lead == 0xed && second >= 0xa0) ? 0 : 3;
  if (!continues(p, 3)) return 0;
  return (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second >= 0x90) ? 0 : 4;
}

/** Writes a code point as UTF-8 and gives the pointer behind it. */
export function encode(out: usize, c: u32): usize {
  if (c < 0x80) {
    store<u8>(out, <u8>c);
    return out + 1;
  }
  if (c < 0x800) {
    store<u8>(out, <u8>(0xc0 | (c >> 6)));
    store<u8>(out, <u8>(0x80 | (c & 63)), 1);
    return out + 2;
  }
  if (c < 0x10000) {
    store<u8>(out, <u8>(0xe0 | (c >> 12)));
    store<u8>(out, <u8>(0x80 | ((c >> 6) & 63)), 1);
    store<u8>(out, <u8>(0x80 | (c & 63)), 2);
    return out + 3;
  }
  store<u8>(out, <u8>(0xf0 | (c >> 18)));
  store<u8>(out, <u8>(0x80 | ((c >> 12) & 63)), 1);
  store<u8>(out, <u8>(0x80 | ((c >> 6) & 63)), 2);
  store<u8>(out, <u8>(0x80 | (c & 63)), 3);
  return out + 4;
}

/** Value of a hexadecimal digit of either case, or -1. */
@inline
export function hexDigit(c: u32): i32 {
  if (c - 0x30 < 10) return <i32>(c - 0x30);
  const lower = c | 0x20;
  return lower - 0x61 < 6 ? <i32>(lower - 0x57) : -1;
}

/** The byte that minimal form writes after the backslash for this character, 0 where there is no such short escape. */
@inline
export function shortEscape(c: u32): u32 {
  if (c == 0x22 || c == 0x5c) return c;
  if (c == 8) return 0x62;
  if (c == 9) return 0x74;
  if (c == 10) return 0x6e;
  if (c == 12) return 0x66;
  return c == 13 ? 0x72 : 0;
}

/** The character that a one-letter escape stands for, 0 where the letter is none. */
@inline
export function unescape(letter: u32): u32 {
  if (letter == 0x22 || letter == 0x5c || letter == 0x2f) return letter;
  if (letter == 0x62) return 8;
  if (letter == 0x74) return 9;
  if (letter == 0x6e) return 10;
  if (letter == 0x66) return 12;
  return letter == 0x72 ? 13 : 0;
}
