/**
 * The tables of a set of globs, one block of bytes that may stand at any multiple of 16. R is the size of a bit set of all states.
 *
 *   0    u32 R   4 u32 classes of code points   8 u32 bounds   12 u32 patterns   16 u32 size of the block
 *   32   u16 class of each ASCII character
 *   288  bit sets, R bytes each: loops at "/", loops elsewhere, globstars, states to begin in, states to end in
 *   …    per class: the states whose label admits it
 *   …    u32 per state: its pattern
 *   …    u32 per bound: the first code point of each class, ascending; the last class reaches to the end
 */

const ASCII: usize = 32;
const SETS: usize = 288;

export function rowSize(t: usize): usize { return load<u32>(t); }
export function classes(t: usize): usize { return load<u32>(t, 4); }
export function bounds(t: usize): usize { return load<u32>(t, 8); }
export function patterns(t: usize): usize { return load<u32>(t, 12); }
export function size(t: usize): usize { return load<u32>(t, 16); }

export function asciiClass(t: usize): usize { return t + ASCII; }
export function slashLoops(t: usize): usize { return t + SETS; }
export function otherLoops(t: usize): usize { return t + SETS + rowSize(t); }
export function globstars(t: usize): usize { return t + SETS + 2 * rowSize(t); }
export function first(t: usize): usize { return t + SETS + 3 * rowSize(t); }
export function last(t: usize): usize { return t + SETS + 4 * rowSize(t); }
export function row(t: usize, c: usize): usize { return t + SETS + (5 + c) * rowSize(t); }
export function owners(t: usize): usize { return row(t, classes(t)); }
export function boundList(t: usize): usize { return owners(t) + rowSize(t) * 32; }

/** Writes the head of a block for so many states, and clears the rest but the bounds. */
export function lay(t: usize, states: usize, boundCount: usize, patternCount: usize): void {
  store<u32>(t, <u32>(((states + 127) >> 7) << 4));
  store<u32>(t, <u32>boundCount, 4);
  store<u32>(t, <u32>boundCount, 8);
  store<u32>(t, <u32>patternCount, 12);
  store<u32>(t, <u32>((boundList(t) + boundCount * 4 + 15 - t) & ~15), 16);
  memory.fill(t + ASCII, 0, size(t) - ASCII);
}

export function sizeFor(states: usize, boundCount: usize): usize {
  const r = ((states + 127) >> 7) << 4;
  return SETS + (5 + boundCount + 32) * r + boundCount * 4 + 16;
}

/** Sets bit `state` of the bit set at `set`. */
export function setBit(set: usize, state: usize): void {
  const p = set + (state >> 3);
  store<u8>(p, <u8>(<u32>load<u8>(p) | (<u32>1 << (<u32>state & 7))));
}

/** The class of a code point beyond ASCII: the last bound that is not above it. */
export function classOf(t: usize, c: u32): usize {
  const list = boundList(t);
  let low: usize = 0, high = bounds(t);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<u32>(list + middle * 4) <= c) low = middle;
    else high = middle;
  }
  return low;
}
