/** Files and folders as words of the command line name them: relative to where the command was started, `-` is standard input. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Ops } from '../ops.ts';
import type { Io } from './print.ts';

/** `$OCCASIO_HOME`, else `~/.occasio`. */
export function occasioHome(io: Io): string {
  const named = io.env['OCCASIO_HOME'] ?? '';
  if (named === '') return join(io.env['HOME'] ?? homedir(), '.occasio');
  if (!isAbsolute(named)) {
    throw new OccasioError({ code: 'home', cannot: 'use the home', thing: named, found: 'OCCASIO_HOME is a relative path', want: 'an absolute one' });
  }
  return named;
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
