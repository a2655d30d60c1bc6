/**
 * Patterns -> the tables of one non-deterministic automaton for all of them, a bit a state; glob.ts runs it.
 *
 * A pattern is a row of states: bit q is set when the text so far matches what stands before token q. Reading a code point moves
 * each bit one up where the label of the next state admits it, and keeps it where the state loops: `*` loops on all but "/",
 * `**` on everything, and it passes on behind a "/" without reading anything.
 *
 *   [input: u32 length and bytes, a pattern each][states][ranges of classes][alternatives written out, then bounds][tables]
 */
import { align, BASE, reserve, SLACK } from './memory';
import { alternatives, checkPattern, classBody, codePoint, escapedPoint, globFault, globFaultAt, isNegated, range, rangeHigh, rangeLow, TOO_MANY, unit } from './globsyntax';
import { gatherBounds } from './globbounds';
import { ANY_LOOP, CLASS, FIRST, GLOBSTAR, LAST, LITERAL, NONE, NOT_CLASS, RANGE, SEGMENT_LOOP, STATE } from './globstates';
import * as Tables from './globtables';

const STATES_MAX: u32 = 1 << 16;
const RANGES_MAX: u32 = 1 << 17;
const TABLES_MAX: usize = 16 << 20;

let states: usize = 0;
let stateCount: u32 = 0;
let ranges: usize = 0;
let rangeCount: u32 = 0;
let patternIndex: u32 = 0;
let full: bool = false;

/** What is wrong with the patterns: a code of globsyntax.ts, the pattern, the byte offset in it. */
export let faultOf: u32 = 0;
export let faultPattern: u32 = 0;
export let faultOffset: usize = 0;

/** Compiles the `count` patterns of the input. Gives the address of their tables, or 0 with a fault set. */
export function compileGlobs(count: u32, length: usize): usize {
  states = align(BASE + length + SLACK);
  ranges = states + <usize>STATES_MAX * STATE;
  const room = ranges + <usize>RANGES_MAX * RANGE;
  reserve(room);
  stateCount = 0;
  rangeCount = 0;
  full = false;
  let p = BASE;
  for (patternIndex = 0; patternIndex < count; patternIndex++) {
    const start = p + 4, e = start + load<u32>(p);
    if (!checkPattern(start, e)) return fault(globFault, globFaultAt - start);
    alternatives(start, e, room, addAlternative);
    if (full) return fault(TOO_MANY, 0);
    p = e;
  }
  const boundCount = gatherBounds(states, stateCount, ranges, rangeCount, room);
  const tables = align(room + boundCount * 4);
  if (Tables.sizeFor(stateCount, boundCount) > TABLES_MAX) return fault(TOO_MANY, 0);
  reserve(tables + Tables.sizeFor(stateCount, boundCount));
  Tables.lay(tables, stateCount, boundCount, count);
  memory.copy(Tables.boundList(tables), room, boundCount * 4);
  for (let c: u32 = 0; c < 128; c++) store<u16>(Tables.asciiClass(tables) + c * 2, <u16>Tables.classOf(tables, c));
  for (let s: usize = 0; s < stateCount; s++) enter(tables, s);
  return tables;
}

function fault(code: u32, offset: usize): usize {
  faultOf = code;
  faultPattern = patternIndex;
  faultOffset = offset;
  return 0;
}

function addState(label: u32, a: u32, b: u32): void {
  if (stateCount == STATES_MAX) {
    full = true;
    return;
  }
  const s = states + <usize>stateCount * STATE;
  stateCount++;
  store<u32>(s, label << 8);
  store<u32>(s, a, 4);
  store<u32>(s, b, 8);
  store<u32>(s, patternIndex, 12);
}

function flag(flags: u32): void {
  const s = states + <usize>(stateCount - 1) * STATE;
  store<u32>(s, load<u32>(s) | flags);
}

/** Does a segment `**` stand at `p`, where a segment begins? */
function isGlobstar(p: usize, e: usize): bool {
  return p + 2 <= e && load<u16>(p) == 0x2a2a && (p + 2 == e || load<u8>(p, 2) == 0x2f);
}

/** The last of the segments `**` that follow each other from `p` on: they mean what one means. */
function lastGlobstar(p: usize, e: usize): usize {
  while (p + 2 < e && isGlobstar(p + 3, e)) p += 3;
  return p;
}

/** Makes `\/` a mere `/` in the alternative [p, e), in place; gives its new end. */
function plainSlashes(p: usize, e: usize): usize {
  let to = p;
  while (p < e) {
    const behind = unit(p, e);
    if (load<u8>(p) == 0x5c && load<u8>(behind - 1) == 0x2f) p++;
    while (p < behind) store<u8>(to++, load<u8>(p++));
  }
  return to;
}

/** Adds the states of the alternative [p, e). */
function addAlternative(p: usize, e: usize): void {
  e = plainSlashes(p, e);
  addState(NONE, 0, 0);
  flag(FIRST);
  let fresh = true;
  while (p < e && !full) {
    const c = <u32>load<u8>(p);
    if (fresh && isGlobstar(p, e)) {
      p = lastGlobstar(p, e) + 2;
      flag(ANY_LOOP);
      if (p == e) break;
      flag(GLOBSTAR);
      addState(NONE, 0, 0);
      p++;
      continue;
    }
    if (c == 0x2f && isGlobstar(p + 1, e) && lastGlobstar(p + 1, e) + 2 == e) flag(LAST);
    fresh = c == 0x2f;
    if (c == 0x2a) flag(SEGMENT_LOOP);
    p = c == 0x2a ? p + 1 : addToken(p, e);
  }
  flag(LAST);
}

/** Adds the state that reading the token at `p` leads to; gives the pointer behind the token. */
function addToken(p: usize, e: usize): usize {
  const c = <u32>load<u8>(p);
  if (c == 0x3f) {
    addState(NOT_CLASS, rangeCount, 0);
    return p + 1;
  }
  if (c != 0x5b) {
    p = escapedPoint(p, e);
    addState(LITERAL, codePoint, 0);
    return p;
  }
  const behind = unit(p, e);
  const start = rangeCount;
  for (let q = classBody(p); q < behind - 1; ) {
    q = range(q, behind - 1);
    addRange();
  }
  addState(isNegated(p) ? NOT_CLASS : CLASS, start, rangeCount - start);
  return behind;
}

function addRange(): void {
  if (rangeCount == RANGES_MAX) {
    full = true;
    return;
  }
  const r = ranges + <usize>rangeCount * RANGE;
  rangeCount++;
  store<u32>(r, rangeLow);
  store<u32>(r, rangeHigh, 4);
}

/** Puts state `s` into the tables. */
function enter(tables: usize, s: usize): void {
  const from = states + s * STATE;
  const flags = <u32>load<u8>(from);
  if ((flags & ANY_LOOP) != 0) Tables.setBit(Tables.slashLoops(tables), s);
  if ((flags & (ANY_LOOP | SEGMENT_LOOP)) != 0) Tables.setBit(Tables.otherLoops(tables), s);
  if ((flags & GLOBSTAR) != 0) Tables.setBit(Tables.globstars(tables), s);
  if ((flags & FIRST) != 0) Tables.setBit(Tables.first(tables), s);
  if ((flags & LAST) != 0) Tables.setBit(Tables.last(tables), s);
  store<u32>(Tables.owners(tables) + s * 4, load<u32>(from, 12));
  const label = <u32>load<u8>(from, 1);
  if (label == LITERAL) Tables.setBit(Tables.row(tables, Tables.classOf(tables, load<u32>(from, 4))), s);
  if (label != CLASS && label != NOT_CLASS) return;
  const list = Tables.boundList(tables);
  for (let c: usize = 0; c < Tables.classes(tables); c++) {
    const point = load<u32>(list + c * 4);
    // A class never matches the separator.
    if (point != 0x2f && holds(from, point) == (label == CLASS)) Tables.setBit(Tables.row(tables, c), s);
  }
}

/** Is the code point in one of the ranges of the state? */
function holds(state: usize, point: u32): bool {
  const start = ranges + <usize>load<u32>(state, 4) * RANGE;
  const end = start + <usize>load<u32>(state, 8) * RANGE;
  for (let r = start; r < end; r += RANGE) if (point >= load<u32>(r) && point <= load<u32>(r, 4)) return true;
  return false;
}
