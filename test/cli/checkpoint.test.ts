/** Checkpoints in a run, a bundle, an attestation and beside it, as a user has them: the record's own, those of a witness, one that was kept. */
import { generateKeyPairSync } from 'node:crypto';
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { handOut, openHome } from '../../host/ledger/index.ts';
import { loadCore } from '../../host/runtime/core.ts';
import { createOps } from '../../host/runtime/node.ts';
import { COSIGNATURE, formatSignature, formatVerifierKey, parseNote, verifierKey } from '../../verifiers/formats/note.ts';
import { testKey } from '../support/ed25519.ts';
import { giveRecord, newProject } from './project.ts';
import { newPlace, occasio, type Place } from './run.ts';

const { core } = loadCore();
const keyOf = (byte: number): ReturnType<typeof verifierKey> => verifierKey(core, `witness.example/w${byte}`, COSIGNATURE, testKey(byte).publicKey);
const [witness, another] = [formatVerifierKey(keyOf(3)), formatVerifierKey(keyOf(4))];

let place: Place;
let run: string;
/** Whoever checks has another machine: none of the record, none of the home. */
let strange: Place;

function cosign(checkpoint: string): string {
  const signature = new Uint8Array(72);
  new DataView(signature.buffer).setBigUint64(0, 1_800_000_000n);
  signature.set(testKey(3).sign(new TextEncoder().encode(`cosignature/v1\ntime 1800000000\n${parseNote(new TextEncoder().encode(checkpoint))?.text ?? ''}`)), 8);
  return formatSignature({ name: keyOf(3).name, keyId: keyOf(3).keyId, signature });
}

beforeAll(async () => {
  place = newProject();
  run = await giveRecord(place);
  const ops = createOps();
  const home = await openHome(ops, core, place.occasioHome);
  await handOut(ops, core, place.occasioHome, home.index, 'w3', keyOf(3), async ({ checkpoint }) => {
    writeFileSync(join(place.cwd, 'kept.txt'), checkpoint);
    return { text: cosign(checkpoint) };
  });
  const pair = generateKeyPairSync('ed25519');
  writeFileSync(join(place.cwd, 'author-key.pem'), pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const pem = pair.publicKey.export({ type: 'spki', format: 'pem' });
  const device = (await occasio(place, ['key', 'show'])).out;
  strange = newPlace();
  for (const [name, text] of [['author.pem', pem], ['device.pem', device], ['both.pem', `${pem}${device}`]] as const) writeFileSync(join(strange.cwd, name), text);
  expect(await occasio(place, ['bundle', '--key', 'author-key.pem', '--out', 'evidence.json'])).toMatchObject({ code: 0, err: '' });
  expect(await occasio(place, ['attest', '--key', 'author-key.pem', '--out', 'attestation.json'])).toMatchObject({ code: 0, err: '' });
  for (const name of readdirSync(place.cwd).filter((one) => /^(evidence|attestation|kept)/.test(one))) copyFileSync(join(place.cwd, name), join(strange.cwd, name));
  copyFileSync(join(place.occasioHome, 'runs', `${run}.jsonl`), join(strange.cwd, `${run}.jsonl`));
}, 60_000);

const verify = (...args: string[]) => occasio(strange, ['verify', ...args]);
const chain = (): string[] => ['attestation.json', '--chain', `${run}.jsonl`];

describe('occasio verify, elsewhere', () => {
  it.each([
    ['a_bundle_under_both_keys', () => ['evidence.json', '--key', 'both.pem', '--require', 'checkpoint']],
    ['a_bundle_with_its_witness', () => ['evidence.json', '--key', 'both.pem', '--witness-key', witness, '--require', 'checkpoint']],
    ['a_bundle_against_a_checkpoint_that_was_kept', () => ['evidence.json', '--key', 'both.pem', '--checkpoint', 'kept.txt', '--require', 'checkpoint']],
    ['an_attestation_with_what_stands_beside_it', () => [...chain(), '--key', 'both.pem', '--witness-key', witness, '--require', 'checkpoint,policy']],
  ])('%s_is_verified', async (_, args) => {
    const ran = await verify(...args());
    expect([ran.code, ran.err, /^verified: /m.test(ran.out)]).toEqual([0, '', true]);
    expect(ran.out).toMatch(/checkpoint +ok +a signed checkpoint covers the run/);
    expect(ran.out).toMatch(/decisions +ok/);
  });

  it('a_device_key_alone_shows_what_was_signed_and_what_is_outside', async () => {
    const args = ['evidence.json', '--key', 'device.pem', '--allow-unsigned', '--json'];
    expect(JSON.parse((await verify(...args)).out)).toMatchObject({ word: 'failed', covered: { signed: expect.any(Number), outside: 0 } });
    const { covered, rows } = JSON.parse((await verify(...args, '--witness-key', witness)).out) as { readonly covered: object; readonly rows: number };
    expect(covered).toEqual({ signed: rows, outside: rows });
  });

  it.each([
    ['the_authors_key_alone', ['evidence.json', '--key', 'author.pem', '--require', 'checkpoint'], /no key that is trusted signed the checkpoint/],
    ['a_witness_that_signed_nothing', ['evidence.json', '--key', 'both.pem', '--witness-key', another, '--require', 'checkpoint'], /nothing outside this machine vouches/],
    ['a_checkpoint_by_a_key_that_is_not_trusted', ['evidence.json', '--key', 'author.pem', '--checkpoint', 'kept.txt'], /no key that is trusted/],
  ])('%s_is_not_enough', async (_, args, message) => {
    expect(await verify(...args)).toMatchObject({ code: 1, err: '', out: expect.stringMatching(message) });
  });

  it('what_stands_beside_an_attestation_is_checked', async () => {
    const path = join(strange.cwd, 'attestation.json.occasio.json');
    const good = readFileSync(path, 'utf8');
    for (const [from, to, message] of [[/"run_id":"[^"]*"/, '"run_id":"another"', /belongs to another run/], [/version: 1/, 'version: 1 ', /no row names this policy/], ['"schema"', '"schema":1,"schema"', /stands twice/], ['{', '{"note":1,', /\/note: a member that is not known/]] as const) {
      expect(good.replace(from, to)).not.toBe(good);
      writeFileSync(path, good.replace(from, to));
      expect(await verify(...chain(), '--key', 'both.pem')).toMatchObject({ code: 1, out: expect.stringMatching(message) });
    }
    writeFileSync(path, good);
  });
});

describe('one run', () => {
  it('is_held_against_the_checkpoints_of_its_home', async () => {
    expect(await occasio(place, ['audit', 'verify', run])).toMatchObject({ code: 0, out: expect.stringMatching(/checkpoint +ok/) });
    expect(await occasio(place, ['verify', run, '--allow-unsigned', '--key', join(strange.cwd, 'device.pem'), '--require', 'checkpoint'])).toMatchObject({ code: 0 });
    expect(await occasio(place, ['audit', 'verify', run, '--key', join(strange.cwd, 'author.pem')])).toMatchObject({ code: 1, out: expect.stringMatching(/checkpoint +failed +no key that is trusted/) });
    expect(await occasio(place, ['audit', 'verify', run, '--witness-key', another])).toMatchObject({ code: 0, out: expect.stringMatching(/nothing outside this machine/) });
    expect(await occasio(place, ['audit', 'verify', run, '--jobs', '2', '--json'])).toMatchObject({ code: 0, out: (await occasio(place, ['audit', 'verify', run, '--json'])).out });
  });

  it('that_was_copied_is_held_against_one_that_was_kept', async () => {
    const args = ['audit', 'verify', `${run}.jsonl`, '--key', 'device.pem', '--checkpoint', 'kept.txt'];
    expect(await occasio(strange, args)).toMatchObject({ code: 0, out: expect.stringMatching(/checkpoint +ok/) });
    expect(await occasio(strange, args.slice(0, 3))).toMatchObject({ code: 0, out: expect.stringMatching(/checkpoint +not checked/) });
    const rows = readFileSync(join(strange.cwd, `${run}.jsonl`), 'utf8').trimEnd().split('\n');
    writeFileSync(join(strange.cwd, `${run}.jsonl`), `${rows.slice(0, -1).join('\n')}\n`);
    expect(await occasio(strange, args)).toMatchObject({ code: 1, out: expect.stringMatching(/fewer rows than were signed/) });
    writeFileSync(join(strange.cwd, `${run}.jsonl`), `${rows.join('\n')}\n`);
  });

  it('of_no_rows_was_not_checked', async () => {
    writeFileSync(join(strange.cwd, 'words.jsonl'), 'words\n');
    const { checks } = JSON.parse((await occasio(strange, ['audit', 'verify', 'words.jsonl', '--json'])).out) as { readonly checks: readonly { readonly check: string; readonly result: string; readonly code: string }[] };
    expect(checks.filter(({ result }) => result === 'ok')).toEqual([]);
    expect(checks.filter(({ code }) => code === 'no-rows').map(({ check }) => check)).toEqual(['chain', 'run', 'members', 'time', 'end']);
  });
});
