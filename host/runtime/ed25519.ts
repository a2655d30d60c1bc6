/** `Ops.ed25519` by node:crypto, which Bun and Deno have as well. Private keys are PKCS #8 PEM (RFC 8410). */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Ed25519 } from '../ops.ts';

/** The raw key is the end of the 44 bytes of SubjectPublicKeyInfo. */
const RAW = 32;

export const ed25519: Ed25519 = {
  generate() {
    const { privateKey } = generateKeyPairSync('ed25519');
    return new TextEncoder().encode(privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);
  },
  open(pem) {
    const key = read(pem);
    if (key === null) return null;
    const publicKey = createPublicKey(key);
    return {
      publicKey: new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-RAW)),
      pem: publicKey.export({ format: 'pem', type: 'spki' }) as string,
      sign: (message) => new Uint8Array(sign(null, message, key)),
    };
  },
};

function read(pem: Uint8Array): KeyObject | null {
  try {
    const key = createPrivateKey({ key: new TextDecoder().decode(pem), format: 'pem' });
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch (error) {
    // No PEM, or one of something else.
    if (error instanceof Error) return null;
    throw error;
  }
}
