/**
 * A file that only grows. A row is in the page cache when `write` returns; `sync` makes it durable. After a write or an fsync
 * that failed nothing is known of the file's end, so nothing more is written.
 */
import { closeSync, constants, fdatasync, openSync, writeSync } from 'node:fs';
import type { AppendFile } from '../ops.ts';
import { fileFault } from './fault.ts';

const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

export function openAppend(path: string): AppendFile {
  const fd = openFd(path);
  let broken: Error | null = null;
  let closed = false;
  /** The fsync that runs, and the one that will begin after it for those who came while it ran. */
  let running: Promise<void> | null = null;
  let waiting: Promise<void> | null = null;

  function fail(error: unknown): Error {
    broken ??= fileFault('write', path, 'unwritable', error);
    return broken;
  }

  function start(): Promise<void> {
    if (broken !== null) return Promise.reject(broken);
    const sync = new Promise<void>((resolve, reject) => {
      fdatasync(fd, (error) => (error ? reject(fail(error)) : resolve()));
    });
    running = sync.finally(() => {
      running = null;
    });
    return running;
  }

  function next(): Promise<void> {
    waiting = null;
    return start();
  }

  return {
    write(bytes) {
      if (closed) throw new Error('bug: a closed file is written');
      if (broken !== null) throw broken;
      try {
        for (let at = 0; at < bytes.length; ) {
          const written = writeSync(fd, bytes, at);
          if (written === 0) throw new Error('the system takes no more bytes');
          at += written;
        }
      } catch (error) {
        throw fail(error);
      }
    },
    sync() {
      if (closed) return Promise.reject(new Error('bug: a closed file is synced'));
      if (running === null) return start();
      waiting ??= running.then(next, next);
      return waiting;
    },
    async close() {
      if (closed) return;
      closed = true;
      await Promise.allSettled([running, waiting]);
      closeSync(fd);
    },
  };
}

function openFd(path: string): number {
  try {
    return openSync(path, FLAGS, 0o600);
  } catch (error) {
    throw fileFault('make', path, 'unwritable', error);
  }
}
