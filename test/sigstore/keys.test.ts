/** Bundles signed with a key of the signer's own: every kind of key, and what a key that is merely named in the bundle is worth. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { verifySigstore, publicGoodRoot, type Artifact, type SigstoreAnswer } from '../../verifiers/sigstore/index.ts';
import { pae } from '../../verifiers/formats/envelope.ts';
import { MAX_DIGESTS, MAX_SUBJECTS } from '../../verifiers/sigstore/statement.ts';
import { core, statementOf, utf8 } from './signing.ts';

const artifact = utf8('a file\n');
const sha256 = new Uint8Array(createHash('sha256').update(artifact).digest());
const digest = Buffer.from(sha256).toString('hex');
const IN_TOTO = 'application/vnd.in-toto+json';

interface Kind {
  readonly name: string;
  readonly pair: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly hash: string | null;
  /** Whether the digest of a file is enough to check a signature over it. */
  readonly byDigest: boolean;
}

const ec = (namedCurve: string): Kind['pair'] => generateKeyPairSync('ec', { namedCurve });
const kinds: readonly Kind[] = [
  { name: 'P-256', pair: ec('prime256v1'), hash: 'sha256', byDigest: true },
  { name: 'P-384 with SHA-384', pair: ec('secp384r1'), hash: 'sha384', byDigest: false },
  { name: 'P-384 with SHA-256', pair: ec('secp384r1'), hash: 'sha256', byDigest: true },
  { name: 'P-521 with SHA-512', pair: ec('secp521r1'), hash: 'sha512', byDigest: false },
  { name: 'Ed25519', pair: generateKeyPairSync('ed25519'), hash: null, byDigest: false },
  { name: 'RSA', pair: generateKeyPairSync('rsa', { modulusLength: 2048 }), hash: 'sha256', byDigest: false },
];

const spki = (key: KeyObject): Uint8Array => new Uint8Array(key.export({ format: 'der', type: 'spki' }));
const MEDIA = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const ALGORITHM: { readonly [hash: string]: string } = { sha256: 'SHA2_256', sha384: 'SHA2_384', sha512: 'SHA2_512' };

const bundled = (content: object): Uint8Array => utf8(JSON.stringify({ mediaType: MEDIA, verificationMaterial: { publicKey: { hint: 'mine' }, tlogEntries: [] }, ...content }));

function envelope(kind: Kind, payload: Uint8Array, payloadType = IN_TOTO, signed = pae(payloadType, payload)): Uint8Array {
  const sig = sign(kind.hash, signed, kind.pair.privateKey).toString('base64');
  return bundled({ dsseEnvelope: { payload: Buffer.from(payload).toString('base64'), payloadType, signatures: [{ sig, keyid: '' }] } });
}

function message(kind: Kind): Uint8Array {
  const hash = kind.hash ?? 'sha256';
  return bundled({
    messageSignature: { messageDigest: { algorithm: ALGORITHM[hash], digest: createHash(hash).update(artifact).digest('base64') }, signature: sign(kind.hash, artifact, kind.pair.privateKey).toString('base64') },
  });
}

const verify = (bundle: Uint8Array, key: Uint8Array | null, of: Artifact | null = { bytes: artifact }): SigstoreAnswer => verifySigstore(core, { bundle, artifact: of, key, root: publicGoodRoot(core) });

describe.each(kinds)('a key of $name', (kind) => {
  const key = spki(kind.pair.publicKey);
  it('signs a statement', () => {
    const bundle = envelope(kind, statementOf('a', digest));
    for (const of of [{ bytes: artifact }, { sha256 }, null]) expect(verify(bundle, key, of)).toMatchObject({ ok: true, signer: { kind: 'key', identity: null, issuer: null } });
    expect(verify(bundle, key, { bytes: utf8('another') })).toMatchObject({ ok: false, code: 'subject' });
  });

  it('signs a file', () => {
    expect(verify(message(kind), key)).toMatchObject({ ok: true, content: { kind: 'message' } });
    expect(verify(message(kind), key, { bytes: utf8('another') })).toMatchObject({ ok: false, code: 'artifact-mismatch' });
    expect(verify(message(kind), key, null)).toMatchObject({ ok: false, code: 'artifact-required' });
    expect(verify(message(kind), key, { sha256 })).toMatchObject(kind.byDigest ? { ok: true } : { ok: false, code: 'artifact-digest-only' });
  });

  it('is not another key of its kind', () => {
    const other = spki(kinds.filter((k) => k !== kind)[0]?.pair.publicKey as KeyObject);
    expect(verify(envelope(kind, statementOf('a', digest)), other).ok).toBe(false);
    expect(verify(message(kind), other).ok).toBe(false);
  });
});

const [p256] = kinds as [Kind];
const mine = spki(p256.pair.publicKey);

describe('a key', () => {
  it('that only the bundle names is not trusted', () => {
    expect(verify(envelope(p256, statementOf('a', digest)), null)).toMatchObject({ ok: false, code: 'key-required' });
  });

  it('signs the type with the payload: a payload that was signed as another type is none', () => {
    const payload = statementOf('a', digest);
    expect(verify(envelope(p256, payload, IN_TOTO, pae('application/json', payload)), mine)).toMatchObject({ ok: false, code: 'signature' });
    expect(verify(envelope(p256, payload, 'application/json'), mine)).toMatchObject({ ok: false, code: 'payload-type' });
    expect(verify(envelope(p256, payload, IN_TOTO, payload), mine)).toMatchObject({ ok: false, code: 'signature' });
  });
});

describe('a statement', () => {
  const statement = (subject: unknown, type = 'https://in-toto.io/Statement/v1'): Uint8Array => utf8(JSON.stringify({ _type: type, subject, predicateType: 'x', predicate: {} }));
  const named = { name: 'a', digest: { sha256: digest } };
  it.each<[string, Uint8Array, string]>([
    ['of another type', statement([named], 'https://example.invalid/Statement'), 'statement'],
    ['without subjects', statement([]), 'subject'],
    ['whose subjects are no list', statement(named), 'statement'],
    ['with a subject that has no digest', statement([{ name: 'a' }]), 'statement'],
    ['with another digest alone', statement([{ name: 'a', digest: { sha512: digest } }]), 'subject'],
    ['with the digest in upper case', statement([{ name: 'a', digest: { sha256: digest.toUpperCase() } }]), 'subject'],
    ['with too many subjects', statement(Array.from({ length: MAX_SUBJECTS + 1 }, () => named)), 'subject-limit'],
    ['with too many digests', statement([{ name: 'a', digest: Object.fromEntries(Array.from({ length: MAX_DIGESTS + 1 }, (_, i) => [`d${i}`, digest])) }]), 'subject-limit'],
    ['with a member twice', utf8(new TextDecoder().decode(statement([named])).replace('"subject"', '"subject":[],"subject"')), 'statement'],
    ['that is no JSON', utf8('x'), 'statement'],
    ['that is null', utf8('null'), 'statement'],
  ])('%s is refused, well signed as it may be', (_name, payload, code) => {
    expect(verify(envelope(p256, payload), mine)).toMatchObject({ ok: false, code });
  });

  it('is about each of its subjects, not the first alone', () => {
    expect(verify(envelope(p256, statement([{ name: 'b', digest: { sha256: '0'.repeat(64) } }, named])), mine)).toMatchObject({ ok: true });
  });
});

describe('bytes that are no bundle', () => {
  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['null', utf8('null')],
    ['a list', utf8('[]')],
    ['a bundle without content', bundled({})],
    ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['ten thousand brackets', utf8('['.repeat(10_000))],
    ['a certificate of garbage', utf8(JSON.stringify({ mediaType: MEDIA, verificationMaterial: { certificate: { rawBytes: 'AAAA' }, tlogEntries: [] }, messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest: '' }, signature: '' } }))],
  ])('%s: an answer, no crash', (_name, bytes) => {
    expect(verify(bytes, null).ok).toBe(false);
  });
});
