/** The scanner plainly: every place, every keyword, every walk to its end. And makers of automata. */
import type { Automaton, Finding, ScanRule } from '../../core-wasm/core.ts';
import type { Random } from './random.ts';

const isWord = (c: number | undefined): boolean => c !== undefined && /[A-Za-z0-9_]/.test(String.fromCharCode(c));

function longest(rule: ScanRule, text: Uint8Array, start: number): number {
  const { automaton: a } = rule;
  let state = 1, end = -1;
  for (let p = start; p < text.length; p++) {
    state = a.next[state * a.classes + (a.classOf[text[p] ?? 0] ?? 0)] ?? 0;
    if (state === 0) break;
    if (a.accept[state] === 1 && !(rule.wordAfter && isWord(text[p + 1]))) end = p + 1;
  }
  return end;
}

function finds(rule: ScanRule, text: Uint8Array): boolean {
  const { automaton: a } = rule;
  let state = 1;
  for (const byte of text) state = a.next[state * a.classes + (a.classOf[byte] ?? 0)] ?? 0;
  return a.accept[state] === 1;
}

function join(findings: readonly Finding[]): Finding[] {
  const out: Finding[] = [];
  for (const f of findings) {
    const last = out.at(-1);
    if (last !== undefined && f.start < last.end) out[out.length - 1] = { ...last, end: Math.max(last.end, f.end) };
    else out.push(f);
  }
  return out;
}

export function scanOracle(rules: readonly ScanRule[], text: Uint8Array): Finding[] {
  const places = rules.map((rule, i) => {
    const found: Finding[] = [];
    for (let p = 0; p < text.length; p++) {
      const here = rule.keywords.some((k) => {
        const bytes = String.fromCharCode(...text.subarray(p, p + k.length));
        return rule.fold ? bytes.toLowerCase() === k.toLowerCase() : bytes === k;
      });
      if (!here || (rule.wordBefore && p > 0 && isWord(text[p - 1]))) continue;
      const end = longest(rule, text, p);
      if (end > p) found.push({ rule: i, start: p, end });
    }
    return join(found);
  });
  const merged = join(places.flat().sort((a, b) => a.start - b.start || b.end - a.end || a.rule - b.rule));
  const searched = rules.flatMap((rule, i) => (rule.keywords.length === 0 && finds(rule, text) ? [{ rule: i, start: 0, end: text.length }] : []));
  return [...merged, ...searched];
}

/** Bytes of a set written as in a character class: "a-z0-9_". */
function setOf(set: string): Uint8Array {
  const re = new RegExp(`[${set}]`);
  return Uint8Array.from({ length: 256 }, (_, i) => (i < 128 && re.test(String.fromCharCode(i)) ? 1 : 0));
}

/** An automaton for literals and runs: `['AKIA', ['A-Z0-9', 16, 16]]`; Infinity for no upper bound. A run must not admit what follows it. */
export function sequence(parts: readonly (string | readonly [string, number, number])[]): Automaton {
  const sets: Uint8Array[] = [];
  const rows: Map<number, number>[] = [new Map(), new Map()];
  let ends: number[] = [1];
  const setNumber = (set: Uint8Array): number => sets.push(set) - 1;
  const grow = (from: readonly number[], set: number): number => {
    const state = rows.push(new Map()) - 1;
    for (const s of from) rows[s]?.set(set, state);
    return state;
  };
  for (const part of parts) {
    if (typeof part === 'string') {
      for (const c of part) ends = [grow(ends, setNumber(Uint8Array.from({ length: 256 }, (_, i) => (i === c.charCodeAt(0) ? 1 : 0))))];
      continue;
    }
    const [set, min, max] = part;
    const n = setNumber(setOf(set));
    const last: number[] = min === 0 ? [...ends] : [];
    for (let i = 1; i <= (max === Infinity ? Math.max(min, 1) : max); i++) {
      ends = [grow(ends, n)];
      if (i >= min) last.push(...ends);
    }
    if (max === Infinity) rows[ends[0] ?? 0]?.set(n, ends[0] ?? 0);
    ends = last;
  }
  const classes = new Map<string, number>();
  const classOf = Uint8Array.from({ length: 256 }, (_, b) => {
    const key = sets.map((s) => s[b]).join('');
    if (!classes.has(key)) classes.set(key, classes.size);
    return classes.get(key) ?? 0;
  });
  const next = new Uint16Array(rows.length * classes.size);
  rows.forEach((row, state) => {
    for (const [set, to] of row) for (let b = 0; b < 256; b++) if (sets[set]?.[b] === 1) next[state * classes.size + (classOf[b] ?? 0)] = to;
  });
  return { classOf, classes: classes.size, next, accept: Uint8Array.from(rows, (_, s) => (ends.includes(s) ? 1 : 0)) };
}

/** Any automaton at all over the letters of `alphabet`. Of a search automaton, accepting states keep what they are. */
export function randomAutomaton(r: Random, alphabet: string, search: boolean): Automaton {
  const states = 2 + r.below(6), classes = alphabet.length + 1;
  const classOf = Uint8Array.from({ length: 256 }, (_, b) => alphabet.indexOf(String.fromCharCode(b)) + 1);
  const accept = Uint8Array.from({ length: states }, (_, s) => (s > 0 && r.chance(search ? 0.15 : 0.4) ? 1 : 0));
  const next = Uint16Array.from({ length: states * classes }, (_, i) => {
    const state = Math.floor(i / classes);
    if (state === 0) return 0;
    if (search && accept[state] === 1) return state;
    return i % classes === 0 ? (search ? 1 : 0) : r.chance(0.15) && !search ? 0 : 1 + r.below(states - 1);
  });
  return { classOf, classes, next, accept };
}
