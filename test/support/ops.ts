/** Files on the real disk for tests of rooms that need no more of `Ops` than that. Nothing else of it works. */
import { constants } from 'node:fs';
import { lstat, open, readFile, readdir, readlink } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import type { Entry, Kind, OpenFile, Ops, Stat } from '../../host/ops.ts';
import { OccasioError, bug } from '../../verifiers/formats/error.ts';

const none = (): never => bug('not part of the disk for tests');

function fail(path: string, e: unknown): never {
  const code = (e as { code?: string }).code;
  throw new OccasioError({ code: code === 'ENOENT' || code === 'ENOTDIR' ? 'not-found' : 'unreadable', cannot: 'read', thing: path, found: String(code) }, e);
}

function absent(path: string, e: unknown): null {
  const code = (e as { code?: string }).code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EINVAL' ? null : fail(path, e);
}

const kindOf = (s: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): Kind =>
  s.isFile() ? 'file' : s.isDirectory() ? 'folder' : s.isSymbolicLink() ? 'link' : 'other';

const statOf = (s: Stats): Stat => ({
  kind: kindOf(s), size: s.size, mode: s.mode & 0o7777, owner: s.uid, links: s.nlink, identity: `${s.dev}:${s.ino}`, modified: s.mtimeMs,
});

/** `calls`, when given, counts what is asked of the disk. */
export function diskOps(home: string, calls: { [name: string]: number } = {}): Ops {
  const counted = (name: string): void => void (calls[name] = (calls[name] ?? 0) + 1);
  return {
    host: { pid: process.pid, hostId: null, bootId: null, flavour: 'posix', home, runtime: 'test' },
    now: () => Date.now(),
    monotonic: () => performance.now(),
    random: none,
    send: none,
    files: {
      replace: none, createExclusive: none, createAppend: none, makeFolder: none, remove: none,
      async read(path, limit) {
        counted('read');
        const bytes = await readFile(path).catch((e: unknown) => fail(path, e));
        return bytes.length > limit ? fail(path, { code: 'too-large' }) : new Uint8Array(bytes);
      },
      async list(path, limit) {
        counted('list');
        const entries = await readdir(path, { withFileTypes: true }).catch((e: unknown) => fail(path, e));
        if (entries.length > limit) throw new OccasioError({ code: 'too-large', cannot: 'list', thing: path, found: `${entries.length} names` });
        return entries.map((e): Entry => ({ name: e.name, kind: kindOf(e) })).sort((a, b) => (a.name < b.name ? -1 : 1));
      },
      async stat(path) {
        counted('stat');
        return lstat(path).then(statOf, (e: unknown) => absent(path, e));
      },
      async readLink(path) {
        counted('readLink');
        return readlink(path).catch((e: unknown) => absent(path, e));
      },
      async open(path): Promise<OpenFile> {
        counted('open');
        const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY).catch((e: unknown) => fail(path, e));
        const stat = statOf(await handle.stat());
        return {
          stat,
          where: () => readlink(`/proc/self/fd/${handle.fd}`).catch(() => null),
          read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
          close: () => handle.close(),
        };
      },
    },
  };
}
