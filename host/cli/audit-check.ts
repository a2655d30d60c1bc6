/** Checks one run's file, read in pieces; the demo and `audit verify` both call this. */
import { basename } from 'node:path';
import type { Verdict } from '../../verifiers/formats/verdict.ts';
import { verifyRun, type Progress, type RunExpectations } from '../../verifiers/verify.ts';
import { walkByThreads } from '../runtime/walk.ts';
import { readPieces, seenBy, type RunCovered } from '../ledger/index.ts';
import type { Ops } from '../ops.ts';
import { loadCore } from '../runtime/core.ts';

/** Names that we give to runs; another name may be a copy's. */
const OURS = /^([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.jsonl$/;

/** `signed`: the checkpoints of the run. With more jobs than one the chain is walked by threads; the rules of a run are read here, beside them. */
export async function checkRun(ops: Ops, path: string, expected: RunExpectations = {}, progress?: Progress, jobs = 1, signed: RunCovered | null = null): Promise<Verdict> {
  const runId = runIdOf(path);
  const known = { ...(runId === undefined ? {} : { runId }), ...(signed === null ? {} : { checkpoints: signed.told }), ...expected };
  const seen = (pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => (signed === null ? pieces : seenBy(pieces, signed));
  const { core } = loadCore();
  if (jobs === 1) return verifyRun(core, seen(readPieces(ops, path)), known, progress);
  // A run that is open grows: what is judged ends where it ended now.
  const size = (await ops.files.stat(path))?.size ?? 0;
  const summary = walkByThreads(path, size, jobs);
  const [verdict] = await Promise.all([verifyRun(core, seen(firstBytes(readPieces(ops, path), size)), known, progress, { write: () => undefined, end: () => summary }), summary]);
  return verdict;
}

async function* firstBytes(pieces: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let left = size;
  for await (const piece of pieces) {
    yield piece.subarray(0, left);
    left -= piece.length;
    if (left <= 0) return;
  }
}

/** What the file's name says, where we gave it. */
export function runIdOf(path: string): string | undefined {
  return OURS.exec(basename(path))?.[1];
}
