/**
 * What stands in memory while globs are compiled (globcompile.ts). A state is 16 bytes:
 *
 *   0 u8 flags   1 u8 label   4 u32 code point, or number of the first range   8 u32 ranges   12 u32 pattern
 *
 * and a range of a class is two u32, the first and the last code point.
 */

export const STATE: usize = 16;
export const RANGE: usize = 8;

export const SEGMENT_LOOP: u32 = 1;
export const ANY_LOOP: u32 = 2;
export const GLOBSTAR: u32 = 4;
export const FIRST: u32 = 8;
export const LAST: u32 = 16;

/** Kinds of label. NOT_CLASS is a negated one; `?` is the negation of nothing. */
export const NONE: u32 = 0;
export const LITERAL: u32 = 1;
export const CLASS: u32 = 2;
export const NOT_CLASS: u32 = 3;
