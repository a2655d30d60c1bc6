/**
 * The pinned agents, in a cache folder: $OCCASIO_CACHE/agents, else .cache/agents of the checkout. No install script runs:
 * the programs are native and lie in packages of their own, one a platform.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const versions = ['2.1.329', '2.1.197'] as const;
export type Version = (typeof versions)[number];

const here = fileURLToPath(new URL('.', import.meta.url));
const cache = resolve(process.env['OCCASIO_CACHE'] ?? join(here, '../../.cache'), 'agents');

/** Installs what is missing, says so, and throws when an agent is not there afterwards. */
export function installAgents(): void {
  const lock = readFileSync(join(here, 'package-lock.json'), 'utf8');
  const stamp = join(cache, 'node_modules', 'installed.json');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    console.log(`agents: installing ${versions.map((version) => `Claude Code ${version}`).join(' and ')} into ${cache}`);
    mkdirSync(cache, { recursive: true });
    for (const name of ['package.json', 'package-lock.json']) cpSync(join(here, name), join(cache, name));
    const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: cache, encoding: 'utf8' });
    if (npm.status !== 0) throw new Error(`Cannot install the agents into "${cache}": npm ci ended with ${npm.status}\n${npm.stderr}`);
    writeFileSync(stamp, lock);
  }
  for (const version of versions) {
    const said = spawnSync(programOf(version), ['--version'], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '' } }).stdout ?? '';
    if (!said.startsWith(`${version} `)) throw new Error(`Cannot use the agent "${programOf(version)}": it says ${JSON.stringify(said)}, want ${version}`);
  }
}

/** The native program of that version for this machine. */
export function programOf(version: Version): string {
  const alias = createRequire(join(cache, 'node_modules', `claude-code-${version}`, 'package.json'));
  const glibc = process.platform !== 'linux' || 'glibcVersionRuntime' in ((process.report?.getReport() as { header?: object } | undefined)?.header ?? {});
  const platform = `${process.platform}-${process.arch}${glibc ? '' : '-musl'}`;
  const folder = alias.resolve(`@anthropic-ai/claude-code-${platform}/package.json`).replace(/package\.json$/, '');
  return join(folder, process.platform === 'win32' ? 'claude.exe' : 'claude');
}
