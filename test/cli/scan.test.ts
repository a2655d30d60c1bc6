/** `occasio scan`: places of secrets, never their value. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scan } from '../../host/cli/scan.ts';
import { scanContent, scanLong } from '../../host/policy/index.ts';
import { SECRET_RULES } from '../../host/policy/secrets/rules.ts';
import { core, policy, seeded, utf8 } from '../policy/given.ts';
import { made } from '../support/made.ts';
import { exampleSecret } from '../support/secrets.ts';
import { call, fakeIo } from './io.ts';
import { newPlace, occasio, type Place } from './run.ts';

const secret = exampleSecret();

interface Told {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function scanned(place: Place, ...args: readonly string[]): Promise<Told> {
  const { io, out, err } = fakeIo({ OCCASIO_HOME: place.occasioHome, HOME: place.home }, false, 80, place.cwd);
  const code = await call(scan, args, io);
  expect(out() + err()).not.toContain(secret.slice(4));
  return { code, out: out(), err: err() };
}

function project(): Place {
  const place = newPlace();
  const write = (name: string, text: string | Uint8Array): void => writeFileSync(join(place.cwd, name), text);
  for (const folder of ['src', '.git', 'node_modules']) mkdirSync(join(place.cwd, folder));
  write('README.md', 'words\n');
  write('src/a b.ts', `// \u00e9\u{1f600}\nconst token = "\u{1f600}${secret}";\n`);
  write('.git/config', secret);
  write('node_modules/x.js', secret);
  write('image.bin', Uint8Array.of(0, 1, 2, ...utf8(secret)));
  symlinkSync('src', join(place.cwd, 'link'));
  return place;
}

describe('occasio scan', () => {
  it('names_kind_and_place_and_exits_1', async () => {
    const { code, out, err } = await scanned(project());
    expect([code, out]).toEqual([1, 'src/a b.ts:2:18: github-token, 40 characters\n']);
    expect(err).toBe('occasio: not looked at: image.bin is no text\n1 secret in 2 files. What is none goes into allow_secrets of the policy.\n');
  });

  it('exits_0_where_there_is_none', async () => {
    expect(await scanned(project(), 'README.md')).toEqual({ code: 0, out: 'No secrets in 1 file.\n', err: '' });
  });

  it('gives_one_document_with_json', async () => {
    const { code, out } = await scanned(project(), 'src', 'README.md', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({ findings: [{ label: 'github-token', file: 'src/a b.ts', line: 2, column: 18, endLine: 2, endColumn: 58, length: 40 }], files: 2, bytes: expect.any(Number) as number, passed_over: [] });
  });

  it('gives_sarif', async () => {
    const { out } = await scanned(project(), '.', '--sarif');
    const { version, runs } = JSON.parse(out) as { version: string; runs: { tool: { driver: { name: string; rules: { id: string }[] } }; results: { ruleId: string; ruleIndex: number; message: { text: string }; locations: unknown[] }[] }[] };
    expect([version, runs.length, runs[0]?.tool.driver.name, runs[0]?.tool.driver.rules.map((r) => r.id)]).toEqual(['2.1.0', 1, 'Occasio', ['github-token']]);
    expect(runs[0]?.results).toMatchObject([{ ruleId: 'github-token', ruleIndex: 0, level: 'error', locations: [{ physicalLocation: { artifactLocation: { uri: 'src/a%20b.ts' }, region: { startLine: 2, startColumn: 18, endLine: 2, endColumn: 58 } } }] }]);
  });

  it('reads_UTF_16', async () => {
    const place = newPlace();
    const units = Uint16Array.from(`\ufeffA=${secret}\r\n`, (c) => c.charCodeAt(0));
    writeFileSync(join(place.cwd, 'win.env'), new Uint8Array(units.buffer));
    expect((await scanned(place, 'win.env')).out).toMatch(/^win\.env:1:\d+: github-token/);
  });

  it('what_the_policy_allows_is_none', async () => {
    const place = project();
    writeFileSync(join(place.cwd, 'p.yml'), `version: 1\nallow_secrets: ["${secret}"]\n`);
    expect((await scanned(place, 'src', '--policy', 'p.yml')).code).toBe(0);
  });

  it('reads_standard_input_as_a_program', async () => {
    const found = await occasio(newPlace(), ['scan', '--stdin'], { stdin: `x\n${secret}\n` });
    expect([found.code, found.out]).toEqual([1, '<stdin>:2:1: github-token, 40 characters\n']);
    expect((await occasio(newPlace(), ['scan', 'absent'])).code).toBe(2);
  });
});

describe('a long text', () => {
  it('has_in_parts_what_it_has_as_a_whole', () => {
    const random = seeded(8);
    const plain = policy('');
    const examples = SECRET_RULES.filter((r) => !r.examples.some((e) => /<\w+:[3-9]\d\d>/.test(e))).flatMap((r) => r.examples);
    for (let round = 0; round < 60; round++) {
      const text = utf8(Array.from({ length: 12 }, () => made(examples[random(examples.length)] ?? '', random) + '\n'.repeat(1 + random(3)) + 'words '.repeat(random(60))).join(''));
      expect(scanLong(core, plain, text, 600 + random(400), 600)).toEqual(scanContent(core, plain, text).secrets);
    }
  });
});
