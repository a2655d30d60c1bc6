/** The disk through `Ops`: what each contract of `host/ops.ts` promises, with what an attacker may have put there. */
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOps } from '../../host/runtime/node.ts';
import { scratch, type Scratch } from './support.ts';
import { lacking } from '../support/lacking.ts';

const { files, host, alive, random } = createOps();
const linux = process.platform === 'linux';
let at: Scratch;
beforeEach(() => {
  at = scratch();
});
afterEach(() => at.remove());
const path = (...parts: string[]): string => join(at.folder, ...parts);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('read', () => {
  it('gives_the_whole_file_and_refuses_one_byte_more_than_the_limit', async () => {
    writeFileSync(path('f'), 'é234');
    expect(await files.read(path('f'), 5)).toEqual(bytes('é234'));
    await expect(files.read(path('f'), 4)).rejects.toMatchObject({ code: 'too-large' });
    writeFileSync(path('empty'), '');
    expect(await files.read(path('empty'), 0)).toEqual(new Uint8Array());
  });

  it.skipIf(lacking(!linux, 'no /proc: files without a size'))('reads_a_file_whose_size_the_system_does_not_tell', async () => {
    expect((await files.read('/proc/self/status', 65_536)).length).toBeGreaterThan(100);
    await expect(files.read('/proc/self/status', 100)).rejects.toMatchObject({ code: 'too-large' });
  });

  it('of_what_is_no_regular_file_is_refused_at_once', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    for (const what of [path('pipe'), at.folder, '/dev/null', '/dev/zero']) await expect(files.read(what, 10), what).rejects.toMatchObject({ code: 'not-a-file' });
    symlinkSync(path('loop'), path('loop'));
    await expect(files.read(path('loop'), 10)).rejects.toMatchObject({ code: 'unreadable' });
    await expect(files.read(path('none'), 10)).rejects.toMatchObject({ code: 'not-found' });
    await expect(files.read(path('x'.repeat(5000)), 10)).rejects.toMatchObject({ code: 'not-found' });
    await expect(files.read(`${path('a')}\0b`, 10)).rejects.toMatchObject({ code: 'unreadable' });
  });
});

describe('replace', () => {
  it('puts_the_new_bytes_in_place_private_and_leaves_no_draft', async () => {
    writeFileSync(path('f'), 'old', { mode: 0o644 });
    await files.replace(path('f'), bytes('new'));
    expect([readFileSync(path('f'), 'utf8'), statSync(path('f')).mode & 0o777, readdirSync(at.folder)]).toEqual(['new', 0o600, ['f']]);
  });

  it('of_a_link_replaces_the_link_and_not_what_it_leads_to', async () => {
    writeFileSync(path('target'), 'kept');
    symlinkSync(path('target'), path('f'));
    await files.replace(path('f'), bytes('new'));
    expect([readFileSync(path('target'), 'utf8'), readFileSync(path('f'), 'utf8')]).toEqual(['kept', 'new']);
  });

  it('that_cannot_be_done_leaves_what_was_there', async () => {
    mkdirSync(path('folder'));
    await expect(files.replace(path('folder'), bytes('x'))).rejects.toMatchObject({ code: expect.stringMatching(/not-a-file|unwritable|exists/) });
    await expect(files.replace(path('none', 'f'), bytes('x'))).rejects.toMatchObject({ code: 'not-found' });
    expect(readdirSync(at.folder)).toEqual(['folder']);
  });
});

describe('createExclusive', () => {
  it('makes_the_file_once_whoever_comes_first', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, (_, n) => files.createExclusive(path('f'), bytes(`writer ${n}`))));
    expect(made.filter(Boolean).length).toBe(1);
    expect(readFileSync(path('f'), 'utf8')).toBe(`writer ${made.indexOf(true)}`);
    expect(readdirSync(at.folder)).toEqual(['f']);
    expect(statSync(path('f'))).toMatchObject({ nlink: 1 });
    expect(statSync(path('f')).mode & 0o777).toBe(0o600);
  });

  it('does_not_follow_a_link_that_leads_nowhere', async () => {
    symlinkSync(path('elsewhere'), path('f'));
    expect(await files.createExclusive(path('f'), bytes('x'))).toBe(false);
    expect(readdirSync(at.folder)).toEqual(['f']);
  });
});

describe('createAppend', () => {
  it('makes_a_new_private_file_and_only_adds_to_it', async () => {
    const file = await files.createAppend(path('f'));
    file.write(bytes('one'));
    expect(readFileSync(path('f'), 'utf8')).toBe('one');
    writeFileSync(path('f'), 'somebody else wrote ');
    file.write(bytes('two'));
    await file.sync();
    await file.close();
    await file.close();
    expect(readFileSync(path('f'), 'utf8')).toBe('somebody else wrote two');
    expect(statSync(path('f')).mode & 0o777).toBe(0o600);
  });

  it('takes_no_name_that_is_taken_by_anything', async () => {
    writeFileSync(path('file'), '');
    mkdirSync(path('folder'));
    symlinkSync(path('nowhere'), path('dangling'));
    for (const name of ['file', 'folder', 'dangling']) await expect(files.createAppend(path(name)), name).rejects.toMatchObject({ code: 'exists' });
    expect(readdirSync(at.folder).includes('nowhere')).toBe(false);
  });

  it('is_closed_for_good', async () => {
    const file = await files.createAppend(path('f'));
    await file.close();
    expect(() => file.write(bytes('x'))).toThrow('bug:');
    await expect(file.sync()).rejects.toThrow('bug:');
  });
});

describe('folders', () => {
  it('are_made_private_with_their_parents_and_left_as_they_are_when_there', async () => {
    await files.makeFolder(path('a', 'b'));
    expect([statSync(path('a')).mode & 0o777, statSync(path('a', 'b')).mode & 0o777]).toEqual([0o700, 0o700]);
    chmodSync(path('a'), 0o755);
    await files.makeFolder(path('a'));
    expect(statSync(path('a')).mode & 0o777).toBe(0o755);
    writeFileSync(path('f'), '');
    await expect(files.makeFolder(path('f'))).rejects.toMatchObject({ code: 'exists' });
  });

  it('are_listed_by_code_unit_with_kinds_and_a_limit', async () => {
    for (const name of ['b', 'B', 'é', 'a']) writeFileSync(path(name), '');
    mkdirSync(path('c'));
    symlinkSync('a', path('d'));
    execFileSync('mkfifo', [path('e')]);
    expect((await files.list(at.folder, 7)).map((e) => `${e.name} ${e.kind}`)).toEqual(['B file', 'a file', 'b file', 'c folder', 'd link', 'e other', 'é file']);
    await expect(files.list(at.folder, 6)).rejects.toMatchObject({ code: 'too-large' });
    await expect(files.list(path('none'), 6)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('stat and links', () => {
  it('tell_what_stands_at_the_very_name', async () => {
    writeFileSync(path('f'), '12345', { mode: 0o640 });
    linkSync(path('f'), path('hard'));
    symlinkSync('f', path('soft'));
    expect(await files.stat(path('f'))).toMatchObject({ kind: 'file', size: 5, mode: 0o640, links: 2, owner: host.user });
    expect((await files.stat(path('hard')))?.identity).toBe((await files.stat(path('f')))?.identity);
    expect(await files.stat(path('soft'))).toMatchObject({ kind: 'link' });
    expect([await files.stat(path('none')), await files.stat(path('f', 'below'))]).toEqual([null, null]);
    expect([await files.readLink(path('soft')), await files.readLink(path('f')), await files.readLink(path('none'))]).toEqual(['f', null, null]);
  });
});

describe('open', () => {
  it('reads_anywhere_in_the_file_and_ends_with_none', async () => {
    writeFileSync(path('f'), '0123456789');
    const file = await files.open(path('f'));
    const into = new Uint8Array(4);
    expect([await file.read(into, 7), new TextDecoder().decode(into.subarray(0, 3)), await file.read(into, 10)]).toEqual([3, '789', 0]);
    await file.close();
  });

  it('does_not_wait_for_a_pipe', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    const file = await files.open(path('pipe'));
    expect(file.stat.kind).toBe('other');
    await file.close();
  });

  it.skipIf(lacking(!linux, 'no /proc: where an open file is'))('knows_where_the_file_really_is_until_it_is_no_longer_there', async () => {
    mkdirSync(path('real'));
    writeFileSync(path('real', 'f'), 'x');
    symlinkSync('real', path('link'));
    const file = await files.open(path('link', 'f'));
    expect(await file.where()).toBe(path('real', 'f'));
    renameSync(path('real', 'f'), path('real', 'g'));
    expect(await file.where()).toBe(path('real', 'g'));
    execFileSync('rm', [path('real', 'g')]);
    expect(await file.where()).toBe(null);
    writeFileSync(path('real', 'g (deleted)'), 'bait');
    expect(await file.where()).toBe(null);
    await file.close();
  });
});

describe('the machine', () => {
  it('is_named_by_hashes_only', () => {
    for (const id of [host.hostId, host.bootId]) expect(id ?? '0'.repeat(64)).toMatch(/^[0-9a-f]{64}$/);
    expect(host).toMatchObject({ pid: process.pid, user: process.getuid?.() ?? null });
  });

  it('knows_which_processes_run', () => {
    expect([alive(process.pid), alive(process.ppid), alive(4_194_304)]).toEqual([true, true, false]);
  });

  it('gives_other_chance_each_time', () => {
    expect(random(16)).not.toEqual(random(16));
    expect(random(0).length).toBe(0);
  });
});

describe('removing', () => {
  it('takes_the_name_and_is_content_when_it_is_gone', async () => {
    writeFileSync(path('f'), '');
    symlinkSync('f', path('l'));
    await files.remove(path('l'));
    expect(readdirSync(at.folder)).toEqual(['f']);
    await files.remove(path('l'));
    await expect(files.remove(at.folder)).rejects.toMatchObject({ code: expect.stringMatching(/not-a-file|unwritable/) });
  });
});
