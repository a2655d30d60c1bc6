/**
 * Runs a path through the automaton of a set of globs (globcompile.ts, globtables.ts): per code point one step over the bit set of
 * states, so the time is the path's length times the set's size, whatever path and patterns are.
 *
 *   [BASE: tables][the bit set of states][numbers of the patterns that match][path, SLACK]
 */
import { BASE, reserve, SLACK } from './memory';
import { codePoint, point } from './globsyntax';
import * as Tables from './globtables';

let current: usize = 0;
let found: usize = 0;
let path: usize = 0;

/** Takes the tables that the caller has put at BASE. */
export function globLoad(): void {
  current = BASE + Tables.size(BASE);
  found = current + Tables.rowSize(BASE);
  path = (found + Tables.patterns(BASE) * 4 + 15) & ~15;
}

/** Where a path of `length` bytes goes. */
export function globRoom(length: usize): usize {
  reserve(path + length + SLACK);
  return path;
}

/** Matches the path of `length` bytes; gives how many patterns match. Their numbers are at `globFound()`, ascending. */
export function globMatch(length: usize): usize {
  const size = Tables.rowSize(BASE);
  memory.copy(current, Tables.first(BASE), size);
  passGlobstars(size);
  const e = path + length;
  let p = path;
  while (p < e) {
    const c = <u32>load<u8>(p);
    if (c < 0x80) {
      step(Tables.row(BASE, load<u16>(Tables.asciiClass(BASE) + c * 2)), c == 0x2f, size);
      p++;
    } else {
      p = point(p);
      step(Tables.row(BASE, Tables.classOf(BASE, codePoint)), false, size);
    }
  }
  return collect(size);
}

export function globFound(): usize {
  return found;
}

/** Each bit one up; `before` is the vector that stands before this one. */
@inline
function up(before: v128, bits: v128): v128 {
  const carry = i64x2.shr_u(i64x2.shuffle(before, bits, 1, 2), 63);
  return v128.or(i64x2.shl(bits, 1), carry);
}

@inline
function step(admitted: usize, slash: bool, size: usize): void {
  const loops = slash ? Tables.slashLoops(BASE) : Tables.otherLoops(BASE);
  let before = i64x2.splat(0);
  for (let i: usize = 0; i < size; i += 16) {
    const bits = v128.load(current + i);
    const moved = v128.and(up(before, bits), v128.load(admitted + i));
    v128.store(current + i, v128.or(moved, v128.and(bits, v128.load(loops + i))));
    before = bits;
  }
  if (slash) passGlobstars(size);
}

/** Where a segment begins, `**` may stand for none: its state passes on without reading. Two such never follow each other. */
function passGlobstars(size: usize): void {
  const stars = Tables.globstars(BASE);
  let before = i64x2.splat(0);
  for (let i: usize = 0; i < size; i += 16) {
    const bits = v128.load(current + i);
    const passing = v128.and(bits, v128.load(stars + i));
    v128.store(current + i, v128.or(bits, up(before, passing)));
    before = passing;
  }
}

/** Alternatives of a pattern are neighbours, so a pattern that matches twice is seen twice in a row. */
function collect(size: usize): usize {
  const last = Tables.last(BASE);
  let n: usize = 0;
  for (let i: usize = 0; i < size; i += 8) {
    let bits = load<u64>(current + i) & load<u64>(last + i);
    while (bits != 0) {
      const pattern = load<u32>(Tables.owners(BASE) + ((i << 3) + <usize>ctz(bits)) * 4);
      if (n == 0 || load<u32>(found + n * 4 - 4) != pattern) store<u32>(found + n++ * 4, pattern);
      bits &= bits - 1;
    }
  }
  return n;
}
