/** One device key follows another: both sign `occasio/key-rotate/v1` LF, the old raw public key in hex LF, the new one LF. `spec/index.md`. */
import { decodeBase64 } from './base64.ts';
import { verifyEd25519 } from './ed25519.ts';
import type { Values } from './line.ts';

export interface Rotation {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

export function rotationText(fromKey: string, toKey: string): string {
  return `occasio/key-rotate/v1\n${fromKey}\n${toKey}\n`;
}

/** What an entry `key_rotate` says, where both signatures are good; else null. Attacker-controlled. */
export function checkRotation(entry: Values): Rotation | null {
  const { from_key, to_key, from_signature, to_signature } = entry;
  if (typeof from_key !== 'string' || typeof to_key !== 'string') return null;
  const [from, to] = [bytesOf(from_key), bytesOf(to_key)];
  const text = new TextEncoder().encode(rotationText(from_key, to_key));
  const good = (key: Uint8Array, signature: unknown): boolean => typeof signature === 'string' && verifyEd25519(key, decodeBase64(signature) ?? new Uint8Array(), text);
  return good(from, from_signature) && good(to, to_signature) ? { from, to } : null;
}

function bytesOf(key: string): Uint8Array {
  return /^[0-9a-f]{64}$/.test(key) ? Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(key.slice(2 * i, 2 * i + 2), 16)) : new Uint8Array();
}
