/**
 * A command that is answered here shows, lists and counts nothing that is denied, however it is reached, and not while the
 * tree changes beneath it: attack classes D1, D2, D3, D4 (posix part), D6 and D7 again, by the shell's words.
 */
import { spawn, spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBench, type Bench } from './place.ts';
import { cpuMs } from '../support/cpu.ts';

const SECRET = 'TOP-SECRET-VALUE';
const DENIED = [/\/\.env(\/|$)/i, /\/secrets(\/|$)/, /\/home\/\.ssh(\/|$)/, /\/vault(\/|$)/];

let bench: Bench;
const run = async (command: string, denied: readonly RegExp[] = DENIED): Promise<string> => (await bench.run('builtin:shell', { command }, denied)).text;

beforeAll(() => {
  bench = openBench();
  const { home, top, cwd } = bench;
  bench.put({
    '.env': `KEY=${SECRET}\n`, 'open.txt': 'public\n', 'src/.env': `KEY=${SECRET}\n`, 'secrets/a.txt': `${SECRET}\n`, 'secrets/deep/b.txt': `${SECRET}\n`, 'secrets-public/ok.txt': 'public\n', 'src/a.txt': 'public a\n',
    [join(home, '.ssh/id_rsa')]: `${SECRET}\n`, [join(top, 'vault/v.txt')]: `${SECRET}\n`,
  });
  for (const [target, at] of [['.env', 'link'], ['link', 'chain'], ['secrets', 'folder'], [join(home, '.ssh'), 'keys'], ['/proc/self/root', 'slash'], [join(top, 'vault'), 'src/vaulted'], ['loop', 'loop'], ['secrets/deep/..', 'up'], ['.env/nothing', 'dangling'], ['/dev/zero', 'zero'], ['open.txt', 'fine']] as const) symlinkSync(target, join(cwd, at));
  linkSync(join(cwd, '.env'), join(cwd, 'harmless.txt'));
  linkSync(join(home, '.ssh/id_rsa'), join(cwd, 'src', 'notes.txt'));
});
afterAll(() => bench.end());

const at = (text: string): string => text.replaceAll('{cwd}', bench.cwd).replaceAll('{home}', bench.home);

describe('D1 D3 D4 D6: a denied file', () => {
  const spellings = ['.env', './.env', '{cwd}/.env', '{cwd}//.env', 'src/../.env', 'link', 'chain', 'folder/a.txt', 'up/a.txt', 'keys/id_rsa', 'keys/../.ssh/id_rsa', 'harmless.txt', 'src/notes.txt', 'slash{cwd}/.env', '~/.ssh/id_rsa', '~/app/.env', '.ENV', 'src/vaulted/v.txt', '../app/.env', "'.e'nv", '.e\\nv', '".env"', 'loop', 'fine/../.env'];
  test.each(spellings)('%s', async (spelling) => {
    const path = at(spelling);
    for (const line of [`cat ${path}`, `bat ${path}`, `head ${path}`, `tail -c 50 ${path}`, `head -v -c 5 ${path}`, `wc ${path}`, `cat open.txt ${path}`]) {
      const text = await run(line);
      expect([line, text]).not.toEqual([line, expect.stringContaining('SECRET')]);
      expect([line, text]).not.toEqual([line, expect.stringMatching(/^\s*1\s+1\s+\d/m)]);
    }
  });
  test.each(['cd secrets && cat a.txt', 'cd folder && ls', 'cd keys && cat id_rsa', 'cd src && cat ../.env', 'cd src/vaulted && find', 'cd ~/.ssh && cat id_rsa', 'cd up && wc a.txt', 'cd slash && ls', 'cd src && cd ../secrets && ls -a', 'cd secrets/.. && cat .env'])('%s', async (line) => {
    expect(await run(line)).not.toMatch(/SECRET|id_rsa$|b\.txt|v\.txt/m);
  });
  test('the names of files that only begin alike are shown', async () => {
    expect(await run('cat secrets-public/ok.txt')).toBe('public');
    expect(await run('cat fine')).toBe('public');
  });
  test('without the rule each of them would have been shown', async () => {
    for (const path of ['.env', 'link', 'chain', 'folder/a.txt', 'up/a.txt', 'harmless.txt', 'slash{cwd}/.env', '~/.ssh/id_rsa']) expect(await run(`cat ${at(path)}`, []), path).toContain(SECRET);
  });
  test('one is neither there nor absent by test, as any that cannot be looked at', async () => {
    const { text, isError } = await bench.run('builtin:shell', { command: 'test -f .env' }, DENIED);
    expect([text, isError]).toEqual(['(Bash completed with no output)', false]);
  });
});

test('of_the_folder_above_a_long_listing_tells_nothing_where_it_is_denied', async () => {
  const above = [/\/app\/src$/, /\/home$/];
  expect(await run('ls -la secrets-public', above)).toMatch(/ \.\n.* \.\.\n/);
  expect(await run('ls -la', above)).not.toMatch(/ \.\.$/m);
  expect(await run('ls -a', above)).toMatch(/^\.\.$/m);
});

test('the_size_of_a_denied_file_is_not_in_the_total', async () => {
  const total = async (): Promise<string | undefined> => /total (\d+)/.exec(await run('ls -lA src'))?.[1];
  expect(await total()).toBe('4');
});

describe('D7: nothing denied in lists, globs or counts', () => {
  const hidden = /\.env|id_rsa|v\.txt|harmless|notes|SECRET|\bsecrets\b(?!-public)|\bvault|link|chain|folder|keys|\bup\b|dangling/;
  test.each(['ls', 'ls -a', 'ls -A src', 'ls -R', 'ls -aR .', 'ls -F', 'ls -d *', 'ls -d .*', 'ls *', 'ls src/*', 'ls s*', 'find', 'find . -type f', 'find . -type l', "find . -name '*'", 'find src -maxdepth 1', 'find . -type d', "find . -path '*/secrets/*'", "find . -name '.env'", 'find ~ -name id_rsa', 'find * -maxdepth 0', 'cat *', 'head -n 1 *', 'wc -c *', 'wc -l .* src/*', 'cat s[er]*/*', 'tail -n 1 sr*/* se*/*', 'ls -ap slash{cwd}/src', 'ls -la', 'ls -lR', 'ls -lt *', 'ls -ltr src', 'dir', 'dir -a', 'dir -lA src', 'ls -C'])('%s', async (line) => {
    expect(await run(at(line))).not.toMatch(hidden);
  });
  test('what is left is what there is', async () => {
    expect(await run('ls -A')).toBe(['fine', 'open.txt', 'secrets-public', 'slash', 'src', 'zero'].join('\n'));
    expect((await run('find . -type f')).split('\n')).toEqual(['./open.txt', './secrets-public/ok.txt', './src/a.txt']);
    expect(await run('wc -l *.txt src/*.txt')).toBe(' 1 open.txt\n 1 src/a.txt\n 2 total');
  });
  test.each(['ls secrets', 'ls keys', 'ls folder/', 'find secrets', 'find folder/', 'find ~/.ssh', 'ls -d secrets', 'ls src/vaulted', 'ls .env', 'ls -l .env', 'ls -ld secrets', 'dir keys', 'find .env', 'ls -a up'])('%s', async (line) => {
    const text = await run(line);
    expect(text).toMatch(/by the policy of this machine/);
    expect(text).not.toMatch(/a\.txt|b\.txt|deep|v\.txt|id_rsa$/m);
  });
});

describe('what is no regular file', () => {
  test('is not read, and nothing hangs', async () => {
    const { cwd } = bench;
    mkdirSync(join(cwd, 'odd'));
    expect(spawnSync('mkfifo', [join(cwd, 'odd/pipe')]).status).toBe(0);
    symlinkSync('pipe', join(cwd, 'odd/to-pipe'));
    const server = createServer().listen(join(cwd, 'odd/socket'));
    await new Promise((done) => server.once('listening', done));
    const from = cpuMs();
    for (const file of ['odd/pipe', 'odd/to-pipe', 'odd/socket', 'zero', 'slash/dev/zero', 'slash/dev/tty']) {
      for (const line of [`cat ${file}`, `head -c 9 ${file}`, `tail -n 1 ${file}`, `wc ${file}`]) expect([line, await run(line, [])]).toEqual([line, expect.stringMatching(/Not a regular file/)]);
    }
    expect(await run('ls odd', [])).toBe('pipe\nsocket\nto-pipe');
    expect(await run('find odd -type l', [])).toBe('odd/to-pipe');
    expect(cpuMs() - from).toBeLessThan(1_500);
    server.close();
  });
});

describe('limits', () => {
  test('each is met with a marker', async () => {
    const wide = openBench(true);
    const files: { [path: string]: string } = { 'big.txt': 'x'.repeat(70).concat('\n').repeat(20_000), 'long.txt': 'é'.repeat(400_000) };
    for (let i = 0; i < 700; i++) files[`many/f${String(i).padStart(3, '0')}`] = '';
    files[`${Array.from({ length: 20 }, (_, i) => `d${i}`).join('/')}/bottom`] = '';
    wide.put(files);
    try {
      const said = async (command: string, limits = {}): Promise<string> => (await wide.run('builtin:shell', { command }, [], limits)).text;
      for (const line of ['cat big.txt', 'head -n 19000 big.txt', 'tail -n 19000 big.txt', 'cat -n big.txt', 'cat long.txt', 'cat big.txt big.txt']) {
        const text = await said(line);
        expect([line, text.slice(-60)]).toEqual([line, expect.stringMatching(/\n\[occasio: cut at 524288 bytes\]$/)]);
        expect(new TextEncoder().encode(text).length).toBeLessThan(512 * 1024 + 100);
        expect(text).not.toContain('\ufffd');
      }
      for (const line of ['ls many', 'find many', 'ls many/*', 'find many -name f*'.replace('f*', "'f*'")]) {
        const text = await said(line);
        expect([line, text.split('\n').length, text.slice(-40)]).toEqual([line, 501, expect.stringMatching(/\n\[occasio: cut at 500 matches\]$/)]);
      }
      for (const line of ['find d0', 'ls -R d0']) expect([line, await said(line)]).toEqual([line, expect.stringMatching(/\n\[occasio: cut at depth 16\]$/)]);
      expect(await said('find d0', { depth: 30 })).toContain('bottom');
      expect(await said('ls many', { matches: 3 })).toBe('f000\nf001\nf002\n[occasio: cut at 3 matches]');
      expect(await said('find many', { entries: 100 })).toContain('[occasio: cut at 100 names]');
      expect(await said('find .', { milliseconds: 0 })).toContain('[occasio: cut at 0 ms]');
      expect(await said('cat big.txt', { milliseconds: 0, bytes: 9_000_000 })).toContain('[occasio: cut at 0 ms]');
      const from = cpuMs();
      await said(`find . -name '${'*a'.repeat(40)}b' -o -name '${'*?'.repeat(40)}x'`);
      await said(`ls ${'*a'.repeat(40)}*b`);
      expect(cpuMs() - from).toBeLessThan(3_000);
    } finally {
      wide.end();
    }
  });
});

/** Another process that swaps names between open and denied ones, as fast as it can. */
const swapper = `
const fs = require('fs'); const cwd = process.argv[1];
const put = (target, name) => { fs.symlinkSync(target, cwd + '/new'); fs.renameSync(cwd + '/new', cwd + '/' + name); };
console.log('on');
for (;;) {
  put('open.txt', 'swap'); put('.env', 'swap');
  fs.renameSync(cwd + '/box', cwd + '/aside'); fs.symlinkSync('secrets', cwd + '/box'); fs.unlinkSync(cwd + '/box'); fs.renameSync(cwd + '/aside', cwd + '/box');
  try { fs.linkSync(cwd + '/.env', cwd + '/box/hard'); } catch {} fs.unlinkSync(cwd + '/box/hard');
}`;

test('D2: a_swap_in_a_loop_never_leaks', async () => {
  const race = openBench();
  race.put({ '.env': `KEY=${SECRET}\n`, 'open.txt': 'public\n', 'box/x.txt': 'public\n', 'secrets/x.txt': `${SECRET}\n`, 'secrets/only-here.txt': `${SECRET}\n`, 'secrets/inner/only-there.txt': 'x' });
  const child = spawn(process.execPath, ['-e', swapper, race.cwd], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await new Promise((on) => child.stdout.once('data', on));
    const seen = { open: 0, refused: 0, listed: 0 };
    const until = performance.now() + 3_000;
    while (performance.now() < until) {
      const texts = await Promise.all(['cat swap', 'tail -n 1 box/x.txt', 'cat box/*', 'wc box/hard', 'ls box', 'find box', 'ls -R', 'cd box && ls', 'cd box && cat x.txt'].map(async (command) => (await race.run('builtin:shell', { command }, DENIED)).text));
      for (const text of texts) expect(text).not.toMatch(/SECRET|only-here|only-there|inner/);
      if (texts[0] === 'public') seen.open++;
      else seen.refused++;
      if (texts[4]?.includes('x.txt') === true) seen.listed++;
    }
    console.log(`swap race: ${JSON.stringify(seen)}`);
    expect(seen.open).toBeGreaterThan(10);
    expect(seen.refused).toBeGreaterThan(10);
    expect(seen.listed).toBeGreaterThan(10);
  } finally {
    child.kill('SIGKILL');
    race.end();
  }
});
