/**
 * A small Rekor v2: an Ed25519 log over a real RFC 6962 tree, its checkpoints signed notes (C2SP tlog-checkpoint). It takes the
 * requests that signers send, DSSE and hashedrekord, and logs what the real service logs. In memory, for loopback.
 */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

const sha256 = (...parts: readonly Uint8Array[]): Buffer => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafHash = (leaf: Uint8Array): Buffer => sha256(Buffer.of(0), leaf);
const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.of(1), left, right);
/** Largest power of two below n. */
const split = (n: number): number => 2 ** Math.floor(Math.log2(n - 1));

function root(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0] as Buffer;
  const k = split(leaves.length);
  return nodeHash(root(leaves.slice(0, k)), root(leaves.slice(k)));
}

function path(m: number, leaves: readonly Buffer[]): Buffer[] {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return m < k ? [...path(m, leaves.slice(0, k)), root(leaves.slice(k))] : [...path(m - k, leaves.slice(k)), root(leaves.slice(0, k))];
}

export interface Rekor2 {
  readonly publicKey: KeyObject;
  /** SHA-256(name LF 0x01 raw key). */
  readonly keyId: Buffer;
  /** The request's JSON to the entry's. */
  readonly log: (request: string) => string;
}

interface Verifier {
  readonly keyDetails: string;
  readonly x509Certificate?: { readonly rawBytes: string };
}

interface Request {
  readonly dsseRequestV002?: { readonly envelope: { readonly payload: string; readonly payloadType: string; readonly signatures: readonly { readonly sig: string }[] }; readonly verifiers: readonly Verifier[] };
  readonly hashedRekordRequestV002?: { readonly digest: string; readonly signature: { readonly content: string; readonly verifier: Verifier } };
}

/** `dsseAs`: an envelope is logged as a `dsse` entry, or, as the specification has it since, as a `hashedrekord` of what is signed. */
export function createRekor2(name: string, dsseAs: 'dsse' | 'hashedrekord'): Rekor2 {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
  const keyId = sha256(Buffer.from(`${name}\n`), Buffer.of(1), raw);
  // Entries of others, so that proofs have a path.
  const leaves: Buffer[] = ['a', 'b', 'c', 'd', 'e'].map((other) => leafHash(Buffer.from(other)));

  function log(text: string): string {
    const { kind, spec } = bodyOf(JSON.parse(text) as Request, dsseAs);
    const body = Buffer.from(canonical({ apiVersion: '0.0.2', kind, spec }));
    leaves.push(leafHash(body), leafHash(Buffer.from(`later ${leaves.length}`)));
    const at = leaves.length - 2;
    const note = `${name}\n${leaves.length}\n${root(leaves).toString('base64')}\n`;
    const signature = Buffer.concat([keyId.subarray(0, 4), sign(null, Buffer.from(note), privateKey)]);
    return JSON.stringify({
      logIndex: String(at),
      logId: { keyId: keyId.toString('base64') },
      kindVersion: { kind, version: '0.0.2' },
      integratedTime: '0',
      inclusionProof: {
        logIndex: String(at),
        treeSize: String(leaves.length),
        rootHash: root(leaves).toString('base64'),
        hashes: path(at, leaves).map((hash) => hash.toString('base64')),
        checkpoint: { envelope: `${note}\n\u2014 ${name} ${signature.toString('base64')}\n` },
      },
      canonicalizedBody: body.toString('base64'),
    });
  }
  return { publicKey, keyId, log };
}

function bodyOf({ dsseRequestV002, hashedRekordRequestV002 }: Request, dsseAs: 'dsse' | 'hashedrekord'): { kind: string; spec: object } {
  if (dsseRequestV002 !== undefined && dsseAs === 'hashedrekord') {
    const { envelope, verifiers } = dsseRequestV002;
    const payload = Buffer.from(envelope.payload, 'base64');
    const encoded = Buffer.concat([Buffer.from(`DSSEv1 ${envelope.payloadType.length} ${envelope.payloadType} ${payload.length} `), payload]);
    return { kind: 'hashedrekord', spec: { hashedRekordV002: { data: { algorithm: 'SHA2_256', digest: sha256(encoded).toString('base64') }, signature: { content: envelope.signatures[0]?.sig, verifier: verifiers[0] } } } };
  }
  if (dsseRequestV002 !== undefined) {
    const { envelope, verifiers } = dsseRequestV002;
    const payloadHash = { algorithm: 'SHA2_256', digest: sha256(Buffer.from(envelope.payload, 'base64')).toString('base64') };
    return { kind: 'dsse', spec: { dsseV002: { payloadHash, signatures: envelope.signatures.map(({ sig }) => ({ content: sig, verifier: verifiers[0] })) } } };
  }
  if (hashedRekordRequestV002 === undefined) throw new Error('bug: a request for another kind of entry');
  const { digest, signature } = hashedRekordRequestV002;
  return { kind: 'hashedrekord', spec: { hashedRekordV002: { data: { algorithm: 'SHA2_256', digest }, signature } } };
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}
