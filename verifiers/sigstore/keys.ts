/**
 * Kinds of public keys, told from their SubjectPublicKeyInfo (RFC 5480, RFC 8410), and what each signs with. The digest of an
 * elliptic curve key is not in the key: Sigstore's algorithm registry pairs P-384 with SHA-384 and P-521 with SHA-512, older
 * signers used SHA-256 throughout; a signature under either is one by that key.
 */
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { crypto, handed, type KeyObject } from './library.ts';

export type KeyKind = 'p256' | 'p384' | 'p521' | 'ed25519' | 'other';

const HEADERS: readonly (readonly [KeyKind, string, number])[] = [
  ['p256', '3059301306072a8648ce3d020106082a8648ce3d030107034200', 91],
  ['p384', '3076301006072a8648ce3d020106052b81040022036200', 120],
  ['p521', '30819b301006072a8648ce3d020106052b8104002303818600', 158],
  ['ed25519', '302a300506032b6570032100', 44],
];

/** Undefined: the algorithm brings its own digest. */
const DIGESTS: { readonly [K in KeyKind]: readonly (string | undefined)[] } = {
  p256: ['sha256'],
  p384: ['sha384', 'sha256'],
  p521: ['sha512', 'sha256'],
  ed25519: [undefined],
  other: ['sha256'],
};

const CURVES = { p256, p384, p521 };

export function kindOf(spki: Uint8Array): KeyKind {
  return HEADERS.find(([, header, length]) => spki.length === length && startsWith(spki, header))?.[0] ?? 'other';
}

function startsWith(bytes: Uint8Array, header: string): boolean {
  return [...header.matchAll(/../g)].every(([digits], i) => bytes[i] === Number.parseInt(digits, 16));
}

export const keyObject = (spki: Uint8Array): KeyObject => crypto.createPublicKey(handed(spki));

/** `digest`: where the bundle says which; otherwise what fits the kind of key. */
export function signedBy(spki: Uint8Array, data: Uint8Array, signature: Uint8Array, digest?: string): boolean {
  const kind = kindOf(spki);
  const digests = digest === undefined || kind === 'ed25519' ? DIGESTS[kind] : [digest];
  const key = keyObject(spki);
  return digests.some((name) => crypto.verify(handed(data), key, handed(signature), name));
}

/** A signature over data of which only the SHA-256 is known; null where this kind of key cannot tell. */
export function signedDigest(spki: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean | null {
  const kind = kindOf(spki);
  if (kind === 'ed25519' || kind === 'other') return null;
  const header = HEADERS.find(([k]) => k === kind)?.[1] ?? '';
  const point = spki.subarray(header.length / 2);
  try {
    return CURVES[kind].verify(signature, digest, point, { prehash: false, lowS: false, format: 'der' });
  } catch {
    // A signature or point that cannot be read is none.
    return false;
  }
}
