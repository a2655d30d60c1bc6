/**
 * One row as bytes: `{"ts":…,"prev_hash":"<64 hex>","hash":"<64 hex>"}` LF. `hash` is SHA-256 over the line without its
 * `hash` member, that is over `{…,"prev_hash":"<64 hex>"}`.
 */
import type { Core } from '../../core-wasm/core.ts';
import { bug, OccasioError } from './error.ts';
import { hex } from './hex.ts';
import { hasForm, isObject, type Table } from './members.ts';

/** Without its LF. */
export const MAX_LINE = 1_048_576;

/** `,"hash":"<64 hex>"}` LF */
const TAIL = 76;
const CLOSE = new Uint8Array([0x7d]);

export interface Formatted {
  /** With its LF. */
  readonly line: Uint8Array;
  readonly hash: string;
}

export type Values = { readonly [name: string]: unknown };

/** Members of a row of a known kind in the order of the table, each in its form. A member the table does not know is a fault of ours. */
export function orderMembers(table: Table, values: Values): Values {
  const kind = String(values['kind']);
  const members = table.get(kind) ?? bug(`a row of kind ${kind} is written`);
  const ordered: Record<string, unknown> = {};
  for (const { name, form, optional } of members) {
    const value = values[name];
    if (name === 'hash' || (value === undefined && optional)) continue;
    if (!hasForm(value, form)) throw refusal(kind, `member ${name} ${value === undefined ? 'is missing' : 'has another form'}`);
    ordered[name] = value;
  }
  const strange = Object.keys(values).find((name) => values[name] !== undefined && !Object.hasOwn(ordered, name));
  if (strange !== undefined) throw refusal(kind, `member ${strange} is not one of its members`);
  return ordered;
}

/** Formats members that end with `prev_hash`, as they stand. What may not stand in a row is refused, never altered. */
export function formatRow(core: Core, members: Values): Formatted {
  const what = String(members['kind']);
  if (Object.keys(members).at(-1) !== 'prev_hash') bug('a row is written that does not end with prev_hash');
  const hashed = new TextEncoder().encode(stringify(what, members));
  const checked = core.canonicalize(hashed, 'row');
  if (!checked.ok) throw refusal(what, `${checked.fault.code} at byte ${checked.fault.offset}`);
  if (!sameBytes(checked.bytes, hashed)) bug('JSON.stringify and the row profile differ');
  const hash = hex(core.sha256(hashed));
  const tail = new TextEncoder().encode(`,"hash":"${hash}"}\n`);
  const line = new Uint8Array(hashed.length - 1 + tail.length);
  if (line.length - 1 > MAX_LINE) throw refusal(what, `${line.length - 1} bytes`, `at most ${MAX_LINE}`);
  line.set(hashed.subarray(0, -1));
  line.set(tail, hashed.length - 1);
  return { line, hash };
}

/** The hash of a line with its LF, checked against its bytes; null where it has none or another. */
export function hashOf(core: Core, line: Uint8Array): string | null {
  const tail = new TextDecoder().decode(line.subarray(-TAIL));
  if (line.length <= TAIL || !/^,"hash":"[0-9a-f]{64}"\}\n$/.test(tail)) return null;
  const claimed = tail.slice(9, 73);
  return hex(core.sha256(line.subarray(0, -TAIL), CLOSE)) === claimed ? claimed : null;
}

/** The object on a line, LF cut off; null where there is none. Attacker-controlled: form and chain are the walk's to judge. */
export function parseRow(line: Uint8Array): Values | null {
  if (line[0] !== 0x7b) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line));
    return isObject(value) ? value : null;
  } catch (error) {
    // SyntaxError of the text, TypeError of the bytes, RangeError of a depth that the runtime does not bear: none is a row.
    if (error instanceof Error) return null;
    throw error;
  }
}

function stringify(kind: string, members: Values): string {
  try {
    return JSON.stringify(members);
  } catch (error) {
    // The stack ends long after depth 32.
    if (error instanceof RangeError) throw refusal(kind, 'it is nested too deep', 'at most 32 levels');
    throw error;
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function refusal(kind: string, found: string, want?: string): OccasioError {
  return new OccasioError({ code: 'row', cannot: 'write a row of kind', thing: kind, found, ...(want === undefined ? {} : { want }) });
}
