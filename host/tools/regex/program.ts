/**
 * A pattern as a list of instructions, each naming its successors; what runs it keeps a set of places in the list, so a
 * character costs at most the length of the list. Sets are numbered; code points that no set tells apart share a class.
 */
import type { Assertion, Node } from './parse.ts';
import { MAX_CODE, contains, wordSet, type CodeSet } from './sets.ts';

export type Instruction =
  | { readonly op: 'set'; readonly set: number; readonly to: number }
  /** `to` is preferred to `or`. */
  | { readonly op: 'split'; to: number; or: number }
  | { readonly op: 'assert'; readonly what: Assertion; readonly to: number }
  | { readonly op: 'match' };

/** What a position knows of the character beside it. */
export const EDGE = 0;
export const NEWLINE = 1;
export const WORD = 2;
export const OTHER = 3;

export interface Program {
  readonly code: readonly Instruction[];
  readonly start: number;
  readonly classes: number;
  classOf(code: number): number;
  /** NEWLINE, WORD or OTHER; WORD only where an assertion asks for words. */
  readonly kindOf: Uint8Array;
  /** member[set * classes + class] is 1 where the set holds the class. */
  readonly member: Uint8Array;
}

export const MAX_PROGRAM = 5_000;

/** Null: longer than MAX_PROGRAM. Built back to front, so that each instruction knows where it goes. */
export function compile(node: Node): Program | null {
  const code: Instruction[] = [{ op: 'match' }];
  const sets: CodeSet[] = [];
  const keys = new Map<string, number>();
  let words = false;
  let full = false;
  const emit = (instruction: Instruction): number => {
    if (code.length >= MAX_PROGRAM) full = true;
    else code.push(instruction);
    return code.length - 1;
  };
  const setIndex = (set: CodeSet): number => {
    const key = set.join();
    const known = keys.get(key) ?? sets.push(set) - 1;
    keys.set(key, known);
    return known;
  };
  const build = (part: Node, to: number): number => {
    if (full) return 0;
    switch (part.kind) {
      case 'set':
        return emit({ op: 'set', set: setIndex(part.set), to });
      case 'assert':
        words ||= part.what.includes('word');
        return emit({ op: 'assert', what: part.what, to });
      case 'all':
        return part.of.reduceRight((next, item) => build(item, next), to);
      case 'one':
        return part.of.map((branch) => build(branch, to)).reduceRight((or, branch) => emit({ op: 'split', to: branch, or }));
      case 'repeat':
        return repeat(part, to);
    }
  };
  const repeat = (part: Extract<Node, { kind: 'repeat' }>, to: number): number => {
    const choose = (body: number, skip: number): Instruction => (part.lazy ? { op: 'split', to: skip, or: body } : { op: 'split', to: body, or: skip });
    let next = to;
    if (part.max === Infinity) {
      const loop = { op: 'split' as const, to: 0, or: 0 };
      const at = emit(loop);
      Object.assign(loop, choose(build(part.of, at), to));
      next = at;
    } else {
      for (let i = part.min; i < part.max && !full; i++) next = emit(choose(build(part.of, next), to));
    }
    for (let i = 0; i < part.min && !full; i++) next = build(part.of, next);
    return next;
  };
  const start = build(node, 0);
  return full ? null : { code, start, ...classify(sets, words) };
}

/** Groups code points by which sets hold them. The newline is apart always, words where they matter. */
function classify(sets: readonly CodeSet[], words: boolean): Pick<Program, 'classes' | 'classOf' | 'kindOf' | 'member'> {
  const all: CodeSet[] = [...sets, [10, 10], ...(words ? [wordSet()] : [])];
  const borders = new Set<number>([0, MAX_CODE + 1]);
  for (const set of all) for (let i = 0; i < set.length; i += 2) borders.add(set[i] ?? 0).add((set[i + 1] ?? 0) + 1);
  const starts = [...borders].sort((a, b) => a - b);
  const numbers = new Map<string, number>();
  const samples: number[] = [];
  const ofInterval = new Uint16Array(starts.length);
  for (let i = 0; i + 1 < starts.length; i++) {
    const code = starts[i] ?? 0;
    const key = all.map((set) => (contains(set, code) ? '1' : '0')).join('');
    let number = numbers.get(key);
    if (number === undefined) {
      number = samples.push(code) - 1;
      numbers.set(key, number);
    }
    ofInterval[i] = number;
  }
  const classes = samples.length;
  const basic = new Uint16Array(0x10000);
  for (let i = 0; i + 1 < starts.length; i++) basic.fill(ofInterval[i] ?? 0, Math.min(starts[i] ?? 0, 0x10000), Math.min(starts[i + 1] ?? 0, 0x10000));
  const member = new Uint8Array(sets.length * classes);
  sets.forEach((set, s) => samples.forEach((code, c) => (member[s * classes + c] = contains(set, code) ? 1 : 0)));
  const kindOf = Uint8Array.from(samples, (code) => (code === 10 ? NEWLINE : words && contains(wordSet(), code) ? WORD : OTHER));
  const classOf = (code: number): number => {
    if (code < 0x10000) return basic[code] ?? 0;
    let low = 0;
    let high = starts.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= code) low = middle;
      else high = middle - 1;
    }
    return ofInterval[low] ?? 0;
  };
  return { classes, classOf, kindOf, member };
}

/** Whether an assertion holds between two characters of these kinds. */
export function holds(what: Assertion, before: number, after: number): boolean {
  switch (what) {
    case 'line-start':
      return before === EDGE || before === NEWLINE;
    case 'line-end':
      return after === EDGE || after === NEWLINE;
    case 'text-start':
      return before === EDGE;
    case 'text-end':
      return after === EDGE;
    case 'word':
      return (before === WORD) !== (after === WORD);
    case 'not-word':
      return (before === WORD) === (after === WORD);
    case 'word-start':
      return before !== WORD && after === WORD;
    case 'word-end':
      return before === WORD && after !== WORD;
  }
}
