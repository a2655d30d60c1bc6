/** A run of a real proxy, attested and signed on a Sigstore instance on loopback, and verified elsewhere: by the built program. */
import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elsewhere } from '../support/command.ts';
import { lacking } from '../support/lacking.ts';
import { ISSUER, startSigstore, type Sigstore } from '../support/sigstore.ts';
import { giveRecord, newProject } from './project.ts';
import { newPlace, occasio, type Place, type Ran } from './run.ts';

const WORKFLOW = 'https://github.com/o/r/.github/workflows/attest.yml@refs/heads/main';
const ways = ['1', '2'] as const;

let sigstore: Sigstore;
let other: Sigstore;
let place: Place;
let strange: Place;
let run: string;

const instance = (on = sigstore): string[] => ['--sign', '--fulcio-url', on.url, '--rekor-url', on.url, '--tsa-url', on.url, '--trusted-root', 'root.json'];
const sign = (words: readonly string[], env: { readonly [name: string]: string } = { SIGSTORE_ID_TOKEN: sigstore.token(WORKFLOW) }): Promise<Ran> => occasio(place, words, { env });

beforeAll(async () => {
  [sigstore, other] = await Promise.all([startSigstore(), startSigstore()]);
  place = newProject();
  run = await giveRecord(place);
  writeFileSync(join(place.cwd, 'root.json'), sigstore.trustedRoot);
  writeFileSync(join(place.cwd, 'other-root.json'), other.trustedRoot);
  for (const version of ways) {
    expect(await sign(['attest', ...instance(), '--rekor-version', version, '--out', `a${version}.json`])).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^Wrote a\d\.json and a\d\.json\.sigstore\.json: /) });
    expect(await sign(['bundle', ...instance(), '--rekor-version', version, '--out', `b${version}.json`])).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^Wrote b\d\.json, signed: /) });
  }
  expect(await sign(['attest', ...instance(), '--profile', '1.0.0', '--out', 'older.json'])).toMatchObject({ code: 0, err: '' });
  copyFileSync(join(place.occasioHome, 'runs', `${run}.jsonl`), join(place.cwd, 'run.jsonl'));
  strange = newPlace();
  for (const name of readdirSync(place.cwd).filter((one) => /\.jsonl?$/.test(one))) copyFileSync(join(place.cwd, name), join(strange.cwd, name));
}, 120_000);
afterAll(() => Promise.all([sigstore.close(), other.close()]));

const verify = (...words: string[]): Promise<Ran> => occasio(strange, ['verify', ...words]);
const TRUST = ['--trusted-root', 'root.json'];
const EXPECTED = [...TRUST, '--certificate-identity', WORKFLOW, '--certificate-oidc-issuer', ISSUER];
const sidecar = (name: string): { dsseEnvelope: { payload: string }; verificationMaterial: object } => JSON.parse(readFileSync(join(strange.cwd, `${name}.sigstore.json`), 'utf8'));
const lastHash = (): string => (JSON.parse(readFileSync(join(strange.cwd, 'a1.json'), 'utf8')) as { audit_chain: { last_hash: string } }).audit_chain.last_hash;

describe.each(ways)('signed with Rekor %s', (version) => {
  it('an_attestation_verifies_elsewhere_by_the_expected_identity', async () => {
    const ran = await verify(`a${version}.json`, '--chain', 'run.jsonl', ...EXPECTED, '--require', 'signature,coverage');
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(/^verified: attestation/m);
    expect(ran.out).toMatch(/Trusted root: root\.json, SHA-256 [0-9a-f]{16}\./);
  });

  it('a_bundle_verifies_elsewhere_by_a_pattern_that_meets_the_whole', async () => {
    const words = [...TRUST, '--certificate-identity-regexp', 'https://github\\.com/o/r/.*', '--certificate-oidc-issuer', ISSUER];
    expect(await verify(`b${version}.json`, ...words)).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^verified: bundle/m) });
    expect(await verify(`b${version}.json`, ...words.map((word) => word.replace('/.*', '')))).toMatchObject({ code: 1, out: expect.stringMatching(/signed by somebody else/) });
  });

  it.each<[string, () => string[], RegExp]>([
    ['somebody_else_is_expected', () => [...EXPECTED.slice(0, 3), `${WORKFLOW}-evil`, ...EXPECTED.slice(4)], /signed by somebody else/],
    ['another_issuer_is_expected', () => [...EXPECTED.slice(0, 5), `${ISSUER}/`], /somebody else vouches/],
    ['nobody_said_who_is_expected', () => TRUST, /nobody said who is expected/],
    ['the_root_is_that_of_another_instance', () => ['--trusted-root', 'other-root.json', ...EXPECTED.slice(2)], /failed/],
    ['the_root_is_the_public_one', () => EXPECTED.slice(2), /Check[^]*signature +failed/],
  ])('fails_where_%s', async (_, words, message) => {
    expect(await verify(`b${version}.json`, ...words())).toMatchObject({ code: 1, err: '', out: expect.stringMatching(message) });
  });

  it('anybody_will_do_is_never_verified', async () => {
    expect(await verify(`b${version}.json`, ...TRUST, '--any-identity')).toMatchObject({ code: 0, out: expect.stringMatching(/^self-consistent: bundle/m) });
  });

  it('a_changed_statement_fails', async () => {
    const bundle = sidecar(`a${version}.json`);
    const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString().replace('"blocked":8', '"blocked":0');
    const changed = JSON.stringify({ ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload: Buffer.from(payload).toString('base64') } });
    copyFileSync(join(strange.cwd, `a${version}.json`), join(strange.cwd, 'c.json'));
    writeFileSync(join(strange.cwd, 'c.json.sigstore.json'), changed);
    expect(payload).toContain('"blocked":0');
    expect(await verify('c.json', '--chain', 'run.jsonl', ...EXPECTED)).toMatchObject({ code: 1, out: expect.stringMatching(/signature +failed/) });
  });

  it('a_good_signature_of_another_attestation_fails', async () => {
    copyFileSync(join(strange.cwd, `a${version}.json`), join(strange.cwd, 'd.json'));
    copyFileSync(join(strange.cwd, 'older.json.sigstore.json'), join(strange.cwd, 'd.json.sigstore.json'));
    expect(await verify('d.json', '--chain', 'run.jsonl', ...EXPECTED)).toMatchObject({ code: 1, out: expect.stringMatching(/this member is not what was signed/) });
  });
});

describe('any Sigstore bundle', () => {
  const plain = 'a1.json.sigstore.json';

  it('is_verified_against_a_digest_and_says_who_when_and_where', async () => {
    const ran = await verify(plain, '--artifact', `sha256:${lastHash()}`, ...EXPECTED);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(/^verified: Sigstore bundle, artifact sha256:[0-9a-f]{64}$/m);
    for (const said of [WORKFLOW, ISSUER, /Logged: entry \d+ of [0-9a-f]{16}/, /Timestamp: \d{4}-/, /log +ok/]) expect(ran.out).toMatch(said);
    expect(JSON.parse((await verify(plain, '--artifact', `sha256:${lastHash()}`, ...EXPECTED, '--json')).out)).toMatchObject({ verdict: 'occasio-sigstore-verdict/v1', word: 'verified', signer: { identity: WORKFLOW, issuer: ISSUER } });
  });

  it.each<[string, () => string[], number, RegExp]>([
    ['another_artifact', () => ['--artifact', 'run.jsonl', ...EXPECTED], 1, /artifact +failed +subject/],
    ['another_identity', () => ['--artifact', `sha256:${lastHash()}`, ...EXPECTED.slice(0, 3), 'x', ...EXPECTED.slice(4)], 1, /signed by somebody else/],
    ['nobody_expected', () => ['--artifact', `sha256:${lastHash()}`, ...TRUST], 1, /nobody said who is expected/],
    ['anybody', () => ['--artifact', `sha256:${lastHash()}`, ...TRUST, '--any-identity'], 0, /^self-consistent: /m],
    ['the_public_root', () => ['--artifact', `sha256:${lastHash()}`, ...EXPECTED.slice(2)], 1, /^failed: /m],
  ])('with_%s', async (_, words, code, message) => {
    expect(await verify(plain, ...words())).toMatchObject({ code, err: '', out: expect.stringMatching(message) });
  });

  it.each<[string[], RegExp]>([
    [[plain, '--artifact', 'sha256:abc'], /no such digest/],
    [[plain, '--artifact', 'absent'], /Cannot/],
    [['--artifact', 'run.jsonl'], /--artifact needs FILE/],
    [['a1.json', '--artifact', 'run.jsonl'], /this is evidence of a run/],
    [[plain, '--artifact', 'run.jsonl', '--chain', 'run.jsonl'], /belongs to evidence of a run/],
    [[plain], /any other Sigstore bundle needs --artifact/],
    [['a1.json', '--trusted-root', 'a1.json'], /no trusted root/],
  ])('%j_is_wrong_use_or_unreadable', async (words, message) => {
    expect(await verify(...words)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) });
  });
});

describe('attest --sign', () => {
  const none = (): boolean => !existsSync(join(place.cwd, 'x.json')) && !existsSync(join(place.cwd, 'x.json.sigstore.json'));

  it.each<[string, () => readonly [string[], { readonly [name: string]: string }?], RegExp]>([
    ['without_an_identity_names_the_three_ways', () => [instance(), {}], /--identity-token TOKEN; SIGSTORE_ID_TOKEN in the environment; a GitHub Actions job/],
    ['with_a_token_that_is_none', () => [[...instance(), '--identity-token', 'abc']], /not three parts/],
    ['with_a_service_that_does_not_answer', () => [instance().map((word) => (word === sigstore.url ? 'http://127.0.0.1:1' : word))], /Nothing was written/],
    ['under_the_root_of_another_instance', () => [instance().map((word) => (word === 'root.json' ? 'other-root.json' : word))], /it does not verify/],
    ['with_a_key_beside_it', () => [[...instance(), '--key', 'k.pem']], /--key stands beside it/],
    ['missing_beside_its_options', () => [instance().slice(1)], /--sign is missing/],
    ['on_half_an_instance', () => [['--sign', '--fulcio-url', sigstore.url, '--trusted-root', 'root.json']], /--rekor-url is missing/],
    ['on_an_instance_without_its_root', () => [['--sign', '--fulcio-url', sigstore.url, '--rekor-url', sigstore.url]], /--trusted-root is missing/],
    ['on_an_address_that_is_none', () => [['--sign', '--fulcio-url', 'ftp://x']], /no http address/],
    ['on_rekor_2_without_a_time', () => [[...instance().filter((word, i, all) => word !== '--tsa-url' && all[i - 1] !== '--tsa-url'), '--rekor-version', '2']], /no timestamp authority/],
  ])('%s_writes_nothing', async (_, given, message) => {
    const [words, env] = given();
    const ran = await sign(['attest', ...words, '--out', 'x.json'], env);
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) });
    expect([none(), ran.err.includes(sigstore.token(WORKFLOW))]).toEqual([true, false]);
  }, 60_000);

  it('asks_nobody_where_a_file_is_in_the_way', async () => {
    const before = sigstore.asked.length;
    expect(await sign(['attest', ...instance(), '--out', 'a1.json'])).toMatchObject({ code: 2, err: expect.stringMatching(/it is there already/) });
    expect(await sign(['bundle', ...instance(), '--out', 'b1.json'])).toMatchObject({ code: 2, err: expect.stringMatching(/it is there already/) });
    expect(await sign(['attest', ...instance()])).toMatchObject({ code: 2, err: expect.stringMatching(/--sign needs --out/) });
    expect(sigstore.asked.length).toBe(before);
  });

  it('gets_its_identity_from_a_job_of_GitHub_Actions', async () => {
    const seen: string[] = [];
    const service = createServer((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization}`);
      response.end(JSON.stringify({ value: sigstore.token(WORKFLOW) }));
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    try {
      const env = { ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(service.address() as AddressInfo).port}/token?v=1`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'bearer-1' };
      expect(await sign(['attest', ...instance(), '--out', 'job.json'], env)).toMatchObject({ code: 0, err: '' });
      expect(seen).toEqual(['/token?v=1&audience=sigstore Bearer bearer-1']);
    } finally {
      service.close();
    }
  });
});

describe.skipIf(lacking(elsewhere, 'what refuses sockets is loaded by an option of Node'))('without a network', () => {
  // Every socket and every name that is looked up is said, and refused.
  const refusing = `data:text/javascript,${encodeURIComponent(`
    import net from 'node:net'; import dns from 'node:dns';
    const refuse = (what) => () => { process.stderr.write('NETWORK ' + what + '\\n'); throw new Error('no network'); };
    net.Socket.prototype.connect = refuse('socket'); dns.lookup = refuse('name'); globalThis.fetch = refuse('fetch');
  `)}`;
  const sealed = (from: Place, words: readonly string[], env = {}): Promise<Ran> => occasio(from, words, { env: { ...env, NODE_OPTIONS: `--import=${refusing}` } });

  it('verify_and_attest_open_no_socket', async () => {
    expect(await sealed(strange, ['verify', 'b1.json', ...EXPECTED])).toMatchObject({ code: 0, err: '' });
    expect(await sealed(strange, ['verify', 'a1.json.sigstore.json', '--artifact', `sha256:${lastHash()}`, ...EXPECTED])).toMatchObject({ code: 0, err: '' });
    expect(await sealed(strange, ['verify', 'b1.json', ...EXPECTED.slice(2)])).toMatchObject({ code: 1, err: '' });
    expect(await sealed(place, ['attest', '--out', 'offline.json'])).toMatchObject({ code: 0, err: '' });
  });

  it('signing_shows_that_the_seal_holds', async () => {
    expect(await sealed(place, ['attest', ...instance(), '--out', 'x.json'], { SIGSTORE_ID_TOKEN: sigstore.token(WORKFLOW) })).toMatchObject({ code: 2, err: expect.stringMatching(/NETWORK/) });
  }, 60_000);
});
