/** Every spelling of a path that leads somewhere is found: attack classes D1, D3, D4 (posix part) and D6. */
import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathRules } from '../../host/gate/paths.ts';
import { createResolver, resolvePath } from '../../host/gate/resolve.ts';
import { diskOps } from '../support/ops.ts';

let top = '';
let home = '';
let cwd = '';
let other = '';

beforeAll(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-resolve-')));
  home = join(top, 'home');
  cwd = join(home, 'app');
  other = join(home, 'app-secret');
  for (const folder of [join(home, '.ssh'), join(cwd, 'src', 'deep'), other, join(top, 'vault')]) mkdirSync(folder, { recursive: true });
  for (const [path, text] of [[join(home, '.ssh', 'id_rsa'), 'key'], [join(cwd, '.env'), 'S=1'], [join(cwd, 'src', 'a.txt'), 'a'], [join(other, 'x'), 'x'], [join(top, 'vault', 'env'), 'v']] as const) writeFileSync(path, text);
  for (const [target, at] of [
    ['.env', join(cwd, 'notes')],
    [join(home, '.ssh'), join(cwd, 'docs')],
    ['notes', join(cwd, 'chain')],
    ['loop-b', join(cwd, 'loop-a')],
    ['loop-a', join(cwd, 'loop-b')],
    [join(top, 'vault', 'made-later'), join(cwd, 'dangling')],
    [join(top, 'vault', 'env'), join(cwd, '.env.local')],
    ['.env.local', join(cwd, 'two-hops')],
    ['/proc/self/root', join(cwd, 'slash')],
    ['src/deep', join(cwd, 'deep')],
    ['/dev/fd', join(cwd, 'fds')],
  ] as const) symlinkSync(target, at);
  linkSync(join(home, '.ssh', 'id_rsa'), join(cwd, 'harmless'));
  linkSync(join(cwd, '.env'), join(cwd, 'src', 'deep', 'plain.txt'));
});

afterAll(() => rmSync(top, { recursive: true, force: true }));

const at = (text: string): string => text.replaceAll('{home}', home).replaceAll('CWD', cwd).replaceAll('TOP', top);
const resolve = (asked: string) => resolvePath(diskOps(home), asked, [cwd], home);

describe('a denied file is found under every spelling', () => {
  test.each<[string, string, string]>([
    ['relative', '.env', 'CWD/.env'],
    ['absolute', 'CWD/.env', 'CWD/.env'],
    ['dot and doubled separators', './/.//.env', 'CWD/.env'],
    ['trailing separator', '.env/', 'CWD/.env'],
    ['dot-dot', 'src/../.env', 'CWD/.env'],
    ['dot-dot through a folder that is not there', 'nope/../.env', 'CWD/.env'],
    ['dot-dot beyond the root', '/../../../../etc/passwd', '/etc/passwd'],
    ['symlink', 'notes', 'CWD/.env'],
    ['chain of symlinks', 'chain', 'CWD/.env'],
    ['the name half way of a chain', 'two-hops', 'CWD/.env.local'],
    ['the end of a chain', 'two-hops', 'TOP/vault/env'],
    ['symlinked parent', 'docs/id_rsa', '{home}/.ssh/id_rsa'],
    ['new file through a symlinked parent', 'docs/authorized_keys', '{home}/.ssh/authorized_keys'],
    ['dangling link: the name that would be made', 'dangling', 'TOP/vault/made-later'],
    ['dot-dot after a symlink is physical', 'docs/../.ssh/id_rsa', '{home}/.ssh/id_rsa'],
    ['dot-dot after a symlink is lexical as well', 'docs/../.env', 'CWD/.env'],
    ['physical parent of a link', 'deep/../a.txt', 'CWD/src/a.txt'],
    ['hard link in another folder', 'harmless', '{home}/.ssh/id_rsa'],
    ['hard link below', 'src/deep/plain.txt', 'CWD/.env'],
    ['hard link behind a symlink', 'deep/plain.txt', 'CWD/.env'],
    ['/proc/self/root', '/proc/self/rootCWD/.env', 'CWD/.env'],
    ['/proc/self/root twice', '/proc/self/root/proc/self/rootCWD/.env', 'CWD/.env'],
    ['/proc/<pid>/root', `/proc/${process.pid}/rootCWD/.env`, 'CWD/.env'],
    ['/proc/thread-self/root', '/proc/thread-self/rootCWD/.env', 'CWD/.env'],
    ['/proc/self/task/<tid>/root', '/proc/self/task/1/rootCWD/.env', 'CWD/.env'],
    ['a symlink to /proc/self/root', 'slashCWD/notes', 'CWD/.env'],
    ['/proc/self/cwd', '/proc/self/cwd/.env', 'CWD/.env'],
    ['/proc/<pid>/cwd', `/proc/${process.pid}/cwd/notes`, 'CWD/.env'],
    ['what /proc/<pid>/cwd says', `/proc/${process.pid}/cwd/x`, `${process.cwd()}/x`],
    ['/proc/self/cwd and up', '/proc/self/cwd/../.ssh/id_rsa', '{home}/.ssh/id_rsa'],
    ['tilde', '~/.ssh/id_rsa', '{home}/.ssh/id_rsa'],
    ['$HOME', '$HOME/.ssh/id_rsa', '{home}/.ssh/id_rsa'],
    ['${HOME}', '${HOME}/.ssh/id_rsa', '{home}/.ssh/id_rsa'],
    ['~user', '~home/.ssh/id_rsa', '{home}/.ssh/id_rsa'],
    ['~root', '~root/.ssh/id_rsa', '/root/.ssh/id_rsa'],
    ['file URL', 'file://CWD/.env', 'CWD/.env'],
    ['file URL with a host', 'file://localhostCWD/.env', 'CWD/.env'],
    ['file URL with one slash', 'file:CWD/.env', 'CWD/.env'],
    ['file URL in capitals', 'FILE://CWD/.env', 'CWD/.env'],
    ['percent signs in a file URL', 'file://CWD/%2e%65nv', 'CWD/.env'],
    ['query and fragment of a file URL', 'file://CWD/.env?x#y', 'CWD/.env'],
    ['the literal name that looks like home', '~', 'CWD/~'],
    ['empty text is the folder itself', '', 'CWD'],
  ])('%s', async (_, asked, want) => {
    const { resolved, fault } = await resolve(at(asked));
    expect(fault).toBeUndefined();
    expect(resolved).toContain(at(want));
  });
});

describe('what is not meant is not found', () => {
  test.each<[string, string, string]>([
    ['percent signs outside of a URL stay literal', '%2e%65nv', 'CWD/.env'],
    ['a shared prefix is another folder', '../app-secret/x', 'CWD/x'],
    ['a dollar sign within a name', 'x$HOME/.ssh/id_rsa', '{home}/.ssh/id_rsa'],
    ['/proc/self/cwd is not the directory of this process', '/proc/self/cwd/package.json', `${process.cwd()}/package.json`],
    ['/dev/stdout is not the output of this process', '/dev/stdout', 'pipe'],
  ])('%s', async (_, asked, not) => {
    const { resolved, fault } = await resolve(at(asked));
    expect(fault).toBeUndefined();
    expect(resolved).not.toContain(at(not));
    expect(resolved.join('\n')).not.toContain('pipe:');
  });

  test('a plain file has one spelling', async () => {
    expect(await resolve('src/a.txt')).toEqual({ resolved: [join(cwd, 'src/a.txt')] });
  });

  test('case and Unicode form are kept: folding is for the policy', async () => {
    expect((await resolve('.ENV')).resolved).toEqual([join(cwd, '.ENV')]);
    expect((await resolve('e\u0301')).resolved).toEqual([join(cwd, 'e\u0301')]);
  });

  test('a descriptor keeps its own name', async () => {
    for (const path of ['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0', at('CWD/fds/0')]) {
      expect((await resolve(path)).resolved).toContain('/proc/self/fd/0');
    }
  });
});

describe('a path that cannot be known is a fault', () => {
  test.each<[string, string]>([
    ['nul', 'src/a.txt\0.png'],
    ['link-loop', 'loop-a'],
    ['link-loop', 'loop-b/../x'],
    ['process-relative', '/proc/self/fd/3/../.env'],
    ['process-relative', '/dev/fd/3/x'],
    ['too-long', 'a/'.repeat(9_000)],
    ['too-many', 'a/'.repeat(5_000)],
  ])('%s %#', async (fault, asked) => {
    expect((await resolve(asked)).fault).toBe(fault);
  });
});

test('a_relative_path_is_judged_against_every_directory_in_play', async () => {
  const { resolved } = await resolvePath(diskOps(home), 'id_rsa', [cwd, join(home, '.ssh')], home);
  expect(resolved).toEqual(expect.arrayContaining([join(cwd, 'id_rsa'), join(home, '.ssh', 'id_rsa'), join(cwd, 'harmless')]));
});

test('one_call_asks_the_disk_once_for_each_name', async () => {
  const calls: { [name: string]: number } = {};
  const resolver = createResolver(diskOps(home, calls), [cwd], home);
  await resolver.resolve('src/a.txt');
  const first = { ...calls };
  await resolver.resolve('src/b.txt');
  expect(first['readLink']).toBeLessThanOrEqual(cwd.split('/').length + 2);
  expect((calls['readLink'] ?? 0) - (first['readLink'] ?? 0)).toBe(1);
});

describe('win32 spellings, as a table', () => {
  const rules = pathRules('win32');
  test.each([
    ['c:/Users\\.\\x\\..\\y', 'C:\\Users\\y'],
    ['\\a\\\\b', '\\a\\b'],
    ['C:\\..\\..\\x', 'C:\\x'],
  ])('%s', (path, want) => expect(rules.normalise(path)).toBe(want));
  test.each([['\\\\server\\share', 'device-path'], ['//server/share', 'device-path'], ['\\\\?\\C:\\x', 'device-path'], ['\\??\\C:\\x', 'device-path'], ['C:foo', 'drive-relative'], ['C:\\foo', null]])('%s', (path, fault) =>
    expect(rules.fault(path)).toBe(fault),
  );
  test.each(['~\\.ssh', '%USERPROFILE%\\.ssh', '$env:USERPROFILE\\.ssh', '$HOME/.ssh', 'file:///C:/Users/u/.ssh'])('%s', (asked) => {
    expect(rules.expand(asked, 'C:\\Users\\u').map(rules.normalise)).toContain('C:\\Users\\u\\.ssh');
  });
});
