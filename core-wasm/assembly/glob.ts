/**
 * Runs a path through the automaton of a set of globs. The bit sets met are kept and numbered, and so is where each leads over each class
 * of code points: most steps are one look into a table. When there is no room for another set all are forgotten. So a path
 * takes at most one step over the bits (globstep.ts) and one search for the set a code point, whatever path and patterns are.
 *
 *   [BASE: tables][numbers of the patterns that match][sets, by number][u16 steps, by number and class][u16 slots][path, SLACK]
 *
 * Numbers of sets begin at 1, where a path begins; 0 is a step not taken yet, or a free slot.
 */
import { align, BASE, reserve, SLACK } from './memory';
import { codePoint, point } from './globsyntax';
import { begin, step } from './globstep';
import * as Tables from './globtables';

/** Bytes for sets and steps, and the number of slots: twice the numbers there can be, so that a search ends soon. */
const BUDGET: usize = 1 << 20;
const SLOTS: usize = 4096;
const NUMBERS: usize = 2048;

let rowSize: usize = 0;
let classes: usize = 0;
let slashClass: usize = 0;
let found: usize = 0;
let sets: usize = 0;
let steps: usize = 0;
let slots: usize = 0;
let path: usize = 0;
let limit: usize = 0;
let known: usize = 0;

/** Takes the tables that the caller has put at BASE. */
export function globLoad(): void {
  rowSize = Tables.rowSize(BASE);
  classes = Tables.classes(BASE);
  slashClass = load<u16>(Tables.asciiClass(BASE) + 0x2f * 2);
  found = BASE + Tables.size(BASE);
  sets = align(found + Tables.patterns(BASE) * 4);
  // Two are what a step needs.
  limit = max<usize>(2, min<usize>(NUMBERS - 1, BUDGET / (rowSize + classes * 2)));
  steps = sets + (limit + 1) * rowSize;
  slots = steps + (limit + 1) * classes * 2;
  path = align(slots + SLOTS * 2);
  reserve(path + SLACK);
  forget();
}

/** Where a path of `length` bytes goes. */
export function globRoom(length: usize): usize {
  reserve(path + length + SLACK);
  return path;
}

/** Matches the path of `length` bytes; gives how many patterns match. Their numbers are at `globFound()`, ascending. */
export function globMatch(length: usize): usize {
  const ascii = Tables.asciiClass(BASE), e = path + length;
  let n: usize = 1;
  let p = path;
  while (p < e) {
    let c = <usize>load<u8>(p);
    if (c < 0x80) {
      c = load<u16>(ascii + c * 2);
      p++;
    } else {
      p = point(p);
      c = Tables.classOf(BASE, codePoint);
    }
    const to = <usize>load<u16>(steps + (n * classes + c) * 2);
    n = to != 0 ? to : taken(n, c);
  }
  return collect(sets + n * rowSize);
}

export function globFound(): usize {
  return found;
}

function forget(): void {
  memory.fill(slots, 0, SLOTS * 2);
  known = 0;
  begin(sets + rowSize);
  enter();
}

/** Takes the step from set `n` over class `c` for the first time. */
function taken(n: usize, c: usize): usize {
  if (known == limit) {
    // The set that the step leads to is kept over the forgetting, in the place of set 0, which there is not.
    step(sets + n * rowSize, c, c == slashClass, sets);
    forget();
    memory.copy(sets + 2 * rowSize, sets, rowSize);
    return enter();
  }
  step(sets + n * rowSize, c, c == slashClass, sets + (known + 1) * rowSize);
  const to = enter();
  store<u16>(steps + (n * classes + c) * 2, <u16>to);
  return to;
}

/** The number of the set that stands behind the known ones: an old one, or the next. */
function enter(): usize {
  const set = sets + (known + 1) * rowSize;
  let slot = hash(set);
  while (true) {
    const n = <usize>load<u16>(slots + slot * 2);
    if (n == 0) break;
    if (memory.compare(sets + n * rowSize, set, rowSize) == 0) return n;
    slot = (slot + 1) & (SLOTS - 1);
  }
  known++;
  store<u16>(slots + slot * 2, <u16>known);
  memory.fill(steps + known * classes * 2, 0, classes * 2);
  return known;
}

function hash(set: usize): usize {
  let h: u64 = 0;
  for (let i: usize = 0; i < rowSize; i += 8) h = (rotl<u64>(h, 23) ^ load<u64>(set + i)) * 0x9e3779b97f4a7c15;
  return <usize>(h >> 52);
}

/** Alternatives of a pattern are neighbours, so a pattern that matches twice is seen twice in a row. */
function collect(set: usize): usize {
  const last = Tables.last(BASE);
  let n: usize = 0;
  for (let i: usize = 0; i < rowSize; i += 8) {
    let bits = load<u64>(set + i) & load<u64>(last + i);
    while (bits != 0) {
      const pattern = load<u32>(Tables.owners(BASE) + ((i << 3) + <usize>ctz(bits)) * 4);
      if (n == 0 || load<u32>(found + n * 4 - 4) != pattern) store<u32>(found + n++ * 4, pattern);
      bits &= bits - 1;
    }
  }
  return n;
}
