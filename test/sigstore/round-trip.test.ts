/** Sign on loopback and verify offline; then everything that an attacker could put in the place of a part. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifySigstore, type SigstoreAnswer } from '../../verifiers/sigstore/index.ts';
import { createRandom } from '../shell/reader.ts';
import { unexpected } from './judge.ts';
import { core, rootOf, signOn, startSigstore, statementOf, utf8, ways, WORKFLOW, type Sigstore, type Way } from './signing.ts';

const artifact = utf8('what was attested\n');
const digest = createHash('sha256').update(artifact).digest('hex');

let sigstore: Sigstore;
const bundles = new Map<Way, Uint8Array>();
beforeAll(async () => {
  sigstore = await startSigstore();
  for (const way of ways) bundles.set(way, (await signOn(sigstore, way, statementOf('a.txt', digest))).bundle);
});
afterAll(() => sigstore.close());

const bundleOf = (way: Way): Uint8Array => bundles.get(way) ?? new Uint8Array();
const verify = (bundle: Uint8Array, of: Uint8Array | null = artifact, root = rootOf(sigstore)): SigstoreAnswer =>
  verifySigstore(core, { bundle, artifact: of === null ? null : { bytes: of }, key: null, root });

type Json = { [name: string]: Json } & Json[] & string;
function changed(way: Way, edit: (bundle: Json) => void): Uint8Array {
  const value = JSON.parse(new TextDecoder().decode(bundleOf(way))) as Json;
  edit(value);
  return utf8(JSON.stringify(value));
}
const material = (bundle: Json): Json => bundle['verificationMaterial'] as Json;
const entry = (bundle: Json): Json => material(bundle)['tlogEntries']?.[0] as Json;

describe.each(ways)('signed with %s', (way) => {
  it('verifies, and says who and what', () => {
    const answer = verify(bundleOf(way));
    expect(answer).toMatchObject({ ok: true, signer: { identity: WORKFLOW, kind: 'uri', issuer: 'https://issuer.example.invalid' }, content: { kind: 'dsse', payloadType: 'application/vnd.in-toto+json' } });
    if (!answer.ok) return;
    expect(answer.logs.length).toBe(1);
    expect(answer.timestamps.length).toBe(way === 'Rekor 1 without a timestamp authority' ? 0 : 1);
  });

  it('is not about another artifact', () => {
    expect(verify(bundleOf(way), utf8('something else'))).toMatchObject({ ok: false, code: 'subject' });
  });

  it('does not verify under the root of another instance', async () => {
    const other = await startSigstore();
    try {
      expect(verify(bundleOf(way), artifact, rootOf(other)).ok).toBe(false);
    } finally {
      await other.close();
    }
  });

  it.each<[string, (bundle: Json) => void]>([
    ['no log entry', (b) => void (material(b)['tlogEntries'] as Json).splice(0)],
    ['the same log entry twice', (b) => void (material(b)['tlogEntries'] as Json).push(entry(b))],
    ['no signature', (b) => void (b['dsseEnvelope']?.['signatures'] as Json).splice(0)],
    ['a second signature', (b) => void (b['dsseEnvelope']?.['signatures'] as Json).push({ sig: 'AAAA' } as unknown as Json)],
    ['another payload type', (b) => void Object.assign(b['dsseEnvelope'] as Json, { payloadType: 'application/json' })],
    ['another media type', (b) => void Object.assign(b, { mediaType: 'application/vnd.dev.sigstore.bundle.v9+json' })],
    ['a log entry of another kind', (b) => void Object.assign(entry(b)['kindVersion'] as Json, { kind: 'intoto' })],
    ['no time that anybody vouches for', (b) => void (delete material(b)['timestampVerificationData'], delete entry(b)['inclusionPromise'])],
    ['no time but one that is typed in', (b) => void (delete material(b)['timestampVerificationData'], delete entry(b)['inclusionPromise'], Object.assign(entry(b), { integratedTime: String(Math.floor(Date.now() / 1000)) }))],
    ['a timestamp that is garbage', (b) => void Object.assign(material(b), { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: 'MAMCAQA=' }] } })],
    ['a log that nobody knows', (b) => void Object.assign(entry(b)['logId'] as Json, { keyId: Buffer.alloc(32).toString('base64') })],
    ['no proof of inclusion', (b) => void (delete entry(b)['inclusionProof'], delete entry(b)['inclusionPromise'])],
    ['a public key in place of the certificate', (b) => void (delete material(b)['certificate'], Object.assign(material(b), { publicKey: { hint: 'x' } }))],
  ])('with %s does not verify', (_name, edit) => {
    expect(verify(changed(way, edit)).ok).toBe(false);
  });

  it('with a payload of the same meaning in other bytes does not verify', () => {
    const bundle = changed(way, (b) => {
      const envelope = b['dsseEnvelope'] as Json;
      const payload = JSON.stringify(JSON.parse(Buffer.from(String(envelope['payload']), 'base64').toString()), null, 1);
      Object.assign(envelope, { payload: Buffer.from(payload).toString('base64') });
    });
    expect(verify(bundle).ok).toBe(false);
  });

  it('a member that stands twice is refused, whichever of the two would be read', () => {
    const text = new TextDecoder().decode(bundleOf(way));
    expect(verify(utf8(text.replace('{"mediaType"', '{"mediaType":"x","mediaType"')))).toMatchObject({ ok: false, code: 'bundle-malformed' });
  });
});

describe('parts of another run', () => {
  it('the signature, certificate or log entry of another statement does not vouch for this one', async () => {
    const other = JSON.parse(new TextDecoder().decode((await signOn(sigstore, 'Rekor 1', statementOf('b.txt', '0'.repeat(64)))).bundle)) as Json;
    const swaps: ((b: Json) => void)[] = [
      (b) => void Object.assign(b['dsseEnvelope'] as Json, { signatures: other['dsseEnvelope']?.['signatures'] }),
      (b) => void Object.assign(material(b), { certificate: material(other)['certificate'] }),
      (b) => void Object.assign(material(b), { tlogEntries: material(other)['tlogEntries'] }),
      (b) => void Object.assign(material(b), { timestampVerificationData: material(other)['timestampVerificationData'] }),
      (b) => void Object.assign(entry(b), { inclusionPromise: entry(other)['inclusionPromise'] }),
      (b) => void Object.assign(entry(b), { canonicalizedBody: entry(other)['canonicalizedBody'] }),
      (b) => void Object.assign(entry(b), { integratedTime: '1' }),
    ];
    expect(swaps.map((swap) => verify(changed('Rekor 1', swap)).ok)).toEqual(swaps.map(() => false));
  });

  it("an attacker's own valid identity is not the expected one", async () => {
    const own = (await signOn(sigstore, 'Rekor 1', statementOf('a.txt', digest), 'https://github.com/evil/r/.github/workflows/attest.yml@refs/heads/main')).bundle;
    const answer = verify(own);
    expect(answer.ok && unexpected(answer.signer, { exact: WORKFLOW }, null)).toBe('identity');
  });

  const lookAlikes = [`${WORKFLOW}-evil`, WORKFLOW.replace('/r/', '/r-fork/'), WORKFLOW.replace('attest.yml', 'other.yml'), `x${WORKFLOW}`, WORKFLOW.replaceAll('.', '-'), WORKFLOW.toUpperCase(), `${WORKFLOW}\n`];
  it.each(lookAlikes)('an identity that looks alike is another: %j', (identity) => {
    const signer = { identity, kind: 'uri' as const, issuer: 'https://issuer.example.invalid', digest: '' };
    const escaped = WORKFLOW.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    for (const wanted of [{ exact: WORKFLOW }, { pattern: escaped }, { pattern: `nothing|${escaped}` }]) expect(unexpected(signer, wanted, null)).toBe('identity');
    expect(unexpected({ ...signer, identity: WORKFLOW }, { pattern: escaped }, { exact: 'https://issuer.example.invalid/' })).toBe('issuer');
  });
});

/**
 * Bytes of a bundle that no check covers, by the member they stand in. Everything else, flipped, must fail.
 * Each with its reason.
 */
const UNCOVERED: { readonly [member: string]: string } = {
  logIndex: 'the place in the whole log beside the one in the proof: not signed in Rekor 2',
  treeSize: 'the checkpoint, which is signed, says it again and is what is used',
  rootHash: 'the checkpoint, which is signed, says it again and is what is used',
  integratedTime: 'in Rekor 2 no time is taken from it',
  keyid: 'a hint; the certificate is the key',
  signedTimestamp: 'the wrapper around the signed time: its certificate, which is not used, and fields outside of its signature',
  checkpoint: 'of the checkpoint text, bits of the signature line outside of a signature that counts',
};

describe.each(ways)('a flipped bit in a bundle of %s', (way) => {
  const seed = 20261121;
  it(`is found, seed ${seed}`, () => {
    const random = createRandom(seed);
    const text = new TextDecoder().decode(bundleOf(way));
    const survivors = new Set<string>();
    let tried = 0;
    // Values of strings, at their decoded bytes where they are base64: what a JSON reader hands on.
    for (const { member, start, value } of strings(text)) {
      for (let round = 0; round < 12; round++) {
        const flipped = flip(value, random);
        if (flipped === null) continue;
        tried++;
        if (verify(utf8(text.slice(0, start) + flipped + text.slice(start + value.length))).ok) survivors.add(member);
      }
    }
    expect(tried).toBeGreaterThan(80);
    expect([...survivors].filter((member) => !Object.hasOwn(UNCOVERED, member))).toEqual([]);
  });
});

function strings(text: string): { member: string; start: number; value: string }[] {
  return [...text.matchAll(/"([A-Za-z0-9]+)":"((?:[^"\\]|\\.)*)"/g), ...text.matchAll(/"(hashes)":\["([^"]*)"/g)].map((match) => {
    const value = match[2] ?? '';
    return { member: match[1] ?? '', start: match.index + match[0].lastIndexOf(`"${value}"`) + 1, value };
  });
}

/** One bit of the decoded bytes, or one character of a plain text. */
function flip(value: string, random: (n: number) => number): string | null {
  if (value === '') return null;
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(value) && value.length % 4 === 0) {
    const bytes = Buffer.from(value, 'base64');
    const at = random(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    return bytes.toString('base64');
  }
  const places = [...value.matchAll(/[A-Za-z0-9]/g)].map((m) => m.index);
  const at = places[random(places.length)];
  if (at === undefined || value[at - 1] === '\\') return null;
  return value.slice(0, at) + (value[at] === '7' ? '8' : '7') + value.slice(at + 1);
}
