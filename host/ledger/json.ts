/** Small JSON files of ours, and ids. What is read back is attacker-controlled: an agent of the same user can write here. */
import { isObject } from '../../verifiers/formats/members.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import type { Ops } from '../ops.ts';

export function encodeJson(value: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}

/** The object in these bytes, or null. */
export function decodeJson(bytes: Uint8Array): { readonly [name: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/** A UUIDv4 (RFC 9562). */
export function newId(ops: Ops): string {
  const bytes = ops.random(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const text = hex(bytes);
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}
