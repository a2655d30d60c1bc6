/**
 * Walks of the rules' automata over the text. All walks of a rule go through the text side by side. Two that come to the same
 * state at the same place would end alike from there, so the one that began later is dropped: its match would lie within the other's.
 * So a rule takes at most one step a byte for each of its states, whatever the text: the scan is linear in the text.
 */
import { accept, ACTIVE, classes, classOf, FINDING, flags, MARKS, next, POSITION, ruleAt, ruleCount, states, WALK, WALKS, WORD_AFTER, WORD_BEFORE } from './scanrules';
import { reserve } from './memory';

/** A finding: u32 rule, u32 start, u32 end, as addresses. */
export const FOUND: usize = 12;
export let found: usize = 0;
export let foundCount: u32 = 0;

let start: usize = 0;
let end: usize = 0;
/** Counts the steps of walks side by side: a mark that holds the count says that a walk has come to that state in this step. */
let clock: u32 = 0;

/** The text is [p, e); findings are written from `at` up. */
export function openWalks(p: usize, e: usize, at: usize): void {
  start = p;
  end = e;
  found = at;
  foundCount = 0;
  for (let i: usize = 0; i < ruleCount; i++) {
    store<u32>(ruleAt(i), 0, ACTIVE);
    store<u32>(ruleAt(i), u32.MAX_VALUE, FINDING);
  }
}

export function closeWalks(): void {
  for (let i: usize = 0; i < ruleCount; i++) {
    const rule = ruleAt(i);
    advance(rule, end);
    for (let w: usize = 0; w < load<u32>(rule, ACTIVE); w++) finish(rule, walkAt(rule, w));
  }
}

/** A keyword of the rule stands at `p`. Calls come in the order of the text. */
export function beginWalk(rule: usize, p: usize): void {
  if ((flags(rule) & WORD_BEFORE) != 0 && p > start && isWord(load<u8>(p - 1))) return;
  advance(rule, p);
  const active = <usize>load<u32>(rule, ACTIVE);
  // One that is in the start state again, or has just begun because of another keyword, goes the same way.
  for (let w: usize = 0; w < active; w++) if (load<u32>(walkAt(rule, w)) == 1) return;
  const walk = walkAt(rule, active);
  store<u32>(walk, 1);
  store<u32>(walk, <u32>p, 4);
  store<u32>(walk, 0, 8);
  store<u32>(rule, <u32>active + 1, ACTIVE);
  store<u32>(rule, <u32>p, POSITION);
}

/** Is the text one that the search rule finds? Its automaton stays in an accepting state. */
export function search(rule: usize): bool {
  let state: u32 = 1;
  for (let p = start; p < end; p++) {
    if (load<u8>(accept(rule) + state) != 0) return true;
    state = step(rule, state, p);
    if (state == 0) return false;
  }
  return load<u8>(accept(rule) + state) != 0;
}

function isWord(c: u32): bool {
  return c - 0x30 < 10 || (c | 0x20) - 0x61 < 26 || c == 0x5f;
}

@inline
function walkAt(rule: usize, w: usize): usize {
  return <usize>load<u32>(rule, WALKS) + w * WALK;
}

@inline
function step(rule: usize, state: u32, p: usize): u32 {
  return load<u16>(next(rule) + ((state * classes(rule) + <u32>load<u8>(classOf(rule) + load<u8>(p))) << 1));
}

/** May a match of the rule end before `p`? Behind the text stand zeros, which are no word bytes. */
@inline
function mayEnd(rule: usize, p: usize): bool {
  return (flags(rule) & WORD_AFTER) == 0 || !isWord(load<u8>(p));
}

/** Takes the walks of the rule on to `p`. */
function advance(rule: usize, p: usize): void {
  let at = <usize>load<u32>(rule, POSITION);
  while (load<u32>(rule, ACTIVE) > 1 && at < p) stepAll(rule, at++);
  if (load<u32>(rule, ACTIVE) == 1) alone(rule, at, p);
  store<u32>(rule, <u32>p, POSITION);
}

/** As stepAll up to `to`, for the usual case of one walk. */
function alone(rule: usize, p: usize, to: usize): void {
  const walk = walkAt(rule, 0), accepting = accept(rule), table = next(rule), byteClass = classOf(rule), width = classes(rule);
  let state = load<u32>(walk);
  while (p < to) {
    state = load<u16>(table + ((state * width + <u32>load<u8>(byteClass + load<u8>(p))) << 1));
    if (state == 0) {
      finish(rule, walk);
      store<u32>(rule, 0, ACTIVE);
      return;
    }
    p++;
    if (load<u8>(accepting + state) != 0 && mayEnd(rule, p)) store<u32>(walk, <u32>p, 8);
  }
  store<u32>(walk, state);
}

/** Takes all walks of the rule over the byte at `p`. They stand in the order they began. */
function stepAll(rule: usize, p: usize): void {
  const active = <usize>load<u32>(rule, ACTIVE), marks = <usize>load<u32>(rule, MARKS);
  tick();
  let kept: usize = 0;
  for (let w: usize = 0; w < active; w++) {
    const walk = walkAt(rule, w);
    const state = step(rule, load<u32>(walk), p);
    const mark = marks + (<usize>state << 2);
    if (state == 0 || load<u32>(mark) == clock) {
      finish(rule, walk);
      continue;
    }
    store<u32>(mark, clock);
    const accepted = load<u8>(accept(rule) + state) != 0 && mayEnd(rule, p + 1);
    const to = walkAt(rule, kept++);
    const longest = accepted ? <u32>(p + 1) : load<u32>(walk, 8);
    const began = load<u32>(walk, 4);
    store<u32>(to, state);
    store<u32>(to, began, 4);
    store<u32>(to, longest, 8);
  }
  store<u32>(rule, <u32>kept, ACTIVE);
}

function tick(): void {
  if (++clock != 0) return;
  for (let i: usize = 0; i < ruleCount; i++) memory.fill(load<u32>(ruleAt(i), MARKS), 0, <usize>states(ruleAt(i)) * 4);
  clock = 1;
}

/** Records what a walk that is over has found. One that overlaps the rule's last finding is joined to it. */
function finish(rule: usize, walk: usize): void {
  const from = load<u32>(walk, 4), to = load<u32>(walk, 8);
  if (to <= from) return;
  const last = load<u32>(rule, FINDING);
  if (last != u32.MAX_VALUE) {
    const f = found + <usize>last * FOUND;
    if (from < load<u32>(f, 8) && to > load<u32>(f, 4)) {
      store<u32>(f, min(from, load<u32>(f, 4)), 4);
      store<u32>(f, max(to, load<u32>(f, 8)), 8);
      return;
    }
  }
  store<u32>(rule, foundCount, FINDING);
  record(rule, from, to);
}

export function record(rule: usize, from: u32, to: u32): void {
  const f = found + <usize>foundCount * FOUND;
  foundCount++;
  reserve(f + FOUND);
  store<u32>(f, <u32>rule);
  store<u32>(f, from, 4);
  store<u32>(f, to, 8);
}
