/** Checks one run's file, read in pieces; the demo and `audit verify` both call this. */
import { basename } from 'node:path';
import type { Verdict } from '../../verifiers/formats/verdict.ts';
import { verifyRun, type Progress, type RunExpectations } from '../../verifiers/verify.ts';
import type { Ops } from '../ops.ts';
import { loadCore } from '../runtime/core.ts';

const PIECE = 1_048_576;
const OURS = /^([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.jsonl$/;

export async function checkRun(ops: Ops, path: string, expected: RunExpectations = {}, progress?: Progress): Promise<Verdict> {
  const runId = OURS.exec(basename(path))?.[1];
  return verifyRun(loadCore().core, pieces(ops, path), runId === undefined ? expected : { runId, ...expected }, progress);
}

/** The file from one descriptor; what is appended meanwhile is read too, up to where it ends. */
async function* pieces(ops: Ops, path: string): AsyncIterable<Uint8Array> {
  const file = await ops.files.open(path);
  try {
    for (let at = 0; ; ) {
      const piece = new Uint8Array(PIECE);
      const read = await file.read(piece, at);
      if (read === 0) return;
      at += read;
      yield piece.subarray(0, read);
    }
  } finally {
    await file.close();
  }
}
