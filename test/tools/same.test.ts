/** The answers are those of the programs themselves, run by bash on the same tree and shown as the agent shows them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { localCommand } from '../../host/shell/local/index.ts';
import { createRandom, pick } from '../shell/reader.ts';
import { openBench, type Bench } from './place.ts';
import { asShown } from './same.ts';
import { lacking } from '../support/lacking.ts';

const gnu = spawnSync('bash', ['-c', 'ls --version | head -1; find --version | head -1'], { encoding: 'utf8' }).stdout ?? '';
const comparable = /coreutils/.test(gnu) && /findutils/.test(gnu);

function real(bench: Bench, line: string): string {
  const run = spawnSync('bash', ['-c', `{ ${line}\n} 2>&1`], { cwd: bench.cwd, env: { HOME: bench.home, PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: process.env['TZ'] ?? '' } });
  const shown = asShown(run.status ?? -1, run.stdout.toString('utf8').replaceAll(/[‘’]/g, "'"), line);
  const folder = /^cd (\S+) &&/.exec(line)?.[1];
  return folder === undefined || folder === '.' || /cd: /.test(shown) ? shown : `${shown}\nShell cwd was reset to ${bench.cwd}`;
}

let bench: Bench;
beforeAll(() => {
  bench = openBench();
  bench.put({
    'notes.txt': 'alpha\nbeta\n\ngamma\n', 'no-newline.txt': 'one\ntwo', 'empty.txt': '', 'blank.txt': '\n\n  x\n\n', 'crlf.txt': 'a\r\nb\r\n', 'wide.txt': 'é ü\u00a0x 漢字\tz\u2003y\n',
    'two words.txt': 'spaced\n', '-n': 'a dash\n', '.hidden': 'dot\n', 'src/a.ts': 'a\n', 'src/b.js': 'b\n', 'src/.c': 'c\n', 'src/deep/d.ts': 'd\n', 'src/deep/E.TS': 'e\n', 'Zeta/z': 'z\n', 'ünï': 'u\n',
    'many.txt': Array.from({ length: 3_000 }, (_, i) => `line ${i} ${'x'.repeat(i % 90)}`).join('\n'), 'bytes.bin': new Uint8Array([0, 1, 255, 10, 128, 65, 10, 9]), '[x].txt': 'brackets\n', 'a*b': 'star\n',
  });
  mkdirSync(join(bench.cwd, 'hollow'));
  symlinkSync('notes.txt', join(bench.cwd, 'link'));
  symlinkSync('src', join(bench.cwd, 'folder-link'));
  symlinkSync('nowhere', join(bench.cwd, 'dangling'));
  writeFileSync(join(bench.cwd, 'run.sh'), 'true\n');
  chmodSync(join(bench.cwd, 'run.sh'), 0o755);
  writeFileSync(join(bench.home, 'at-home.txt'), 'home\n');
  bench.put({ 'of: both/x': '', 'odd/a b': '', 'odd/c\td': '', 'odd/e\\f': '', 'odd/漢字': '', 'odd/new\nline': '', 'odd/x:y': '', 'odd/é': '' });
  for (let i = 0; i < 70; i++) bench.put({ [`narrow/${'n'.repeat(1 + ((i * 7) % 11))}${i}`]: '' });
  const now = Date.now() / 1000;
  const ages = { now: 0, hour: 3_600, night: 90_000, month: 30 * 86_400, 'just-recent': 15_778_400, 'just-old': 15_778_500, winter: 200 * 86_400, years: 9 * 31_556_952, tomorrow: -86_400 };
  for (const [i, [name, age]] of Object.entries(ages).entries()) {
    bench.put({ [`timed/${name}`]: 'x'.repeat([0, 1, 1_023, 1_024, 1_025, 10_188, 10_240, 102_400, 1_048_575][i] ?? 0) });
    utimesSync(join(bench.cwd, 'timed', name), now - age, now - age);
  }
  mkdirSync(join(bench.cwd, 'special'));
  spawnSync('mkfifo', [join(bench.cwd, 'special', 'pipe')]);
  for (const [i, mode] of [0o4755, 0o4644, 0o2755, 0o2644, 0o1777, 0o1666, 0o000, 0o777].entries()) {
    writeFileSync(join(bench.cwd, 'special', `m${i}`), '');
    chmodSync(join(bench.cwd, 'special', `m${i}`), mode);
  }
});
afterAll(() => bench.end());

const FILES = ['notes.txt', 'no-newline.txt', 'empty.txt', 'blank.txt', 'many.txt', 'crlf.txt', 'src/a.ts', './src/../notes.txt', 'link', 'folder-link/a.ts', "'two words.txt'", 'nope', 'src', '*.txt', 'src/*.ts', '~/at-home.txt', 'zz*', 'dangling', './-n', '"[x].txt"', '[a-n]*.txt', '?otes.txt', 'a\\*b', 'folder-link/../src/b.js'];

const fixed: readonly string[] = [
  ...FILES.flatMap((file) => [`cat ${file}`, `cat -n ${file}`, `head -n 2 ${file}`, `tail -n 2 ${file}`, `wc -l ${file}`, `test -f ${file === '*.txt' || file.includes('*') || /[?[]/.test(file) ? 'nope' : file}`]),
  'cat notes.txt no-newline.txt notes.txt', 'cat -n no-newline.txt notes.txt', 'cat bytes.bin', 'cat notes.txt nope', 'cat nope notes.txt', 'cat notes.txt/x', 'ls notes.txt/x', 'cat "it is"', "cat 'a;b' nope",
  ...['head', 'tail'].flatMap((p) => [`${p} many.txt`, `${p} -3 many.txt`, `${p} -n 0 many.txt`, `${p} -c 7 many.txt`, `${p} -c 0 many.txt`, `${p} -n 5 notes.txt many.txt`, `${p} -q notes.txt no-newline.txt`, `${p} -v notes.txt`, `${p} notes.txt nope src empty.txt`, `${p} -n 99999 many.txt`, `${p} --lines=2 notes.txt`, `${p} --bytes=2 notes.txt`, `${p} -n 2500 many.txt`]),
  'head -n -2 notes.txt', 'head -n -1 no-newline.txt', 'head -c -3 notes.txt', 'head -n -2990 many.txt', 'head -n -99999 many.txt', 'head -n -0 notes.txt', 'tail -n +3 notes.txt', 'tail -n +1 notes.txt', 'tail -n +0 notes.txt', 'tail -c +3 notes.txt', 'tail -n +2990 many.txt', 'tail -n -2 notes.txt', 'tail -n +9 notes.txt',
  'ls', 'ls -a', 'ls -A', 'ls -1', 'ls -r', 'ls -p', 'ls -F', 'ls -aF', 'ls -d', 'ls -d src notes.txt', 'ls -R src', 'ls -Ra src', 'ls -R', 'ls src', 'ls src Zeta', 'ls notes.txt src nope Zeta', 'ls nope', 'ls hollow', 'ls hollow src', 'ls folder-link', 'ls -F folder-link', 'ls -p folder-link', 'ls -d */', 'ls src/*.ts', 'ls *.zzz', 'ls link', 'ls dangling', 'ls src/', 'ls ./src', 'ls .', 'ls -- -n', 'ls notes.txt nope', 'ls ~', 'ls .h*', 'ls -r notes.txt src Zeta',
  'wc notes.txt', 'wc notes.txt no-newline.txt', 'wc -l -c notes.txt', 'wc -w notes.txt', 'wc -c many.txt', 'wc -l *.txt', 'wc notes.txt nope', 'wc src', 'wc -l src notes.txt', 'wc wide.txt crlf.txt empty.txt', 'wc -lw many.txt',
  'test -e notes.txt', 'test -d src', 'test -f src', 'test -d folder-link', 'test -f link', 'test -e dangling', '[ -f notes.txt ]', '[ ! -f notes.txt ]', 'test ! -e nope',
  'echo hello world', "echo 'a   b'  c", 'echo', 'echo "  lead"', 'echo a=b "c d"', 'echo é 😀',
  'cd src && cat a.ts', 'cd src && ls', 'cd src && cd deep && ls', 'cd src && cat ../notes.txt', 'cd folder-link && ls', 'cd . && ls src',
];

/** Links and sizes, times of this year and others, groups of names; and columns. */
const listings: readonly string[] = [
  ...['-l', '-la', '-lA', '-lh', '-lah', '-lt', '-ltr', '-lS', '-lSr', '-lR', '-lF', '-alF', '-lp', '-ld', '-lr', '-l1', '-1l', '-lC', '-t', '-tr', '-S', '-at', '-C', '-aC', '-C1', '-RC', '-FC'].map((options) => `ls ${options}`),
  'ls -l src', 'ls -l src Zeta notes.txt', 'ls -ld src', 'ls -l folder-link', 'ls -l folder-link/', 'ls -l link dangling', 'ls -l nope notes.txt', 'ls -lh many.txt', 'ls -lt *.txt', 'ls -lS src *.txt', 'ls -l hollow', 'ls -la hollow', 'ls -l timed', 'ls -lh timed', 'ls -lt timed', 'ls -l special', 'ls -lF special', 'ls -l /etc/passwd', 'ls -ld /tmp', 'ls -l --color=never --human-readable timed', 'cd src && ls -la',
  'dir', 'dir -a', 'dir src', 'dir src Zeta', 'dir -1', 'dir -l', 'dir -la src', 'dir odd', 'dir -l odd', 'dir nope', 'dir odd/*', 'dir -R src', 'dir narrow', 'dir odd src', "dir 'of: both' src", 'ls -C narrow', 'ls -C odd', 'dir hollow',
];

const finds: readonly string[] = [
  'find', 'find .', 'find src', 'find src/', 'find ./src Zeta', 'find notes.txt', 'find . -type f', 'find . -type d', 'find . -type l', 'find . -type f,l', "find . -name '*.ts'", "find . -iname '*.ts'", "find . -name '.*'", 'find . -maxdepth 1', 'find . -mindepth 2', 'find . -mindepth 1 -maxdepth 2 -type d', "find . -path './src/*'", "find . -path '*/deep/*'", "find . -not -path '*/deep/*' -type f",
  "find . -name deep -prune -o -type f -print", "find . \\( -name '*.ts' -o -name '*.js' \\) -print", "find . -name '*.ts' -o -name '*.js'", "find . ! -name '*.ts' -a ! -type d", 'find . -false', 'find . -true -print', 'find nope', 'find nope src', 'find folder-link', 'find folder-link/', "find . -name '[a-n]*'", "find . -name 'a\\*b'", "find . -name '?otes.txt'", "find . -ipath './SRC/*'", 'find . -print -print', "find . -name '*.ts' -print -o -name a.ts", 'find src -prune', "find . -name '*'", "find . -wholename ./src/a.ts", 'find dangling', 'find . -maxdepth 0',
];

describe.skipIf(lacking(!comparable, 'no bash with GNU coreutils and findutils: answers are not compared with theirs'))('as_the_programs_answer', () => {
  test.each(fixed)('%s', async (line) => {
    expect(localCommand(line), 'is answered here').not.toBeNull();
    const { text } = await bench.run('builtin:shell', { command: line });
    expect(text.replaceAll(' (by the policy of this machine; do not try to reach it another way)', '')).toBe(expected(line));
  });
  describe.each(['UTC', 'America/New_York'])('listings in %s', (zone) => {
    beforeAll(() => vi.stubEnv('TZ', zone));
    afterAll(() => vi.unstubAllEnvs());
    test.each(listings)('%s', async (line) => {
      expect(localCommand(line), 'is answered here').not.toBeNull();
      expect((await bench.run('builtin:shell', { command: line })).text).toBe(real(bench, line));
    });
  });
  test.each(finds)('%s, in order of path', async (line) => {
    const sorted = (text: string): string => text.split('\n').sort().join('\n');
    expect(sorted((await bench.run('builtin:shell', { command: line })).text)).toBe(sorted(real(bench, line)));
  });

  /** Bash names itself by the file it was started as. */
  const expected = (line: string): string => real(bench, line);

  test('trees_made_by_chance', async () => {
    const seed = 7_741;
    const random = createRandom(seed);
    const tree = openBench();
    const names = ['a', 'B', 'c.ts', 'd.ts', '.e', 'f f', 'ü', 'z-', '_g', '10', '9', 'A.TS'];
    try {
      for (let i = 0; i < 60; i++) {
        const path = Array.from({ length: 1 + random(4) }, () => pick(random, names)).join('/');
        try {
          if (random(5) === 0) mkdirSync(join(tree.cwd, path), { recursive: true });
          else tree.put({ [path]: Array.from({ length: random(6) }, () => pick(random, ['x', 'y z', '', 'ü'])).join('\n') });
        } catch (e) {
          // A file stands where a folder was to be.
          if (!['EEXIST', 'ENOTDIR', 'EISDIR'].includes((e as NodeJS.ErrnoException).code ?? '')) throw e;
        }
      }
      const lines = ['ls -R', 'ls -RaF', 'ls -laR', 'ls -RC', 'dir -R', 'dir -a', 'ls -lS *', 'ls -rp', 'ls *', 'ls */*', 'ls -d */*/', 'wc *.ts', 'head -n 1 *.ts */*.ts', 'tail -n 1 */*', 'cat *.ts', "find . -name '*.ts' -type f", "find . -name 'a' -prune -o -print", 'find * -maxdepth 1', 'wc -c */*.ts'];
      for (const line of lines) {
        const sorted = (text: string): string => (line.startsWith('find') ? text.split('\n').sort().join('\n') : text);
        const { text } = await tree.run('builtin:shell', { command: line });
        expect({ seed, line, text: sorted(text) }).toEqual({ seed, line, text: sorted(real(tree, line)) });
      }
    } finally {
      tree.end();
    }
  });
});
