/**
 * What stands for an expansion in a word: a known value, or a hole with what it may be. Commands inside are walked: they run
 * whatever becomes of the word.
 */
import type { Node } from 'web-tree-sitter';
import type { State } from './state.ts';
import type { Unit, Value } from './units.ts';

export interface Inside {
  readonly source: string;
  readonly state: State;
  /** Walks the statements of a substitution. */
  readonly walk: (node: Node) => void;
  /** Reads a text as a line of its own. */
  readonly text: (text: string) => void;
  /** Literal texts that a node holds, quotes taken off. */
  readonly literals: (node: Node) => readonly string[];
}

/** Numbers that the shell keeps; no file is named by one by accident. */
const COUNTERS = new Set(['?', '#', '$', '!', 'LINENO', 'RANDOM', 'SECONDS', 'UID', 'EUID', 'PPID', 'BASHPID', 'SHLVL', 'COLUMNS', 'LINES']);
export const COUNTER = 'expansion: a number of the shell';

export function expandNode(node: Node, quoted: boolean, inside: Inside): readonly Unit[] {
  switch (node.type) {
    case 'simple_expansion':
      return variable(inside.source.slice(node.startIndex + 1, node.endIndex), quoted, inside.state);
    case 'expansion':
      return braced(node, quoted, inside);
    case 'command_substitution':
      substitution(node, inside);
      return [hole('expansion: command substitution')];
    case 'process_substitution':
      inside.walk(node);
      return [hole('expansion: process substitution')];
    default:
      nested(node, inside);
      return [hole('expansion: arithmetic')];
  }
}

const hole = (reason: string, candidates: readonly string[] = []): Unit => ({ kind: 'hole', reason, candidates });

function variable(name: string, quoted: boolean, state: State): readonly Unit[] {
  if (COUNTERS.has(name)) return [hole(COUNTER)];
  if (name === 'IFS' && !quoted) {
    state.opaque('expansion: IFS');
    return [{ kind: 'break' }];
  }
  const set = state.variables.get(name);
  if (set !== undefined) {
    if (set.sure && !state.unsure.has(name)) return [{ kind: 'value', values: set.values, quoted }];
    return [hole(`expansion: ${name}`, set.values.map((v) => v.text))];
  }
  if (state.unsure.has(name)) return [hole(`expansion: ${name}`)];
  if (name === 'HOME') return [known(state.place.home)];
  // After a `cd` a word that starts with `./` is judged against all directories in play.
  if (name === 'PWD') return [known(state.directories.length === 0 ? state.place.cwd : '.')];
  if (name === 'OLDPWD') return [hole('expansion: OLDPWD', [state.place.cwd])];
  // On Windows a variable of the system may lead home; who resolves the word knows which do.
  return [hole(`expansion: ${name}`, /^[A-Za-z]:/.test(state.place.home) ? [`%${name}%`] : [])];
}

const known = (text: string): Unit => ({ kind: 'value', values: [{ text, glob: false } satisfies Value], quoted: true });

function braced(node: Node, quoted: boolean, inside: Inside): readonly Unit[] {
  const text = inside.source.slice(node.startIndex, node.endIndex);
  const simple = /^\$\{([A-Za-z_]\w*|[?#$!])\}$/.exec(text);
  if (simple !== null) return variable(simple[1] ?? '', quoted, inside.state);
  nested(node, inside);
  const name = /^\$\{[!#]?([A-Za-z_]\w*)/.exec(text)?.[1] ?? '';
  const set = inside.state.variables.get(name)?.values.map((v) => v.text) ?? [];
  const base = name === 'HOME' ? [inside.state.place.home] : name === 'PWD' || name === 'OLDPWD' ? [inside.state.place.cwd] : [];
  if (name === 'IFS' && !quoted) {
    inside.state.opaque('expansion: IFS');
    return [{ kind: 'break' }];
  }
  return [hole(`expansion: ${name === '' ? text.slice(0, 40) : name}`, [...base, ...set, ...inside.literals(node)].slice(0, 16))];
}

function substitution(node: Node, inside: Inside): void {
  const text = inside.source.slice(node.startIndex, node.endIndex);
  if (text.startsWith('$(')) return inside.walk(node);
  // Between backticks a backslash before $, ` or \ is taken off before the text is read; an inner backtick must have one.
  const inner = /^`((?:[^`\\]|\\[\s\S])*)`$/.exec(text)?.[1];
  if (inner === undefined) return inside.state.fault('unparsable');
  inside.text(inner.replace(/\\([$`\\])/g, '$1'));
}

/** Commands that stand inside `${x:-$(…)}` or `$((…))`. */
function nested(node: Node, inside: Inside): void {
  for (const child of node.children) {
    if (child.type === 'command_substitution') substitution(child, inside);
    else if (child.type === 'process_substitution') inside.walk(child);
    else nested(child, inside);
  }
}
