/**
 * Signatures by a bare key that the verifier trusts: Ed25519 (RFC 8032), or ECDSA on P-256 with SHA-256 and a DER signature. A public key is a PEM
 * of SubjectPublicKeyInfo in its one encoding:
 *
 *   Ed25519   30 2a 30 05 06 03 2b6570 03 21 00 <32 bytes>
 *   P-256     30 59 30 13 06 07 2a8648ce3d0201 06 08 2a8648ce3d030107 03 42 00 04 <64 bytes>
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import type { Core } from '../core-wasm/core.ts';
import { decodeBase64 } from './formats/base64.ts';
import { hex } from './formats/hex.ts';

export interface TrustedKey {
  readonly algorithm: 'ed25519' | 'p256';
  /** 32 bytes, or the 65 of the uncompressed point. */
  readonly bytes: Uint8Array;
  /** First 16 hex of SHA-256 over `bytes`. */
  readonly id: string;
}

const HEADS = [
  { algorithm: 'ed25519', head: '302a300506032b6570032100', length: 32 },
  { algorithm: 'p256', head: '3059301306072a8648ce3d020106082a8648ce3d030107034200', length: 65 },
] as const;

/** Null for anything but one such PEM. */
export function parsePublicKey(core: Core, pem: string): TrustedKey | null {
  const [, body] = /^\s*-----BEGIN PUBLIC KEY-----\r?\n([A-Za-z0-9+/=\r\n]{1,4096})-----END PUBLIC KEY-----\s*$/.exec(pem) ?? [];
  const der = body === undefined ? null : decodeBase64(body.replaceAll(/[\r\n]/g, ''));
  if (der === null) return null;
  for (const { algorithm, head, length } of HEADS) {
    const at = head.length / 2;
    if (der.length !== at + length || hex(der.subarray(0, at)) !== head) continue;
    const bytes = der.slice(at);
    return isOnCurve(algorithm, bytes) ? { algorithm, bytes, id: keyId(core, bytes) } : null;
  }
  return null;
}

export function keyId(core: Core, bytes: Uint8Array): string {
  return hex(core.sha256(bytes)).slice(0, 16);
}

/** Attacker-controlled signature and message, trusted key. */
export function isSignedBy(key: TrustedKey, signature: Uint8Array, message: Uint8Array): boolean {
  try {
    return key.algorithm === 'ed25519'
      ? signature.length === 64 && ed25519.verify(signature, message, key.bytes, { zip215: false })
      : p256.verify(signature, message, key.bytes, { format: 'der', lowS: false });
  } catch (error) {
    // A signature that is none: not in DER, numbers out of range.
    if (error instanceof Error) return false;
    throw error;
  }
}

function isOnCurve(algorithm: TrustedKey['algorithm'], bytes: Uint8Array): boolean {
  try {
    if (algorithm === 'ed25519') ed25519.Point.fromBytes(bytes).assertValidity();
    else p256.Point.fromBytes(bytes).assertValidity();
    return algorithm === 'p256' || !ed25519.Point.fromBytes(bytes).isSmallOrder();
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
