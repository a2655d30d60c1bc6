/**
 * A Sigstore instance of the test's own on loopback: Fulcio with a certificate transparency log, Rekor v1, Rekor v2, a
 * timestamp authority, and the trusted root that goes with them. Nothing of it is known elsewhere.
 *
 *   const sigstore = await startSigstore();
 *   … sign with sigstore.url as the base of all four services, and sigstore.token(subject) …
 *   loadRoot(core, sigstore.trustedRoot, 'test');
 *   await sigstore.close();
 */
import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog, initializeTSA, rekorHandler, tsaHandler } from '@sigstore/mock';
import { createRekor2 } from './rekor2.ts';

export interface Sigstore {
  /** Base of Fulcio, Rekor v1 and v2, and the timestamp authority. */
  readonly url: string;
  readonly trustedRoot: Uint8Array;
  /** An identity token as an OIDC provider gives it; its signature is not looked at here. */
  readonly token: (subject: string, more?: { readonly iss?: string; readonly email?: string }) => string;
  /** Paths asked for, in order. */
  readonly asked: readonly string[];
  readonly close: () => Promise<void>;
}

export const ISSUER = 'https://issuer.example.invalid';

type Answer = { readonly statusCode: number; readonly response: string | ArrayBufferView; readonly contentType?: string };

export async function startSigstore({ dsseAs = 'dsse' }: { readonly dsseAs?: 'dsse' | 'hashedrekord' } = {}): Promise<Sigstore> {
  const pair = (): { publicKey: KeyObject; privateKey: KeyObject } => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const ctLog = await initializeCTLog(pair());
  const ca = await initializeCA(pair(), ctLog);
  // Whole seconds: fractions in a form that is not DER come out of it otherwise.
  const clock = new Date();
  const now = (): void => void clock.setTime(Math.floor(Date.now() / 1000) * 1000);
  now();
  const tsa = await initializeTSA(pair(), clock);
  const handlers = new Map<string, (body: string) => Promise<Answer>>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      asked.push(request.url ?? '');
      now();
      const answer = await (handlers.get(request.url ?? '') ?? notFound)(await bodyOf(request));
      response.writeHead(answer.statusCode, { 'content-type': answer.contentType ?? 'text/plain' });
      response.end(typeof answer.response === 'string' ? answer.response : Buffer.from(answer.response.buffer, answer.response.byteOffset, answer.response.byteLength));
    })().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tlog = await initializeTLog(url, pair());
  const rekor2 = createRekor2('127.0.0.1', dsseAs);
  const rekor = rekorHandler(tlog);
  for (const { path, fn } of [fulcioHandler(ca, { subjectClaim: 'sub' }), tsaHandler(tsa)]) handlers.set(path, fn);
  handlers.set(rekor.path, (body) => rekor.fn(asLogged(body)));
  handlers.set('/api/v2/log/entries', (body) => Promise.resolve({ statusCode: 201, response: rekor2.log(body), contentType: 'application/json' }));
  const logs = [logOf(url, tlog.publicKey, 'PKIX_ECDSA_P256_SHA_256'), logOf(url, spki(rekor2.publicKey), 'PKIX_ED25519', rekor2.keyId)];
  const trustedRoot = rootOf(logs, [logOf(url, ctLog.publicKey, 'PKIX_ECDSA_P256_SHA_256')], url, [ca.rootCertificate], [tsa.intCertificate, tsa.rootCertificate]);
  return {
    url,
    trustedRoot: new TextEncoder().encode(JSON.stringify(trustedRoot)),
    token: (sub, more = {}) => [{ alg: 'none' }, { sub, iss: ISSUER, aud: 'sigstore', ...more }, {}].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.'),
    asked,
    close: () => new Promise((resolve, reject) => server.close((error) => (error === undefined ? resolve() : reject(error)))),
  };
}

const notFound = (): Promise<Answer> => Promise.resolve({ statusCode: 404, response: 'no such service' });
const spki = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' });

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  // The timestamp authority's requests are DER, which its handler takes as text.
  return Buffer.concat(parts).toString(request.headers['content-type']?.includes('json') === true ? 'utf8' : 'latin1');
}

/** A `dsse` entry as the service logs it: the digests in place of the proposed envelope. */
function asLogged(body: string): string {
  const entry = JSON.parse(body) as { readonly kind: string; readonly apiVersion: string; readonly spec: { readonly proposedContent?: { readonly envelope: string; readonly verifiers: readonly string[] } } };
  const { proposedContent } = entry.spec;
  if (proposedContent === undefined) return body;
  const envelope = JSON.parse(proposedContent.envelope) as { readonly payload: string; readonly signatures: readonly { readonly sig: string }[] };
  const digest = (bytes: Uint8Array): object => ({ algorithm: 'sha256', value: createHash('sha256').update(bytes).digest('hex') });
  const signatures = envelope.signatures.map(({ sig }, i) => ({ signature: sig, verifier: proposedContent.verifiers[i] }));
  return JSON.stringify({ apiVersion: entry.apiVersion, kind: entry.kind, spec: { envelopeHash: digest(Buffer.from(proposedContent.envelope)), payloadHash: digest(Buffer.from(envelope.payload, 'base64')), signatures } });
}

const base64 = (bytes: ArrayBufferView): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
/** A second early: certificates count in seconds. */
const start = (): string => new Date(Date.now() - 1000).toISOString();

function logOf(baseUrl: string, key: Buffer, keyDetails: string, keyId: Buffer = createHash('sha256').update(key).digest()): object {
  return { baseUrl, hashAlgorithm: 'SHA2_256', publicKey: { rawBytes: base64(key), keyDetails, validFor: { start: start() } }, logId: { keyId: base64(keyId) } };
}

function rootOf(tlogs: readonly object[], ctlogs: readonly object[], uri: string, ca: readonly ArrayBufferView[], tsa: readonly ArrayBufferView[]): object {
  const authority = (chain: readonly ArrayBufferView[]): object => ({
    subject: { organization: 'test', commonName: 'test' },
    uri,
    certChain: { certificates: chain.map((der) => ({ rawBytes: base64(der) })) },
    validFor: { start: start() },
  });
  return { mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1', tlogs, certificateAuthorities: [authority(ca)], ctlogs, timestampAuthorities: [authority(tsa)] };
}
