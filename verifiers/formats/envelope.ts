/**
 * DSSE (v1.0.2): what is signed is not the payload but PAE(type, payload):
 *
 *   "DSSEv1" SP LEN(type) SP type SP LEN(payload) SP payload        LEN: decimal digits of the number of bytes
 *
 * and the Sigstore bundle that carries it: {mediaType, verificationMaterial: {publicKey: {hint}} or a certificate, dsseEnvelope:
 * {payload: base64, payloadType, signatures: [{sig: base64, keyid}]}}. The hint and the keyid are attacker-controlled: they choose nothing.
 */
import type { Core } from '../../core-wasm/core.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { parseDocument } from './document.ts';
import { isObject } from './members.ts';
import { departuresFrom, type Shape } from './shape.ts';

export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

export interface Signed {
  readonly envelope: Envelope;
  /** What the bundle says vouches for it: a bare key, or a certificate. */
  readonly material: 'key' | 'certificate';
  /** It brings entries of a log or timestamps along. */
  readonly logged: boolean;
}

export type EnvelopeCode =
  | 'signature-json' // no strict JSON object
  | 'signature-form' // no Sigstore bundle with a DSSE envelope
  | 'signature-count' // none, or several
  | 'signature-base64';
export type SignedParse = { readonly ok: true; readonly signed: Signed } | { readonly ok: false; readonly code: EnvelopeCode };

export const SIGSTORE_BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.bundle(?:\.v0\.[0-9]+\+json|\+json;version=0\.[0-9]+)$/;

const ENVELOPE: Shape = {
  members: { payload: 'text', payloadType: 'text', signatures: { list: { members: { sig: 'text', 'keyid?': 'text' } }, most: 64 } },
};

const encoder = new TextEncoder();

/** Pre-authentication encoding. */
export function pae(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = encoder.encode(payloadType);
  const parts = [encoder.encode(`DSSEv1 ${type.length} `), type, encoder.encode(` ${payload.length} `), payload];
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Takes a Sigstore bundle with a DSSE envelope apart. Nothing is verified here. */
export function parseSigned(core: Core, bytes: Uint8Array): SignedParse {
  const document = parseDocument(core, bytes);
  if (!document.ok) return { ok: false, code: 'signature-json' };
  const { mediaType, verificationMaterial: material, dsseEnvelope } = document.value;
  if (typeof mediaType !== 'string' || !MEDIA_TYPE.test(mediaType) || !isObject(material) || !isObject(dsseEnvelope)) return { ok: false, code: 'signature-form' };
  const { payload, payloadType, signatures } = dsseEnvelope;
  if (Array.isArray(signatures) && signatures.length !== 1) return { ok: false, code: 'signature-count' };
  if (departuresFrom(ENVELOPE, dsseEnvelope).length > 0) return { ok: false, code: 'signature-form' };
  const bytesOfPayload = decodeBase64(payload as string);
  const signature = decodeBase64((signatures as readonly { readonly sig: string }[])[0]?.sig ?? '');
  if (bytesOfPayload === null || signature === null || signature.length === 0) return { ok: false, code: 'signature-base64' };
  const isKey = isObject(material['publicKey']);
  if (isKey === (isObject(material['certificate']) || isObject(material['x509CertificateChain']))) return { ok: false, code: 'signature-form' };
  const some = (value: unknown): boolean => Array.isArray(value) && value.length > 0;
  const stamps = material['timestampVerificationData'];
  return {
    ok: true,
    signed: {
      envelope: { payloadType: payloadType as string, payload: bytesOfPayload, signature },
      material: isKey ? 'key' : 'certificate',
      logged: some(material['tlogEntries']) || (isObject(stamps) && some(stamps['rfc3161Timestamps'])),
    },
  };
}

/** A Sigstore bundle of a signature by a bare key. */
export function formatKeySigned(envelope: Envelope, keyId: string): Uint8Array {
  return encoder.encode(JSON.stringify({
    mediaType: SIGSTORE_BUNDLE,
    verificationMaterial: { publicKey: { hint: keyId }, tlogEntries: [] },
    dsseEnvelope: {
      payload: encodeBase64(envelope.payload),
      payloadType: envelope.payloadType,
      signatures: [{ sig: encodeBase64(envelope.signature), keyid: keyId }],
    },
  }));
}
