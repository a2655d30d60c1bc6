/** Names of what can be wrong. The numbers are the order of CODES in core.ts. */

export const SYNTAX: u32 = 0;
export const UTF8: u32 = 1;
export const BOM: u32 = 2;
export const SURROGATE: u32 = 3;
export const CONTROL: u32 = 4;
export const NUMBER_FORM: u32 = 5;
export const NUMBER_RANGE: u32 = 6;
export const DUPLICATE_NAME: u32 = 7;
export const NAME: u32 = 8;
export const DEPTH: u32 = 9;
export const TRAILING: u32 = 10;
export const EMPTY: u32 = 11;

// What a chain adds.
export const NOT_JSON: u32 = 12;
export const NOT_MINIMAL: u32 = 13;
export const NOT_OBJECT: u32 = 14;
export const LINE_TOO_LONG: u32 = 15;
export const EMPTY_LINE: u32 = 16;
export const HASH_MISSING: u32 = 17;
export const PREV_HASH_MISSING: u32 = 18;
export const HASH_MISMATCH: u32 = 19;
export const LINK_MISMATCH: u32 = 20;
export const TORN_LINE: u32 = 21;
