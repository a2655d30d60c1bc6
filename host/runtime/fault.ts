/** What the system says of a file, in the one form of an error. */
import { constants } from 'node:os';
import { OccasioError, type ErrorCode } from '../../verifiers/formats/error.ts';

/** The system's name for what went wrong; empty where none is told. Deno tells some by number alone: "File too large (os error 27)". */
export function errno(error: unknown): string {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === 'string') return code;
  const number = Number(/\(os error (\d+)\)$/.exec(String(message))?.[1]);
  return Object.entries(constants.errno).find(([, value]) => value === number)?.[0] ?? '';
}

const STATES: { readonly [errno: string]: readonly [code: ErrorCode | null, found: string] } = {
  ENOENT: ['not-found', 'it does not exist'],
  ENOTDIR: ['not-found', 'a part of its path is no folder'],
  ENAMETOOLONG: ['not-found', 'its name is too long'],
  EEXIST: ['exists', 'it exists'],
  EISDIR: ['not-a-file', 'it is a folder'],
  ENXIO: ['not-a-file', 'it is a socket or a device'],
  ELOOP: [null, 'it is a symbolic link, or its links go in a circle'],
  EACCES: [null, 'permission denied'],
  EPERM: [null, 'not permitted'],
  EROFS: [null, 'the file system is read-only'],
  ENOSPC: [null, 'the disk is full'],
  EFBIG: [null, 'the file may not grow any further'],
  EDQUOT: [null, 'the quota is used up'],
  EMFILE: [null, 'too many open files'],
  EIO: [null, 'the disk reports an error'],
};

/** `otherwise` is the code of a state that says nothing of its own: unreadable or unwritable. */
export function fileFault(cannot: string, path: string, otherwise: 'unreadable' | 'unwritable', error: unknown): OccasioError {
  if (error instanceof OccasioError) return error;
  const [code, found] = STATES[errno(error)] ?? [null, errno(error) || String(error)];
  return new OccasioError({ code: code ?? otherwise, cannot, thing: path, found }, error);
}

export function notAFile(cannot: string, path: string, kind: string): OccasioError {
  return new OccasioError({ code: 'not-a-file', cannot, thing: path, found: kind === 'folder' ? 'it is a folder' : 'it is a pipe, a socket or a device', want: 'a regular file' });
}

export function tooLarge(cannot: string, path: string, limit: number, unit = 'bytes'): OccasioError {
  return new OccasioError({ code: 'too-large', cannot, thing: path, found: `more than ${limit} ${unit}`, want: `at most ${limit}` });
}
