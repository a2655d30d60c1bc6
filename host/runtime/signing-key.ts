/** A private key of the user's own from a PEM file, by node:crypto: Ed25519, or ECDSA on P-256. */
import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { parsePublicKey } from '../../verifiers/keys.ts';
import type { SigningKey } from '../attest/index.ts';

/** `path` is for the sentence. */
export function openSigningKey(core: Core, pem: Uint8Array, path: string): SigningKey {
  const key = privateKey(pem, path);
  const publicPem = createPublicKey(key).export({ type: 'spki', format: 'pem' });
  const parsed = parsePublicKey(core, String(publicPem));
  if (parsed === null) throw unfit(path, `it is a key of another kind (${key.asymmetricKeyType ?? 'unknown'})`);
  return { id: parsed.id, sign: (message) => new Uint8Array(sign(parsed.algorithm === 'ed25519' ? null : 'sha256', message, key)) };
}

function privateKey(pem: Uint8Array, path: string): KeyObject {
  try {
    return createPrivateKey(Buffer.from(pem));
  } catch (error) {
    throw unfit(path, 'it holds no private key that can be read without a passphrase', error);
  }
}

function unfit(path: string, found: string, cause?: unknown): OccasioError {
  return new OccasioError({ code: 'unreadable', cannot: 'sign with', thing: path, found, want: 'the PEM of an Ed25519 or P-256 private key', next: 'Make one with: openssl genpkey -algorithm ed25519 -out key.pem' }, cause);
}
