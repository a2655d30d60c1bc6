/** Results look as Claude Code 2.1.329 gives them for the same files (measured with the real client against a scripted model). */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBench, type Bench } from './place.ts';

let plain: Bench;
let repo: Bench;

beforeAll(() => {
  plain = openBench();
  plain.put({
    'notes.txt': 'alpha line\nbeta line\nneedle here\n', 'src/a.js': 'export const a = 1;\n// needle\nb\nc\nd\n// needle\n', 'empty.txt': '', 'nonl.txt': 'one\ntwo', 'crlf.txt': 'a\r\nb\r\n',
    'long.txt': `LONG${'x'.repeat(5_000)}\nshort\n`, 'bom.txt': '\ufeffhey\n', '.hidden': 'hid needle\n', '.gitignore': 'ign\n', 'ign/x.txt': 'needle\n',
    'utf16.txt': new Uint8Array([0xff, 0xfe, 0x68, 0, 0xe9, 0, 0x0a, 0]), 'invalid.txt': new Uint8Array([0x61, 0xff, 0xc3, 0x0a, 0x62]), 'bin.dat': 'needle\nab\0cd\nneedle\n',
  });
  symlinkSync('notes.txt', join(plain.cwd, 'to-notes'));
  repo = openBench();
  repo.put({
    'notes.txt': 'alpha line\nbeta line\nneedle here\n', 'src/a.js': 'export const a = 1;\n// needle\nb\n\nd\n// needle\n', 'src/b.js': 'needle\n', 'lib/c.js': 'needle\n', '.git/HEAD': 'ref: needle\n', '.git/config': 'needle',
    '.gitignore': 'ign\n*.log\n!keep.log\n/root.txt\n', 'ign/x.txt': 'needle\n', 'a.log': 'needle', 'keep.log': 'needle', 'root.txt': 'needle', 'src/root.txt': 'needle', 'src/.gitignore': 'b.js\n', '.ignore': 'lib\n',
    'crlf.js': 'needle\r\n', 'u.txt': 'été needle\n', '../outside/o.txt': 'needle\n',
  });
});
afterAll(() => {
  plain.end();
  repo.end();
});

const at = (bench: Bench, text: string): string => text.replaceAll('CWD', bench.cwd);

describe('read', () => {
  test.each<[string, { [name: string]: unknown }, string]>([
    ['lines with numbers, and the empty one after the last newline', { file_path: 'CWD/notes.txt' }, '1\talpha line\n2\tbeta line\n3\tneedle here\n4\t'],
    ['no newline at the end', { file_path: 'nonl.txt' }, '1\tone\n2\ttwo'],
    ['CRLF', { file_path: 'crlf.txt' }, '1\ta\n2\tb\n3\t'],
    ['byte order mark', { file_path: 'bom.txt' }, '1\they\n2\t'],
    ['UTF-16', { file_path: 'utf16.txt' }, '1\thé\n2\t'],
    ['invalid UTF-8', { file_path: 'invalid.txt' }, '1\ta\ufffd\ufffd\n2\tb'],
    ['offset and limit', { file_path: 'notes.txt', offset: 2, limit: 1 }, '2\tbeta line'],
    ['offset as text', { file_path: 'notes.txt', offset: '2' }, '2\tbeta line\n3\tneedle here\n4\t'],
    ['limit alone', { file_path: 'notes.txt', limit: 2 }, '1\talpha line\n2\tbeta line'],
    ['offset below one, limit nought', { file_path: 'notes.txt', offset: -1, limit: 0 }, '1\talpha line\n2\tbeta line\n3\tneedle here\n4\t'],
    ['a symbolic link', { file_path: 'to-notes', limit: 1 }, '1\talpha line'],
    ['an empty file', { file_path: 'empty.txt' }, '[the file exists and is empty]'],
    ['beyond the end', { file_path: 'notes.txt', offset: 50 }, '[the file has 4 lines, fewer than offset 50]'],
    ['the last, empty line', { file_path: 'notes.txt', offset: 4 }, '4\t'],
  ])('%s', async (_, input, want) => {
    const { text, isError, truncated, bytes } = await plain.run('builtin:read', Object.fromEntries(Object.entries(input).map(([k, v]) => [k, typeof v === 'string' ? at(plain, v) : v])));
    expect(text).toBe(want);
    expect({ isError, truncated, bytes }).toEqual({ isError: false, truncated: false, bytes: Buffer.byteLength(text) });
  });

  test.each<[string, { [name: string]: unknown }, RegExp]>([
    ['absent', { file_path: 'nope.txt' }, /does not exist.*current directory/],
    ['a folder', { file_path: 'src' }, /folder/],
    ['a device', { file_path: '/dev/zero' }, /device/],
    ['binary', { file_path: 'bin.dat' }, /NUL/],
    ['unknown member', { file_path: 'notes.txt', wat: 1 }, /unknown parameter "wat"/],
    ['no path', { path: 'x' }, /"file_path" is missing/],
    ['wrong type', { file_path: 7 }, /must be a string/],
    ['half a line', { file_path: 'notes.txt', offset: 1.5 }, /whole number/],
    ['pages', { file_path: 'notes.txt', pages: '1-2' }, /pages/],
    ['NUL in the path', { file_path: 'notes.txt\0.png' }, /nul/],
    ['a member that every object has', { file_path: 'notes.txt', ['constructor']: 1 }, /unknown parameter/],
  ])('refuses: %s', async (_, input, want) => {
    const result = await plain.run('builtin:read', input);
    expect(result.isError).toBe(true);
    expect(result.text).toMatch(want);
  });
});

describe('find', () => {
  test.each<[string, { [name: string]: unknown }, string]>([
    ['at any depth, oldest first', { pattern: '*.txt' }, 'notes.txt\nign/x.txt\nroot.txt\nsrc/root.txt\nu.txt'],
    ['globstar', { pattern: '**/*.js' }, 'src/a.js\nsrc/b.js\nlib/c.js\ncrlf.js'],
    ['anchored by a slash', { pattern: 'src/*' }, 'src/a.js\nsrc/b.js\nsrc/root.txt\nsrc/.gitignore'],
    ['below another folder', { pattern: '*', path: 'CWD/lib' }, 'lib/c.js'],
    ['hidden and version control', { pattern: 'HEAD' }, '.git/HEAD'],
    ['braces', { pattern: '{src,lib}/*.js' }, 'src/a.js\nsrc/b.js\nlib/c.js'],
    ['a class', { pattern: '[ab].js' }, 'src/a.js\nsrc/b.js'],
    ['absolute', { pattern: 'CWD/src/*.js' }, 'src/a.js\nsrc/b.js'],
    ['absolute, at any depth', { pattern: 'CWD/**/*.js' }, 'src/a.js\nsrc/b.js\nlib/c.js\ncrlf.js'],
    ['all but', { pattern: '!*', path: '' }, 'No files found'],
    ['a folder is no file', { pattern: 'src' }, 'No files found'],
    ['a folder with its slash', { pattern: 'src/' }, 'No files found'],
    ['case counts', { pattern: '*.JS' }, 'No files found'],
    ['nothing', { pattern: '*.zzz' }, 'No files found'],
  ])('%s', async (_, input, want) => {
    const result = await repo.run('builtin:find', Object.fromEntries(Object.entries(input).map(([k, v]) => [k, at(repo, String(v))])));
    expect(result).toMatchObject({ text: want, isError: false });
  });

  test('outside of the session folder paths are absolute', async () => {
    expect((await repo.run('builtin:find', { pattern: '*.txt', path: '../outside' })).text).toBe(`${repo.home}/outside/o.txt`);
  });

  test.each<[{ [name: string]: unknown }, RegExp]>([
    [{ pattern: '*', path: 'nope' }, /does not exist/], [{ pattern: '*', path: 'src/a.js' }, /not a folder/], [{ pattern: '*.{js' }, /bad glob/], [{ pattern: '[a' }, /bad glob/], [{}, /missing/], [{ pattern: 'a', x: 1 }, /unknown/],
  ])('refuses %j', async (input, want) => {
    const result = await repo.run('builtin:find', input);
    expect(result.isError).toBe(true);
    expect(result.text).toMatch(want);
  });
});

describe('grep in a folder', () => {
  test.each<[string, { [name: string]: unknown }, string]>([
    ['files, newest first', {}, 'Found 5 files\nign/x.txt\n.hidden\nsrc/a.js\nnotes.txt'.replace('5', '4')],
    ['no file', { pattern: 'zzzz' }, 'No files found'],
    ['content', { output_mode: 'content' }, '.hidden:1:hid needle\nign/x.txt:1:needle\nnotes.txt:3:needle here\nsrc/a.js:2:// needle\nsrc/a.js:6:// needle'],
    ['content without numbers', { output_mode: 'content', '-n': false }, '.hidden:hid needle\nign/x.txt:needle\nnotes.txt:needle here\nsrc/a.js:// needle\nsrc/a.js:// needle'],
    ['no content', { pattern: 'zzzz', output_mode: 'content' }, 'No matches found'],
    ['one file', { output_mode: 'content', path: 'notes.txt' }, '3:needle here'],
    ['around', { output_mode: 'content', '-A': 1, '-B': 1 }, '.hidden:1:hid needle\n--\nign/x.txt:1:needle\n--\nnotes.txt-2-beta line\nnotes.txt:3:needle here\n--\nsrc/a.js-1-export const a = 1;\nsrc/a.js:2:// needle\nsrc/a.js-3-b\n--\nsrc/a.js-5-d\nsrc/a.js:6:// needle'],
    ['contexts that touch', { output_mode: 'content', '-C': 2, path: 'src/a.js' }, '1-export const a = 1;\n2:// needle\n3-b\n4-c\n5-d\n6:// needle'],
    ['count', { output_mode: 'count' }, '.hidden:1\nign/x.txt:1\nnotes.txt:1\nsrc/a.js:2\n\nFound 5 total occurrences across 4 files.'],
    ['count nothing', { output_mode: 'count', pattern: 'zzzz' }, 'No matches found\n\nFound 0 total occurrences across 0 files.'],
    ['count one', { output_mode: 'count', path: 'notes.txt' }, 'notes.txt:1\n\nFound 1 total occurrence across 1 file.'],
    ['page of content', { output_mode: 'content', head_limit: 2, offset: 1 }, 'ign/x.txt:1:needle\nnotes.txt:3:needle here\n\n[Showing results with pagination = limit: 2, offset: 1]'],
    ['page of files', { head_limit: 1 }, 'Found 1 file limit: 1\nign/x.txt'],
    ['page of counts', { output_mode: 'count', head_limit: 1 }, '.hidden:1\n\nFound 5 total occurrences across 4 files. with pagination = limit: 1'],
    ['beyond the last page', { output_mode: 'content', offset: 99 }, 'No entries at this offset\n\n[Showing results with pagination = offset: 99]'],
    ['beyond the last file', { offset: 99 }, 'No entries at this offset. [Showing results with pagination = offset: 99]'],
    ['no limit', { head_limit: 0 }, 'Found 4 files\nign/x.txt\n.hidden\nsrc/a.js\nnotes.txt'],
    ['glob', { glob: '*.js' }, 'Found 1 file\nsrc/a.js'],
    ['type', { type: 'js' }, 'Found 1 file\nsrc/a.js'],
    ['whatever the case', { pattern: 'NEEDLE HERE', '-i': 'true' }, 'Found 1 file\nnotes.txt'],
    ['only what matches', { output_mode: 'content', '-o': true, path: 'src/a.js', pattern: 'needle|b' }, '2:needle\n3:b\n6:needle'],
    ['across lines', { output_mode: 'content', multiline: true, pattern: 'alpha line.beta' }, 'notes.txt:1:alpha line\nnotes.txt:2:beta line'],
    ['across lines, counted', { output_mode: 'count', multiline: true, pattern: 'needle\\nb', path: 'src/a.js' }, 'src/a.js:1\n\nFound 1 total occurrence across 1 file.'],
    ['a long line', { output_mode: 'content', pattern: 'LONG' }, 'long.txt:1:[Omitted long matching line]'],
    ['empty pattern', { output_mode: 'content', pattern: '', path: 'crlf.txt' }, '1:a\n2:b'],
    ['empty lines', { output_mode: 'count', pattern: '^$', path: 'src' }, 'No matches found\n\nFound 0 total occurrences across 0 files.'],
    ['a CR counts before the end of a line', { output_mode: 'content', pattern: 'a$', path: 'crlf.txt' }, 'No matches found'],
    ['a binary file asked for', { output_mode: 'content', path: 'bin.dat' }, '1:needle\n3:needle\nbinary file matches (found "\\0" byte around offset 9)'],
    ['UTF-16', { output_mode: 'content', pattern: 'hé', path: 'utf16.txt' }, '1:hé'],
    ['invalid UTF-8', { output_mode: 'content', pattern: '^b', path: 'invalid.txt' }, '2:b'],
  ])('%s', async (_, input, want) => {
    expect((await plain.run('builtin:grep', { pattern: 'needle', ...input })).text).toBe(want);
  });
});

describe('grep in a repository', () => {
  test.each<[string, { [name: string]: unknown }, string]>([
    ['ignore files, negations, nested ones', {}, 'Found 6 files\nu.txt\ncrlf.js\nsrc/root.txt\nkeep.log\nsrc/a.js\nnotes.txt'],
    ['a glob goes before ignore files', { glob: 'src/*.js' }, 'Found 2 files\nsrc/b.js\nsrc/a.js'],
    ['several globs, not into ignored folders', { glob: '*.js,*.txt' }, 'Found 7 files\nu.txt\ncrlf.js\nsrc/root.txt\nroot.txt\nsrc/b.js\nsrc/a.js\nnotes.txt'],
    ['all but', { glob: '!*.js' }, 'Found 4 files\nu.txt\nsrc/root.txt\nkeep.log\nnotes.txt'],
    ['an ignored folder asked for', { path: 'CWD/ign' }, 'Found 1 file\nign/x.txt'],
    ['ignore files of the folders above', { path: 'CWD/src' }, 'Found 2 files\nsrc/root.txt\nsrc/a.js'],
    ['CR is not printed', { output_mode: 'content', path: 'crlf.js' }, '1:needle'],
    ['a word boundary beyond ASCII', { output_mode: 'content', pattern: '\\bé' }, 'u.txt:1:été needle'],
  ])('%s', async (_, input, want) => {
    const result = await repo.run('builtin:grep', { pattern: 'needle', ...Object.fromEntries(Object.entries(input).map(([k, v]) => [k, at(repo, String(v))])) });
    expect(result.text).toBe(want);
  });

  test.each<[{ [name: string]: unknown }, RegExp]>([
    [{ pattern: '(' }, /not closed/], [{ pattern: '(?=a)b' }, /look-ahead/], [{ pattern: 'a', type: 'nosuch' }, /unknown type/], [{ pattern: 'a', type: 'constructor' }, /unknown type/], [{ pattern: 'a', path: 'nope' }, /does not exist/],
    [{ pattern: 'a', output_mode: 'x' }, /one of content/], [{ pattern: 'a', wat: 3 }, /unknown parameter/], [{ pattern: 'a', glob: '*.{a' }, /bad glob/], [{ pattern: 'a', path: '/dev/zero' }, /device/],
  ])('refuses %j', async (input, want) => {
    const result = await repo.run('builtin:grep', input);
    expect(result.isError).toBe(true);
    expect(result.text).toMatch(want);
  });
});
