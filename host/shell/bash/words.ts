/** Words of the tree: node ranges of the source become fields; literals outside commands become mentions. */
import type { Node } from 'web-tree-sitter';
import { mention } from './command.ts';
import { COUNTER, expandNode, type Inside } from './expand.ts';
import { fieldsOf, type Field } from './field.ts';
import type { State } from './state.ts';
import { readUnits, type Unit } from './units.ts';

export interface Walk {
  readonly source: string;
  readonly state: State;
  /** Reads a text as a line of its own; `strict`: what cannot be read is a fault of the whole. */
  readonly text: (text: string, strict: boolean) => void;
  /** Walks the statement `node`. */
  readonly visit: (node: Node) => void;
}

export const EXPANSIONS = new Set(['simple_expansion', 'expansion', 'command_substitution', 'process_substitution', 'arithmetic_expansion']);
export const textOf = (node: Node | null, source: string): string => (node === null ? '' : source.slice(node.startIndex, node.endIndex));

/** Literals anywhere in a node that is no command: they are mentions, and what they substitute runs. */
export function words(node: Node, walk: Walk, literal: boolean): void {
  if (EXPANSIONS.has(node.type)) {
    const hole = expandNode(node, true, insideOf(walk)).find((unit) => unit.kind === 'hole');
    if (hole !== undefined && hole.reason !== COUNTER && node.parent?.type !== 'case_statement') walk.state.opaque(hole.reason);
    return;
  }
  if (literal && LITERALS.has(node.type)) {
    for (const field of read(node.startIndex, node.endIndex, [node], walk, { splits: false, braces: false }) ?? []) {
      mention(field, walk.state, walk.state.directories);
      if (field.unknown !== null && field.unknown !== COUNTER && node.parent?.type !== 'case_statement') walk.state.opaque(field.unknown);
    }
    return;
  }
  for (const child of node.children) if (child !== null) words(child, walk, literal);
}

export const LITERALS = new Set(['word', 'string', 'raw_string', 'ansi_c_string', 'translated_string', 'concatenation', 'number']);

export function insideOf(walk: Walk): Inside {
  return {
    source: walk.source,
    state: walk.state,
    walk: walk.visit,
    text: (text) => walk.text(text, true),
    literals: (node) =>
      node.namedChildren.flatMap((child) =>
        child === null || !LITERALS.has(child.type) ? [] : (read(child.startIndex, child.endIndex, [child], walk, { splits: false, braces: false }) ?? []).flatMap((f) => (f.unknown === null ? [f.text] : f.parts)),
      ),
  };
}

/** The fields of source[start, end), which `nodes` cover. Null and a fault: tree and shell read it differently. */
export function read(start: number, end: number, nodes: readonly Node[], walk: Walk, rules: { splits: boolean; braces: boolean }): readonly Field[] | null {
  const found = new Map<number, Node>();
  const collect = (node: Node): void => {
    if (EXPANSIONS.has(node.type)) found.set(node.startIndex, node);
    else for (const child of node.children) if (child !== null) collect(child);
  };
  nodes.forEach(collect);
  const inside = insideOf(walk);
  const units: readonly Unit[] | null = readUnits(walk.source, start, end, found, (node, quoted) => expandNode(node, quoted, inside));
  if (units !== null) return fieldsOf(units, walk.source.slice(start, end), walk.state.place, rules);
  walk.state.fault('unparsable');
  return null;
}

/** Words that touch each other in the source are one word. */
export function readWords(nodes: readonly Node[], walk: Walk): readonly Field[] {
  const out: Field[] = [];
  for (let i = 0; i < nodes.length; ) {
    let j = i + 1;
    while (j < nodes.length && nodes[j]?.startIndex === nodes[j - 1]?.endIndex) j += 1;
    const run = nodes.slice(i, j);
    out.push(...(read(run[0]?.startIndex ?? 0, run.at(-1)?.endIndex ?? 0, run, walk, { splits: true, braces: true }) ?? []));
    i = j;
  }
  return out;
}
