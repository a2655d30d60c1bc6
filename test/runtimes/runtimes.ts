/**
 * The runtimes under test: this Node, and those of the manifest beside this file, in a cache folder: $OCCASIO_CACHE/runtimes,
 * else .cache/runtimes of the checkout. No install script runs: the programs lie in packages of their own, one a platform.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Runtime {
  readonly name: string;
  /** How its name in `--version --json` begins. */
  readonly says: string;
  readonly program: string;
  /** Before the file that is to run. */
  readonly words: readonly string[];
  /** Runs the TypeScript of the checkout as it stands. */
  readonly sources: boolean;
  /** As `--version` of the program itself says it. */
  readonly version: string;
}

const here = fileURLToPath(new URL('.', import.meta.url));
export const root = resolve(here, '../..');
export const source = join(root, 'host/cli/main.ts');
export const cache = resolve(process.env['OCCASIO_CACHE'] ?? join(root, '.cache'), 'runtimes');

type Wanted = Omit<Runtime, 'version'>;

function wanted(): readonly Wanted[] {
  const glibc = process.platform !== 'linux' || 'glibcVersionRuntime' in ((process.report?.getReport() as { header?: object } | undefined)?.header ?? {});
  const place = `${process.platform}-${process.arch}`;
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  const inCache = (path: string): string => join(cache, 'node_modules', path);
  const node = (major: number): Wanted => ({ name: `Node ${major}`, says: `node ${major}.`, program: inCache(`node-${major}-${place}/bin/node`), words: [], sources: true });
  return [
    { name: 'this Node', says: `node ${process.versions.node}`, program: process.execPath, words: [], sources: false },
    node(22),
    node(24),
    { name: 'Bun', says: 'bun 1.', program: inCache(`@oven/bun-${process.platform}-${arch}${glibc ? '' : '-musl'}/bin/bun`), words: [], sources: true },
    { name: 'Deno', says: 'deno 2.', program: inCache(`@deno/${place}${process.platform === 'linux' ? '-glibc' : ''}/deno`), words: ['run', '--allow-all'], sources: true },
  ];
}

/** Installs what is missing and gives what is there; what is not is skipped with a line. */
export function installRuntimes(): readonly Runtime[] {
  install();
  return wanted().flatMap((one): Runtime[] => {
    const said = spawnSync(one.program, ['--version'], { encoding: 'utf8' });
    const version = /\d+\.\d+\.\d+/.exec(said.stdout ?? '')?.[0];
    if (version !== undefined) return [{ ...one, version }];
    console.log(`runtimes: skipped ${one.name}: ${said.error?.message ?? `it ended with ${said.status ?? said.signal}`}`);
    return [];
  });
}

/** Those that the configuration of this run found. */
export const given = (): readonly Runtime[] => JSON.parse(process.env['OCCASIO_TEST_RUNTIMES'] ?? '[]') as Runtime[];

/** workerd runs no program, only workers: it is no runtime for the program, but one for the core. Null where it is not there. */
export const workerd = (): string | null => process.env['OCCASIO_TEST_WORKERD'] || null;

/** Chromium as the machine has it: `$OCCASIO_CHROMIUM`, else Debian's. Null where there is none. */
export const browserProgram = (): string | null => process.env['OCCASIO_TEST_CHROMIUM'] || null;

/** Of the programs that run the core alone, those that start here; what does not is skipped with a line. */
export function findOthers(): { readonly OCCASIO_TEST_WORKERD: string; readonly OCCASIO_TEST_CHROMIUM: string } {
  const starts = (name: string, program: string): string => {
    const said = spawnSync(program, ['--version'], { encoding: 'utf8' });
    if (said.status === 0) console.log(`runtimes: ${name} (${/\d[\d.-]*/.exec(said.stdout)?.[0] ?? 'no version'})`);
    else console.log(`runtimes: skipped ${name}: ${said.error?.message ?? `it ended with ${said.status ?? said.signal}`}`);
    return said.status === 0 ? program : '';
  };
  const arch = process.arch === 'x64' ? '64' : process.arch;
  return {
    OCCASIO_TEST_WORKERD: starts('workerd', join(cache, `node_modules/@cloudflare/workerd-${process.platform}-${arch}/bin/workerd`)),
    OCCASIO_TEST_CHROMIUM: starts('Chromium', process.env['OCCASIO_CHROMIUM'] ?? '/usr/bin/chromium'),
  };
}

function install(): void {
  const lock = readFileSync(join(here, 'package-lock.json'), 'utf8');
  const stamp = join(cache, 'node_modules', 'installed.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log(`runtimes: installing Node 22, Node 24, Bun, Deno and workerd into ${cache}`);
  mkdirSync(cache, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(here, name), join(cache, name));
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: cache, encoding: 'utf8' });
  if (npm.status === 0) writeFileSync(stamp, lock);
  else console.log(`runtimes: npm ci ended with ${npm.status}: ${npm.stderr.trim().split('\n').at(-1) ?? ''}`);
}
