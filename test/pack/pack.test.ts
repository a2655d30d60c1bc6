/** The package as npm packs it, installed into an empty folder with no network, and used. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../house/source.ts';

let folder: string;
let installed: string;

const npm = (args: readonly string[], cwd: string): string =>
  execFileSync('npm', [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, npm_config_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' } });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'occasio-pack-'));
  // Built by the setup of this run; `prepare` would build the same once more, under the feet of other tests.
  npm(['pack', '--ignore-scripts', '--pack-destination', folder], root);
  const tarball = readdirSync(folder).find((n) => n.endsWith('.tgz')) ?? '';
  installed = join(folder, 'user');
  mkdirSync(installed);
  writeFileSync(join(installed, 'package.json'), '{"name":"user","private":true,"type":"module"}');
  npm(['install', '--ignore-scripts', join(folder, tarball)], installed);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(args: readonly string[], input = ''): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(join(installed, 'node_modules', '.bin', 'occasio'), [...args], { cwd: installed, input, encoding: 'utf8', timeout: 60_000 });
}

describe('the packed package', () => {
  it('brings_in_nothing_else', () => {
    expect(readdirSync(join(installed, 'node_modules')).filter((n) => !n.startsWith('.'))).toEqual(['occasio']);
  });

  it('holds_what_it_needs_and_no_sources_or_tests', () => {
    const files = (at: string): string[] => readdirSync(at, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(join(at, e.name)) : [join(at, e.name)]));
    const all = files(join(installed, 'node_modules', 'occasio')).map((f) => f.slice(join(installed, 'node_modules', 'occasio').length + 1));
    for (const needed of ['LICENSE', 'NOTICE', 'README.md', 'package.json', 'dist/occasio.js', 'dist/core.wasm', 'dist/core.js', 'dist/formats.js', 'dist/verify.js', 'dist/web-tree-sitter.wasm', 'dist/tree-sitter-bash.wasm', 'dist/LICENSES.txt', 'verifiers/python/occasio_verify.py']) expect(all).toContain(needed);
    expect(all.filter((f) => /^(test|host|verifiers(?!\/python\/occasio_verify\.py$)|core-wasm|tools)\/|(?<!\.d)\.ts$|\.(new|map)$/.test(f))).toEqual([]);
    const total = all.reduce((sum, f) => sum + statSync(join(installed, 'node_modules', 'occasio', f)).size, 0);
    expect(total).toBeLessThan(6_000_000);
  });

  it('names_no_file_of_the_machine_that_built_it', () => {
    for (const name of ['occasio.js', 'core.js', 'formats.js', 'verify.js']) expect(readFileSync(join(installed, 'node_modules', 'occasio', 'dist', name), 'utf8')).not.toContain(root);
  });

  it('runs_its_command', () => {
    const version = run(['--version', '--json']);
    expect(version.status).toBe(0);
    expect(JSON.parse(version.stdout)).toMatchObject({ version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }).version, core_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(run(['canonicalize'], '{"b":1.0,"a":[]}')).toMatchObject({ status: 0, stdout: '{"a":[],"b":1}' });
    const demo = run(['demo']);
    expect([demo.status, demo.stderr]).toEqual([0, '']);
    expect(demo.stdout).toMatch(/self-consistent/);
  }, 90_000);

  it('opens_its_doors', () => {
    writeFileSync(
      join(installed, 'use.js'),
      `import { readFileSync } from 'node:fs';
       import { createRequire } from 'node:module';
       import { instantiate } from 'occasio/core';
       import * as formats from 'occasio/formats';
       import { verifyEvidence } from 'occasio/verify';
       const core = instantiate(new WebAssembly.Module(readFileSync(createRequire(import.meta.url).resolve('occasio/core.wasm'))));
       const text = core.canonicalize(new TextEncoder().encode('{"b":1,"a":2}'), 'jcs');
       console.log(new TextDecoder().decode(text.bytes), typeof formats.OccasioError, (await verifyEvidence(core, { kind: 'bundle', bytes: new Uint8Array() })).word);`,
    );
    expect(spawnSync(process.execPath, ['use.js'], { cwd: installed, encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '{"a":2,"b":1} function failed\n' });
  });

  it.each([
    ['NodeNext', 'NodeNext'],
    ['ESNext', 'Bundler'],
  ])('has_types_that_compile_under_%s', (module, moduleResolution) => {
    writeFileSync(
      join(installed, 'use.ts'),
      `import { instantiate, type Core, type Canonical } from 'occasio/core';
       import { OccasioError, type ErrorCode } from 'occasio/formats';
       import { verifyEvidence, type EvidenceVerdict } from 'occasio/verify';
       export const judge = (core: Core, bytes: Uint8Array): Promise<EvidenceVerdict> => verifyEvidence(core, { kind: 'bundle', bytes }, { allowUnsigned: true });
       export function canonical(module: WebAssembly.Module, text: Uint8Array): Canonical { const core: Core = instantiate(module); return core.canonicalize(text, 'jcs'); }
       export const code = (error: unknown): ErrorCode | null => (error instanceof OccasioError ? error.code : null);
       // A door whose types were lost would let this through.
       // @ts-expect-error
       export const wrong: number = instantiate;`,
    );
    const options = { strict: true, module, moduleResolution, target: 'ES2022', lib: ['ES2023', 'DOM'], types: [], noEmit: true, skipLibCheck: false };
    writeFileSync(join(installed, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['use.ts'] }));
    const tsc = spawnSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', installed], { encoding: 'utf8' });
    expect([tsc.status, tsc.stdout]).toEqual([0, '']);
  }, 30_000);
});
