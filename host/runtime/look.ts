/** Looking at a name and reading a small file, while the caller waits. What lies there is attacker-controlled. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type BigIntStats } from 'node:fs';
import type { Kind, Stat } from '../ops.ts';
import { errno, fileFault } from './fault.ts';

// Windows has neither flag; nothing blocks there on being opened.
export const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * Names are looked at, and small files read, while the caller waits: a way through the thread pool takes 20 us of
 * processor time, several times what the look itself does, and each call is looked up by dozens of names. Undefined: nothing stands there.
 */
export function looked(cannot: string, path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errno(error))) return undefined;
    throw fileFault(cannot, path, 'unreadable', error);
  }
}

/** A file of at most this many bytes is read at once: the policy, at every request. */
const SMALL = 65_536;

/** The whole of a small regular file; null where it is none. */
export function readSmall(path: string, limit: number): Uint8Array | null {
  try {
    const fd = openSync(path, READ);
    try {
      const stat = fstatSync(fd);
      if (!stat.isFile() || stat.size === 0 || stat.size > Math.min(limit, SMALL)) return null;
      const bytes = new Uint8Array(stat.size + 1);
      const length = readSync(fd, bytes);
      return length === stat.size ? bytes.subarray(0, length) : null;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw fileFault('read', path, 'unreadable', error);
  }
}

export function statOf(stat: BigIntStats): Stat {
  const posix = process.platform !== 'win32';
  return {
    kind: kindOf(stat),
    size: Number(stat.size),
    mode: posix ? Number(stat.mode & 0o7777n) : null,
    owner: posix ? Number(stat.uid) : null,
    group: posix ? Number(stat.gid) : null,
    links: Number(stat.nlink),
    blocks: Number(stat.blocks),
    special: stat.isFIFO() ? 'pipe' : stat.isSocket() ? 'socket' : kindOf(stat) === 'other' ? 'device' : null,
    identity: `${stat.dev}:${stat.ino}`,
    modified: Number(stat.mtimeNs) / 1e6,
  };
}

export function kindOf(what: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): Kind {
  return what.isFile() ? 'file' : what.isDirectory() ? 'folder' : what.isSymbolicLink() ? 'link' : 'other';
}
