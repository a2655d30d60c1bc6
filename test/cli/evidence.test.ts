/** attest, bundle and verify as a user has them: the built program, keys made by openssl's formats, files on disk. */
import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { giveRecord, newProject } from './project.ts';
import { newPlace, occasio, type Place } from './run.ts';

let place: Place;
let run: string;
let strange: Place;

beforeAll(async () => {
  place = newProject();
  run = await giveRecord(place);
  for (const [name, pair] of [['author', generateKeyPairSync('ed25519')], ['p256', generateKeyPairSync('ec', { namedCurve: 'prime256v1' })], ['other', generateKeyPairSync('ed25519')], ['p384', generateKeyPairSync('ec', { namedCurve: 'secp384r1' })]] as const) {
    writeFileSync(join(place.cwd, `${name}-key.pem`), pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    writeFileSync(join(place.cwd, `${name}.pem`), pair.publicKey.export({ type: 'spki', format: 'pem' }));
  }
  expect(await occasio(place, ['bundle', '--key', 'author-key.pem', '--out', 'evidence.json'])).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^Wrote evidence\.json, signed: run .*16 tool calls, 8 blocked/) });
  expect(await occasio(place, ['attest', '--run', run, '--key', 'p256-key.pem', '--out', 'attestation.json'])).toMatchObject({ code: 0, err: '' });
  copyFileSync(join(place.occasioHome, 'runs', `${run}.jsonl`), join(place.cwd, 'run.jsonl'));
  // Whoever checks has another machine: none of the record, none of the home.
  strange = newPlace();
  for (const name of readdirSync(place.cwd).filter((one) => !one.includes('-key'))) if (statSync(join(place.cwd, name)).isFile()) copyFileSync(join(place.cwd, name), join(strange.cwd, name));
}, 60_000);

const verify = (...args: string[]) => occasio(strange, ['verify', ...args]);

describe('occasio verify', () => {
  it('verifies_a_bundle_elsewhere_with_the_authors_key', async () => {
    const ran = await verify('evidence.json', '--key', 'author.pem', '--require', 'coverage,policy');
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(/^verified: bundle, \d+ rows/m);
    expect(ran.out).toMatch(/decisions +ok/);
  });

  it('verifies_an_attestation_with_sidecar_and_chain_and_explains', async () => {
    const ran = await verify('attestation.json', '--chain', 'run.jsonl', '--key', 'p256.pem', '--explain');
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(/^verified: attestation/m);
    expect(ran.out).toMatch(/word of the recorder/);
    expect((await occasio(strange, ['attest', 'verify', 'attestation.json', '--chain', 'run.jsonl', '--key', 'p256.pem'])).code).toBe(0);
  });

  it('gives_a_verdict_that_says_nothing_of_the_machine', async () => {
    const here = await verify('evidence.json', '--key', 'author.pem', '--json');
    const there = await occasio(place, ['verify', join(strange.cwd, 'evidence.json'), '--key', 'author.pem', '--json']);
    expect(here.out).toBe(there.out);
    expect(JSON.parse(here.out)).toMatchObject({ verdict: 'occasio-verdict/v1', word: 'verified', signer: { kind: 'key' }, summary: { blocked: 8 } });
    for (const path of [strange.cwd, strange.home]) expect(here.out).not.toContain(path);
  });

  it.each([
    ['nobody_is_trusted', ['evidence.json'], /none is trusted/],
    ['somebody_else_is_trusted', ['evidence.json', '--key', 'other.pem'], /no trusted key made this signature/],
    ['a_run_is_not_signed', ['run.jsonl'], /nobody signed it/],
    ['there_are_no_rows', ['attestation.json', '--key', 'p256.pem'], /\/rows: it was required/],
    ['a_checkpoint_is_required', ['evidence.json', '--key', 'author.pem', '--require', 'checkpoint'], /\/checkpoint: it was required/],
    ['git_is_required', ['evidence.json', '--key', 'author.pem', '--require', 'git'], /\/git: it was required/],
  ])('fails_where_%s', async (_, args, message) => {
    const ran = await verify(...args);
    expect([ran.code, ran.err]).toEqual([1, '']);
    expect(ran.out).toMatch(message);
    expect(ran.out).toMatch(/^failed: /m);
  });

  it('a_run_alone_is_self_consistent_where_that_is_asked', async () => {
    const ran = await verify('run.jsonl', '--allow-unsigned');
    expect([ran.code, /^self-consistent: run/m.test(ran.out)]).toEqual([0, true]);
    // In its home the policies are at hand, and every decision is made again.
    expect((await occasio(place, ['verify', run, '--allow-unsigned', '--require', 'policy'])).out).toMatch(/decisions +ok/);
  });

  it('an_altered_bundle_fails_with_the_place', async () => {
    const text = readFileSync(join(strange.cwd, 'evidence.json'), 'utf8');
    writeFileSync(join(strange.cwd, 'altered.json'), text.replace('"action":"BLOCK"', '"action":"PASS"'));
    const ran = await verify('altered.json', '--key', 'author.pem');
    expect([ran.code, ran.out]).toEqual([1, expect.stringMatching(/row \d+, byte \d+: the row was altered/)]);
    expect(ran.out).toMatch(/decisions +failed/);
  });

  it.each([
    [['absent.json'], /no file, and no run/],
    [['author.pem', '--allow-unsigned'], /no evidence: neither strict JSON of a known kind nor a run/],
    [['attestation.json.sigstore.json'], /a signature alone/],
    [['evidence.json', '--key', 'p384.pem'], /public keys in PEM, Ed25519 or P-256/],
    [['evidence.json', '--key', 'evidence.json'], /holds no PEM/],
    [['evidence.json', '--chain', 'run.jsonl'], /belongs to an attestation/],
    [['evidence.json', '--require', 'covrage'], /Did you mean "coverage"/],
    [['evidence.json', '--certificate-identity', 'a', '--certificate-identity-regexp', 'b'], /stands beside it/],
    [['evidence.json', '--certificate-identity-regexp', '('], /no regular expression/],
  ])('%j_is_wrong_use_or_unreadable', async (args, message) => {
    const ran = await verify(...args);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toMatch(message);
  });
});

describe('occasio attest and bundle', () => {
  it('print_the_attestation_alone_on_stdout', async () => {
    const ran = await occasio(place, ['attest', '--profile', '1.0.0']);
    expect(JSON.parse(ran.out)).toMatchObject({ schema_version: '1.0.0', signature: null, policy: { rules_digest: { block_secrets: false } } });
    expect(ran.out).not.toMatch(/coverage|root_hash|\n/);
  });

  it('never_replace_a_file', async () => {
    expect(await occasio(place, ['bundle', '--out', 'evidence.json'])).toMatchObject({ code: 2, err: expect.stringMatching(/it is there already/) });
  });

  it('a_run_that_does_not_hold_is_not_attested', async () => {
    const copy = newPlace();
    writeFileSync(join(copy.cwd, 'bad.jsonl'), readFileSync(join(place.cwd, 'run.jsonl'), 'utf8').replace('"action":"BLOCK"', '"action":"PASS"'));
    expect(await occasio(copy, ['bundle', '--run', 'bad.jsonl'])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/does not hold: hash-mismatch at row \d+/) });
    expect(existsSync(join(copy.cwd, 'run.occasio.json'))).toBe(false);
  });

  it.each([
    [['attest', '--key', 'author-key.pem'], /--key needs --out/],
    [['attest', '--last', '--run', 'x'], /a run is named beside it/],
    [['attest', '--out', 'x.json', '--key', 'author.pem'], /holds no private key/],
    [['attest', '--out', 'x.json', '--key', 'p384-key.pem'], /a key of another kind/],
    [['attest', '--profile', '2.0.0'], /no such value/],
    [['attest', '--verifier-url', 'javascript:x'], /no http address/],
  ])('%j_is_wrong_use', async (args, message) => {
    expect(await occasio(place, args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) });
  });
});
