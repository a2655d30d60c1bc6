/**
 * Runs a path through the automaton of a set of globs. The bit sets met are kept and numbered, and so is where each leads over each class
 * of code points: most steps are one look into a table. When there is no room for another set all are forgotten. So a path
 * takes at most one step over the bits (globstep.ts) and one search for the set a code point, whatever path and patterns are.
 *
 *   [BASE: tables][numbers of the patterns that match][sets, by number][rows of steps, by number][u16 slots][path, SLACK]
 *
 * Numbers of sets begin at 1, where a path begins; 0 is a free slot. A row has a u32 a class: the address of the row that the step
 * leads to, 0 where it is not taken yet.
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
/** Size of a row of steps. */
let stride: usize = 0;
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
  stride = Tables.classes(BASE) * 4;
  slashClass = load<u16>(Tables.asciiClass(BASE) + 0x2f * 2);
  found = BASE + Tables.size(BASE);
  sets = align(found + Tables.patterns(BASE) * 4);
  // Two are what a step needs.
  limit = max<usize>(2, min<usize>(NUMBERS - 1, BUDGET / (rowSize + stride)));
  steps = align(sets + (limit + 1) * rowSize);
  slots = steps + (limit + 1) * stride;
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
  let row = steps + stride;
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
    const to = <usize>load<u32>(row + c * 4);
    row = to != 0 ? to : taken(row, c);
  }
  return collect(setOf(row));
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

function setOf(row: usize): usize {
  return sets + (row - steps) / stride * rowSize;
}

/** Takes the step from a row over class `c` for the first time. */
function taken(row: usize, c: usize): usize {
  if (known == limit) {
    // The set that the step leads to is kept over the forgetting, in the place of set 0, which there is not.
    step(setOf(row), c, c == slashClass, sets);
    forget();
    memory.copy(sets + 2 * rowSize, sets, rowSize);
    return steps + enter() * stride;
  }
  step(setOf(row), c, c == slashClass, sets + (known + 1) * rowSize);
  const to = steps + enter() * stride;
  store<u32>(row + c * 4, <u32>to);
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
  memory.fill(steps + known * stride, 0, stride);
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
