/**
 * A Sigstore bundle, verified offline: who signed what, and since when that is known. One function around @sigstore/verify, with
 * the checks that the library leaves out. Whatever is thrown on the way means "not verified".
 */
import type { Core } from '../../core-wasm/core.ts';
import { hex } from '../formats/hex.ts';
import { Refusal, type Artifact, type LogEntry, type NotSigned, type SigstoreAnswer, type SigstoreCode, type Signed, type Signer } from './answer.ts';
import { leafOf, parseBundle } from './bundle.ts';
import { contentOf } from './content.ts';
import { refuseOtherKey } from './entry.ts';
import { keyObject } from './keys.ts';
import { signerOf } from './leaf.ts';
import { handed, toSignedEntity, toTrustMaterial, Verifier, X509Certificate, type Bundle, type SignedEntity } from './library.ts';
import type { Root } from './root.ts';
import { selfTest } from './self-test.ts';
import { refuseOtherSubject } from './statement.ts';

export type { Artifact, LogEntry, NotSigned, Signed, Signer, SigstoreAnswer, SigstoreCode } from './answer.ts';
export { publicGoodRoot } from './built-in.ts';
export { loadRoot, type Root } from './root.ts';

export interface SigstoreInput {
  /** Attacker-controlled. */
  readonly bundle: Uint8Array;
  /** Null: a DSSE envelope is verified, and what its payload is about is left to the caller. */
  readonly artifact: Artifact | null;
  /** SubjectPublicKeyInfo (DER) of a key of the signer's own, in place of a certificate. Never taken from the bundle. */
  readonly key: Uint8Array | null;
  readonly root: Root;
}

/** Throws where this runtime cannot tell good from bad; otherwise every bad input is an answer. */
export function verifySigstore(core: Core, input: SigstoreInput): SigstoreAnswer {
  selfTest(core, answerTo);
  return answerTo(core, input);
}

function answerTo(core: Core, input: SigstoreInput): SigstoreAnswer {
  try {
    return verified(core, input);
  } catch (error) {
    return refused(error);
  }
}

function verified(core: Core, { bundle: bytes, artifact, key, root }: SigstoreInput): Signed {
  const bundle = parseBundle(core, bytes);
  const { signer, der, spki } = signing(core, bundle, key);
  const entity: SignedEntity = { ...toSignedEntity(bundle), signature: contentOf(bundle, spki, artifact) };
  for (const entry of entity.tlogEntries) refuseOtherKey(entry, der);
  const material = toTrustMaterial(root.root, () => ({ publicKey: keyObject(spki), validFor: () => true }));
  // A key that was handed over vouches by itself: a log and its time are checked where there are any.
  const least = key === null ? 1 : 0;
  new Verifier(material, { tlogThreshold: least, ctlogThreshold: 1, timestampThreshold: least }).verify(entity);
  if (bundle.content.$case === 'dsseEnvelope' && artifact !== null) {
    const { payloadType, payload } = bundle.content.dsseEnvelope;
    refuseOtherSubject(core, payloadType, payload, 'bytes' in artifact ? core.sha256(artifact.bytes) : artifact.sha256);
  }
  return { ok: true, signer, content: signedContent(bundle), logs: entity.tlogEntries.map(logEntry), timestamps: timesOf(entity) };
}

interface Signing {
  readonly signer: Signer;
  /** The certificate, or the key. */
  readonly der: Uint8Array;
  readonly spki: Uint8Array;
}

function signing(core: Core, bundle: Bundle, key: Uint8Array | null): Signing {
  const leaf = leafOf(bundle);
  if (key === null) {
    if (leaf === null) throw new Refusal('key-required', 'the bundle is signed with a key, and none was given');
    return { signer: signerOf(core, leaf), der: leaf, spki: X509Certificate.parse(handed(leaf)).publicKey };
  }
  if (leaf !== null) throw new Refusal('key-unexpected', 'the bundle is signed with a certificate, and a key was given');
  return { signer: { identity: null, kind: 'key', issuer: null, digest: hex(core.sha256(key)) }, der: key, spki: key };
}

function signedContent({ content }: Bundle): Signed['content'] {
  if (content.$case === 'messageSignature') return { kind: 'message', digest: new Uint8Array(content.messageSignature.messageDigest.digest) };
  const { payloadType, payload } = content.dsseEnvelope;
  return { kind: 'dsse', payloadType, payload: new Uint8Array(payload) };
}

function logEntry(entry: SignedEntity['tlogEntries'][number]): LogEntry {
  return { log: hex(entry.logId.keyId), index: entry.logIndex, integratedTime: entry.inclusionPromise === undefined ? null : entry.integratedTime };
}

function timesOf(entity: SignedEntity): number[] {
  return entity.timestamps.flatMap((t) => (t.$case === 'timestamp-authority' ? [t.timestamp.signingTime.getTime()] : []));
}

const CODES: { readonly [library: string]: SigstoreCode } = {
  TLOG_ERROR: 'log',
  TLOG_INCLUSION_PROOF_ERROR: 'log',
  TLOG_INCLUSION_PROMISE_ERROR: 'log',
  TLOG_MISSING_INCLUSION_ERROR: 'log',
  TLOG_BODY_ERROR: 'log-entry',
  CERTIFICATE_ERROR: 'certificate',
  PUBLIC_KEY_ERROR: 'key-unsupported',
  SIGNATURE_ERROR: 'signature',
  TIMESTAMP_ERROR: 'timestamp',
};

function refused(error: unknown): NotSigned {
  if (error instanceof Refusal) return { ok: false, code: error.code, detail: error.message };
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const known = typeof code === 'string' && Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  return { ok: false, code: known ?? 'library', detail: error instanceof Error ? error.message : 'no reason given' };
}
