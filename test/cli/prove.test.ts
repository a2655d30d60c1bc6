/** `occasio prove`, `verify` of a proof, `key`, and an audit by a key and a checkpoint from elsewhere. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { testKey } from '../support/ed25519.ts';
import { giveRecord, newProject } from './project.ts';
import { newPlace, occasio, type Place } from './run.ts';

let place: Place;
let run: string;
const file = (name: string): string => join(place.cwd, name);
const rows = (): { readonly event_id: string }[] => readFileSync(join(place.occasioHome, 'runs', `${run}.jsonl`), 'utf8').trimEnd().split('\n').map((row) => JSON.parse(row) as { event_id: string });
const entries = (): { readonly kind: string; readonly note: string }[] => readdirSync(join(place.occasioHome, 'index')).sort().map((name) => JSON.parse(readFileSync(join(place.occasioHome, 'index', name), 'utf8')) as { kind: string; note: string });
const said = async (...args: string[]): Promise<string> => {
  const ran = await occasio(place, args);
  expect([ran.code, ran.code === 0 ? '' : ran.err]).toEqual([0, '']);
  return ran.out;
};

beforeEach(async () => {
  place = newProject();
  run = await giveRecord(place);
});

describe('occasio prove', () => {
  it('makes_a_file_that_verifies_elsewhere_by_the_key_alone', async () => {
    const elsewhere = newPlace();
    writeFileSync(join(elsewhere.cwd, 'device.pem'), await said('key', 'show'));
    for (const n of [0, 2, rows().length - 1]) {
      writeFileSync(join(elsewhere.cwd, 'row'), await said('prove', '--row', String(n), '--run', run));
      const ran = await occasio(elsewhere, ['verify', 'row', '--key', 'device.pem']);
      expect([ran.code, ran.err]).toEqual([0, '']);
      expect(ran.out).toMatch(new RegExp(`^verified: row ${n} of ${rows().length} of run ${run}, signed by key [0-9a-f]{16}$`, 'm'));
      expect(ran.out).toContain(rows()[n]?.event_id);
    }
    writeFileSync(join(elsewhere.cwd, 'other.pem'), `-----BEGIN PUBLIC KEY-----\n${Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), testKey(5).publicKey]).toString('base64')}\n-----END PUBLIC KEY-----\n`);
    for (const args of [['--key', 'other.pem'], []]) expect(await occasio(elsewhere, ['verify', 'row', ...args])).toMatchObject({ code: 1, out: expect.stringMatching(/^failed: no trusted key signed the checkpoint/) });
    writeFileSync(join(elsewhere.cwd, 'row'), readFileSync(join(elsewhere.cwd, 'row'), 'utf8').replace('index 4', 'index 3').replace(/\nindex \d+\n/, '\nindex 1\n'));
    expect(await occasio(elsewhere, ['verify', 'row', '--key', 'device.pem', '--json'])).toMatchObject({ code: 1, out: expect.stringMatching(/"code": "row-index"/) });
  });

  it('finds_a_row_by_its_event_and_writes_a_new_file', async () => {
    const event = rows()[3]?.event_id ?? '';
    expect(await said('prove', '--event', event, '--out', 'row.tlog-proof')).toMatch(/^Row 3 of \d+ is proved in row\.tlog-proof$/m);
    expect(readFileSync(file('row.tlog-proof'), 'utf8')).toMatch(/\nindex 3\n/);
    expect(await occasio(place, ['prove', '--row', '1', '--out', 'row.tlog-proof'])).toMatchObject({ code: 2, err: expect.stringMatching(/it exists/) });
    expect(JSON.parse(await said('prove', '--event', event, '--json'))).toMatchObject({ row: 3, size: rows().length, run_id: run, proof: readFileSync(file('row.tlog-proof'), 'utf8') });
  });

  it('does_not_prove_what_was_altered', async () => {
    const path = join(place.occasioHome, 'runs', `${run}.jsonl`);
    const text = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, [...text.slice(0, 3), ...text.slice(4)].join('\n'));
    expect(await occasio(place, ['prove', '--row', '1'])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/the rows are others than were signed/) });
  });

  it.each([
    ['no_row', [], /no row is named/],
    ['a_row_that_is_none', ['--row', 'x'], /no number of a row/],
    ['a_row_beyond_the_end', ['--row', '99999'], /no such row/],
    ['an_event_that_is_none', ['--event', 'x'], /no such row/],
    ['both', ['--row', '1', '--event', 'x'], /--row stands beside it/],
    ['a_run_that_is_none', ['--row', '1', '--run', 'x'], /no file, and no run/],
  ])('exits_2_for_%s', async (_, args, message) => {
    expect(await occasio(place, ['prove', ...args])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) });
  });
});

describe('occasio key', () => {
  it('is_made_once_shown_and_rotated_and_the_record_still_holds', async () => {
    const first = JSON.parse(await said('key', 'show', '--json')) as { key_id: string; pem: string };
    expect(await said('key', 'generate')).toBe(first.pem);
    const second = JSON.parse(await said('key', 'rotate', '--json')) as { key_id: string; pem: string };
    expect(second.key_id).not.toBe(first.key_id);
    expect(await said('key', 'show')).toBe(second.pem);
    for (const key of [first, second]) {
      writeFileSync(file('device.pem'), key.pem);
      expect(await said('audit', 'verify', '--all', '--key', 'device.pem')).toMatch(/^self-consistent: /m);
    }
    expect((await occasio(place, ['key', 'show'])).out).not.toContain('PRIVATE');
  });

  it('is_not_rotated_while_a_proxy_runs', async () => {
    writeFileSync(join(place.occasioHome, 'proxies', `${process.pid}.json`), JSON.stringify({ pid: process.pid, port: 1, started_at: 'x', token_file: 'x' }));
    expect(await occasio(place, ['key', 'rotate'])).toMatchObject({ code: 2, err: expect.stringMatching(/a proxy runs on it/) });
  });

  it('that_is_not_there_cannot_be_shown', async () => {
    expect(await occasio(newPlace(), ['key', 'show'])).toMatchObject({ code: 2, err: expect.stringMatching(/occasio key generate/) });
  });
});

describe('occasio audit verify --all', () => {
  it('holds_the_record_against_a_checkpoint_that_was_kept', async () => {
    writeFileSync(file('device.pem'), await said('key', 'show'));
    writeFileSync(file('kept.txt'), entries().filter((entry) => entry.kind === 'checkpoint').at(-1)?.note ?? '');
    const args = ['audit', 'verify', '--all', '--key', 'device.pem', '--checkpoint', 'kept.txt'];
    expect(await said(...args)).toMatch(new RegExp(`^Run +Rows +Signed +Outside +Verdict.*\n${run.slice(0, 8)} +${rows().length} +${rows().length} +${rows().length} `, 'm'));
    rmSync(join(place.occasioHome, 'runs', `${run}.jsonl`));
    expect(await occasio(place, args)).toMatchObject({ code: 1, out: expect.stringMatching(/a checkpoint that is held elsewhere is of this run/) });
  });

  it.each([
    ['key_of_a_chain_of_the_original', ['--legacy', '--key', 'device.pem'], /the original signed no checkpoints/],
    ['witness_key_that_is_none', ['--all', '--witness-key', 'x'], /no verifier key/],
    ['key_that_is_not_there', ['--all', '--key', 'none'], /does not exist/],
  ])('exits_2_for_a_%s', async (_, args, message) => {
    expect(await occasio(place, ['audit', 'verify', ...args])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) });
  });
});
