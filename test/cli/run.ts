/** Runs the built program as a user would: another process, its own home, nothing of ours in its environment. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { bundle, runtime } from '../support/command.ts';

/** A program and its first arguments. */
export const runner: readonly [string, ...string[]] = [...runtime, bundle];

export interface Ran {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

export interface Place {
  /** Where the command runs. */
  readonly cwd: string;
  /** HOME. */
  readonly home: string;
  /** OCCASIO_HOME, not made yet. */
  readonly occasioHome: string;
  /** TMPDIR. */
  readonly tmp: string;
}

const made: string[] = [];
afterAll(() => made.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A scratch place, removed after the file's tests. */
export function newPlace(): Place {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-cli-')));
  made.push(folder);
  const place = { cwd: join(folder, 'project'), home: join(folder, 'user'), occasioHome: join(folder, 'user', '.occasio'), tmp: join(folder, 'tmp') };
  mkdirSync(place.cwd);
  mkdirSync(place.tmp);
  mkdirSync(place.home);
  return place;
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  readonly env?: { readonly [name: string]: string };
  /** Called with the child once it runs, to signal it. */
  readonly started?: (child: { readonly pid: number; kill(signal: NodeJS.Signals): void; onOut(see: (text: string) => void): void }) => void;
}

export function environment(place: Place, more: { readonly [name: string]: string } = {}): { [name: string]: string } {
  return { PATH: process.env['PATH'] ?? '', HOME: place.home, OCCASIO_HOME: place.occasioHome, TMPDIR: place.tmp, LANG: 'C.UTF-8', ...more };
}

export function occasio(place: Place, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const [command, ...first] = runner;
    const child = spawn(command, [...first, ...args], { cwd: place.cwd, env: environment(place, options.env), stdio: 'pipe' });
    let out = '';
    let err = '';
    const watchers: ((text: string) => void)[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      watchers.forEach((see) => see(out));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
    // The program may end without reading its input.
    child.stdin.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') reject(error);
    });
    child.stdin.end(options.stdin ?? '');
    options.started?.({ pid: child.pid ?? 0, kill: (signal) => void child.kill(signal), onOut: (see) => void watchers.push(see) });
  });
}
