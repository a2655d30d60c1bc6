/**
 * A JSON document of evidence: one object, RFC 8259, no name twice, no half surrogate, at most 64 MiB (`spec/json.md`, profile `jcs`).
 * All of it is attacker-controlled. Spans say where the bytes of a member stand, so that they can be hashed as they are.
 */
import type { Core, JsonCode } from '../../core-wasm/core.ts';
import { bug } from './error.ts';
import type { Values } from './line.ts';
import { isObject } from './members.ts';

export const MAX_DOCUMENT = 64 << 20;

export type Document = { readonly ok: true; readonly value: Values } | { readonly ok: false; readonly code: JsonCode | 'not-object'; readonly offset: number };

export interface Span {
  readonly start: number;
  readonly end: number;
}

export function parseDocument(core: Core, bytes: Uint8Array): Document {
  const checked = core.canonicalize(bytes, 'jcs');
  if (!checked.ok) return { ok: false, code: checked.fault.code, offset: checked.fault.offset };
  // Members keep the order of the text; the canonical bytes would not.
  const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  return isObject(value) ? { ok: true, value } : { ok: false, code: 'not-object', offset: 0 };
}

/** The canonical bytes (RFC 8785) of a value that came from JSON, or is to become it. */
export function canonicalBytes(core: Core, value: unknown): Uint8Array {
  const canonical = core.canonicalize(new TextEncoder().encode(JSON.stringify(value)), 'jcs');
  return canonical.ok ? canonical.bytes : bug(`a value has no canonical form: ${canonical.fault.code}`);
}

export function sameValue(core: Core, a: unknown, b: unknown): boolean {
  const [x, y] = [canonicalBytes(core, a), canonicalBytes(core, b)];
  return x.length === y.length && x.every((byte, i) => byte === y[i]);
}

/** Where the values of an object's members stand. The bytes have been parsed: they are an object. */
export function memberSpans(bytes: Uint8Array): ReadonlyMap<string, Span> {
  const spans = new Map<string, Span>();
  let at = skipSpace(bytes, skipSpace(bytes, 0) + 1);
  while (bytes[at] === QUOTE) {
    const nameEnd = valueEnd(bytes, at);
    const name = JSON.parse(new TextDecoder().decode(bytes.subarray(at, nameEnd))) as string;
    const start = skipSpace(bytes, skipSpace(bytes, nameEnd) + 1);
    const end = valueEnd(bytes, start);
    spans.set(name, { start, end });
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return spans;
}

/** Where the items of the array at `span` stand. */
export function* itemSpans(bytes: Uint8Array, span: Span): Generator<Span> {
  let at = skipSpace(bytes, span.start + 1);
  while (at < span.end - 1) {
    const end = valueEnd(bytes, at);
    yield { start: at, end };
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  return at;
}

/** The end of the value that begins at `from`. */
function valueEnd(bytes: Uint8Array, from: number): number {
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      for (at += 1; bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at += 1;
    } else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) {
      // A bare number or word ends before the bracket that closes what it stands in.
      if (depth === 0) return at;
      depth -= 1;
    } else if (depth > 0 || !isEnd(byte)) continue;
    else return at;
    if (depth === 0) return at + 1;
  }
  return bytes.length;
}

function isEnd(byte: number | undefined): boolean {
  return byte === COMMA || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
