/**
 * What was signed, as the library asks for it: a DSSE envelope (its pre-authentication encoding) or a message. Our own, as
 * the library's cannot do with a digest alone, and knows one digest for all keys.
 */
import { pae } from '../formats/envelope.ts';
import { crypto, handed, type Bundle, type SignatureContent } from './library.ts';
import { Refusal, type Artifact } from './answer.ts';
import { signedBy, signedDigest } from './keys.ts';

/** HashAlgorithm of the protobuf specification, by number. */
const ALGORITHMS: { readonly [number: number]: string } = { 0: 'sha256', 1: 'sha256', 2: 'sha384', 3: 'sha512' };

/** `spki`: of the signer. */
export function contentOf(bundle: Bundle, spki: Uint8Array, artifact: Artifact | null): SignatureContent {
  if (bundle.content.$case === 'dsseEnvelope') {
    const { payload, payloadType, signatures } = bundle.content.dsseEnvelope;
    const encoded = pae(payloadType, payload);
    const signature = signatures[0]?.sig ?? new Uint8Array();
    return {
      signature: handed(signature),
      compareSignature: (other) => same(other, signature),
      compareDigest: (other) => same(other, crypto.digest('sha256', handed(payload))),
      compareSignedDigest: (other) => same(other, crypto.digest('sha256', handed(encoded))),
      verifySignature: () => signedBy(spki, encoded, signature),
    };
  }
  const { signature, messageDigest } = bundle.content.messageSignature;
  const algorithm = ALGORITHMS[messageDigest.algorithm];
  if (algorithm === undefined) throw new Refusal('key-unsupported', 'a message digest other than SHA-256, SHA-384 or SHA-512');
  if (artifact === null) throw new Refusal('artifact-required', 'the bundle signs a file, which was not given');
  const given = 'bytes' in artifact ? crypto.digest(algorithm, handed(artifact.bytes)) : artifact.sha256;
  if (!('bytes' in artifact) && algorithm !== 'sha256') throw new Refusal('artifact-digest-only', `the bundle has a ${algorithm} of the artifact`);
  if (!same(given, messageDigest.digest)) throw new Refusal('artifact-mismatch', 'the bundle is about another artifact');
  return {
    signature: handed(signature),
    compareSignature: (other) => same(other, signature),
    compareDigest: (other) => same(other, messageDigest.digest),
    compareSignedDigest: (other) => same(other, messageDigest.digest),
    verifySignature: () => ('bytes' in artifact ? signedBy(spki, artifact.bytes, signature, algorithm) : byDigest(spki, artifact.sha256, signature)),
  };
}

function byDigest(spki: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  const answer = signedDigest(spki, digest, signature);
  if (answer === null) throw new Refusal('artifact-digest-only', 'this kind of key signs the artifact itself; its digest is not enough');
  return answer;
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
