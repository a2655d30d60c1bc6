/** The package as npm packs it, started in a folder that holds nothing else, without the network, the way people start it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { given, root } from './runtimes.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-started-')));
let tarball: string;
const offline = { npm_config_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' };
const env = (): NodeJS.ProcessEnv => ({ ...process.env, ...offline, HOME: join(folder, 'home'), TMPDIR: join(folder, 'tmp') });

beforeAll(() => {
  for (const name of ['home', 'tmp', 'npx', 'bunx', 'bunx-added', 'deno']) mkdirSync(join(folder, name));
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, env: env(), stdio: 'pipe' });
  tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
});

afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

const programOf = (name: string): string | undefined => given().find((one) => one.name === name)?.program;

interface Way {
  readonly name: string;
  readonly runtime: string;
  /** The folder it is started in. */
  readonly cwd: string;
  readonly before?: () => void;
  readonly words: () => readonly (string | undefined)[];
}

const ways: readonly Way[] = [
  { name: 'npx', runtime: 'node', cwd: 'npx', words: () => ['npx', '--yes', `--package=${tarball}`, 'occasio'] },
  { name: 'bunx --bun', runtime: 'bun', cwd: 'bunx', words: () => [programOf('Bun'), 'x', '--bun', '--package', tarball, 'occasio'] },
  {
    name: 'bun add, then bunx --bun',
    runtime: 'bun',
    cwd: 'bunx-added',
    before: () => {
      writeFileSync(join(folder, 'bunx-added/package.json'), '{"name":"user","private":true}');
      execFileSync(programOf('Bun') ?? '', ['add', tarball], { cwd: join(folder, 'bunx-added'), env: env(), stdio: 'pipe' });
    },
    words: () => [programOf('Bun'), 'x', '--bun', 'occasio'],
  },
  {
    name: 'npm install, then deno run npm:occasio',
    runtime: 'deno',
    cwd: 'deno',
    before: () => {
      writeFileSync(join(folder, 'deno/package.json'), '{"name":"user","private":true}');
      execFileSync('npm', ['install', '--ignore-scripts', tarball], { cwd: join(folder, 'deno'), env: env(), stdio: 'pipe' });
    },
    words: () => [programOf('Deno'), 'run', '--allow-all', '--node-modules-dir=manual', 'npm:occasio'],
  },
];

const there = (way: Way): boolean => way.runtime === 'node' || given().some((one) => one.says.startsWith(way.runtime));

describe.each(ways.filter(there))('$name', ({ runtime, cwd, before, words }) => {
  const run = (...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } => {
    const [program = '', ...first] = words().map((word) => word ?? '');
    const done = spawnSync(program, [...first, ...args], { cwd: join(folder, cwd), env: env(), encoding: 'utf8', timeout: 60_000 });
    return { code: done.status, out: done.stdout, err: done.stderr };
  };
  beforeAll(() => before?.());

  it('runs_on_the_runtime_it_is_meant_for', () => {
    const ran = run('--version', '--json');
    expect(ran.code, ran.err).toBe(0);
    expect((JSON.parse(ran.out) as { runtime: string }).runtime).toMatch(new RegExp(`^${runtime} `));
  });

  it('plays_the_demo', () => {
    const ran = run('demo', '--json');
    expect(ran.code, ran.err).toBe(0);
    const { ok, chain } = JSON.parse(ran.out) as { ok: boolean; chain: string };
    expect(ok).toBe(true);
    expect(JSON.parse(readFileSync(chain, 'utf8').split('\n')[0] ?? '')).toMatchObject({ kind: 'run_start', runtime: expect.stringMatching(new RegExp(`^${runtime} `)) });
  });

  it('gives_its_exit_code_through', () => {
    expect(run('audit', 'verify', 'absent.jsonl').code).toBe(2);
  });
});
