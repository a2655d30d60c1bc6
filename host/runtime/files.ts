/** `Files` by node:fs, which Bun and Deno have as well. Paths and what lies there are attacker-controlled. */
import { constants, readlinkSync } from 'node:fs';
import { link, lstat, mkdir, open, opendir, readlink, rename, unlink, type FileHandle, stat } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Entry, Files, OpenFile, Stat } from '../ops.ts';
import { openAppend } from './append.ts';
import { errno, fileFault, notAFile, tooLarge } from './fault.ts';
import { kindOf, looked, READ, readSmall, statOf } from './look.ts';

export const files: Files = {
  async read(path, limit) {
    const small = readSmall(path, limit);
    if (small !== null) return small;
    const handle = await opened('read', path);
    try {
      const stat = statOf(await handle.stat({ bigint: true }));
      if (stat.kind !== 'file') throw notAFile('read', path, stat.kind);
      if (stat.size > limit) throw tooLarge('read', path, limit);
      return await readUpTo(handle, path, limit, stat.size);
    } catch (error) {
      throw fileFault('read', path, 'unreadable', error);
    } finally {
      await handle.close();
    }
  },

  async replace(path, bytes) {
    const draft = await writeDraft(path, bytes);
    try {
      await rename(draft, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await removeIfThere(draft);
      throw fileFault('write', path, 'unwritable', error);
    }
  },

  async createExclusive(path, bytes) {
    const draft = await writeDraft(path, bytes);
    try {
      await link(draft, path);
    } catch (error) {
      if (errno(error) === 'EEXIST') return false;
      throw fileFault('write', path, 'unwritable', error);
    } finally {
      await removeIfThere(draft);
    }
    await syncFolder(dirname(path));
    return true;
  },

  async link(path, name) {
    try {
      // Linked itself where the system follows no link here (Linux, macOS); checked all the same, as others may.
      const stat = statOf(await lstat(path, { bigint: true }));
      if (stat.kind !== 'file') throw notAFile('link', path, stat.kind);
      await link(path, name);
    } catch (error) {
      if (errno(error) === 'EEXIST') return false;
      throw fileFault('link', path, 'unwritable', error);
    }
    await syncFolder(dirname(name));
    return true;
  },

  async move(path, to) {
    try {
      await rename(path, to);
      await syncFolder(dirname(to));
    } catch (error) {
      throw fileFault('rename', path, 'unwritable', error);
    }
  },

  async createAppend(path) {
    const file = openAppend(path);
    try {
      await syncFolder(dirname(path));
    } catch (error) {
      await file.close();
      throw fileFault('write', path, 'unwritable', error);
    }
    return file;
  },

  async list(path, limit) {
    return namesIn(path, path, limit);
  },

  async makeFolder(path) {
    try {
      await makeWithParents(path);
    } catch (error) {
      throw fileFault('make the folder', path, 'unwritable', error);
    }
  },

  async stat(path) {
    const stat = looked('look at', path);
    return stat === undefined ? null : statOf(stat);
  },

  async readLink(path) {
    if (looked('read the link', path)?.isSymbolicLink() !== true) return null;
    try {
      return readlinkSync(path);
    } catch (error) {
      // It was a link a moment ago. UNKNOWN: so says Windows of what is none.
      if (['ENOENT', 'ENOTDIR', 'EINVAL', 'UNKNOWN'].includes(errno(error))) return null;
      throw fileFault('read the link', path, 'unreadable', error);
    }
  },

  async open(path) {
    const handle = await opened('open', path);
    try {
      return openFile(handle, path, statOf(await handle.stat({ bigint: true })));
    } catch (error) {
      await handle.close();
      throw fileFault('open', path, 'unreadable', error);
    }
  },

  async remove(path) {
    try {
      await removeIfThere(path);
    } catch (error) {
      throw fileFault('remove', path, 'unwritable', error);
    }
  },
};

/** `shown` is the path in words, where it is listed by another. */
async function namesIn(path: string, shown: string, limit: number): Promise<readonly Entry[]> {
  try {
    const entries: Entry[] = [];
    for await (const entry of await opendir(path)) {
      if (entries.length === limit) throw tooLarge('list', shown, limit, 'names');
      entries.push({ name: entry.name, kind: kindOf(entry) });
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw fileFault('list', shown, 'unreadable', error);
  }
}

async function opened(cannot: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, READ);
  } catch (error) {
    throw fileFault(cannot, path, 'unreadable', error);
  }
}

function openFile(handle: FileHandle, path: string, stat: Stat): OpenFile {
  return {
    stat,
    where: () => whereIs(handle, stat),
    list: (limit) => namesIn(process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : path, path, limit),
    async read(into, position) {
      try {
        return (await handle.read(into, 0, into.length, position)).bytesRead;
      } catch (error) {
        throw fileFault('read', path, 'unreadable', error);
      }
    },
    close: () => handle.close(),
  };
}

/** Linux alone tells. Its word counts only while the file still stands there: ` (deleted)` may be part of a name. */
async function whereIs(handle: FileHandle, stat: Stat): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  try {
    const path = await readlink(`/proc/self/fd/${handle.fd}`);
    return path.startsWith('/') && statOf(await lstat(path, { bigint: true })).identity === stat.identity ? path : null;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ENAMETOOLONG'].includes(errno(error))) return null;
    throw error;
  }
}

/** The file may grow while it is read: what is over the limit is never held. */
async function readUpTo(handle: FileHandle, path: string, limit: number, size: number): Promise<Uint8Array> {
  let bytes = new Uint8Array(Math.min(limit, size) + 1);
  let filled = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, filled);
    if (bytesRead === 0) return bytes.slice(0, filled);
    filled += bytesRead;
    if (filled > limit) throw tooLarge('read', path, limit);
    if (filled === bytes.length) {
      const wider = new Uint8Array(Math.min(limit + 1, 2 * bytes.length));
      wider.set(bytes);
      bytes = wider;
    }
  }
}

/** A sibling that holds the bytes, durable. */
async function writeDraft(path: string, bytes: Uint8Array): Promise<string> {
  const draft = join(dirname(path), `.${basename(path).slice(0, 100)}.${process.pid}.${randomBytes(6).toString('hex')}.new`);
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return draft;
  } catch (error) {
    await removeIfThere(draft);
    throw fileFault('write', path, 'unwritable', error);
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(errno(error))) throw error;
  }
}

/** A new name is durable when its folder is. Windows does not open folders; its names are journalled. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** One by one: the system's own recursive form does not end where a parent exists and says that nothing can be made in it. */
async function makeWithParents(path: string): Promise<void> {
  const parent = dirname(path);
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (errno(error) === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (errno(error) !== 'ENOENT' || parent === path || (await lstat(parent).then(() => true, () => false))) throw error;
    await makeWithParents(parent);
    await mkdir(path, { mode: 0o700 });
  }
  await syncFolder(parent);
}
