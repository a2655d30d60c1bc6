/**
 * One step of the automaton of a set of globs (globcompile.ts): from a bit set of states, over a class of code points, to the next.
 */
import * as Tables from './globtables';
import { BASE } from './memory';

/** Writes the states to begin in to `to`. */
export function begin(to: usize): void {
  memory.copy(to, Tables.first(BASE), Tables.rowSize(BASE));
  passGlobstars(to);
}

/** Writes to `to` where the states at `from` lead over a code point of class `c`; `slash` if that is "/". */
export function step(from: usize, c: usize, slash: bool, to: usize): void {
  const size = Tables.rowSize(BASE), admitted = Tables.row(BASE, c);
  const loops = slash ? Tables.slashLoops(BASE) : Tables.otherLoops(BASE);
  let before = i64x2.splat(0);
  for (let i: usize = 0; i < size; i += 16) {
    const bits = v128.load(from + i);
    const moved = v128.and(up(before, bits), v128.load(admitted + i));
    v128.store(to + i, v128.or(moved, v128.and(bits, v128.load(loops + i))));
    before = bits;
  }
  if (slash) passGlobstars(to);
}

/** Each bit one up; `before` is the vector that stands before this one. */
@inline
function up(before: v128, bits: v128): v128 {
  const carry = i64x2.shr_u(i64x2.shuffle(before, bits, 1, 2), 63);
  return v128.or(i64x2.shl(bits, 1), carry);
}

/** Where a segment begins, `**` may stand for none: its state passes on without reading. Two such never follow each other. */
function passGlobstars(set: usize): void {
  const stars = Tables.globstars(BASE);
  let before = i64x2.splat(0);
  for (let i: usize = 0; i < Tables.rowSize(BASE); i += 16) {
    const bits = v128.load(set + i);
    const passing = v128.and(bits, v128.load(stars + i));
    v128.store(set + i, v128.or(bits, up(before, passing)));
    before = passing;
  }
}
