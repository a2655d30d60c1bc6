/**
 * The rules of a scanner in memory. core.ts hands them over as a list of byte strings, each behind its u32 length, per rule:
 *
 *   head      u32 classes, u32 flags, u32 number of keywords
 *   classOf   256 bytes   next  u16 a state and class   accept  a byte a state   then each keyword
 *
 *   [BASE: that list][rule records][keyword records][what walks need, per rule][text, SLACK][findings]
 */
import { align, BASE, reserve, SLACK } from './memory';

export const FOLD: u32 = 1;
export const WORD_BEFORE: u32 = 2;
export const WORD_AFTER: u32 = 4;

/** A rule: its tables, and the walks of its automaton that are under way (scanwalk.ts). */
export const RULE: usize = 48;
export function flags(rule: usize): u32 { return load<u32>(rule); }
export function classes(rule: usize): u32 { return load<u32>(rule, 4); }
export function classOf(rule: usize): usize { return load<u32>(rule, 8); }
export function next(rule: usize): usize { return load<u32>(rule, 12); }
export function accept(rule: usize): usize { return load<u32>(rule, 16); }
export function states(rule: usize): u32 { return load<u32>(rule, 20); }
export function isSearch(rule: usize): bool { return load<u32>(rule, 24) == 0; }
export const WALKS: usize = 28;
export const MARKS: usize = 32;
export const ACTIVE: usize = 36;
export const POSITION: usize = 40;
export const FINDING: usize = 44;

/** A walk: u32 state, u32 address where it began, u32 address where its longest match ends, or 0. */
export const WALK: usize = 12;

/** A keyword: u32 address, u32 length, u32 rule record, u32 the next keyword of its chain, u32 sorting key. */
const KEYWORD: usize = 20;

export let rules: usize = 0;
export let ruleCount: u32 = 0;
export let keywords: usize = 0;
export let keywordCount: u32 = 0;
/** Where the text goes. */
export let textAt: usize = 0;

export function ruleAt(i: usize): usize {
  return rules + i * RULE;
}

export function keywordAt(i: usize): usize {
  return keywords + i * KEYWORD;
}

/** Takes `count` rules from the list of `length` bytes at BASE. */
export function readRules(count: u32, length: usize): void {
  const end = BASE + length;
  rules = align(end + SLACK);
  ruleCount = count;
  keywords = rules + <usize>count * RULE;
  keywordCount = 0;
  reserve(keywords);
  let p = BASE;
  for (let i: usize = 0; i < count; i++) p = readRule(ruleAt(i), p);
  if (p != end) unreachable();
  let free = align(keywordAt(keywordCount));
  for (let i: usize = 0; i < count; i++) free = giveWalks(ruleAt(i), free);
  textAt = align(free);
  reserve(textAt + SLACK);
}

function readRule(rule: usize, p: usize): usize {
  const head = p + 4;
  p = head + load<u32>(p);
  const classTable = p + 4;
  p = classTable + load<u32>(p);
  const nextTable = p + 4;
  const entries = load<u32>(p) >> 1;
  p = nextTable + load<u32>(p);
  const acceptTable = p + 4;
  const stateCount = load<u32>(p);
  p = acceptTable + stateCount;
  const words = load<u32>(head, 8);
  store<u32>(rule, load<u32>(head, 4));
  store<u32>(rule, load<u32>(head), 4);
  store<u32>(rule, <u32>classTable, 8);
  store<u32>(rule, <u32>nextTable, 12);
  store<u32>(rule, <u32>acceptTable, 16);
  store<u32>(rule, stateCount, 20);
  store<u32>(rule, words, 24);
  if (load<u32>(head) * stateCount != entries || stateCount < 2) unreachable();
  checkTables(rule, entries);
  for (let i: u32 = 0; i < words; i++) {
    reserve(keywordAt(keywordCount + 1));
    const k = keywordAt(keywordCount);
    keywordCount++;
    store<u32>(k, <u32>p + 4);
    store<u32>(k, load<u32>(p), 4);
    store<u32>(k, <u32>rule, 8);
    if (load<u32>(p) == 0) unreachable();
    p += 4 + load<u32>(p);
  }
  return p;
}

/** Tables that point beyond themselves are a fault of the caller: the walk does not look again. State 0 is dead and stays so. */
function checkTables(rule: usize, entries: u32): void {
  for (let i: usize = 0; i < 256; i++) if (<u32>load<u8>(classOf(rule) + i) >= classes(rule)) unreachable();
  for (let i: usize = 0; i < entries; i++) if (<u32>load<u16>(next(rule) + i * 2) >= states(rule)) unreachable();
  for (let i: usize = 0; i < classes(rule); i++) if (load<u16>(next(rule) + i * 2) != 0) unreachable();
}

/** Room for one walk a state, one more that may just have begun, and a mark a state. */
function giveWalks(rule: usize, free: usize): usize {
  const walks = (<usize>states(rule) + 1) * WALK, marks = <usize>states(rule) * 4;
  reserve(free + walks + marks);
  store<u32>(rule, <u32>free, WALKS);
  store<u32>(rule, <u32>(free + walks), MARKS);
  memory.fill(free + walks, 0, marks);
  return free + walks + marks;
}
