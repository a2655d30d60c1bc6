/**
 * One row of the original's chain: what `JSON.stringify` wrote, `hash` last, SHA-256 over the line without `,"hash":"<64 hex>"`. The
 * bytes are hashed as they stand; only a line that is not in that form is printed again, as the original's own walker does. Attacker-controlled.
 */
import type { Core, JsonCode } from '../../core-wasm/core.ts';
import { hex, isHash } from '../formats/hex.ts';
import { parseRow, type Values } from '../formats/line.ts';

export type RowFault =
  | 'not-json' | 'not-object' | 'utf8' | 'bom' | 'surrogate' | 'duplicate-name' | 'number-range' | 'depth' | 'line-too-long' | 'empty-line'
  | 'not-minimal' // printed again it has its hash; its bytes as they stand have not
  | 'hash-mismatch';

export interface LegacyRow {
  readonly values: Values;
  /** As stated, right or wrong. */
  readonly hash: string | null;
  readonly prevHash: string | null;
  readonly fault: 'not-minimal' | 'hash-mismatch' | null;
  /** A number that is no integer stands in it: other languages print it differently. */
  readonly float: boolean;
}

/** `,"hash":"<64 hex>"}` */
const TAIL = 75;
const CLOSE = new Uint8Array([0x7d]);

const FAULT_OF: { readonly [code in JsonCode]: RowFault } = {
  syntax: 'not-json', trailing: 'not-json', control: 'not-json', 'number-form': 'not-json', name: 'not-json', empty: 'empty-line', size: 'line-too-long',
  utf8: 'utf8', bom: 'bom', surrogate: 'surrogate', 'duplicate-name': 'duplicate-name', 'number-range': 'number-range', depth: 'depth',
};

/** Reads a line without its LF. */
export function readLegacyRow(core: Core, line: Uint8Array): LegacyRow | RowFault {
  const checked = core.canonicalize(line, 'jcs');
  if (!checked.ok) return FAULT_OF[checked.fault.code];
  const values = parseRow(line);
  if (values === null) return 'not-object';
  const hash = isHash(values['hash']) ? values['hash'] : null;
  const prevHash = isHash(values['prev_hash']) ? values['prev_hash'] : null;
  return { values, hash, prevHash, fault: hash === null ? null : faultOf(core, line, values, hash), float: hasFloat(values) };
}

function faultOf(core: Core, line: Uint8Array, values: Values, hash: string): LegacyRow['fault'] {
  if (isPrinted(line, values) && Object.keys(values).at(-1) === 'hash') {
    return hex(core.sha256(line.subarray(0, -TAIL), CLOSE)) === hash ? null : 'hash-mismatch';
  }
  const rest = Object.fromEntries(Object.entries(values).filter(([name]) => name !== 'hash'));
  return hex(core.sha256(new TextEncoder().encode(JSON.stringify(rest)))) === hash ? 'not-minimal' : 'hash-mismatch';
}

function isPrinted(line: Uint8Array, values: Values): boolean {
  const printed = new TextEncoder().encode(JSON.stringify(values));
  return printed.length === line.length && printed.every((byte, i) => byte === line[i]);
}

function hasFloat(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isInteger(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasFloat);
}
