/** Checks one run's file, read in pieces; the demo and `audit verify` both call this. */
import { basename } from 'node:path';
import type { Verdict } from '../../verifiers/formats/verdict.ts';
import { verifyRun, type Progress, type RunExpectations } from '../../verifiers/verify.ts';
import { readPieces } from '../ledger/index.ts';
import type { Ops } from '../ops.ts';
import { loadCore } from '../runtime/core.ts';

/** Names that we give to runs; another name may be a copy's. */
const OURS = /^([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.jsonl$/;

export async function checkRun(ops: Ops, path: string, expected: RunExpectations = {}, progress?: Progress): Promise<Verdict> {
  const runId = runIdOf(path);
  return verifyRun(loadCore().core, readPieces(ops, path), runId === undefined ? expected : { runId, ...expected }, progress);
}

/** What the file's name says, where we gave it. */
export function runIdOf(path: string): string | undefined {
  return OURS.exec(basename(path))?.[1];
}
