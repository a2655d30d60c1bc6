/**
 * YAML text -> a small tree with positions. Of YAML 1.2 (core schema) only what a policy needs: maps with plain string keys,
 * lists, scalars, comments. Attacker-controlled where a repository brings its own policy: bounded, and refused when unsure.
 *
 * Refused: more than 256 KB, bytes that are not UTF-8, a byte order mark, control characters, several documents, directives,
 * anchors, aliases, merge keys, tags, keys that are no strings or stand twice, nesting deeper than 16.
 */
import { LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Document, type Node } from 'yaml';
import { POLICY_LIMITS } from './document.ts';
import { policyFault, type Place, type PolicyFault } from './fault.ts';

export type Tree =
  | { readonly kind: 'map'; readonly at: Place; readonly entries: readonly TreeEntry[] }
  | { readonly kind: 'list'; readonly at: Place; readonly items: readonly Tree[] }
  | { readonly kind: 'scalar'; readonly at: Place; readonly value: string | number | boolean | null; readonly source: string };

export interface TreeEntry {
  readonly key: string;
  readonly at: Place;
  readonly value: Tree;
}

export type TreeResult = { readonly ok: true; readonly tree: Tree } | { readonly ok: false; readonly faults: readonly PolicyFault[] };

const MAX_DEPTH = 16;
const START: Place = { line: 1, column: 1 };

export function readTree(bytes: Uint8Array): TreeResult {
  const text = decode(bytes);
  if (typeof text !== 'string') return { ok: false, faults: [text] };
  const lines = new LineCounter();
  const docs = documents(text, lines);
  if (docs === null) return refused(START, 'nested too deeply', `at most ${MAX_DEPTH} levels`);
  const errors = docs.flatMap((doc) => doc.errors).sort((a, b) => a.pos[0] - b.pos[0]);
  // What follows the first break in the syntax is its echo.
  const faults = errors.filter((e, i) => i === 0 || e.code === 'DUPLICATE_KEY').map((e) => syntaxFault(e, placeOf(lines, e.pos[0])));
  const [doc, second] = docs;
  if (faults.length > 0) return { ok: false, faults };
  if (second !== undefined) return refused(placeOf(lines, second.range[0]), 'a second document', 'one document: take the "---" line out');
  if (doc === undefined || doc.contents === null) return refused(START, 'it is empty', 'at least "version: 1"');
  if (doc.directives?.yaml.explicit === true || /^%/m.test(text.slice(0, doc.range[0]))) return refused(START, 'a % directive', 'none');
  const reader = createReader(lines);
  const tree = reader.read(doc.contents, 0);
  return reader.faults.length > 0 || tree === null ? { ok: false, faults: reader.faults } : { ok: true, tree };
}

function documents(text: string, lines: LineCounter): readonly Document.Parsed[] | null {
  try {
    const docs = parseAllDocuments(text, { version: '1.2', schema: 'core', merge: false, strict: true, uniqueKeys: true, prettyErrors: false, lineCounter: lines, logLevel: 'silent' });
    return Array.isArray(docs) ? docs : [];
  } catch (e) {
    // The parser recurses; brackets by the thousand exhaust its stack.
    if (e instanceof RangeError) return null;
    throw e;
  }
}

function refused(at: Place, found: string, want: string): TreeResult {
  return { ok: false, faults: [policyFault(at, { cannot: 'read', thing: 'policy', found, want })] };
}

function decode(bytes: Uint8Array): string | PolicyFault {
  const fault = (at: Place, found: string, want: string): PolicyFault => policyFault(at, { cannot: 'read', thing: 'policy', found, want });
  if (bytes.length > POLICY_LIMITS.bytes) return fault(START, `${bytes.length} bytes`, `at most ${POLICY_LIMITS.bytes}`);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return fault(START, 'it begins with a byte order mark', 'UTF-8 without one');
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const again = new TextEncoder().encode(text);
  const differs = bytes.findIndex((byte, i) => byte !== again[i]);
  if (differs >= 0 || again.length !== bytes.length) return fault(placeIn(text, '\ufffd'), 'bytes that are not UTF-8', 'UTF-8');
  const odd = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff]|\r(?!\n)/.exec(text);
  return odd === null ? text : fault(placeIn(text, odd[0]), 'a control character', 'none; in a double-quoted string write it as \\x..');
}

function placeIn(text: string, mark: string): Place {
  const before = text.slice(0, Math.max(0, text.indexOf(mark)));
  const line = before.split('\n');
  return { line: line.length, column: (line.at(-1) ?? '').length + 1 };
}

function placeOf(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function syntaxFault(error: { readonly code: string; readonly message: string }, at: Place): PolicyFault {
  const found = error.message.split('\n')[0] ?? error.code;
  if (error.code === 'DUPLICATE_KEY') return policyFault(at, { cannot: 'read', thing: 'policy', found: 'a member stands twice', want: 'each once' });
  if (error.code === 'TAB_AS_INDENT') return policyFault(at, { cannot: 'read', thing: 'policy', found: 'a tab as indentation', want: 'spaces' });
  if (error.code === 'BAD_ALIAS' || error.code === 'ALIAS_PROPS') return policyFault(at, { cannot: 'read', thing: 'policy', found: 'an alias (*)', want: 'the value written out; a text that begins with * stands in quotes' });
  const hint = found.includes('Unexpected scalar') || found.includes('escape') ? 'A pattern or a path with special characters stands in single quotes.' : undefined;
  return policyFault(at, { cannot: 'read', thing: 'policy', found, ...(hint === undefined ? {} : { hint }) });
}

interface Reader {
  readonly faults: PolicyFault[];
  read(node: Node, depth: number): Tree | null;
}

function createReader(lines: LineCounter): Reader {
  const faults: PolicyFault[] = [];
  const at = (node: { range?: readonly number[] | null } | null, otherwise: Place): Place => (node?.range ? placeOf(lines, node.range[0] ?? 0) : otherwise);
  const add = (place: Place, found: string, want: string): null => {
    faults.push(policyFault(place, { cannot: 'read', thing: 'policy', found, want }));
    return null;
  };

  const keyOf = (key: unknown, place: Place): string | null => {
    if (!isScalar(key) || key.anchor !== undefined || key.tag !== undefined) return add(place, 'a member name with an anchor, a tag or of its own parts', 'a plain word');
    if (key.value === '<<' || key.source === '<<') return add(place, 'a merge key (<<)', 'the members written out');
    if (typeof key.value !== 'string') return add(place, `a member name that is no text (${String(key.source ?? key.value)})`, 'a word; put it in quotes');
    return key.value;
  };

  const read = (node: Node, depth: number): Tree | null => {
    const place = at(node, START);
    if (depth > MAX_DEPTH) return add(place, 'nested too deeply', `at most ${MAX_DEPTH} levels`);
    if (isAlias(node)) return add(place, 'an alias (*)', 'the value written out; a text that begins with * stands in quotes');
    if ('anchor' in node && node.anchor !== undefined) return add(place, 'an anchor (&)', 'the value alone; a text that begins with & stands in quotes');
    if (node.tag !== undefined) return add(place, 'a tag (!)', 'the value alone; a text that begins with ! stands in quotes');
    if (isSeq(node)) {
      const items = node.items.map((item) => read(item as Node, depth + 1));
      return { kind: 'list', at: place, items: items.filter((item) => item !== null) };
    }
    if (isMap(node)) {
      const entries: TreeEntry[] = [];
      for (const pair of node.items) {
        const where = at(pair.key as Node | null, place);
        const key = keyOf(pair.key, where);
        const value = pair.value === null ? { kind: 'scalar' as const, at: where, value: null, source: '' } : read(pair.value as Node, depth + 1);
        if (key !== null && value !== null) entries.push({ key, at: where, value });
      }
      return { kind: 'map', at: place, entries };
    }
    if (isScalar(node)) {
      const value = node.value;
      if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
        return { kind: 'scalar', at: place, value, source: node.source ?? '' };
      }
    }
    return add(place, 'a value of a kind no policy holds', 'text, number, true or false');
  };
  return { faults, read };
}
