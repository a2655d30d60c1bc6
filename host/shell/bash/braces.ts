/**
 * Brace expansion (Bash manual, 3.5.1): `{a,b}`, `{1..9..2}`, `{a..e}`, nested, on units. The text is attacker-controlled, so
 * depth and number of results are bounded.
 */
import type { Unit } from './units.ts';

export const MAX_BRACE_WORDS = 256;
const MAX_DEPTH = 12;
const MAX_UNITS = 60_000;

interface Pair {
  readonly close: number;
  readonly commas: readonly number[];
}

/** All words that the braces of one word make, in order. Null: more than the limits allow. */
export function expandBraces(units: readonly Unit[]): readonly (readonly Unit[])[] | null {
  if (!units.some((u) => isChar(u, '{'))) return [units];
  const out = expand(units, 0);
  return out !== null && out.length <= MAX_BRACE_WORDS ? out : null;
}

function expand(units: readonly Unit[], depth: number): readonly (readonly Unit[])[] | null {
  if (depth > MAX_DEPTH) return null;
  const pairs = matching(units);
  let words: (readonly Unit[])[] = [[]];
  let from = 0;
  for (let i = 0; i < units.length; i++) {
    const pair = pairs.get(i);
    if (pair === undefined) continue;
    const choices = alternatives(units, i, pair, depth);
    if (choices === null) return null;
    if (choices.length === 0) continue;
    const next = product(words, units.slice(from, i), choices);
    if (next === null) return null;
    words = next;
    i = pair.close;
    from = i + 1;
  }
  const tail = units.slice(from);
  return words.map((word) => [...word, ...tail]);
}

function product(words: readonly (readonly Unit[])[], between: readonly Unit[], choices: readonly (readonly Unit[])[]): (readonly Unit[])[] | null {
  if (words.length * choices.length > MAX_BRACE_WORDS) return null;
  const out = words.flatMap((word) => choices.map((choice) => [...word, ...between, ...choice]));
  return out.reduce((sum, word) => sum + word.length, 0) > MAX_UNITS ? null : out;
}

/** Each `{` that has its `}`, with the commas between that belong to it. One pass: a bomb of braces costs its length. */
function matching(units: readonly Unit[]): ReadonlyMap<number, Pair> {
  const pairs = new Map<number, Pair>();
  const open: { at: number; commas: number[] }[] = [];
  units.forEach((unit, i) => {
    if (isChar(unit, '{')) open.push({ at: i, commas: [] });
    else if (isChar(unit, ',')) open.at(-1)?.commas.push(i);
    else if (isChar(unit, '}')) {
      const top = open.pop();
      if (top !== undefined) pairs.set(top.at, { close: i, commas: top.commas });
    }
  });
  return pairs;
}

/** Empty: these braces are plain text, what they hold may still expand. */
function alternatives(units: readonly Unit[], open: number, pair: Pair, depth: number): readonly (readonly Unit[])[] | null {
  if (pair.commas.length === 0) return sequence(units.slice(open + 1, pair.close));
  if (pair.commas.length >= MAX_BRACE_WORDS) return null;
  const out: (readonly Unit[])[] = [];
  const bounds = [open, ...pair.commas, pair.close];
  for (let k = 0; k + 1 < bounds.length; k++) {
    const inner = expand(units.slice((bounds[k] ?? 0) + 1, bounds[k + 1]), depth + 1);
    if (inner === null) return null;
    out.push(...inner);
    if (out.length > MAX_BRACE_WORDS) return null;
  }
  return out;
}

function sequence(inner: readonly Unit[]): readonly (readonly Unit[])[] | null {
  if (inner.length > 60 || !inner.every((u) => u.kind === 'char' && !u.quoted)) return [];
  const text = inner.map((u) => (u.kind === 'char' ? u.c : '')).join('');
  const numbers = /^([+-]?\d{1,12})\.\.([+-]?\d{1,12})(?:\.\.([+-]?\d{1,12}))?$/.exec(text);
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.([+-]?\d{1,12}))?$/.exec(text);
  const found = numbers ?? letters;
  if (found === null) return [];
  const [, first = '', last = '', by = '1'] = found;
  const from = numbers === null ? first.charCodeAt(0) : Number(first);
  const to = numbers === null ? last.charCodeAt(0) : Number(last);
  const step = Math.max(1, Math.abs(Number(by)));
  if (Math.abs(to - from) / step >= MAX_BRACE_WORDS) return null;
  const width = numbers !== null && [first, last].some((n) => /^[+-]?0\d/.test(n)) ? Math.max(first.length, last.length) : 0;
  const out: Unit[][] = [];
  for (let n = from; from <= to ? n <= to : n >= to; n += from <= to ? step : -step) {
    out.push([...(numbers === null ? String.fromCharCode(n) : padded(n, width))].map((c) => ({ kind: 'char', c, quoted: numbers === null })));
  }
  return out;
}

const padded = (n: number, width: number): string => (n < 0 ? `-${String(-n).padStart(width - 1, '0')}` : String(n).padStart(width, '0'));

const isChar = (unit: Unit, c: string): boolean => unit.kind === 'char' && !unit.quoted && unit.c === c;
