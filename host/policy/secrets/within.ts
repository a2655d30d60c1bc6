/**
 * The findings of one rule within a finding of it that its matches were joined to. The matches are told apart once; where that takes too
 * many steps, the scanner is asked, which takes the same number for any text. Text is attacker-controlled.
 */
import type { Finding, ScanRule, Scanner } from '../../../core-wasm/core.ts';
import { bug } from '../../../verifiers/formats/error.ts';
import type { Window } from './window.ts';

/** Steps per byte before the scanner is asked. */
const PATIENCE = 32;

/** Gives what begins later within a finding, joined where it overlaps; for `whole` and for all that it gave for it. */
export function within(scanner: Scanner, asked: ScanRule, window: Window, whole: Finding): (finding: Finding) => readonly Finding[] {
  if (asked.keywords.every((word) => word.length >= whole.end - whole.start)) return () => [];
  const { bytes } = window;
  const { rule } = whole;
  const matches = matchesIn(asked, window, whole);
  if (matches !== null) return ({ start, end }) => joined(matches, start, end);
  return ({ start, end }) => {
    const from = start + 1;
    return scanner.each(bytes.subarray(from, end)).flatMap((f) => (f.rule === rule ? [{ rule, start: f.start + from, end: f.end + from }] : []));
  };
}

/** Matches that begin behind the first byte, in order, up to one that goes on to the end: all others lie within that one. */
function matchesIn(asked: ScanRule, { bytes, text }: Window, { rule, start, end }: Finding): Finding[] | null {
  const keyword = keywordOf(asked);
  const whole = text(start, end);
  const matches: Finding[] = [];
  let steps = (end - start) * PATIENCE;
  keyword.lastIndex = 1;
  for (; keyword.test(whole); keyword.lastIndex++) {
    const at = start + keyword.lastIndex;
    if (asked.wordBefore && isWord(bytes[at - 1])) continue;
    const { match, last } = walk(asked, bytes, at, end);
    if (match > at) matches.push({ rule, start: at, end: match });
    if (match === end) break;
    steps -= last - at;
    if (steps < 0) return null;
  }
  return matches;
}

/** Where the longest match that begins at `at` ends, 0 if there is none; and how far the walk went. */
function walk({ automaton, wordAfter }: ScanRule, bytes: Uint8Array, at: number, end: number): { readonly match: number; readonly last: number } {
  const { classOf, classes, next, accept } = automaton;
  let match = 0;
  let place = at;
  for (let state = 1; place < end; ) {
    state = next[state * classes + (classOf[bytes[place] ?? 0] ?? 0)] ?? 0;
    if (state === 0) break;
    place++;
    if (accept[state] === 1 && !(wordAfter && isWord(bytes[place]))) match = place;
  }
  return { match, last: place };
}

function isWord(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || (byte >= 0x61 && byte <= 0x7a));
}

/** Of matches in order, those that begin behind `start` and end by `end`. */
function joined(matches: readonly Finding[], start: number, end: number): Finding[] {
  const out: Finding[] = [];
  for (let i = firstBehind(matches, start); i < matches.length; ) {
    const first = matches[i] ?? bug('a match is missing');
    let to = first.end;
    for (i++; i < matches.length; i++) {
      const next = matches[i] ?? bug('a match is missing');
      if (next.start >= to) break;
      if (next.end > to) to = next.end;
    }
    if (first.start >= end) break;
    out.push({ rule: first.rule, start: first.start, end: to });
  }
  return out;
}

function firstBehind(matches: readonly Finding[], start: number): number {
  let low = 0;
  for (let high = matches.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((matches[middle]?.start ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  return low;
}

const KEYWORDS = new WeakMap<ScanRule, RegExp>();

/** Matches the empty text in front of a keyword: a test leaves its place in lastIndex and makes nothing. */
function keywordOf(asked: ScanRule): RegExp {
  const known = KEYWORDS.get(asked);
  if (known !== undefined) return known;
  const words = asked.keywords.map((word) => word.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
  const made = new RegExp(`(?=${words.join('|')})`, asked.fold ? 'gi' : 'g');
  KEYWORDS.set(asked, made);
  return made;
}
