/**
 * Two ways to run a program over a text, both linear in it. `ends` tells where the first match ends and keeps the sets of
 * places it has seen as states of an automaton, made as they are met and dropped when there are 1,000. `span` tells the
 * leftmost match, the preferred of those that start there, by carrying each place's start along.
 */
import { parsePattern, type PatternFlags } from './parse.ts';
import { EDGE, MAX_PROGRAM, compile, holds, type Program } from './program.ts';

export interface Matcher {
  /** Where the match that ends first, at `from` or later, ends; -1 for none. */
  ends(text: string, from: number): number;
  /** The leftmost match that starts at `from` or later; null for none. */
  span(text: string, from: number): { readonly start: number; readonly end: number } | null;
  /** True once `stopped` said so within a match: "none" then means "not known". */
  readonly cut: boolean;
}

export type MatcherResult = { readonly ok: true; readonly matcher: Matcher } | { readonly ok: false; readonly why: string };

const MAX_STATES = 1_000;
const STOP_EVERY = 1_024;

/** `stopped` is asked now and then while matching; once it says true the match is given up. */
export function compileMatcher(pattern: string, flags: PatternFlags, stopped: () => boolean): MatcherResult {
  const parsed = parsePattern(pattern, flags);
  if (!parsed.ok) return parsed;
  const program = compile(parsed.node);
  if (program === null) return { ok: false, why: `it needs more than ${MAX_PROGRAM} states` };
  let cut = false;
  let countdown = STOP_EVERY;
  const stop = (): boolean => {
    if (--countdown > 0) return cut;
    countdown = STOP_EVERY;
    return (cut ||= stopped());
  };
  const ends = createEnds(program, stop);
  const span = createSpan(program, stop);
  return { ok: true, matcher: { ends, span, get cut() { return cut; } } };
}

function createEnds(program: Program, stop: () => boolean): Matcher['ends'] {
  const { classes, kindOf, classOf } = program;
  const step = createStep(program);
  let states: { places: readonly number[]; before: number }[] = [];
  let numbers = new Map<string, number>();
  /** next[state * classes + class]: 0 not known, 1 a match ends before the character, else state + 2. */
  let next = new Int32Array(64 * classes);

  const number = (places: readonly number[], before: number): number => {
    const key = `${before}:${places.join()}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    if (states.length >= MAX_STATES) {
      states = [];
      numbers = new Map();
      next.fill(0);
    }
    const made = states.push({ places, before }) - 1;
    numbers.set(key, made);
    if (states.length * classes > next.length) {
      const wider = new Int32Array(Math.min(next.length * 2, MAX_STATES * classes));
      wider.set(next);
      next = wider;
    }
    return made;
  };

  return (text, from) => {
    let state = number([], from === 0 ? EDGE : (kindOf[classOf(codeBefore(text, from))] ?? 0));
    for (let at = from; at < text.length; at++) {
      let code = text.charCodeAt(at);
      let width = 0;
      if (code >= 0xd800 && code < 0xdc00) {
        code = text.codePointAt(at) ?? code;
        if (code > 0xffff) width = 1;
      }
      const kind = classOf(code);
      const known = next[state * classes + kind] ?? 0;
      if (known > 1) {
        state = known - 2;
      } else {
        if (known === 1) return at;
        if (stop()) return -1;
        const here = states[state];
        if (here === undefined) return -1;
        const after = step(here.places, here.before, kindOf[kind] ?? 0, kind);
        const slot = state * classes + kind;
        if (after === null) {
          next[slot] = 1;
          return at;
        }
        const many = states.length;
        const to = number(after, kindOf[kind] ?? 0);
        // Where the states were dropped just now, the slot belongs to another state.
        if (states.length >= many) next[slot] = to + 2;
        state = to;
      }
      at += width;
    }
    const last = states[state];
    return last !== undefined && step(last.places, last.before, EDGE, -1) === null ? text.length : -1;
  };
}

/** From the places before a character to those after it, a new start included; null where a match ends before it. */
function createStep(program: Program): (places: readonly number[], before: number, after: number, cls: number) => readonly number[] | null {
  const { code, classes, member } = program;
  const seen = new Uint32Array(code.length);
  let round = 0;
  return (places, before, after, cls) => {
    round++;
    const stack = [program.start, ...places];
    const out: number[] = [];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen[at] === round) continue;
      seen[at] = round;
      const instruction = code[at];
      if (instruction === undefined) continue;
      if (instruction.op === 'match') return null;
      if (instruction.op === 'split') stack.push(instruction.or, instruction.to);
      else if (instruction.op === 'assert') {
        if (holds(instruction.what, before, after)) stack.push(instruction.to);
      } else if (cls >= 0 && member[instruction.set * classes + cls] === 1) out.push(instruction.to);
    }
    return [...new Set(out)].sort((a, b) => a - b);
  };
}

function createSpan(program: Program, stop: () => boolean): Matcher['span'] {
  const { code, classes, member, kindOf, classOf } = program;
  const seen = new Uint32Array(code.length);
  let round = 0;
  return (text, from) => {
    let places: number[] = [];
    let starts: number[] = [];
    let best: { start: number; end: number } | null = null;
    let before = from === 0 ? EDGE : (kindOf[classOf(codeBefore(text, from))] ?? 0);
    for (let at = from; at <= text.length; ) {
      if (stop()) return null;
      const point = at < text.length ? (text.codePointAt(at) ?? 0) : -1;
      const cls = point < 0 ? -1 : classOf(point);
      const after = cls < 0 ? EDGE : (kindOf[cls] ?? 0);
      if (best === null) {
        places.push(program.start);
        starts.push(at);
      }
      const nextPlaces: number[] = [];
      const nextStarts: number[] = [];
      round++;
      // In order of preference; a match ends the list: what follows is less preferred than it.
      for (let i = 0, done = false; i < places.length && !done; i++) {
        const start = starts[i] ?? 0;
        const stack = [places[i] ?? 0];
        for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
          if (seen[place] === round) continue;
          seen[place] = round;
          const instruction = code[place];
          if (instruction === undefined) continue;
          if (instruction.op === 'match') {
            best = { start, end: at };
            done = true;
            break;
          }
          if (instruction.op === 'split') stack.push(instruction.or, instruction.to);
          else if (instruction.op === 'assert') {
            if (holds(instruction.what, before, after)) stack.push(instruction.to);
          } else if (cls >= 0 && member[instruction.set * classes + cls] === 1) {
            nextPlaces.push(instruction.to);
            nextStarts.push(start);
          }
        }
      }
      places = nextPlaces;
      starts = nextStarts;
      if (best !== null && places.length === 0) return best;
      before = after;
      at += point > 0xffff ? 2 : 1;
    }
    return best;
  };
}

function codeBefore(text: string, at: number): number {
  const low = text.charCodeAt(at - 1);
  const high = at > 1 ? text.charCodeAt(at - 2) : 0;
  return low >= 0xdc00 && low < 0xe000 && high >= 0xd800 && high < 0xdc00 ? (text.codePointAt(at - 2) ?? low) : low;
}
