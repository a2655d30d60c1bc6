/** Hashes as 64 lower-case hexadecimal digits. */

const DIGITS: usize = memory.data<u8>([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102], 16);

/** Writes the 64 digits of the 32 bytes at `p`. */
export function hexOf(p: usize, out: usize): void {
  const table = v128.load(DIGITS);
  const nibble = i8x16.splat(15);
  for (let i: usize = 0; i < 32; i += 16) {
    const bytes = v128.load(p + i);
    const high = i8x16.swizzle(table, i8x16.shr_u(bytes, 4));
    const low = i8x16.swizzle(table, v128.and(bytes, nibble));
    v128.store(out + i * 2, i8x16.shuffle(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    v128.store(out + i * 2, i8x16.shuffle(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16);
  }
}

/** Writes the 32 bytes that the 64 digits at `p` stand for. */
export function unhex(p: usize, out: usize): void {
  for (let i: usize = 0; i < 64; i += 16) {
    const c = v128.load(p + i);
    // A letter is "a" to "f": its low four bits are 1 to 6, and 9 makes its value of them.
    const value = i8x16.add(v128.and(c, i8x16.splat(15)), v128.and(i8x16.gt_s(c, i8x16.splat(0x39)), i8x16.splat(9)));
    // Of each pair the first digit is the higher: shifted by four and joined with the second, in the low byte of sixteen bits.
    const pairs = v128.or(i16x8.shl(value, 4), i16x8.shr_u(value, 8));
    const bytes = i8x16.shuffle(pairs, pairs, 0, 2, 4, 6, 8, 10, 12, 14, 0, 0, 0, 0, 0, 0, 0, 0);
    store<u64>(out + (i >> 1), i64x2.extract_lane(bytes, 0));
  }
}

export function equal64(a: usize, b: usize): bool {
  let x = v128.xor(v128.load(a), v128.load(b));
  for (let i: usize = 16; i < 64; i += 16) x = v128.or(x, v128.xor(v128.load(a + i), v128.load(b + i)));
  return !v128.any_true(x);
}

/** Are the 64 bytes at `p` lower-case hexadecimal digits? */
export function isHash(p: usize): bool {
  let all = i8x16.splat(-1);
  for (let i: usize = 0; i < 64; i += 16) {
    const c = v128.load(p + i);
    const digit = i8x16.lt_u(i8x16.sub(c, i8x16.splat(0x30)), i8x16.splat(10));
    const letter = i8x16.lt_u(i8x16.sub(c, i8x16.splat(0x61)), i8x16.splat(6));
    all = v128.and(all, v128.or(digit, letter));
  }
  return i8x16.all_true(all);
}
