/**
 * A walk over a chain: lines in, departures out, in memory that does not depend on the file.
 *
 *   BASE  the bytes held: from the start of the line that is not complete yet; LINE_LIMIT + CHUNK and some
 *   then  the departures, then room for the second look at a line
 *
 * The caller puts at most CHUNK bytes at `chainRoom()` and says so with `chainWrite`. Where chunks end does not matter.
 */
import * as Code from './codes';
import { clearDepartures, departures, departuresHeld, DEPARTURES_SIZE } from './departures';
import { clearLanes, settle } from './lanes';
import { align, BASE, reserve, SLACK } from './memory';
import { minimalObject } from './minimal';
import { judgeMinimal, judgeOther, linkDigits, report, startChain, unread } from './row';
import { clearTree, gather, root } from './tree';

/** Longest line, LF not counted. */
const LINE_LIMIT: usize = 1 << 20;
const CHUNK: usize = 1 << 18;
const HELD: usize = align(LINE_LIMIT + CHUNK + 2 * SLACK);
const LIST: usize = BASE + HELD;
const SCRATCH: usize = align(LIST + DEPARTURES_SIZE);

/**
 * What a walk has found, for core.ts:
 *   0 u32 rows   4 u32 departures   8 u32 departures held   12 u32 address of the list
 *   16 u32 first row has a hash   20 u32 last row has one   24 u32 there is a root
 *   32 the 64 digits of the first   96 those of the last   160 the 32 bytes of the root
 */
const SUMMARY: usize = memory.data(192, 16);

let fill: usize = BASE;
/** File offset of the byte at BASE. */
let origin: f64 = 0;
let rows: u32 = 0;
/** In a line that is too long: reported, not held, LF not yet seen. */
let skipping: bool = false;
/** The tree over the rows is asked for. */
let growing: bool = false;

export function chainBegin(tree: bool): void {
  reserve(SCRATCH + SLACK);
  clearLanes();
  clearDepartures(LIST);
  startChain(SCRATCH);
  clearTree();
  growing = tree;
  memory.fill(SUMMARY, 0, 192);
  fill = BASE;
  origin = 0;
  rows = 0;
  skipping = false;
}

export function chainRoom(): usize {
  return fill;
}

export function chainWrite(length: usize): void {
  const stop = fill + length;
  const whole = behindLastLf(fill, stop);
  if (whole == 0) {
    fill = stop;
  } else {
    const rest = stop - whole;
    lines(whole);
    memory.copy(BASE, whole, rest);
    origin += <f64>(whole - BASE);
    fill = BASE + rest;
  }
  if (skipping) drop();
  else if (fill - BASE > LINE_LIMIT) {
    // Should this line never end, it is no row, and the last row is the one before it.
    if (rows != 0) note(20, 96);
    tooLong(BASE);
    skipping = true;
    drop();
  }
}

export function chainEnd(): usize {
  settle();
  if (fill > BASE || skipping) report(Code.TORN_LINE, rows, skipping ? lineStart : origin);
  if (rows != 0 && !skipping) note(20, 96);
  if (growing && root(SUMMARY + 160)) store<u32>(SUMMARY, 1, 24);
  store<u32>(SUMMARY, rows);
  store<u32>(SUMMARY, departures, 4);
  store<u32>(SUMMARY, departuresHeld(), 8);
  store<u32>(SUMMARY, <u32>LIST, 12);
  return SUMMARY;
}

/** Where the line being skipped begins in the file. */
let lineStart: f64 = 0;

function drop(): void {
  origin += <f64>(fill - BASE);
  fill = BASE;
}

function tooLong(line: usize): void {
  lineStart = origin + <f64>(line - BASE);
  unread(Code.LINE_TOO_LONG, rows, lineStart + <f64>LINE_LIMIT);
}

/** The pointer behind the last LF in [p, e), 0 if there is none. */
function behindLastLf(p: usize, e: usize): usize {
  while (e > p) if (load<u8>(--e) == 0x0a) return e + 1;
  return 0;
}

/** Judges the complete lines of [BASE, stop). */
function lines(stop: usize): void {
  let p = BASE;
  while (p < stop) {
    if (skipping) {
      p = lineFeed(p) + 1;
      skipping = false;
    } else {
      p = line(p);
    }
    if (rows == 0) note(16, 32);
    if (growing) gather(linkDigits());
    rows++;
  }
}

/** Judges the line at `p`; gives the pointer behind its LF. */
function line(p: usize): usize {
  const offset = origin + <f64>(p - BASE);
  let e = minimalObject(p);
  if (e != 0 && load<u8>(e) == 0x0a && e - p <= LINE_LIMIT) {
    judgeMinimal(p, e, rows, offset);
    return e + 1;
  }
  e = lineFeed(p);
  if (e - p > LINE_LIMIT) tooLong(p);
  else if (e == p) unread(Code.EMPTY_LINE, rows, offset);
  else judgeOther(p, e, rows, offset);
  return e + 1;
}

function lineFeed(p: usize): usize {
  const lf = i8x16.splat(0x0a);
  while (true) {
    const m = i8x16.bitmask(i8x16.eq(v128.load(p), lf));
    if (m != 0) return p + ctz(m);
    p += 16;
  }
}

/** Puts the digits of the row just judged into the summary, where it has a hash: `flag` and `digits` are the places. */
function note(flag: usize, digits: usize): void {
  const link = linkDigits();
  store<u32>(SUMMARY + flag, link != 0 ? 1 : 0);
  if (link != 0) memory.copy(SUMMARY + digits, link, 64);
}
