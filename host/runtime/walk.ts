/** A chain walked by several threads. Each has a core of its own: nothing is shared but the file. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { ChainSummary } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { placeOf } from './asset.ts';
import { loadCore } from './core.ts';
import { errno, fileFault, notAFile } from './fault.ts';
import { joinRanges, planRanges, walkRange, type Range, type ReadAt } from './ranges.ts';

/** What a thread is told: WalkTask in, ChainSummary out. */
export interface WalkTask {
  readonly path: string;
  readonly range: Range;
}

function withFile<T>(path: string, work: (read: ReadAt) => T): T {
  let file: number | undefined;
  try {
    // A pipe would wait for a writer.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!fstatSync(file).isFile()) throw notAFile('verify', path, 'other');
    const open = file;
    return work((into, at) => readSync(open, into, 0, into.length, at));
  } catch (error) {
    throw errno(error) === '' ? error : fileFault('verify', path, 'unreadable', error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

export const walkTask = ({ path, range }: WalkTask): ChainSummary => withFile(path, (read) => walkRange(loadCore().core, read, range));

/** Walks the first `size` bytes of a file in `jobs` threads: the summary that one walk gives, without a root. */
export async function walkByThreads(path: string, size: number, jobs: number): Promise<ChainSummary> {
  const ranges = withFile(path, (read) => planRanges(read, size, jobs));
  return joinRanges(ranges, await Promise.all(ranges.map((range) => inThread({ path, range }))));
}

function inThread(task: WalkTask): Promise<ChainSummary> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(placeOf('walk-thread.js'), { workerData: task });
    const refuse = (found: string): void => reject(new OccasioError({ code: 'unreadable', cannot: 'verify', thing: task.path, found, next: 'Try it without --jobs.' }));
    worker.once('message', resolve);
    worker.once('error', (error) => refuse(error.message));
    worker.once('exit', () => refuse('a thread ended without an answer'));
  });
}
