/** Every limit is met with a visible marker, and nothing takes much longer than its time. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findHits, formatHits } from '../../host/tools/lines.ts';
import { compileMatcher } from '../../host/tools/regex/match.ts';
import { openBench, type Bench } from './place.ts';

let bench: Bench;
beforeAll(() => {
  bench = openBench();
  const files: { [path: string]: string } = { 'big.txt': Array.from({ length: 60_000 }, (_, i) => `row ${i} needle\n`).join(''), 'one-line.txt': 'x'.repeat(3_000_000), 'deep.txt': 'needle' };
  for (let i = 0; i < 700; i++) files[`many/f${String(i).padStart(3, '0')}.txt`] = 'needle\n';
  files[`${Array.from({ length: 20 }, (_, i) => `d${i}`).join('/')}/bottom.txt`] = 'needle';
  bench.put(files);
});
afterAll(() => bench.end());

describe('read', () => {
  test('half a megabyte, then a marker', async () => {
    const result = await bench.run('builtin:read', { file_path: 'big.txt' });
    expect(result).toMatchObject({ isError: false, truncated: true });
    expect(result.bytes).toBeLessThan(512 * 1024 + 100);
    expect(result.bytes).toBeGreaterThan(512 * 1024 - 100);
    expect(result.text).toMatch(/\n\[occasio: cut at 524288 bytes, in line \d+\]$/);
  });
  test('one endless line', async () => {
    const result = await bench.run('builtin:read', { file_path: 'one-line.txt' });
    expect(result.truncated).toBe(true);
    expect(result.bytes).toBeLessThan(512 * 1024 + 100);
  });
  test('from far within the file', async () => {
    expect((await bench.run('builtin:read', { file_path: 'big.txt', offset: 59_999, limit: 2 })).text).toBe('59999\trow 59998 needle\n60000\trow 59999 needle');
  });
  test('a limit of the caller', async () => {
    expect((await bench.run('builtin:read', { file_path: 'big.txt' }, [], { bytes: 100 })).text).toContain('[occasio: cut at 100 bytes, in line 7]');
  });
  test('a cut never splits a character', async () => {
    bench.put({ 'accents.txt': 'é'.repeat(500) });
    for (let bytes = 90; bytes < 94; bytes++) expect((await bench.run('builtin:read', { file_path: 'accents.txt' }, [], { bytes })).text).not.toContain('\ufffd');
  });
});

describe('find and grep', () => {
  test.each<[string, { [name: string]: unknown }, number]>([
    ['builtin:find', { pattern: '*', path: 'many' }, 500],
    ['builtin:grep', { pattern: 'needle', path: 'many', head_limit: 0 }, 501],
    ['builtin:grep', { pattern: 'needle', path: 'many', head_limit: 0, output_mode: 'content' }, 500],
    ['builtin:grep', { pattern: 'needle', path: 'big.txt', head_limit: 0, output_mode: 'content' }, 500],
    ['builtin:grep', { pattern: 'needle', path: 'many', head_limit: 0, output_mode: 'count' }, 502],
  ])('%s %j: 500 matches, then a marker', async (executor, input, lines) => {
    const result = await bench.run(executor, input);
    expect(result.truncated).toBe(true);
    expect(result.text.split('\n').length - 1).toBe(lines);
    expect(result.text).toMatch(/\n\[occasio: cut at 500 matches\]$/);
  });
  test('250 lines where no limit is asked for, as agents have it', async () => {
    const { text, truncated } = await bench.run('builtin:grep', { pattern: 'needle', path: 'many', output_mode: 'content' });
    expect(text.split('\n').length).toBe(252);
    expect(text).toContain('limit: 250');
    expect(truncated).toBe(false);
  });
  test('depth', async () => {
    for (const [executor, input] of [['builtin:find', { pattern: 'bottom.txt' }], ['builtin:grep', { pattern: 'needle', glob: 'bottom.txt' }]] as const) {
      expect((await bench.run(executor, input)).text).toBe('No files found\n[occasio: cut at depth 16]');
      expect((await bench.run(executor, input, [], { depth: 20 })).text).toContain('bottom.txt');
    }
  });
  test('names, bytes, and bytes of a file', async () => {
    expect((await bench.run('builtin:find', { pattern: '*' }, [], { entries: 100 })).text).toContain('[occasio: cut at 100 names]');
    expect((await bench.run('builtin:find', { pattern: 'many/*' }, [], { bytes: 100 })).text).toContain('[occasio: cut at 100 bytes]');
    expect((await bench.run('builtin:grep', { pattern: 'needle', path: 'big.txt', output_mode: 'count' }, [], { fileBytes: 1_000 })).text).toContain('[occasio: cut at 1000 bytes of a file]');
  });
  test('a pattern that is slow elsewhere, on a file made for it', async () => {
    bench.put({ 'evil.txt': 'a'.repeat(300_000) });
    const from = performance.now();
    for (const pattern of ['(a+)+$b', '(a|a)*b', '(.*)*x', '(?:a?){200}a{200}b', '(a|aa|aaa|aaaa)+b$', '[ab]*a[ab]{400}c']) {
      await bench.run('builtin:grep', { pattern, path: 'evil.txt', output_mode: 'content', '-o': true }, [], { milliseconds: 300 });
      await bench.run('builtin:grep', { pattern, path: 'evil.txt', multiline: true }, [], { milliseconds: 300 });
    }
    expect(performance.now() - from).toBeLessThan(12 * 600);
  });
});

test('a_tree_of_100k_files_stays_within_its_time', async () => {
  const tree = openBench(true);
  for (let i = 0; i < 400; i++) {
    const folder = join(tree.cwd, `p${i % 20}`, `d${i}`);
    mkdirSync(folder, { recursive: true });
    for (let k = 0; k < 250; k++) writeFileSync(join(folder, `f${k}.ts`), '');
  }
  try {
    for (const [executor, input] of [['builtin:find', { pattern: '**/*.ts' }], ['builtin:grep', { pattern: 'needle' }]] as const) {
      const from = performance.now();
      const result = await tree.run(executor, input, [/never/]);
      const took = performance.now() - from;
      console.log(`100,000 files: ${executor} ${Math.round(took)} ms, ${result.text.split('\n').at(-1) ?? ''}`);
      expect(took).toBeLessThan(3_500);
      if (took > 2_600) expect(result.text).toContain('[occasio: cut at 2000 ms]');
    }
  } finally {
    tree.end();
  }
}, 60_000);

test('lines and contexts are those of a plain search', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'ab', '', 'ba'), { maxLength: 9 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, fc.constantFrom('a', 'b$', '^', 'a|^$', 'ab*', 'z'), fc.nat(2), fc.nat(2), fc.boolean(), (body, pattern, before, after, end) => {
      const whole = end && body !== '' ? `${body}\n` : body;
      const made = compileMatcher(pattern, { fold: false, multiline: false }, () => false);
      if (!made.ok) throw new Error(made.why);
      const lines = whole === '' ? [] : (whole.endsWith('\n') ? whole.slice(0, -1) : whole).split('\n');
      const matching = lines.map((line) => new RegExp(pattern).test(line));
      const want: string[] = [];
      let last = -1;
      lines.forEach((line, i) => {
        const near = matching.some((is, k) => is && i >= k - before && i <= k + after);
        if (!near) return;
        if (before + after > 0 && want.length > 0 && i > last + 1) want.push('--');
        want.push(`${i + 1}${matching[i] === true ? ':' : '-'}${line}`);
        last = i;
      });
      const { hits, count } = findHits(whole, made.matcher, false, Infinity);
      expect(count).toBe(matching.filter(Boolean).length);
      expect(formatHits(whole, hits, made.matcher, { path: null, numbers: true, before, after, onlyMatching: false })).toEqual(want);
    }),
    { numRuns: 3_000, seed: 7_301 },
  );
});
