/**
 * Automata as the build packs them and a program unpacks them. A list of numbers below 128 as one byte, else low seven bits first:
 *
 *   number of automata, then each: classes, states, the class of each byte as runs (length, class), per state its row as runs of
 *   classes (length, 0 for the dead state, else 1 + the zigzag of the state less the row's own number) or a 0 for "as the row above, one
 *   on", then the accepting states as lengths of runs, of 0 and of 1 in turn
 */
import type { Automaton } from '../../../core-wasm/core.ts';
import { bug } from '../../../verifiers/formats/error.ts';

export function packAutomata(automata: readonly Automaton[]): Uint8Array {
  const out: number[] = [];
  const put = (n: number): void => {
    for (; n > 127; n >>>= 7) out.push((n & 127) | 128);
    out.push(n);
  };
  put(automata.length);
  for (const { classOf, classes, next, accept } of automata) {
    put(classes);
    put(accept.length);
    for (const [length, value] of runs(classOf)) put(length), put(value);
    let above: Uint16Array = new Uint16Array(classes);
    for (let s = 0; s < accept.length; s++) {
      const row = next.subarray(s * classes, (s + 1) * classes);
      if (s > 0 && row.every((to, c) => to === onward(above[c] ?? 0))) put(0);
      else for (const [length, to] of runs(row)) put(length), put(to === 0 ? 0 : 1 + zigzag(to - s));
      above = row;
    }
    const marks = runs(accept);
    if (marks[0]?.[1] === 1) put(0);
    for (const [length] of marks) put(length);
  }
  return Uint8Array.from(out);
}

/** A loop of a state leads to itself also one row further down; what is dead stays so. */
function onward(to: number): number {
  return to === 0 ? 0 : to + 1;
}

function zigzag(n: number): number {
  return n >= 0 ? n * 2 : -n * 2 - 1;
}

export function unpackAutomata(bytes: Uint8Array): Automaton[] {
  let at = 0;
  const take = (): number => {
    let n = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? bug('packed automata end within a number');
      n |= (byte & 127) << shift;
      if (byte < 128) return n;
    }
  };
  const unpackOne = (): Automaton => {
    const classes = take();
    const states = take();
    const classOf = new Uint8Array(256);
    for (let b = 0; b < 256; ) {
      const end = b + take();
      classOf.fill(take(), b, end);
      b = end;
    }
    const next = new Uint16Array(states * classes);
    for (let s = 0, row = 0; s < states; s++, row += classes) {
      const length = take();
      if (length === 0) {
        for (let i = row; i < row + classes; i++) next[i] = onward(next[i - classes] ?? 0);
        continue;
      }
      for (let from = row, end = row + length; ; end += take()) {
        const code = take();
        const to = s + ((code - 1) & 1 ? -(code >> 1) : (code - 1) >> 1);
        if (code !== 0) for (let i = from; i < end; i++) next[i] = to;
        if (end === row + classes) break;
        from = end;
      }
    }
    const accept = new Uint8Array(states);
    for (let s = 0, mark = 0; s < states; mark ^= 1) {
      const end = s + take();
      accept.fill(mark, s, end);
      s = end;
    }
    return { classOf, classes, next, accept };
  };
  const automata = Array.from({ length: take() }, unpackOne);
  return at === bytes.length ? automata : bug('packed automata have bytes behind them');
}

function runs(values: Uint8Array | Uint16Array): (readonly [number, number])[] {
  const out: (readonly [number, number])[] = [];
  for (let at = 0; at < values.length; ) {
    let end = at + 1;
    while (end < values.length && values[end] === values[at]) end++;
    out.push([end - at, values[at] ?? 0]);
    at = end;
  }
  return out;
}
