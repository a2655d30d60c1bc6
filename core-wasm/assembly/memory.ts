/**
 * Linear memory. Static data lies below BASE; everything above belongs to the call that runs, or to the one chain walk, glob
 * set or scanner that the instance was made for:
 *
 *   0        static data, state of the kernels, tables
 *   BASE     the input, `length` bytes, then SLACK zero bytes
 *   …        whatever the kernel lays out behind it
 *
 * Kernels read up to 16 bytes beyond the end of their input and write up to 16 beyond the end of their output; SLACK covers both.
 */

export const BASE: usize = (__heap_base + 63) & ~63;
export const SLACK: usize = 64;

/** Makes memory reach up to `end`. */
export function reserve(end: usize): void {
  const have = (<usize>memory.size()) << 16;
  if (end <= have) return;
  if (memory.grow(<i32>((end - have + 0xffff) >> 16)) < 0) unreachable();
}

/** Reserves the input and clears the bytes behind it. The caller fills in the `length` bytes. */
export function openInput(length: usize): usize {
  reserve(BASE + length + SLACK);
  for (let i: usize = 0; i < SLACK; i += 16) v128.store(BASE + length + i, i64x2.splat(0));
  return BASE;
}

@inline
export function align(p: usize): usize {
  return (p + 63) & ~63;
}

/** Copies in steps of 16 bytes: reads and writes up to 15 bytes too many, quicker than memory.copy on short runs. */
export function copyLoose(to: usize, from: usize, length: usize): void {
  if (length > 1024) {
    memory.copy(to, from, length);
    return;
  }
  for (let i: usize = 0; i < length; i += 16) v128.store(to + i, v128.load(from + i));
}
