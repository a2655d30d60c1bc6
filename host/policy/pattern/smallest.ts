/**
 * The smallest automaton that does the same: states that no text tells apart become one (Moore 1956), then classes of bytes whose columns
 * are alike. States are numbered in the order a walk in width comes to them, so the same automaton always gets the same tables.
 */
import type { Automaton } from '../../../core-wasm/core.ts';

export function smallest(automaton: Automaton): Automaton {
  return mergeClasses(mergeStates(automaton));
}

function mergeStates({ classOf, classes, next, accept }: Automaton): Automaton {
  const count = accept.length;
  // The dead state keeps its number whatever it is like.
  let block = Array.from({ length: count }, (_, s) => (s === 0 ? 0 : 1 + (accept[s] ?? 0)));
  for (let blocks = 0; ; ) {
    const names = new Map<string, number>();
    const refined = block.map((own, s) => {
      let name = s === 0 ? 'dead' : String(own);
      for (let c = 0; c < classes; c++) name += `,${String(block[next[s * classes + c] ?? 0])}`;
      const known = names.get(name) ?? names.size;
      names.set(name, known);
      return known;
    });
    block = refined;
    if (names.size === blocks) break;
    blocks = names.size;
  }
  return renumbered({ classOf, classes, next, accept }, block);
}

/** One state a block: the dead one 0, that of the start 1. */
function renumbered({ classOf, classes, next, accept }: Automaton, block: readonly number[]): Automaton {
  const numbers = new Map<number, number>([[block[0] ?? 0, 0]]);
  const order: number[] = [0];
  const number = (state: number): number => {
    const name = block[state] ?? 0;
    let known = numbers.get(name);
    if (known === undefined) {
      known = order.push(state) - 1;
      numbers.set(name, known);
    }
    return known;
  };
  number(1);
  const out: number[] = new Array<number>(classes).fill(0);
  for (let at = 1; at < order.length; at++) {
    for (let c = 0; c < classes; c++) out.push(number(next[(order[at] ?? 0) * classes + c] ?? 0));
  }
  return { classOf, classes, next: Uint16Array.from(out), accept: Uint8Array.from(order, (state) => accept[state] ?? 0) };
}

/** Classes in the order of their columns: those that lead to the same states often stand side by side. */
function mergeClasses({ classOf, classes, next, accept }: Automaton): Automaton {
  const names = Array.from({ length: classes }, (_, c) => Array.from(accept, (_a, s) => String(next[s * classes + c] ?? 0).padStart(5, '0')).join());
  const order = [...new Set(names)].sort();
  const column = names.map((name) => order.indexOf(name));
  const first = order.map((name) => names.indexOf(name));
  const merged = Uint16Array.from({ length: accept.length * first.length }, (_, i) => next[Math.floor(i / first.length) * classes + (first[i % first.length] ?? 0)] ?? 0);
  return { classOf: classOf.map((c) => column[c] ?? 0), classes: first.length, next: merged, accept };
}
