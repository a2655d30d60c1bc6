/**
 * A graph as the core's automaton over bytes. State 0 is dead, 1 the start; a state is the set of places that a text may
 * have led to, and the kind of its last byte where the pattern asks for borders of lines or words.
 *
 * `anchored`: the match begins where the run begins, and borders of lines and words are not asked for.
 * `search`: it may begin anywhere, and once it has matched the automaton stays in an accepting state. The text is run with one
 * byte END behind it, which no UTF-8 holds: what a match asks of the byte after it is known there at the latest.
 */
import type { Automaton } from '../../../core-wasm/core.ts';
import { TooCostly, type Assertion, type Graph } from './places.ts';

export interface Budget {
  /** Places looked at while building: what bounds the time. */
  steps: number;
}

/** Stands behind a text that is searched. */
export const END = 0xff;

export const MAX_STATES = 4_000;
export const newBudget = (): Budget => ({ steps: 40_000_000 });

const EDGE = 0;
const LINE = 1;
const WORD = 2;
const OTHER = 3;

export function buildAutomaton(graph: Graph, mode: 'anchored' | 'search', budget: Budget): Automaton {
  const bordered = graph.nodes.some((n) => n.op === 'assert');
  const { classOf, samples } = byteClasses(graph, bordered);
  const classes = samples.length;
  const closure = createClosure(graph, budget);
  const states = createStates();
  const next: number[] = new Array<number>(classes).fill(0);
  const accept: number[] = [0];
  states.number('dead', []);
  states.number(key([graph.start], EDGE), [graph.start], EDGE);
  let sink = -1;

  for (let at = 1; at < states.all.length; at++) {
    const { places, before } = states.all[at] ?? { places: [], before: EDGE };
    accept[at] = at === sink || (mode === 'anchored' && closure(places, before, EDGE).match) ? 1 : 0;
    // Without borders it does not matter which byte comes next.
    const anyway = bordered || at === sink ? null : closure(places, EDGE, EDGE);
    for (let c = 0; c < classes; c++) {
      const byte = samples[c] ?? 0;
      const after = bordered && byte !== END ? kindOf(byte) : EDGE;
      const reached = at === sink ? { match: true, bytes: [] } : (anyway ?? closure(places, before, after));
      if (mode === 'search' && reached.match) {
        sink = sink < 0 ? states.number('sink', []) : sink;
        next[at * classes + c] = sink;
        continue;
      }
      const targets = move(graph, reached.bytes, byte);
      if (mode === 'search') targets.add(graph.start);
      const sorted = [...targets].sort((a, b) => a - b);
      next[at * classes + c] = sorted.length === 0 ? 0 : states.number(key(sorted, after), sorted, after);
    }
    if (states.all.length > MAX_STATES) throw new TooCostly(`more than ${MAX_STATES} states`);
  }
  return { classOf, classes, next: Uint16Array.from(next), accept: Uint8Array.from(accept) };
}

function key(places: readonly number[], before: number): string {
  return `${before}:${places.join()}`;
}

interface States {
  readonly all: { readonly places: readonly number[]; readonly before: number }[];
  number(key: string, places: readonly number[], before?: number): number;
}

function createStates(): States {
  const all: States['all'] = [];
  const known = new Map<string, number>();
  return {
    all,
    number(name, places, before = EDGE) {
      let found = known.get(name);
      if (found === undefined) {
        found = all.push({ places, before }) - 1;
        known.set(name, found);
      }
      return found;
    },
  };
}

function move(graph: Graph, places: readonly number[], byte: number): Set<number> {
  const targets = new Set<number>();
  for (const place of places) {
    const node = graph.nodes[place];
    if (node?.op === 'byte' && node.low <= byte && byte <= node.high) targets.add(node.to);
  }
  return targets;
}

type Closure = (places: readonly number[], before: number, after: number) => { readonly match: boolean; readonly bytes: readonly number[] };

/** All places that are reached without a byte, between a byte of kind `before` and one of kind `after`. */
function createClosure(graph: Graph, budget: Budget): Closure {
  const seen = new Uint32Array(graph.nodes.length);
  let round = 0;
  return (places, before, after) => {
    round++;
    let match = false;
    const bytes: number[] = [];
    const pending = [...places];
    for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
      if (seen[place] === round) continue;
      seen[place] = round;
      if (--budget.steps < 0) throw new TooCostly('too much work');
      const node = graph.nodes[place];
      if (node === undefined) continue;
      if (node.op === 'match') match = true;
      else if (node.op === 'byte') bytes.push(place);
      else if (node.op === 'either') pending.push(...node.to);
      else if (holds(node.what, before, after)) pending.push(node.to);
    }
    return { match, bytes };
  };
}

function holds(what: Assertion, before: number, after: number): boolean {
  switch (what) {
    case 'start':
      return before === EDGE;
    case 'end':
      return after === EDGE;
    case 'line-start':
      return before === EDGE || before === LINE;
    case 'line-end':
      return after === EDGE || after === LINE;
    case 'word':
      return (before === WORD) !== (after === WORD);
    case 'not-word':
      return (before === WORD) === (after === WORD);
  }
}

function kindOf(byte: number): number {
  if (byte === 10 || byte === 13) return LINE;
  return (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || byte === 95 || (byte >= 97 && byte <= 122) ? WORD : OTHER;
}

/** Bytes that no range and no border tells apart share a class; `samples` has one byte of each. */
function byteClasses(graph: Graph, bordered: boolean): { classOf: Uint8Array; samples: number[] } {
  const borders = new Uint8Array(257);
  borders[END] = 1;
  for (const node of graph.nodes) {
    if (node.op !== 'byte') continue;
    borders[node.low] = 1;
    borders[node.high + 1] = 1;
  }
  const classOf = new Uint8Array(256);
  const samples = [0];
  for (let byte = 1; byte < 256; byte++) {
    if (borders[byte] === 1 || (bordered && kindOf(byte) !== kindOf(byte - 1))) samples.push(byte);
    classOf[byte] = samples.length - 1;
  }
  return { classOf, samples };
}
