/**
 * The transparency log's entry names the certificate or key it was made with. The library compares signature and digest; an
 * entry for the same signature by another key would pass there. Bodies are attacker-controlled until the proof is checked.
 */
import { decodeBase64 } from '../formats/base64.ts';
import { Refusal } from './answer.ts';
import { same } from './content.ts';
import type { TlogEntry } from './library.ts';

/** `der`: the certificate, or the SPKI of the key, that the bundle is verified with. */
export function refuseOtherKey(entry: TlogEntry, der: Uint8Array): void {
  const named = verifierOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(entry.canonicalizedBody)));
  if (named === null || !same(named, der)) throw new Refusal('log-key', 'the log entry was made with another certificate or key');
}

/** By kind of entry (Rekor's types): the place of the verifier. */
function verifierOf(body: unknown): Uint8Array | null {
  const { kind, apiVersion } = (body ?? {}) as { readonly kind?: unknown; readonly apiVersion?: unknown };
  switch (`${String(kind)} ${String(apiVersion)}`) {
    case 'hashedrekord 0.0.1':
      return fromPem(at(body, 'spec', 'signature', 'publicKey', 'content'));
    case 'dsse 0.0.1':
      return fromPem(at(body, 'spec', 'signatures', 0, 'verifier'));
    case 'intoto 0.0.2':
      return fromPem(at(body, 'spec', 'content', 'envelope', 'signatures', 0, 'publicKey'));
    case 'hashedrekord 0.0.2':
      return raw(at(body, 'spec', 'hashedRekordV002', 'signature', 'verifier'));
    case 'dsse 0.0.2':
      return raw(at(body, 'spec', 'dsseV002', 'signatures', 0, 'verifier'));
    default:
      return null;
  }
}

function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce((inner: unknown, name) => (typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name) ? (inner as { readonly [n: string]: unknown })[name] : undefined), value);
}

const raw = (verifier: unknown): Uint8Array | null => decode(at(verifier, 'x509Certificate', 'rawBytes') ?? at(verifier, 'publicKey', 'rawBytes'));

/** Base64 of a PEM text; of several blocks the first. */
function fromPem(value: unknown): Uint8Array | null {
  const text = decode(value);
  if (text === null) return null;
  const body = /^-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\s]+)-----END /.exec(new TextDecoder().decode(text).trimStart())?.[1];
  return body === undefined ? null : decode(body.replace(/\s/g, ''));
}

const decode = (value: unknown): Uint8Array | null => (typeof value === 'string' ? decodeBase64(value) : null);
