/**
 * `Ops.run` by node:child_process, which Bun and Deno have as well. No shell, no input, an environment of the caller's making.
 * The program is never taken from a folder that a project can fill: `npx` and `bunx` put such folders on PATH.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path';
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Ran, Run, Scratch } from '../ops.ts';
import { errno } from './fault.ts';

const SYSTEM = process.platform === 'win32' ? ['C:\\Program Files\\Git\\cmd'] : ['/usr/bin', '/bin', '/usr/local/bin', '/opt/homebrew/bin'];
const MAX_ERRORS = 64 * 1024;

export async function run(program: Run): Promise<Ran> {
  const path = find(program.program, program.cwd);
  if (program.scratch === undefined) return await start(path, program, program.env);
  const folder = await mkdtemp(join(realpathSync(tmpdir()), 'occasio-run-'));
  try {
    await fill(folder, program.scratch);
    return await start(path, program, { ...program.env, [program.scratch.variable]: folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function find(name: string, cwd: string): string {
  const files = process.platform === 'win32' ? [`${name}.exe`] : [name];
  const folders = [...SYSTEM, ...(process.env['PATH'] ?? '').split(delimiter)];
  for (const folder of folders) {
    if (!isAbsolute(folder) || folder.split(/[\\/]/).includes('node_modules') || isWithin(folder, cwd)) continue;
    for (const file of files) if (isProgram(join(folder, file))) return join(folder, file);
  }
  throw new OccasioError({ code: 'not-found', cannot: 'run', thing: name, found: 'it is not installed where the system keeps programs' });
}

function isWithin(folder: string, top: string): boolean {
  return folder === top || folder.startsWith(top.endsWith(sep) ? top : top + sep);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (errno(error) === '') throw error;
    return false;
  }
}

async function fill(folder: string, { files, links }: Scratch): Promise<void> {
  for (const { name, bytes, modified } of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, bytes, { mode: 0o600, flag: 'wx' });
    if (modified !== undefined) await utimes(path, modified / 1000, modified / 1000);
  }
  for (const { name, target } of links) await symlink(target, join(folder, name));
}

function start(path: string, { program, args, cwd, limits }: Run, env: Run['env']): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const posix = process.platform !== 'win32';
    const child = spawn(path, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: posix, windowsHide: true });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    let [size, errors]: [number, number] = [0, 0];
    let cut: Ran['cut'] = null;
    const end = (why: 'bytes' | 'time'): void => {
      cut ??= why;
      kill(child.pid, posix);
    };
    const timer = setTimeout(() => end('time'), limits.milliseconds);
    child.stdout.on('data', (chunk: Buffer) => {
      if (size < limits.bytes) out.push(chunk.subarray(0, limits.bytes - size));
      size += chunk.length;
      if (size > limits.bytes) end('bytes');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (errors < MAX_ERRORS) err.push(chunk.subarray(0, MAX_ERRORS - errors));
      errors += chunk.length;
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new OccasioError({ code: errno(error) === 'ENOENT' ? 'not-found' : 'unreadable', cannot: 'run', thing: program, found: errno(error) || String(error) }, error));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: cut === null ? code : null, stdout: new Uint8Array(Buffer.concat(out)), stderr: new Uint8Array(Buffer.concat(err)), cut });
    });
  });
}

/** A whole process group where there are such. */
function kill(pid: number | undefined, group: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(group ? -pid : pid, 'SIGKILL');
  } catch (error) {
    if (!['ESRCH', 'EPERM'].includes(errno(error))) throw error;
  }
}
