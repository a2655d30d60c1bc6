/**
 * The grammar of path patterns. A pattern matches a whole path; `/` separates segments; case, Unicode form and repeated slashes are
 * the caller's business.
 *
 *   *        any run of characters but `/`, none included; files whose names begin with a dot are no exception
 *   ?        one code point but `/`
 *   [a-z]    one code point of the class, never `/`; [!a-z] and [^a-z] one outside it; `]` stands first to be meant itself,
 *            `-` first or last; named classes ([:alpha:]) are refused
 *   **       as a whole segment: any number of segments, none included. `a/**` matches `a` too. Elsewhere it is `*`
 *   {a,b}    either; nested up to 8 deep, up to 1,000 alternatives a pattern; {a} is a, and a `}` or `,` outside is itself
 *   \c       the character c itself, in classes too; `\/` separates as `/` does; a backslash at the very end is itself
 *   others   themselves; control characters are refused
 *
 * This file reads text only: where units end, whether braces and classes are closed, and the alternatives written out.
 */
import { align, reserve, SLACK } from './memory';

const UNCLOSED_CLASS: u32 = 1;
const UNCLOSED_BRACE: u32 = 2;
const BAD_RANGE: u32 = 3;
export const TOO_MANY: u32 = 4;
const TOO_LONG: u32 = 5;
const CONTROL: u32 = 6;

const LONGEST: usize = 4096;
const DEEPEST: usize = 8;
const ALTERNATIVES: u32 = 1000;

export let globFault: u32 = 0;
export let globFaultAt: usize = 0;

function refuse(code: u32, at: usize): bool {
  globFault = code;
  globFaultAt = at;
  return false;
}

/** The code point last read by `point`, of text that is well-formed UTF-8. */
export let codePoint: u32 = 0;

/** Reads the code point at `p` and gives the pointer behind it. */
export function point(p: usize): usize {
  const c = <u32>load<u8>(p);
  if (c < 0x80) {
    codePoint = c;
    return p + 1;
  }
  const c1 = <u32>load<u8>(p, 1) & 63;
  if (c < 0xe0) {
    codePoint = ((c & 31) << 6) | c1;
    return p + 2;
  }
  const c2 = <u32>load<u8>(p, 2) & 63;
  if (c < 0xf0) {
    codePoint = ((c & 15) << 12) | (c1 << 6) | c2;
    return p + 3;
  }
  codePoint = ((c & 7) << 18) | (c1 << 12) | (c2 << 6) | (<u32>load<u8>(p, 3) & 63);
  return p + 4;
}

/** As `point`, but a backslash stands for the character behind it. */
export function escapedPoint(p: usize, e: usize): usize {
  return point(load<u8>(p) == 0x5c && p + 1 < e ? p + 1 : p);
}

/** Behind the `]` of the class at `p`, 0 if there is none. */
function behindClass(p: usize, e: usize): usize {
  let q = classBody(p);
  const first = q;
  while (q < e) {
    if (load<u8>(q) == 0x5d && q != first) return q + 1;
    q = escapedPoint(q, e);
  }
  return 0;
}

/** The first member of the class at `p`, behind `[` and `!` or `^`. */
export function classBody(p: usize): usize {
  return isNegated(p) ? p + 2 : p + 1;
}

export function isNegated(p: usize): bool {
  return load<u8>(p, 1) == 0x21 || load<u8>(p, 1) == 0x5e;
}

/** Behind the unit at `p`: a whole class, an escaped character, or one code point. Classes are known to be closed. */
export function unit(p: usize, e: usize): usize {
  return load<u8>(p) == 0x5b ? behindClass(p, e) : escapedPoint(p, e);
}

/** Bounds of the range of a class last read. */
export let rangeLow: u32 = 0;
export let rangeHigh: u32 = 0;

/** Reads the range or the single character at `p`, in a class that ends before `e`, its `]`. */
export function range(p: usize, e: usize): usize {
  p = escapedPoint(p, e);
  rangeLow = codePoint;
  rangeHigh = codePoint;
  if (p + 1 >= e || load<u8>(p) != 0x2d) return p;
  p = escapedPoint(p + 1, e);
  rangeHigh = codePoint;
  return p;
}

function checkClass(p: usize, e: usize): usize {
  const behind = behindClass(p, e);
  if (behind == 0) {
    refuse(UNCLOSED_CLASS, p);
    return 0;
  }
  let q = classBody(p);
  while (q < behind - 1) {
    const at = q;
    const named = load<u8>(q) == 0x5b && load<u8>(q, 1) == 0x3a;
    q = range(q, behind - 1);
    if (named || rangeLow > rangeHigh) {
      refuse(BAD_RANGE, at);
      return 0;
    }
  }
  return behind;
}

/** Per open brace: its address, the alternatives of the branches behind, and those of the branch being read. */
const OPEN: usize = memory.data(9 * 12, 16);

/** Is [p, e) a pattern? Otherwise the fault says why not. */
export function checkPattern(p: usize, e: usize): bool {
  if (e - p > LONGEST) return refuse(TOO_LONG, p + LONGEST);
  let depth: usize = 0;
  store<u32>(OPEN, 1, 8);
  while (p < e) {
    const c = <u32>load<u8>(p);
    const top = OPEN + depth * 12;
    if (c < 0x20 || c == 0x7f) return refuse(CONTROL, p);
    if (c == 0x5b) {
      p = checkClass(p, e);
      if (p == 0) return false;
      continue;
    }
    if (c == 0x7b) {
      if (depth == DEEPEST) return refuse(TOO_MANY, p);
      depth++;
      store<u32>(top, <u32>p, 12);
      store<u32>(top, 0, 16);
      store<u32>(top, 1, 20);
    } else if (depth > 0 && (c == 0x2c || c == 0x7d)) {
      const sum = load<u32>(top, 4) + load<u32>(top, 8);
      if (sum > ALTERNATIVES) return refuse(TOO_MANY, load<u32>(top));
      store<u32>(top, sum, 4);
      store<u32>(top, 1, 8);
      if (c == 0x7d) {
        depth--;
        const product = load<u32>(top - 12, 8) * sum;
        if (product > ALTERNATIVES) return refuse(TOO_MANY, load<u32>(top));
        store<u32>(top - 12, product, 8);
      }
    }
    p = escapedPoint(p, e);
  }
  return depth == 0 || refuse(UNCLOSED_BRACE, load<u32>(OPEN + depth * 12));
}

/** Takes an alternative that holds no braces, [p, e), and may change it. */
export type Take = (p: usize, e: usize) => void;

/** Writes out the alternatives of the checked pattern [p, e), in the room from `room` up, and hands each to `take`. */
export function alternatives(p: usize, e: usize, room: usize, take: Take): void {
  let open = p;
  while (open < e && load<u8>(open) != 0x7b) open = unit(open, e);
  if (open >= e) {
    take(p, e);
    return;
  }
  const close = behindBrace(open, e);
  const head = open - p, tail = e - close;
  reserve(room + (e - p) + SLACK);
  let branch = open + 1;
  while (branch < close) {
    const stop = behindBranch(branch, close);
    memory.copy(room, p, head);
    memory.copy(room + head, branch, stop - branch);
    memory.copy(room + head + (stop - branch), close, tail);
    const length = head + (stop - branch) + tail;
    alternatives(room, room + length, align(room + length), take);
    branch = stop + 1;
  }
}

/** Behind the `}` that closes the brace at `p`. */
function behindBrace(p: usize, e: usize): usize {
  let depth = 0;
  while (p < e) {
    const c = load<u8>(p);
    if (c == 0x7b) depth++;
    p = unit(p, e);
    if (c == 0x7d && --depth == 0) break;
  }
  return p;
}

/** The comma or brace that ends the branch at `p`. */
function behindBranch(p: usize, e: usize): usize {
  let depth = 0;
  while (p < e) {
    const c = load<u8>(p);
    if (depth == 0 && (c == 0x2c || c == 0x7d)) break;
    if (c == 0x7b) depth++;
    else if (c == 0x7d) depth--;
    p = unit(p, e);
  }
  return p;
}
