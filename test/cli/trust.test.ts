/** `occasio trust` against a repository on loopback: what an update takes, and every way in which one is refused. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PUBLIC_GOOD_SHA256 } from '../../verifiers/sigstore/public-good.ts';
import { startSigstore } from '../support/sigstore.ts';
import { publish, rootOf, startTuf, tufKey, tufKeys, type Keys, type Release, type TufRepository } from '../support/tuf.ts';
import { newPlace, occasio, type Place, type Ran } from './run.ts';

let first: Uint8Array;
let second: Uint8Array;
beforeAll(async () => {
  for (const at of [0, 1]) {
    const sigstore = await startSigstore();
    if (at === 0) first = sigstore.trustedRoot;
    else second = sigstore.trustedRoot;
    await sigstore.close();
  }
});

let repository: TufRepository;
let keys: Keys;
let place: Place;
const opened: TufRepository[] = [];
beforeEach(async () => {
  repository = await startTuf();
  opened.push(repository);
  keys = tufKeys();
  place = newPlace();
  writeFileSync(join(place.cwd, 'root.json'), rootOf(1, keys));
  repository.files.set('/1.root.json', rootOf(1, keys));
});
afterAll(() => Promise.all(opened.map((one) => one.close())));

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const release = (version: number, target: Uint8Array, more: Partial<Release> = {}): void => publish(repository, { version, keys, target, ...more });
const begin = (): Promise<Ran> => occasio(place, ['trust', 'update', '--mirror', repository.url, '--root', 'root.json']);
const update = (): Promise<Ran> => occasio(place, ['trust', 'update', '--mirror', `${repository.url}/`]);
const trusted = (): string => join(place.occasioHome, 'trust', 'trusted_root.json');
const shown = async (): Promise<string> => (JSON.parse((await occasio(place, ['trust', 'show', '--json'])).out) as { sha256: string }).sha256;

describe('occasio trust update', () => {
  it('takes_what_is_signed_says_both_digests_and_is_what_counts_from_then_on', async () => {
    release(1, first);
    expect(await begin()).toMatchObject({ code: 0, err: '', out: `Updated: SHA-256 ${PUBLIC_GOOD_SHA256} -> ${digest(first)}\n` });
    expect(await shown()).toBe(digest(first));
    expect(await update()).toMatchObject({ code: 0, err: '', out: `Up to date: SHA-256 ${digest(first)}\n` });
    release(2, second);
    const ran = await occasio(place, ['trust', 'update', '--mirror', repository.url, '--json']);
    expect(JSON.parse(ran.out)).toEqual({ mirror: repository.url, before: digest(first), now: digest(second), root_version: 1 });
    expect(Buffer.from(second).equals(readFileSync(trusted()))).toBe(true);
  });

  it('leaves_files_that_only_their_owner_reads_and_no_draft', async () => {
    release(1, first);
    await begin();
    const folder = join(place.occasioHome, 'trust');
    const found = readdirSync(folder, { recursive: true, withFileTypes: true }).map((one) => [one.name, (statSync(join(one.parentPath, one.name)).mode & 0o777).toString(8)]);
    expect(found.sort()).toEqual([[expect.stringMatching(/^[0-9a-f]{16}$/), '700'], ['root.json', '600'], ['snapshot.json', '600'], ['timestamp.json', '600'], ['trusted_root.json', '600']]);
  });

  it('a_mirror_that_stands_still_is_found_when_its_time_is_over', async () => {
    const until = Date.now() + 12_000;
    release(1, first, { expires: { timestamp: new Date(until).toISOString().replace(/\.\d+/, '') } });
    expect((await begin()).code).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, until + 500 - Date.now())));
    expect(await update()).toMatchObject({ code: 2, err: expect.stringMatching(/expired/) });
  }, 60_000);

  it('is_no_fault_of_the_home', async () => {
    release(1, first);
    await begin();
    expect((await occasio(place, ['status'])).code).toBe(0);
  });

  it('follows_roots_one_by_one_to_new_keys', async () => {
    release(1, first);
    await begin();
    const next = tufKeys();
    repository.files.set('/2.root.json', rootOf(2, next, [keys.root, next.root]));
    release(2, second, { keys: next });
    expect(await update()).toMatchObject({ code: 0, err: '', out: expect.stringContaining(digest(second)) });
    // The old keys sign nothing any more.
    release(3, first);
    expect(await update()).toMatchObject({ code: 2, err: expect.stringMatching(/timestamp was signed by 0\/1 keys/) });
  });

  it('new_keys_end_what_a_stolen_one_said_about_versions_to_come', async () => {
    release(1, first);
    await begin();
    release(2 ** 31, first);
    expect((await update()).code).toBe(0);
    release(2, second);
    expect(await update()).toMatchObject({ code: 2, err: expect.stringMatching(/less than current version 2147483648/) });
    const next = { ...tufKeys(), root: keys.root };
    repository.files.set('/2.root.json', rootOf(2, next, [keys.root]));
    release(2, second, { keys: next });
    expect(await update()).toMatchObject({ code: 0, out: expect.stringContaining(digest(second)) });
  });

  const past = '2020-01-01T00:00:00Z';
  it.each<[string, () => void, RegExp]>([
    ['an_expired_timestamp', () => release(4, second, { expires: { timestamp: past } }), /timestamp\.json: .*expired/],
    ['an_expired_snapshot', () => release(4, second, { expires: { snapshot: past } }), /snapshot\.json: .*expired/],
    ['expired_targets', () => release(4, second, { expires: { targets: past } }), /targets\.json: .*expired/],
    ['an_expired_root', () => { repository.files.set('/2.root.json', rootOf(2, keys, [keys.root], past)); release(2, second); }, /root\.json is expired/],
    ['an_older_timestamp', () => release(2, second), /less than current version 3/],
    ['a_timestamp_by_another_key', () => release(4, second, { signer: { timestamp: tufKey() } }), /timestamp was signed by 0\/1 keys/],
    ['a_snapshot_by_another_key', () => release(4, second, { signer: { snapshot: tufKey() } }), /snapshot was signed by 0\/1 keys/],
    ['targets_by_another_key', () => release(4, second, { signer: { targets: tufKey() } }), /targets was signed by 0\/1 keys/],
    ['a_root_by_another_key', () => { const next = tufKeys(); repository.files.set('/2.root.json', rootOf(2, next)); release(4, second, { keys: next }); }, /2\.root\.json: root was signed by 0\/1 keys/],
    ['a_root_that_its_own_keys_did_not_sign', () => { const next = tufKeys(); repository.files.set('/2.root.json', rootOf(2, next, [keys.root])); release(4, second, { keys: next }); }, /2\.root\.json: root was signed by 0\/1 keys/],
    ['a_root_that_skips_a_version', () => { repository.files.set('/2.root.json', rootOf(3, keys)); release(4, second); }, /2\.root\.json: Expected version 2, got 3/],
    ['another_target_than_was_signed', () => release(4, second, { edit: (files) => files.set(`/targets/${digest(second)}.trusted_root.json`, first) }), /SHA-256 is not what was signed/],
    ['another_snapshot_than_the_timestamp_says', () => release(4, second, { edit: (files) => files.set('/4.snapshot.json', files.get('/3.snapshot.json') ?? new Uint8Array()) }), /4\.snapshot\.json: /],
    ['a_timestamp_that_is_no_JSON', () => release(4, second, { edit: (files) => files.set('/timestamp.json', new TextEncoder().encode('{')) }), /timestamp\.json: /],
    ['a_timestamp_without_end', () => release(4, second, { edit: (files) => files.set('/timestamp.json', new Uint8Array(20_000)) }), /larger than 16384 bytes/],
    ['no_timestamp', () => void repository.files.delete('/timestamp.json'), /timestamp\.json is not there/],
    ['a_target_that_is_no_trusted_root', () => release(4, new TextEncoder().encode('{"mediaType":"x"}')), /no trusted root/],
    ['logs_without_a_beginning', () => release(4, new TextEncoder().encode(new TextDecoder().decode(second).replace(/"validFor":\{"start":"[^"]*"\}/, '"validFor":{}'))), /no beginning of its validity/],
  ])('refuses_%s_in_one_sentence_and_changes_nothing', async (_, attack, message) => {
    release(3, first);
    expect((await begin()).code).toBe(0);
    const before = snapshotOf(place);
    attack();
    const ran = await update();
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) });
    expect(ran.err.trimEnd().split('\n').length).toBe(1);
    expect(snapshotOf(place)).toEqual(before);
  });

  it('asks_nobody_whom_it_has_no_root_for', async () => {
    release(1, first);
    expect(await update()).toMatchObject({ code: 2, err: expect.stringMatching(/--root is missing/) });
    expect(await occasio(place, ['trust', 'update', '--mirror', 'file:///x'])).toMatchObject({ code: 2, err: expect.stringMatching(/no http address/) });
    expect([repository.asked, existsSync(trusted())]).toEqual([[], false]);
  });

  it('says_who_did_not_answer', async () => {
    expect(await occasio(place, ['trust', 'update', '--mirror', 'http://127.0.0.1:1', '--root', 'root.json'])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/Cannot update from "http:\/\/127\.0\.0\.1:1"/) });
  });

  it('a_root_on_disk_that_cannot_be_read_is_never_passed_over', async () => {
    release(1, first);
    await begin();
    writeFileSync(trusted(), '{}');
    expect(await occasio(place, ['trust', 'show'])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/no trusted root/) });
    expect(await update()).toMatchObject({ code: 0, out: `Updated: SHA-256 unreadable -> ${digest(first)}\n` });
  });
});

describe('occasio trust show', () => {
  it('names_the_built_in_instance', async () => {
    const ran = await occasio(place, ['trust', 'show']);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(new RegExp(`^Trusted root: built in, SHA-256 ${PUBLIC_GOOD_SHA256}$`, 'm'));
    expect(ran.out).toMatch(/^ {2}authority +https:\/\/fulcio\.sigstore\.dev, from 2021-03-07T03:20:29\.000Z until 2022-12-31/m);
  });
});

function snapshotOf({ occasioHome }: Place): [string, string][] {
  const folder = join(occasioHome, 'trust');
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map((one): [string, string] => [join(one.parentPath, one.name), digest(readFileSync(join(one.parentPath, one.name)))]).sort();
}
