/**
 * One line of a chain against spec/row.md: an object in minimal form that ends in
 *
 *   "prev_hash":"<64 digits>","hash":"<64 digits>"}
 *
 * Seen from the closing brace, E behind it:   "hash":" at E-74, digits at E-66, a comma or the opening brace at E-75;
 *                                             "prev_hash":" at E-153, digits at E-140, a comma or the opening brace at E-154.
 * In a valid object these bytes are those two members and nothing else: a quote inside a string would have a backslash before it.
 */
import { canonicalForm, output, ROW } from './canonical';
import * as Code from './codes';
import { depart } from './departures';
import { faultAt, faultCode } from './fault';
import { equal64, isHash } from './hex';
import { settle, submit } from './lanes';
import { copyLoose, reserve, SLACK } from './memory';

/** Digits of the `hash` of the row before, and whether they are known. */
const LINK: usize = memory.data(64, 16);
let linked: bool = false;
/** Where a line that needs a second look is copied to, with its canonical form behind it. */
let scratch: usize = 0;

/** The next row is judged as the first of a chain; memory from `at` up is free for use. */
export function startChain(at: usize): void {
  scratch = at;
  linked = true;
  for (let i: usize = 0; i < 64; i++) store<u8>(LINK + i, 0x30);
}

/** Digits of the last `hash` seen, or 0. */
export function linkDigits(): usize {
  return linked ? LINK : 0;
}

/** Records a departure after those of the rows still in the lanes, so that the list keeps the order of the file. */
export function report(code: u32, index: u32, offset: f64): void {
  settle();
  depart(code, index, offset);
}

/** Judges the row in minimal form at [p, e), which begins at `offset` of the file. */
export function judgeMinimal(p: usize, e: usize, index: u32, offset: f64): void {
  const stop = offset + <f64>(e - p);
  if (!hasHash(p, e)) return unhashed(index, stop - 1);
  judgeLink(p, e, index, stop - 140, stop - 75);
  submit(p, load<u8>(e - 75) == 0x2c ? e - 75 : e - 74, e - 66, index, stop - 66);
  follow(e);
}

/** Judges a line at [p, e) that is not known to be minimal: names what is wrong, and goes on with what its members say. */
export function judgeOther(p: usize, e: usize, index: u32, offset: f64): void {
  const length = e - p;
  const text = scratch;
  reserve(text + length + SLACK);
  memory.copy(text, p, length);
  memory.fill(text + length, 0, SLACK);
  const n = canonicalForm(text, length, ROW);
  if (n < 0) return unread(chainCode(faultCode), index, offset + <f64>(faultAt - text));
  if (load<u8>(output) != 0x7b) return unread(Code.NOT_OBJECT, index, offset);
  const same = agreement(p, output, min<usize>(n, length));
  if (same == length && same == n) return judgeMinimal(p, e, index, offset);
  report(Code.NOT_MINIMAL, index, offset + <f64>same);
  // The members may stand anywhere in the line: what is said of them is placed at its start. Its hash is not judged.
  const stop = output + <usize>n;
  if (!hasHash(output, stop)) return unhashed(index, offset);
  judgeLink(output, stop, index, offset, offset);
  follow(stop);
}

/** A line that yields no `hash`: the link of the next row cannot be judged. */
export function unread(code: u32, index: u32, offset: f64): void {
  report(code, index, offset);
  linked = false;
}

function unhashed(index: u32, offset: f64): void {
  unread(Code.HASH_MISSING, index, offset);
}

function hasHash(p: usize, e: usize): bool {
  // "hash":" as a little-endian word, and "} behind the digits.
  return e - p >= 75 && load<u64>(e - 74) == 0x223a226873616822 && load<u16>(e - 2) == 0x7d22 && isHash(e - 66);
}

function hasPrevHash(p: usize, e: usize): bool {
  // "prev_ha, then sh":, then the quote before the digits, then the one behind them and the comma.
  return (
    e - p >= 154 &&
    load<u64>(e - 153) == 0x61685f7665727022 &&
    load<u32>(e - 145) == 0x3a226873 &&
    load<u8>(e - 141) == 0x22 &&
    load<u16>(e - 76) == 0x2c22
  );
}

/** Places in the file: `digitsAt` of the digits of `prev_hash`, `missingAt` of where the member should have ended. */
function judgeLink(p: usize, e: usize, index: u32, digitsAt: f64, missingAt: f64): void {
  const found = hasPrevHash(p, e);
  if (found && linked && equal64(LINK, e - 140)) return;
  if (!found || !isHash(e - 140)) report(Code.PREV_HASH_MISSING, index, missingAt);
  else if (linked) report(Code.LINK_MISMATCH, index, digitsAt);
}

/** The digits of the row that ends at `e` are what the next one must link to. */
function follow(e: usize): void {
  copyLoose(LINK, e - 66, 64);
  linked = true;
}

/** How many bytes two texts have in common from their start, `limit` at most. */
function agreement(a: usize, b: usize, limit: usize): usize {
  let i: usize = 0;
  while (i < limit && load<u8>(a + i) == load<u8>(b + i)) i++;
  return i;
}

/** A chain has one word for all that is no JSON. */
function chainCode(code: u32): u32 {
  return code == Code.SYNTAX || code == Code.CONTROL || code == Code.TRAILING || code == Code.EMPTY ? Code.NOT_JSON : code;
}
