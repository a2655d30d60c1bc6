/**
 * A denied file is not read, searched, listed or counted, however it is reached, and not while the tree changes beneath
 * the tool: attack classes D1, D2, D3, D4 (posix part), D6 and D7.
 */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { read } from '../../host/tools/read.ts';
import { openBench, type Bench } from './place.ts';

const SECRET = 'TOP-SECRET-VALUE';
// As a policy would: `.env`, `secrets`, `~/.ssh` and everything beneath; names folded as the darwin flavour does for D4.
const DENIED = [/\/\.env(\/|$)/i, /\/secrets(\/|$)/, /\/home\/\.ssh(\/|$)/, /\/vault(\/|$)/];

let bench: Bench;

beforeAll(() => {
  bench = openBench();
  bench.put({
    '.env': `KEY=${SECRET}\n`, 'open.txt': 'public\n', 'src/.env': `KEY=${SECRET}\n`, 'secrets/a.txt': `${SECRET}\n`, 'secrets/deep/b.txt': `${SECRET}\n`, 'secrets-public/ok.txt': 'public\n',
    [join(bench.home, '.ssh/id_rsa')]: `${SECRET}\n`, [join(bench.top, 'vault/v.txt')]: `${SECRET}\n`, 'src/a.txt': 'public a\n',
  });
  const { cwd, home, top } = bench;
  for (const [target, at] of [['.env', 'link'], ['link', 'chain'], ['secrets', 'folder'], [join(home, '.ssh'), 'keys'], ['/proc/self/root', 'slash'], [join(top, 'vault'), 'src/vaulted'], ['loop', 'loop'], ['secrets/deep/..', 'up']] as const) symlinkSync(target, join(cwd, at));
  linkSync(join(cwd, '.env'), join(cwd, 'harmless.txt'));
  linkSync(join(home, '.ssh/id_rsa'), join(cwd, 'src', 'notes.txt'));
});
afterAll(() => bench.end());

const at = (text: string): string => text.replaceAll('{cwd}', bench.cwd).replaceAll('{home}', bench.home);

describe('D1 D3 D4 D6: read of a denied file', () => {
  test.each([
    '.env', './.env', '{cwd}/.env', '{cwd}//.env', '{cwd}/src/../.env', 'nope/../.env', '.env/', 'link', 'chain', 'folder/a.txt', 'up/a.txt', 'keys/id_rsa', 'keys/../.ssh/id_rsa', 'harmless.txt', 'src/notes.txt', '{cwd}/slash{cwd}/.env',
    '/proc/self/root{cwd}/.env', '/proc/self/cwd/.env', `/proc/${process.pid}/root{cwd}/.env`, '~/.ssh/id_rsa', '$HOME/.ssh/id_rsa', '${HOME}/.ssh/id_rsa', '~/app/../.ssh/id_rsa', 'file://{cwd}/.env', 'file://{cwd}/%2eenv', 'secrets/deep/../a.txt', '.ENV', '.Env',
    'src/vaulted/v.txt', '../app/.env', 'loop', '/dev/fd/0/../.env',
  ])('%s', async (path) => {
    for (const [executor, input] of [['builtin:read', { file_path: at(path) }], ['builtin:grep', { pattern: '.', path: at(path), output_mode: 'content' }], ['builtin:grep', { pattern: '.', path: at(path), output_mode: 'count' }]] as const) {
      const result = await bench.run(executor, input, DENIED);
      expect(result.text).not.toContain(SECRET);
      expect(result.isError).toBe(true);
    }
  });

  test('a name that only begins like a denied one is read', async () => {
    expect((await bench.run('builtin:read', { file_path: 'secrets-public/ok.txt' }, DENIED)).text).toBe('1\tpublic\n2\t');
  });

  test('without the rule each of them would have been read', async () => {
    for (const path of ['.env', 'link', 'chain', 'folder/a.txt', 'up/a.txt', 'harmless.txt', '{cwd}/slash{cwd}/.env', '~/.ssh/id_rsa', 'file://{cwd}/%2eenv']) {
      expect((await bench.run('builtin:read', { file_path: at(path) })).text, path).toContain(SECRET);
    }
  });
});

describe('D7: nothing denied appears in results, lists or counts', () => {
  test('find', async () => {
    const found = (await bench.run('builtin:find', { pattern: '**/*' }, DENIED)).text.split('\n').sort();
    expect(found).toEqual(['open.txt', 'secrets-public/ok.txt', 'src/a.txt']);
  });
  test.each(['secrets/*', '.env', '*.env', 'secrets/**', '{secrets,src}/*', 's*/a.txt', '{cwd}/secrets/*', '{cwd}/src/vaulted/*', '~/.ssh/*', '/proc/self/root{cwd}/secrets/*'])('find %s', async (pattern) => {
    const { text } = await bench.run('builtin:find', { pattern: at(pattern) }, DENIED);
    expect(text).not.toMatch(/\.env|a\.txt$.*secrets|secrets\/|id_rsa|v\.txt|notes/m);
  });
  test.each(['secrets', 'folder', 'keys', 'up', 'src/vaulted', '~/.ssh', '{cwd}/slash{cwd}/secrets', '/proc/self/cwd/secrets'])('find and grep below %s', async (path) => {
    expect((await bench.run('builtin:find', { pattern: '*', path: at(path) }, DENIED)).isError).toBe(true);
    expect((await bench.run('builtin:grep', { pattern: '.', path: at(path) }, DENIED)).isError).toBe(true);
  });
  test.each(['files_with_matches', 'content', 'count'])('grep %s', async (output_mode) => {
    const { text } = await bench.run('builtin:grep', { pattern: 'public|SECRET', output_mode }, DENIED);
    expect(text).not.toMatch(/SECRET|\.env|secrets\/|id_rsa|vault|harmless|notes/);
    expect(text).toContain('open.txt');
    if (output_mode === 'count') expect(text).toContain('Found 3 total occurrences across 3 files.');
    if (output_mode === 'files_with_matches') expect(text).toContain('Found 3 files');
  });
  test('a glob that names the denied file', async () => {
    expect((await bench.run('builtin:grep', { pattern: 'SECRET', glob: '{.env,secrets/**,harmless.txt}' }, DENIED)).text).toBe('No files found');
  });
  test('a file made after start-up, and one renamed to an open name meanwhile', async () => {
    bench.put({ 'late/.env': SECRET });
    expect((await bench.run('builtin:find', { pattern: 'late/*' }, DENIED)).text).toBe('No files found');
    mkdirSync(join(bench.cwd, 'moved'));
    renameSync(join(bench.cwd, 'late'), join(bench.cwd, 'moved', 'secrets'));
    expect((await bench.run('builtin:grep', { pattern: 'SECRET', path: 'moved' }, DENIED)).text).toBe('No files found');
  });
  test('an ignore file that may not be read has no say', async () => {
    bench.put({ 'quiet/.git/HEAD': '', 'quiet/.gitignore': 'x.txt\n', 'quiet/x.txt': 'here' });
    expect((await bench.run('builtin:grep', { pattern: 'here', path: 'quiet' })).text).toBe('No files found');
    expect((await bench.run('builtin:grep', { pattern: 'here', path: 'quiet' }, [/\.gitignore$/])).text).toContain('quiet/x.txt');
  });
});

describe('what is no regular file', () => {
  test('a pipe, a socket, a folder and a terminal are refused at once', async () => {
    const { cwd } = bench;
    expect(spawnSync('mkfifo', [join(cwd, 'pipe')]).status).toBe(0);
    symlinkSync('pipe', join(cwd, 'to-pipe'));
    const server = createServer().listen(join(cwd, 'socket'));
    await new Promise((done) => server.once('listening', done));
    const from = performance.now();
    for (const path of ['pipe', 'to-pipe', 'socket', 'src', '/dev/tty', '/dev/random']) {
      expect(await bench.run('builtin:read', { file_path: path }), path).toMatchObject({ isError: true });
    }
    expect((await bench.run('builtin:grep', { pattern: 'public a' })).text).toBe('Found 1 file\nsrc/a.txt');
    expect(performance.now() - from).toBeLessThan(1_500);
    server.close();
  });

  test('a file without permission is refused, or read by a superuser', async () => {
    bench.put({ 'closed.txt': 'shut\n' });
    chmodSync(join(bench.cwd, 'closed.txt'), 0);
    const result = await bench.run('builtin:read', { file_path: 'closed.txt' });
    expect(result.isError).toBe(process.getuid?.() !== 0);
  });
});

describe('where the system does not tell where a descriptor is', () => {
  const told = (flavour: 'posix' | 'darwin', path: string, denied: readonly RegExp[]): Promise<string> => {
    const { ops, core } = bench;
    const files = { ...ops.files, open: async (at: string) => ({ ...(await ops.files.open(at)), where: async () => null }) };
    return read({ ...ops, host: { ...ops.host, flavour }, files }, core, { file_path: path }, bench.context(denied)).then(({ text }) => text);
  };
  test('the links are walked again and the identity compared', async () => {
    expect(await told('darwin', 'open.txt', DENIED)).toBe('1\tpublic\n2\t');
    for (const path of ['link', 'chain', 'harmless.txt', 'folder/a.txt']) expect(await told('darwin', path, DENIED), path).not.toContain(SECRET);
    expect(await told('darwin', 'link', [])).toContain(SECRET);
  });
  test('on Linux, which has a word for it, nothing else will do', async () => {
    expect(await told('posix', 'open.txt', DENIED)).toMatch(/led elsewhere/);
  });
});

/** Another process that swaps `name` between two links, and a folder between itself and a link, as fast as it can. */
const swapper = `
const fs = require('fs'); const cwd = process.argv[1];
const put = (target, name) => { fs.symlinkSync(target, cwd + '/new'); fs.renameSync(cwd + '/new', cwd + '/' + name); };
process.on('message', () => process.exit(0));
console.log('on');
for (;;) {
  put('open.txt', 'swap'); put('.env', 'swap');
  fs.renameSync(cwd + '/box', cwd + '/aside'); fs.symlinkSync('secrets', cwd + '/box'); fs.unlinkSync(cwd + '/box'); fs.renameSync(cwd + '/aside', cwd + '/box');
  try { fs.linkSync(cwd + '/.env', cwd + '/box/hard'); } catch {} fs.unlinkSync(cwd + '/box/hard');
}`;

test('D2: a_swap_in_a_loop_never_leaks', async () => {
  const race = openBench();
  race.put({ '.env': `KEY=${SECRET}\n`, 'open.txt': 'public\n', 'box/x.txt': 'public\n', 'secrets/x.txt': `${SECRET}\n`, 'secrets/only-here.txt': `${SECRET}\n` });
  const child = spawn(process.execPath, ['-e', swapper, race.cwd], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await new Promise((on) => child.stdout.once('data', on));
    const seen = { open: 0, refused: 0, found: 0, grepped: 0 };
    const until = performance.now() + 4_000;
    for (let round = 0; performance.now() < until; round++) {
      const [read, below, hard, found, grepped] = await Promise.all([
        race.run('builtin:read', { file_path: 'swap' }, DENIED),
        race.run('builtin:read', { file_path: 'box/x.txt' }, DENIED),
        race.run('builtin:read', { file_path: 'box/hard' }, DENIED),
        race.run('builtin:find', { pattern: 'box/*' }, DENIED),
        race.run('builtin:grep', { pattern: '.', path: 'box', output_mode: 'content' }, DENIED),
      ]);
      for (const result of [read, below, hard, found, grepped]) expect(result.text).not.toMatch(/SECRET|only-here/);
      if (read.text.includes('public')) seen.open++;
      else seen.refused++;
      if (found.text.includes('x.txt')) seen.found++;
      if (grepped.text.includes('public')) seen.grepped++;
    }
    console.log(`swap race: ${JSON.stringify(seen)}`);
    // The race was real: both ends of the swap were met.
    expect(seen.open).toBeGreaterThan(20);
    expect(seen.refused).toBeGreaterThan(20);
    expect(seen.found + seen.grepped).toBeGreaterThan(20);
  } finally {
    child.kill('SIGKILL');
    race.end();
  }
});
