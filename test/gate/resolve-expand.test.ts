/** What a shell's glob would become, against bash itself where there is one. Attack class D7: a name reached by a pattern. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expandGlob } from '../../host/gate/expand.ts';
import { diskOps } from '../support/ops.ts';
import { loadCore } from '../support/core.ts';
import { lacking } from '../support/lacking.ts';
import { cpuMs } from '../support/cpu.ts';

let cwd = '';
const core = loadCore();
const bash = spawnSync('bash', ['-c', 'true']).status === 0;

beforeAll(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-expand-')));
  for (const path of ['.env', '.env.local', 'env', 'a.txt', 'b.txt', 'B.txt', 'ab.txt', 'é.txt', 'x]y', 'back\\slash', '{a,b}', 'a b.txt', 'src/.env', 'src/a.ts', 'src/deep/c.ts', 'src/deep/.hid', 'lib/a.ts', '-rf']) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), path);
  }
  symlinkSync('src', join(cwd, 'link'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const expand = async (word: string, directories = [cwd]): Promise<string[]> => (await expandGlob(diskOps('/nowhere'), core, word, directories)).names.map((name) => (name.startsWith(`${cwd}/`) ? name.slice(cwd.length + 1) : name)).sort();

describe('names that match', () => {
  test.each<[string, string[]]>([
    ['.e*', ['.env', '.env.local']],
    ['*nv', ['env']],
    ['.en?', ['.env']],
    ['.[e]nv', ['.env']],
    ['[.]env', ['.env']],
    ['[!a].txt', ['B.txt', 'b.txt', 'é.txt']],
    ['?.txt', ['B.txt', 'a.txt', 'b.txt', 'é.txt']],
    ['*/.env', ['lib/.env', 'link/.env', 'src/.env']],
    ['*/*.ts', ['lib/a.ts', 'link/a.ts', 'src/a.ts']],
    ['s*/d*/*', ['src/deep/c.ts']],
    ['**/*.ts', ['lib/a.ts', 'link/a.ts', 'src/a.ts', 'src/deep/c.ts'].filter((name) => !name.startsWith('link'))],
    ['./s*/../.e*', ['src/../.env', 'src/../.env.local']],
    ['nothing*', []],
    ['back\\s*', ['back\\slash']],
    ['{a*', ['{a,b}']],
    ['@(a|b).txt', ['.env', '.env.local', '-rf'].slice(0, 0).concat(['B.txt', 'a b.txt', 'a.txt', 'ab.txt', 'b.txt', 'é.txt'])],
    ['[[:alpha:]].txt', ['B.txt', 'a.txt', 'b.txt', 'é.txt']],
  ])('%s', async (word, want) => expect(await expand(word)).toEqual(want.slice().sort()));

  test('an absolute word, and one for each directory in play', async () => {
    expect(await expand(`${cwd}/s*/a.ts`, [])).toEqual(['src/a.ts']);
    expect(await expand('*.ts', [join(cwd, 'src'), join(cwd, 'lib')])).toEqual(['lib/a.ts', 'src/a.ts']);
  });
});

test.skipIf(lacking(!bash, 'no bash: what it makes of a glob is not compared'))('what bash makes of a word is among the names', async () => {
  const word = fc.array(fc.constantFrom('*', '?', '.', 'e', 'n', 'v', 'a', 't', 'x', '/', '[a-e]', '[!.]', 'src', '.env', '**', '[ab]', '.*', ']'), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(word, async (text) => {
      if (!/[*?[]/.test(text) || text.startsWith('/')) return;
      const said = spawnSync('bash', ['-O', 'nullglob', '-c', `printf '%s\\0' ${text}`], { cwd }).stdout.toString().split('\0').filter((name) => name !== '');
      const tidy = (name: string): string => name.split('/').filter((part) => part !== '' && part !== '.').join('/');
      const ours = new Set((await expand(text)).map(tidy));
      // `.` and `..` themselves are judged as the folders they are, not as names of a pattern.
      for (const name of said) if (!name.split('/').some((part) => part === '.' || part === '..')) expect(ours, text).toContain(tidy(name));
    }),
    { numRuns: 150, seed: 7_201 },
  );
});

describe('a pattern too wide to know is a fault', () => {
  test('too many names', async () => {
    const many = join(cwd, 'many');
    mkdirSync(many);
    for (let i = 0; i < 1_100; i++) writeFileSync(join(many, `f${i}`), '');
    expect((await expandGlob(diskOps('/nowhere'), core, 'many/*', [cwd])).fault).toBe('glob-too-wide');
    expect(await expandGlob(diskOps('/nowhere'), core, 'many/f10*', [cwd])).not.toHaveProperty('fault');
    rmSync(many, { recursive: true });
  });
  test.each(['/*/*/*/*/*/*/*/*/*/*', '/**/x', '*/'.repeat(100)])('%s', async (word) => {
    const from = cpuMs();
    expect((await expandGlob(diskOps('/nowhere'), core, word, [cwd])).fault).toBe('glob-too-wide');
    expect(cpuMs() - from).toBeLessThan(2_000);
  });
});
