/** Files and folders as words of the command line name them: relative to where the command was started, `-` is standard input. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { OccasioError, printable } from '../../verifiers/formats/error.ts';
import type { Ops } from '../ops.ts';
import type { Io } from './print.ts';

/** `$OCCASIO_HOME`, else `~/.occasio`. */
export function occasioHome(io: Io): string {
  const named = io.env['OCCASIO_HOME'] ?? '';
  const user = io.env['HOME'] ?? homedir();
  // Every rule with `~` hangs on it as well, whatever OCCASIO_HOME says.
  if (!isAbsolute(user)) throw noHome('HOME', user);
  if (named === '') return join(user, '.occasio');
  if (!isAbsolute(named)) throw noHome('OCCASIO_HOME', named);
  return named;
}

function noHome(variable: string, path: string): OccasioError {
  const found = path === '' ? `${variable} is empty` : `${variable} is a relative path`;
  return new OccasioError({ code: 'home', cannot: 'use the home', thing: path, found, want: 'an absolute path', next: `Set ${variable} to one, or unset it.` });
}

/** Where the command was started. */
export function startedIn(cwd: () => string): string {
  try {
    return cwd();
  } catch (error) {
    throw new OccasioError({ code: 'not-found', cannot: 'start in', thing: '.', found: 'the folder is gone, or may not be looked at', next: 'Change to another: cd ~' }, error);
  }
}

/** A path to be read by a person: `~` for the user's folder, as shells take it back. */
export function shownPath(io: Io, path: string): string {
  const user = io.env['HOME'] ?? homedir();
  return printable(sep === '/' && path.startsWith(`${user}/`) ? `~${path.slice(user.length)}` : path, 500);
}

export function absolute(io: Io, word: string): string {
  return resolve(io.cwd, word);
}

/** The bytes of a file, or of standard input for `-`. */
export async function readInput(io: Io, ops: Ops, word: string, limit: number): Promise<Uint8Array> {
  if (word !== '-') return ops.files.read(absolute(io, word), limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of io.stdin) {
    size += chunk.length;
    if (size > limit) throw new OccasioError({ code: 'too-large', cannot: 'read', thing: 'standard input', found: `more than ${limit} bytes` });
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
