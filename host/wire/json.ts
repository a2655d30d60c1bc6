/**
 * A strict JSON reader that remembers where each value stands, so that one value can be replaced and every other byte kept.
 * RFC 8259 to the letter, and beyond it: no name twice in one object (compared after unescaping), no byte order mark, nothing
 * after the value, bounded depth and number of values. Input is attacker-controlled.
 *
 * Positions are UTF-16 units of the decoded text, half open. A string's span holds its quotes. Values are made on demand:
 * a string's text with `textOf`, any other with `valueOf`. Escaped lone surrogates are legal and stay as they are written.
 */

import type { Span } from './events.ts';

export type JsonNode = StringNode | ObjectNode | ArrayNode | ScalarNode;

export interface StringNode extends Span {
  readonly kind: 'string';
  readonly escaped: boolean;
}

export interface ObjectNode extends Span {
  readonly kind: 'object';
  readonly members: readonly Member[];
}

export interface ArrayNode extends Span {
  readonly kind: 'array';
  readonly items: readonly JsonNode[];
}

export interface ScalarNode extends Span {
  readonly kind: 'number' | 'true' | 'false' | 'null';
}

export interface Member {
  readonly name: string;
  /** Where the name stands, a string like any other. */
  readonly key: StringNode;
  readonly value: JsonNode;
}

export interface JsonFault {
  readonly code: 'syntax' | 'bom' | 'duplicate-name' | 'depth' | 'too-many';
  /** In UTF-16 units of the text. */
  readonly at: number;
}

export type JsonParse = { readonly ok: true; readonly root: JsonNode } | { readonly ok: false; readonly fault: JsonFault };

/**
 * Depth of a whole body. Requests of Claude Code reach 10; an input may be 64 deep (MAX_INPUT_DEPTH), and stands 5 levels
 * down in a history, 6 inside a substitute.
 */
export const MAX_DEPTH = 128;
export const MAX_INPUT_DEPTH = 64;
/** A first request of Claude Code with all its tools holds some 600. */
export const MAX_VALUES = 2_000_000;

interface Cursor {
  readonly text: string;
  readonly maxDepth: number;
  at: number;
  depth: number;
  values: number;
  fault: JsonFault | undefined;
  /** The first of each at or behind some place passed: Infinity where there is none. */
  quote: number;
  backslash: number;
  control: number;
}

export function parseJson(text: string, maxDepth: number = MAX_DEPTH): JsonParse {
  const c: Cursor = { text, maxDepth, at: 0, depth: 0, values: 0, fault: undefined, quote: -1, backslash: -1, control: -1 };
  if (text.charCodeAt(0) === 0xfeff) return { ok: false, fault: { code: 'bom', at: 0 } };
  skipSpace(c);
  const root = readValue(c);
  if (root !== undefined) {
    skipSpace(c);
    if (c.at === text.length) return { ok: true, root };
  }
  return { ok: false, fault: c.fault ?? { code: 'syntax', at: c.at } };
}

function readValue(c: Cursor): JsonNode | undefined {
  if (++c.values > MAX_VALUES) return refuse(c, 'too-many');
  switch (c.text.charCodeAt(c.at)) {
    case 0x22:
      return readString(c);
    case 0x7b:
      return readObject(c);
    case 0x5b:
      return readArray(c);
    case 0x74:
      return readWord(c, 'true');
    case 0x66:
      return readWord(c, 'false');
    case 0x6e:
      return readWord(c, 'null');
    default:
      return readNumber(c);
  }
}

function readObject(c: Cursor): ObjectNode | undefined {
  const start = c.at;
  if (++c.depth > c.maxDepth) return refuse(c, 'depth');
  const members: Member[] = [];
  const seen = nameSet();
  c.at++;
  skipSpace(c);
  if (c.text.charCodeAt(c.at) === 0x7d) c.at++;
  else {
    for (;;) {
      const nameAt = c.at;
      const key = readString(c);
      if (key === undefined) return undefined;
      const name = stringText(c.text, key);
      if (seen(name)) return refuse(c, 'duplicate-name', nameAt);
      skipSpace(c);
      if (c.text.charCodeAt(c.at) !== 0x3a) return refuse(c, 'syntax');
      c.at++;
      skipSpace(c);
      const value = readValue(c);
      if (value === undefined) return undefined;
      members.push({ name, key, value });
      const more = readSeparator(c, 0x7d);
      if (more === undefined) return undefined;
      if (!more) break;
    }
  }
  c.depth--;
  return { kind: 'object', start, end: c.at, members };
}

function readArray(c: Cursor): ArrayNode | undefined {
  const start = c.at;
  if (++c.depth > c.maxDepth) return refuse(c, 'depth');
  const items: JsonNode[] = [];
  c.at++;
  skipSpace(c);
  if (c.text.charCodeAt(c.at) === 0x5d) c.at++;
  else {
    for (;;) {
      const value = readValue(c);
      if (value === undefined) return undefined;
      items.push(value);
      const more = readSeparator(c, 0x5d);
      if (more === undefined) return undefined;
      if (!more) break;
    }
  }
  c.depth--;
  return { kind: 'array', start, end: c.at, items };
}

/** After a value: true when a comma stood there, false when `close` did. */
function readSeparator(c: Cursor, close: number): boolean | undefined {
  skipSpace(c);
  const unit = c.text.charCodeAt(c.at);
  if (unit !== 0x2c && unit !== close) return refuse(c, 'syntax');
  c.at++;
  if (unit === close) return false;
  skipSpace(c);
  return true;
}

function readString(c: Cursor): StringNode | undefined {
  const { text } = c;
  const start = c.at;
  if (text.charCodeAt(start) !== 0x22) return refuse(c, 'syntax');
  let escaped = false;
  let i = start + 1;
  for (;;) {
    lookAhead(c, i);
    const stop = Math.min(c.quote, c.backslash);
    if (c.control < stop || stop === Infinity) return refuse(c, 'syntax', Math.min(c.control, text.length));
    i = stop;
    if (stop === c.quote) break;
    const width = escapeWidth(text, i);
    if (width === 0) return refuse(c, 'syntax', i);
    escaped = true;
    i += width;
  }
  c.at = i + 1;
  return { kind: 'string', start, end: i + 1, escaped };
}

const CONTROL = /[\u0000-\u001f]/g;

/** Finds what may end a run of plain characters from `from` on. Each is looked for once, however many strings lie before it. */
function lookAhead(c: Cursor, from: number): void {
  if (c.quote < from) c.quote = placeOf(c.text, '"', from);
  if (c.backslash < from) c.backslash = placeOf(c.text, '\\', from);
  if (c.control < from) {
    CONTROL.lastIndex = from;
    c.control = CONTROL.test(c.text) ? CONTROL.lastIndex - 1 : Infinity;
  }
}

function placeOf(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at === -1 ? Infinity : at;
}

function escapeWidth(text: string, at: number): number {
  switch (text[at + 1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return 2;
    case 'u':
      return /^[0-9A-Fa-f]{4}$/.test(text.slice(at + 2, at + 6)) ? 6 : 0;
    default:
      return 0;
  }
}

function readWord(c: Cursor, word: 'true' | 'false' | 'null'): ScalarNode | undefined {
  if (!c.text.startsWith(word, c.at)) return refuse(c, 'syntax');
  const start = c.at;
  c.at += word.length;
  return { kind: word, start, end: c.at };
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

function readNumber(c: Cursor): ScalarNode | undefined {
  NUMBER.lastIndex = c.at;
  if (!NUMBER.test(c.text)) return refuse(c, 'syntax');
  const start = c.at;
  c.at = NUMBER.lastIndex;
  return { kind: 'number', start, end: c.at };
}

function skipSpace(c: Cursor): void {
  for (;;) {
    const unit = c.text.charCodeAt(c.at);
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
    c.at++;
  }
}

function refuse(c: Cursor, code: JsonFault['code'], at = c.at): undefined {
  c.fault ??= { code, at };
  return undefined;
}

/** Tells whether a name came before. Most objects are small; a large one must not cost the square of its size. */
function nameSet(): (name: string) => boolean {
  const few: string[] = [];
  let many: Set<string> | undefined;
  return (name) => {
    if (many !== undefined) {
      const known = many.has(name);
      many.add(name);
      return known;
    }
    if (few.includes(name)) return true;
    few.push(name);
    if (few.length > 12) many = new Set(few);
    return false;
  };
}

function stringText(text: string, node: StringNode): string {
  return node.escaped ? (JSON.parse(text.slice(node.start, node.end)) as string) : text.slice(node.start + 1, node.end - 1);
}

/** The string a node holds, or undefined when it is another kind of value, or none. */
export function textOf(text: string, node: JsonNode | undefined): string | undefined {
  return node?.kind === 'string' ? stringText(text, node) : undefined;
}

/** The value as JSON.parse makes it: a name `__proto__` becomes an ordinary member of its own. */
export function valueOf(text: string, node: JsonNode): unknown {
  return JSON.parse(text.slice(node.start, node.end)) as unknown;
}

export function memberOf(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.kind === 'object' ? node.members.find((member) => member.name === name)?.value : undefined;
}

/** Height of the tree: 0 for a scalar, 1 for an empty object. */
export function depthOf(node: JsonNode): number {
  if (node.kind === 'object') return 1 + node.members.reduce((most, member) => Math.max(most, depthOf(member.value)), 0);
  if (node.kind === 'array') return 1 + node.items.reduce((most, item) => Math.max(most, depthOf(item)), 0);
  return 0;
}
