/** Ed25519 (RFC 8032), verifying only. Not the laxer ZIP 215: encodings must be canonical, so that no two verifiers differ. */
import { ed25519 } from '@noble/curves/ed25519.js';

export const PUBLIC_KEY = 32;
export const SIGNATURE = 64;

/** `signature` and `message` are attacker-controlled; the raw key is trusted. */
export function verifyEd25519(publicKey: Uint8Array, signature: Uint8Array, message: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY || signature.length !== SIGNATURE) return false;
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch (error) {
    // A key or a point that is none.
    if (error instanceof Error) return false;
    throw error;
  }
}
