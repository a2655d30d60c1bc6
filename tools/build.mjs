/**
 * Builds dist/, the whole of what the package ships besides its texts:
 *
 *   core.wasm                 the core                        occasio.js     the command line, executable
 *   core.js formats.js        the doors                       types/         their declarations
 *   walk-thread.js            what a thread of `--jobs` runs
 *   web-tree-sitter.wasm tree-sitter-bash.wasm                LICENSES.txt   the licences of what is bundled
 *
 * The same sources give the same bytes. Each file is put in place by rename, so a program that runs from dist while it is
 * built sees the old file or the new one, whole. Runs with no argument: everything. `buildFresh()`: only what is older than its sources.
 */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build as esbuild } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** A bundle each: its entry, and what it adds for Node (CommonJS packages inside an ESM bundle ask for `require`). */
const bundles = [
  { out: 'occasio.js', entry: 'host/cli/main.ts', program: true },
  { out: 'walk-thread.js', entry: 'host/runtime/walk-thread.ts', program: false, node: true },
  { out: 'core.js', entry: 'core-wasm/core.ts', program: false },
  { out: 'formats.js', entry: 'verifiers/formats/index.ts', program: false },
  { out: 'verify.js', entry: 'verifiers/verify/index.ts', program: false },
];

/** What the automata of the secret rules are made of. */
const secretSources = readdirSync(join(root, 'host/policy/secrets')).filter((name) => /^(?:rule|assigned|packed|proven|sets|make)/.test(name)).map((name) => `host/policy/secrets/${name}`).concat('host/policy/pattern', 'tools/build-secrets.mjs');

const copies = [
  ['web-tree-sitter.wasm', 'node_modules/web-tree-sitter/web-tree-sitter.wasm'],
  ['tree-sitter-bash.wasm', 'node_modules/tree-sitter-bash/tree-sitter-bash.wasm'],
];

/** The Sigstore library's cryptography, and that of no other package: see verifiers/sigstore/node.ts. */
export const sigstoreCrypto = {
  name: 'sigstore-crypto',
  setup(build) {
    const fromCore = (importer) => /node_modules\/@sigstore\/core\//.test(importer);
    build.onResolve({ filter: /^(node:)?crypto$/ }, ({ importer }) => (fromCore(importer) ? { path: 'crypto', namespace: 'sigstore' } : undefined));
    // CommonJS asks for its default member.
    build.onLoad({ filter: /^crypto$/, namespace: 'sigstore' }, () => ({ contents: "export * as default from './verifiers/sigstore/node.ts';", resolveDir: root }));
  },
};

/** What @sigstore/sign asks services with: see host/attest/sigstore/request.ts. */
const sigstoreRequest = {
  name: 'sigstore-request',
  setup(build) {
    build.onResolve({ filter: /^make-fetch-happen$/ }, ({ importer }) => (/node_modules\/@sigstore\/sign\//.test(importer) ? { path: 'request', namespace: 'sigstore' } : undefined));
    build.onLoad({ filter: /^request$/, namespace: 'sigstore' }, () => ({ contents: "export { request as default } from './host/attest/sigstore/request.ts';", resolveDir: root }));
  },
};

const programBanner = [
  '#!/usr/bin/env node',
  "import { createRequire as occasioCreateRequire } from 'node:module';",
  'const require = occasioCreateRequire(import.meta.url);',
].join('\n');

/** Builds everything; throws on the first failure. */
export async function buildAll() {
  mkdirSync(dist, { recursive: true });
  await buildSecretTables();
  await buildCoreModule();
  const metas = await buildBundles();
  copyFiles();
  place('LICENSES.txt', licences(metas));
  buildTypes();
}

/**
 * Builds what is missing or older than its sources; for tests and for work in the tree. A part that cannot be built is taken
 * away, so that nothing runs yesterday's, and named in the answer.
 */
export async function buildFresh() {
  mkdirSync(dist, { recursive: true });
  const stale = (out, ...sources) => !existsSync(join(dist, out)) || statSync(join(dist, out)).mtimeMs < Math.max(...sources.map(newest));
  const failures = [];
  const part = async (outs, fresh, build) => {
    if (fresh) return;
    try {
      await build();
    } catch (error) {
      failures.push(`${outs.join(', ')}: ${error instanceof Error ? error.message : String(error)}`);
      for (const out of outs) rmSync(join(dist, out), { recursive: true, force: true });
    }
  };
  const tables = '../host/policy/secrets/tables.js';
  await part([tables], !stale(tables, ...secretSources), buildSecretTables);
  const outs = bundles.map((b) => b.out);
  await part(['core.wasm'], !stale('core.wasm', 'core-wasm/assembly'), buildCoreModule);
  await part(outs, !outs.some((out) => stale(out, 'host', 'verifiers', 'core-wasm', 'package.json', 'tools/build.mjs')), async () => place('LICENSES.txt', licences(await buildBundles())));
  await part(['types'], !stale('types', 'verifiers', 'core-wasm', 'tools/tsconfig.types.json'), async () => buildTypes());
  copyFiles();
  return failures;
}

/** Newest modification below a path of the repository, in milliseconds. */
function newest(path) {
  const full = join(root, path);
  const stat = statSync(full);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(full).reduce((latest, name) => Math.max(latest, newest(join(path, name))), stat.mtimeMs);
}

async function buildSecretTables() {
  const { buildSecrets } = await import(pathToFileURL(join(root, 'tools/build-secrets.mjs')).href);
  await buildSecrets();
}

async function buildCoreModule() {
  const { buildCore } = await import(pathToFileURL(join(root, 'tools/build-core.mjs')).href);
  await buildCore();
}

async function buildBundles() {
  const metas = [];
  for (const { out, entry, program, node = program } of bundles) {
    const result = await esbuild({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: join(dist, out),
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      target: 'es2022',
      platform: node ? 'node' : 'neutral',
      mainFields: ['module', 'main'],
      charset: 'utf8',
      legalComments: 'none',
      plugins: [sigstoreCrypto, sigstoreRequest],
      define: { OCCASIO_VERSION: JSON.stringify(pkg.version), OCCASIO_REPOSITORY: JSON.stringify(pkg.repository.url) },
      ...(program ? { banner: { js: programBanner } } : {}),
      logLevel: 'warning',
    });
    place(out, result.outputFiles[0].contents, program ? 0o755 : 0o644);
    metas.push(result.metafile);
  }
  return metas;
}

function copyFiles() {
  for (const [out, from] of copies) {
    const bytes = readFileSync(join(root, from));
    if (!existsSync(join(dist, out)) || !readFileSync(join(dist, out)).equals(bytes)) place(out, bytes);
  }
}

/** Declarations of the doors. They import each other with `.ts` endings, which a consumer's compiler would look for as sources. */
function buildTypes() {
  const next = join(dist, `types.${process.pid}`);
  rmSync(next, { recursive: true, force: true });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const run = spawnSync(process.execPath, [tsc, '-p', 'tools/tsconfig.types.json', '--outDir', next], { cwd: root, encoding: 'utf8' });
  if (run.status !== 0) {
    rmSync(next, { recursive: true, force: true });
    throw new Error(`Cannot build the declarations of the doors:\n${run.stdout}${run.stderr}`);
  }
  for (const file of filesBelow(next)) {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/(\bfrom\s+|\bimport\()(["'])(\.{1,2}\/[^"']*)\.ts\2/g, '$1$2$3.js$2'));
  }
  rmSync(join(dist, 'types'), { recursive: true, force: true });
  renameSync(next, join(dist, 'types'));
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((e) => (e.isDirectory() ? filesBelow(join(folder, e.name)) : [join(folder, e.name)]));
}

/** Names of the packages that went into the bundles, and of those whose files are copied. */
export function bundledPackages(metas) {
  const inputs = [...metas.flatMap((m) => Object.keys(m.inputs)), ...copies.map(([, from]) => from)];
  const names = inputs.map((path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

function licences(metas) {
  const parts = bundledPackages(metas).map((name) => {
    const folder = join(root, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).sort().find((f) => /^licen[cs]e(\.|$)/i.test(f));
    const text = file === undefined ? standardText(license) : readFileSync(join(folder, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return `occasio.js and the .wasm files beside it hold code of these packages.\n\n${parts.join('\n----\n\n')}`;
}

/** Of a package that names its licence and carries no text: Apache-2.0 is one text for all, ours too. */
function standardText(license) {
  return license === 'Apache-2.0' ? readFileSync(join(root, 'LICENSE'), 'utf8').trim() : 'The package carries no licence text of its own.';
}

function place(out, bytes, mode = 0o644) {
  const target = join(dist, out);
  const draft = `${target}.${process.pid}.new`;
  writeFileSync(draft, bytes);
  chmodSync(draft, mode);
  renameSync(draft, target);
}

function report() {
  const names = ['core.wasm', ...bundles.map((b) => b.out), ...copies.map(([out]) => out)];
  for (const name of names) {
    const bytes = readFileSync(join(dist, name));
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, name === 'core.wasm' ? 64 : 16);
    console.log(`${relative(root, join(dist, name)).padEnd(28)}${String(bytes.length).padStart(9)} bytes${String(gzipSync(bytes).length).padStart(9)} gzip  ${digest}`);
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await buildAll();
  report();
}
