/** One module for all: the same bytes, by hash, pass the same vectors on every runtime, each of which loads it in its own way. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from './core/report.ts';
import { lacking } from '../support/lacking.ts';
import { browserProgram, given, root, workerd } from './runtimes.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-everywhere-')));
const module = join(root, 'dist/core.wasm');
const sha256 = createHash('sha256').update(readFileSync(module)).digest('hex');
const reports = new Map<string, Report>();

beforeAll(async () => {
  const entryPoints = ['process', 'worker', 'page'].map((name) => join(root, `test/runtimes/core/${name}.ts`));
  await build({ entryPoints, outdir: folder, outExtension: { '.js': '.mjs' }, bundle: true, format: 'esm', target: 'es2022', platform: 'neutral', external: ['node:fs', './core.wasm', './core.bytes'] });
  for (const name of ['core.wasm', 'core.bytes']) copyFileSync(module, join(folder, name));
});
afterAll(() => {
  console.log(`core: ${sha256}\n${[...reports].map(([name, { passed, failed }]) => `core: ${name}: ${passed} passed, ${failed.length} failed`).join('\n')}`);
  rmSync(folder, { recursive: true, force: true });
});

function judge(name: string, said: Report): void {
  reports.set(name, said);
  expect(said.failed).toEqual([]);
  expect(said.sha256).toBe(sha256);
  expect(said.passed).toBe([...reports.values()][0]?.passed);
  expect(said.passed).toBeGreaterThan(400);
}

describe('the core', () => {
  it.each(given().map((one) => [one.name, one] as const))('passes_its_vectors_on_%s', (name, { program, words }) => {
    const ran = spawnSync(program, [...words, join(folder, 'process.mjs'), join(folder, 'core.wasm')], { encoding: 'utf8', timeout: 60_000 });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    judge(name, JSON.parse(ran.stdout) as Report);
  });

  it.skipIf(lacking(workerd() === null, 'workerd does not start here'))('passes_its_vectors_on_workerd', async () => {
    writeFileSync(join(folder, 'worker.capnp'), CONFIG);
    const child = spawn(workerd() ?? '', ['serve', '--control-fd=3', '--socket-addr=http=127.0.0.1:0', join(folder, 'worker.capnp')], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
    const ended = once(child, 'exit');
    try {
      const [line] = (await once(child.stdio[3] as NodeJS.ReadableStream, 'data')) as [Buffer];
      const { port } = JSON.parse(line.toString('utf8').split('\n')[0] ?? '') as { port: number };
      judge('workerd', (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as Report);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  });

  it.skipIf(lacking(browserProgram() === null, 'no Chromium: set OCCASIO_CHROMIUM'))('passes_its_vectors_on_Chromium_where_no_code_may_be_made_of_text', async () => {
    const types: { readonly [path: string]: readonly [string, string] } = { '/': ['text/html', ''], '/page.mjs': ['text/javascript', 'page.mjs'], '/core.wasm': ['application/wasm', 'core.wasm'] };
    const server = createServer((request, response) => {
      const [type, file] = types[request.url ?? ''] ?? ['text/plain', null];
      if (file === null) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY });
      response.end(file === '' ? '<!doctype html><script type="module" src="page.mjs"></script>' : readFileSync(join(folder, file)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const browser = await chromium.launch({ executablePath: browserProgram() ?? '', args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      // In the page no text may become code, the driver's neither: so its title is read from here until it says something.
      await expect.poll(() => page.title(), { timeout: 30_000 }).not.toBe('');
      const said = JSON.parse(await page.title()) as Report & { evaluates: boolean };
      judge(`Chromium ${browser.version()}`, said);
      expect(said.evaluates).toBe(false);
    } finally {
      await browser.close();
      server.close();
    }
  });

  it('is_in_no_bundle_as_text', () => {
    const text = readFileSync(module).subarray(0, 48).toString('base64');
    for (const name of ['occasio.js', 'core.js', 'formats.js']) expect([name, existsSync(join(root, 'dist', name)) && readFileSync(join(root, 'dist', name), 'utf8').includes(text)]).toEqual([name, false]);
  });
});

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
const CONFIG = `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "worker.mjs", esModule = embed "worker.mjs"),
    (name = "core.wasm", wasm = embed "core.wasm"),
    (name = "core.bytes", data = embed "core.bytes"),
  ],
  compatibilityDate = "2025-01-01",
);
`;
