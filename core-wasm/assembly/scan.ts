/**
 * Finds the places where a keyword of a rule stands, and lets the rule's automaton go from there.
 *
 * A sieve looks at sixteen places at once: each of the first four bytes of a keyword is entered in two tables of sixteen bytes, one by its
 * low half, one by its high half, as one of eight bits, a bit for a group of keywords alike. A place where some bit is in all eight table
 * entries may hold a keyword of that group; there, three bytes without their case choose a chain of keywords to compare.
 */
import { align, reserve, SLACK } from './memory';
import { FOLD, flags, isSearch, keywordAt, keywordCount, readRules, RULE, ruleAt, ruleCount, rules, textAt } from './scanrules';
import { beginWalk, closeWalks, FOUND, found, foundCount, openWalks, record, search } from './scanwalk';

/** Eight tables: low and high halves of bytes 0 to 3. */
const SIEVE: usize = memory.data(8 * 16, 16);
const CHAINS: usize = memory.data(4096 * 4, 16);
/** Keywords of one or two bytes: too short for a chain. */
let short: usize = 0;
/** Places of one call of `sift`, so that the host can replace its code by faster code between calls. */
const SLAB: usize = 1 << 16;

let end: usize = 0;

/** Takes the rules that the caller has put at BASE. */
export function scanLoad(count: u32, length: usize): void {
  readRules(count, length);
  memory.fill(SIEVE, 0, 128);
  memory.fill(CHAINS, 0, 4096 * 4);
  short = 0;
  for (let i: usize = 0; i < keywordCount; i++) store<u32>(keywordAt(i), sortingKey(keywordAt(i)), 16);
  sortKeywords();
  for (let i: usize = 0; i < keywordCount; i++) {
    const keyword = keywordAt(i);
    enterSieve(keyword, <u32>(i * 8 / keywordCount));
    chain(keyword);
  }
}

/** Where a text of `length` bytes goes. */
export function scanRoom(length: usize): usize {
  reserve(textAt + length + SLACK);
  memory.fill(textAt + length, 0, SLACK);
  return textAt;
}

/** Scans the text; gives the number of findings, those of search rules last. They are at `scanFound()`: u32 rule, start, end. */
export function scanRun(length: usize): u32 {
  end = textAt + length;
  openWalks(textAt, end, align(end + SLACK));
  if (keywordCount != 0) for (let p = textAt; p < end; p += SLAB) sift(p, min(p + SLAB, end));
  closeWalks();
  for (let i: usize = 0; i < ruleCount; i++) {
    if (isSearch(ruleAt(i)) && search(ruleAt(i))) record(ruleAt(i), <u32>textAt, <u32>end);
  }
  for (let i: usize = 0; i < foundCount; i++) {
    const f = found + i * FOUND;
    store<u32>(f, <u32>((<usize>load<u32>(f) - rules) / RULE));
    store<u32>(f, load<u32>(f, 4) - <u32>textAt, 4);
    store<u32>(f, load<u32>(f, 8) - <u32>textAt, 8);
  }
  return foundCount;
}

export function scanFound(): usize {
  return found;
}

/** Bits of the groups whose keywords may have this byte at place `i`. */
@inline
function groups(i: usize, bytes: v128): v128 {
  const low = i8x16.swizzle(v128.load(SIEVE + i * 32), v128.and(bytes, i8x16.splat(15)));
  const high = i8x16.swizzle(v128.load(SIEVE + i * 32 + 16), i8x16.shr_u(bytes, 4));
  return v128.and(low, high);
}

function sift(p: usize, to: usize): void {
  for (; p < to; p += 16) {
    const first = v128.and(groups(0, v128.load(p)), groups(1, v128.load(p, 1)));
    const both = v128.and(first, v128.and(groups(2, v128.load(p, 2)), groups(3, v128.load(p, 3))));
    if (!v128.any_true(both)) continue;
    let places = <u32>i8x16.bitmask(i8x16.ne(both, i8x16.splat(0)));
    while (places != 0) {
      compareAt(p + ctz(places));
      places &= places - 1;
    }
  }
}

/** Begins a walk for each keyword that stands at `p`. */
function compareAt(p: usize): void {
  let keyword = <usize>load<u32>(CHAINS + hash(load<u32>(p)) * 4);
  for (; keyword != 0; keyword = load<u32>(keyword, 12)) if (stands(keyword, p)) beginWalk(load<u32>(keyword, 8), p);
  for (keyword = short; keyword != 0; keyword = load<u32>(keyword, 12)) if (stands(keyword, p)) beginWalk(load<u32>(keyword, 8), p);
}

/** Twelve bits of three bytes, letters without their case. */
@inline
function hash(word: u32): usize {
  return (((word | 0x202020) & 0xffffff) * 0x9e3779b1) >> 20;
}

function stands(keyword: usize, p: usize): bool {
  const text = <usize>load<u32>(keyword), length = <usize>load<u32>(keyword, 4);
  if (p + length > end) return false;
  const fold = (flags(load<u32>(keyword, 8)) & FOLD) != 0;
  for (let i: usize = 0; i < length; i++) {
    const x = <u32>load<u8>(text + i), y = <u32>load<u8>(p + i);
    if (x != y && !(fold && lower(x) == lower(y))) return false;
  }
  return true;
}

@inline
function lower(c: u32): u32 {
  return c - 0x41 < 26 ? c | 0x20 : c;
}

/** The first four bytes, the first one highest: neighbours in this order have their first bytes in common. */
function sortingKey(keyword: usize): u32 {
  let key: u32 = 0;
  for (let i: usize = 0; i < 4; i++) key = (key << 8) | (i < load<u32>(keyword, 4) ? lower(load<u8>(<usize>load<u32>(keyword) + i)) : 0);
  return key;
}

function sortKeywords(): void {
  for (let i: usize = 1; i < keywordCount; i++) {
    for (let j = i; j > 0 && load<u32>(keywordAt(j - 1), 16) > load<u32>(keywordAt(j), 16); j--) swap(keywordAt(j - 1), keywordAt(j));
  }
}

function swap(a: usize, b: usize): void {
  for (let i: usize = 0; i < 20; i += 4) {
    const x = load<u32>(a + i);
    store<u32>(a + i, load<u32>(b + i));
    store<u32>(b + i, x);
  }
}

function enterSieve(keyword: usize, group: u32): void {
  const text = <usize>load<u32>(keyword), length = <usize>load<u32>(keyword, 4);
  const fold = (flags(load<u32>(keyword, 8)) & FOLD) != 0;
  for (let i: usize = 0; i < 4; i++) {
    for (let c: u32 = 0; c < 256; c++) {
      const x = i < length ? <u32>load<u8>(text + i) : c;
      if (c == x || (fold && lower(c) == lower(x))) {
        setGroup(SIEVE + i * 32 + (c & 15), group);
        setGroup(SIEVE + i * 32 + 16 + (c >> 4), group);
      }
    }
  }
}

function setGroup(entry: usize, group: u32): void {
  store<u8>(entry, <u8>(<u32>load<u8>(entry) | (<u32>1 << group)));
}

function chain(keyword: usize): void {
  if (load<u32>(keyword, 4) < 3) {
    store<u32>(keyword, <u32>short, 12);
    short = keyword;
    return;
  }
  const head = CHAINS + hash(load<u32>(load<u32>(keyword))) * 4;
  store<u32>(keyword, load<u32>(head), 12);
  store<u32>(head, <u32>keyword);
}
