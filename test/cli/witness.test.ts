/** `occasio witness` against a witness on loopback that does what C2SP tlog-witness says, against ones that do not, and with a program. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCore } from '../../host/runtime/core.ts';
import { checkCheckpoint } from '../../verifiers/formats/checkpoint.ts';
import { COSIGNATURE, formatSignature, formatVerifierKey, parseNote, verifierKey } from '../../verifiers/formats/note.ts';
import { isConsistent } from '../../verifiers/formats/tree.ts';
import { testKey } from '../support/ed25519.ts';
import { giveRecord, newProject } from './project.ts';
import { occasio, type Place } from './run.ts';

const { core } = loadCore();
const key = verifierKey(core, 'witness.example/w1', COSIGNATURE, testKey(3).publicKey);
const vkey = formatVerifierKey(key);

let place: Place;
let run: string;
let server: Server | null = null;
/** By origin, the newest checkpoint that the witness cosigned. */
let known: Map<string, { size: number; root: Uint8Array }>;
let asked: number[];

function cosign(text: string): string {
  const time = 1_800_000_000n;
  const signature = new Uint8Array(72);
  new DataView(signature.buffer).setBigUint64(0, time);
  signature.set(testKey(3).sign(new TextEncoder().encode(`cosignature/v1\ntime ${time}\n${text}`)), 8);
  return formatSignature({ name: key.name, keyId: key.keyId, signature });
}

/** add-checkpoint. The device key is configured, as it is for a real one. */
function answer(device: Uint8Array, body: string): [status: number, text: string] {
  const gap = body.indexOf('\n\n');
  const [old = '', ...proof] = body.slice(0, gap).split('\n');
  const note = new TextEncoder().encode(body.slice(gap + 2));
  const checked = checkCheckpoint(core, note, [device]);
  const from = Number(/^old (0|[1-9]\d*)$/.exec(old)?.[1] ?? NaN);
  asked.push(from);
  if (!checked.ok) return [403, ''];
  const { origin, size, root } = checked.checkpoint;
  const last = known.get(origin) ?? { size: 0, root: core.sha256() };
  if (!(from <= size)) return [400, ''];
  if (from !== last.size) return [409, `${last.size}\n`];
  if (from > 0 && !isConsistent(core, from, size, last.root, root, proof.map((hash) => new Uint8Array(Buffer.from(hash, 'base64'))))) return [422, ''];
  known.set(origin, { size, root });
  return [200, cosign(parseNote(note)?.text ?? '')];
}

async function serve(say: (body: string) => [status: number, text: string]): Promise<string> {
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const [status, text] = request.url === '/log/add-checkpoint' && request.method === 'POST' ? say(body) : [404, ''];
      response.writeHead(status, { 'content-type': status === 409 ? 'text/x.tlog.size' : 'text/plain' }).end(text);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/log`;
}

const device = async (): Promise<Uint8Array> => new Uint8Array(Buffer.from((JSON.parse((await occasio(place, ['key', 'show', '--json'])).out) as { public_key: string }).public_key, 'hex'));
const entries = (): { readonly [name: string]: unknown }[] => readdirSync(join(place.occasioHome, 'index')).sort().map((name) => JSON.parse(readFileSync(join(place.occasioHome, 'index', name), 'utf8')) as { [name: string]: unknown });

beforeEach(async () => {
  place = newProject();
  run = await giveRecord(place);
  known = new Map();
  asked = [];
});
afterEach(async () => {
  await new Promise<void>((resolve) => (server === null ? resolve() : server.close(() => resolve())));
  server = null;
});

describe('occasio witness', () => {
  it('gets_a_cosignature_keeps_it_and_the_audit_and_a_proof_count_it', async () => {
    const trusted = await device();
    const url = await serve((body) => answer(trusted, body));
    const ran = await occasio(place, ['witness', '--to', url, '--witness-key', vkey]);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(new RegExp(`^run ${run}: \\d+ rows, 1 cosignature$`, 'm'));
    expect(entries().at(-1)).toMatchObject({ kind: 'witnessed', run_id: run, witness: url });
    expect(await occasio(place, ['witness', '--to', url])).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to hand out/) });
    expect(asked).toEqual([0]);
    expect((await occasio(place, ['audit', 'verify', '--all', '--witness-key', vkey])).out).toMatch(/ Outside /);
    const proof = (await occasio(place, ['prove', '--row', '2'])).out;
    writeFileSync(join(place.cwd, 'row'), proof);
    writeFileSync(join(place.cwd, 'device.pem'), (await occasio(place, ['key', 'show'])).out);
    expect(await occasio(place, ['verify', 'row', '--key', 'device.pem', '--witness-key', vkey])).toMatchObject({ code: 0, out: expect.stringMatching(/witness: witness\.example\/w1, 2027-01-15T08:00:00\.000Z/) });
  });

  it('that_was_killed_before_it_kept_the_answer_goes_on_from_what_the_witness_has', async () => {
    const trusted = await device();
    const url = await serve((body) => answer(trusted, body));
    await occasio(place, ['witness', '--to', url]);
    rmSync(join(place.occasioHome, 'index', readdirSync(join(place.occasioHome, 'index')).sort().at(-1) ?? ''));
    expect(await occasio(place, ['witness', '--to', url, '--witness-key', vkey])).toMatchObject({ code: 0, out: expect.stringMatching(/1 cosignature/) });
    expect(asked.length).toBe(3);
  });

  it.each([
    ['refuses', (): [number, string] => [403, ''], /it answers 403/],
    ['has_more_rows_than_there_are', (): [number, string] => [409, '999999\n'], /it has 999999 rows of this run, more than there are/],
    ['answers_no_signature', (): [number, string] => [200, 'words\n'], /no list of signature lines/],
    ['answers_nothing_although_its_key_was_given', (): [number, string] => [200, ''], /no cosignature by the key/],
    ['signs_something_else', (): [number, string] => [200, cosign('occasio/x\n1\nx\n')], /it does not hold \(cosignature\)/],
    ['answers_without_end', (): [number, string] => [200, '— x AAAAAAAA\n'.repeat(10_000)], /more than 65536 bytes/],
  ])('that_%s_is_an_error_and_nothing_is_kept', async (_, say, message) => {
    const url = await serve(say);
    expect(await occasio(place, ['witness', '--to', url, '--witness-key', vkey])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) });
    expect(entries().some((entry) => entry['kind'] === 'witnessed')).toBe(false);
  });

  it('hands_it_to_a_program_on_its_standard_input', async () => {
    writeFileSync(join(place.cwd, 'keep.sh'), '#!/bin/sh\ncat > "kept-$OCCASIO_RUN-$OCCASIO_ROWS.txt"\necho done\n');
    chmodSync(join(place.cwd, 'keep.sh'), 0o755);
    expect(await occasio(place, ['witness', '--to', './keep.sh'])).toMatchObject({ code: 0, err: '' });
    const [kept] = readdirSync(place.cwd).filter((name) => name.startsWith(`kept-${run}-`));
    expect(checkCheckpoint(core, new Uint8Array(readFileSync(join(place.cwd, kept ?? ''))), [await device()])).toMatchObject({ ok: true, checkpoint: { runId: run } });
    expect(await occasio(place, ['audit', 'verify', '--all', '--checkpoint', kept ?? ''])).toMatchObject({ code: 0 });
    expect((await occasio(place, ['witness', '--to', 'cat', '--json'])).out).toMatch(/"cosignatures": 0/);
  });

  it.each([
    ['a_program_that_is_not_there', ['--to', 'no-such-program'], /there is no such program/],
    ['a_program_that_fails', ['--to', 'false'], /it ended with 1/],
    ['nobody', [], /nobody to hand them to/],
    ['a_key_that_is_none', ['--to', 'cat', '--witness-key', 'x'], /no verifier key/],
  ])('exits_2_for_%s', async (_, args, message) => {
    expect(await occasio(place, ['witness', ...args])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) });
  });

  it('does_not_hand_out_what_the_rows_no_longer_are', async () => {
    const path = join(place.occasioHome, 'runs', `${run}.jsonl`);
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, lines.slice(0, 4).join('\n') + '\n');
    expect(await occasio(place, ['witness', '--to', 'cat'])).toMatchObject({ code: 2, err: expect.stringMatching(/the rows are others than were signed/) });
  });
});
