/** sigstore-python in a virtual environment of its own, by version. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const VERSION = '4.5.1';
const cache = resolve(process.env['OCCASIO_CACHE'] ?? fileURLToPath(new URL('../../.cache', import.meta.url)), 'interop');

/** The interpreter that has it; empty where there is none, and a line said why. */
export function installPython(): string {
  const folder = join(cache, `sigstore-${VERSION}`);
  const python = join(folder, 'bin/python');
  const has = (): boolean => spawnSync(python, ['-m', 'sigstore', '--version'], { encoding: 'utf8' }).stdout?.includes(VERSION) === true;
  if (has()) return python;
  mkdirSync(cache, { recursive: true });
  console.log(`interop: installing sigstore ${VERSION} into ${folder}`);
  for (const [program, ...args] of [['python3', '-m', 'venv', folder], [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `sigstore==${VERSION}`]] as const) {
    const ran = spawnSync(program, args, { encoding: 'utf8', timeout: 300_000 });
    if (ran.status === 0) continue;
    console.log(`skipped: sigstore-python ${VERSION}: ${ran.error?.message ?? ran.stderr.trim().split('\n').at(-1) ?? `it ended with ${ran.status}`}`);
    return '';
  }
  return has() ? python : '';
}
