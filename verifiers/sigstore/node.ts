/**
 * The cryptography that @sigstore/core asks for, on runtimes with `node:crypto`. OpenSSL takes SHA-256 for an elliptic curve key
 * where no digest is named; Deno, workerd and older Bun refuse. The build puts this file in the place of that package's `crypto`
 * alone, so that nothing global changes.
 */
import crypto from 'node:crypto';

type Verify = typeof crypto.verify;

export const verify: Verify = ((algorithm: string | null | undefined, data: Uint8Array, key: crypto.KeyObject, signature: Uint8Array) =>
  crypto.verify(algorithm ?? (key.asymmetricKeyType === 'ec' ? 'sha256' : null), data, key, signature)) as Verify;

export const { createPublicKey, createHash, timingSafeEqual } = crypto;
