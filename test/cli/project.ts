/**
 * A place as the documents have it in mind: a project with a `.env`, a `row.json` and a `policy.yml`, a home with a record, a
 * stand-in for `claude` and the program itself on the PATH; and a shell that works in it.
 */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { environment, newPlace, occasio, runner, type Place, type Ran } from './run.ts';

export function newProject(): Place {
  const place = newPlace();
  writeFileSync(join(place.cwd, '.env'), 'A=1\n');
  writeFileSync(join(place.cwd, 'row.json'), '{"b":1, "a":2}');
  writeFileSync(join(place.cwd, 'policy.yml'), 'version: 1\ndeny_paths: [.env]\n');
  program(place, 'claude', `#!${process.execPath}\nconsole.log('stand-in', JSON.stringify(process.argv.slice(2)));\n`);
  program(place, 'occasio', `#!/bin/sh\nexec ${runner.map((word) => `'${word}'`).join(' ')} "$@"\n`);
  return place;
}

/** A program of this name on the PATH of `shell`. */
export function program(place: Place, name: string, text: string): void {
  mkdirSync(join(place.home, 'bin'), { recursive: true });
  writeFileSync(join(place.home, 'bin', name), text);
  chmodSync(join(place.home, 'bin', name), 0o755);
}

export function pathOf(place: Place): string {
  return `${join(place.home, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;
}

let recorded: Promise<{ readonly home: string; readonly run: string }> | undefined;

/** Puts a home with one whole run there: that of a demo, which is played once. Gives the run's id. */
export async function giveRecord(place: Place): Promise<string> {
  recorded ??= occasio(newPlace(), ['demo', '--json']).then((ran) => {
    const { home, chain } = JSON.parse(ran.out) as { readonly home: string; readonly chain: string };
    return { home, run: /([^/\\]+)\.jsonl$/.exec(chain)?.[1] ?? '' };
  });
  const { home, run } = await recorded;
  cpSync(home, place.occasioHome, { recursive: true });
  return run;
}

/** Runs a line as a user types it. With `stopAt` it is sent SIGTERM once that is on its standard output. */
export function shell(place: Place, line: string, env: { readonly [name: string]: string } = {}, stopAt?: RegExp): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', stopAt === undefined ? line : `exec ${line}`], { cwd: place.cwd, env: { ...environment(place), PATH: pathOf(place), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (stopAt?.test(out) === true) child.kill('SIGTERM');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
}
