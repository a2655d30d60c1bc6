/**
 * A shell word before expansion: a row of units. A character knows whether it was quoted, for only unquoted ones are
 * braces, tildes, blanks or globs. Attacker-controlled text enters here.
 */
import type { Node } from 'web-tree-sitter';
import { readAnsi } from './ansi.ts';

export type Unit =
  | { readonly kind: 'char'; readonly c: string; readonly quoted: boolean }
  /** Known text, one of several where a loop gives several. Its own quotes and braces mean nothing any more. */
  | { readonly kind: 'value'; readonly values: readonly Value[]; readonly quoted: boolean }
  /** Text that cannot be known. `candidates`: what it may be, as far as the line names it. */
  | { readonly kind: 'hole'; readonly reason: string; readonly candidates: readonly string[] }
  /** Ends the field: `$IFS` outside quotes. */
  | { readonly kind: 'break' };

export interface Value {
  readonly text: string;
  readonly glob: boolean;
}

/** Gives the units of an expansion node. */
export type Expand = (node: Node, quoted: boolean) => readonly Unit[];

const textsOf = (unit: Unit): readonly string[] => (unit.kind === 'value' ? unit.values.map((v) => v.text) : unit.kind === 'hole' ? unit.candidates : []);

const META = new Set([' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')']);
const EXPANDS = /[A-Za-z_0-9({*@#?$!\-['"]/;

/**
 * Takes quotes off source[start, end). `nodes` are the expansions that the tree found there, by start. Null: the text does
 * not read as one word, so tree and shell would not agree.
 */
export function readUnits(source: string, start: number, end: number, nodes: ReadonlyMap<number, Node>, expand: Expand): Unit[] | null {
  const units: Unit[] = [];
  const put = (text: string, quoted: boolean): void => {
    for (const c of text) units.push({ kind: 'char', c, quoted });
  };
  let double = false;
  let i = start;
  while (i < end) {
    const node = nodes.get(i);
    if (node !== undefined) {
      const found = expand(node, double);
      // Braces expand before variables do: `$f{a,b}` is `$fa $fb`.
      const glued = node.type === 'simple_expansion' && !double && source.charAt(node.endIndex) === '{';
      if (glued) units.push({ kind: 'hole', reason: 'expansion: braces behind a variable', candidates: found.flatMap(textsOf) });
      else units.push(...found);
      i = node.endIndex;
      continue;
    }
    const c = source.charAt(i);
    const next = i + 1 < end ? source.charAt(i + 1) : '';
    if (c === '\\') {
      if (next === '') return null;
      put(escaped(next, double), true);
      i += 2;
    } else if (c === '"') {
      if (!double) units.push({ kind: 'char', c: '', quoted: true });
      double = !double;
      i += 1;
    } else if (c === '`') return null;
    else if (c === '$' && next === "'" && !double) {
      const ansi = readAnsi(source, i + 1, end);
      if (ansi === null) return null;
      put(ansi.text, true);
      units.push({ kind: 'char', c: '', quoted: true });
      i = ansi.end;
    } else if (c === '$' && next === '"' && !double) i += 1;
    else if (c === '$' && next !== '' && EXPANDS.test(next) && !(double && (next === '"' || next === "'"))) return null;
    else if (c === '$' && !double && (next === ',' || next === '}')) {
      // `{a,$}HOME` makes `$HOME`.
      units.push({ kind: 'hole', reason: 'expansion: $ in braces', candidates: ['$'] });
      i += 1;
    } else if (double) {
      put(c, true);
      i += 1;
    } else if (c === "'") {
      const close = source.indexOf("'", i + 1);
      if (close < 0 || close >= end) return null;
      put(source.slice(i + 1, close), true);
      units.push({ kind: 'char', c: '', quoted: true });
      i = close + 1;
    } else if (META.has(c)) return null;
    else {
      put(c, false);
      i += 1;
    }
  }
  return double || i !== end ? null : units;
}

/** What a backslash and the character behind it stand for; a continued line leaves nothing. */
function escaped(next: string, double: boolean): string {
  if (next === '\n') return '';
  return !double || '$`"\\'.includes(next) ? next : `\\${next}`;
}
