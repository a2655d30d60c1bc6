/** A proof of one row, from the run's file and the newest checkpoint in the index that covers it. Nothing is signed here: the file may have been altered since. */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import { parseRow } from '../../verifiers/formats/line.ts';
import { readLines } from '../../verifiers/formats/lines.ts';
import { checkProof, formatProof } from '../../verifiers/formats/proof.ts';
import { inclusionProof, rootOf } from '../../verifiers/formats/tree.ts';
import { readLeaves } from '../../verifiers/formats/tree-rows.ts';
import type { Ops } from '../ops.ts';
import { keysInForce } from './audit-checkpoints.ts';
import { trustOf } from './audit-covered.ts';
import { readIndex, type IndexedCheckpoint } from './audit-index.ts';
import { readPieces } from './audit.ts';
import { runPath } from './run.ts';

/** Which row: by its number, or by its event_id. */
export type Wanted = { readonly row: number } | { readonly event: string };

export interface Proved {
  readonly bytes: Uint8Array;
  readonly row: number;
  readonly size: number;
  /** Cosignatures in it, whoever made them. */
  readonly cosignatures: number;
}

export async function proveRow(ops: Ops, core: Core, home: string, runId: string, wanted: Wanted): Promise<Proved> {
  const path = runPath(home, runId);
  const index = await readIndex(ops, core, `${home}/index`);
  const run = index.runs.get(runId);
  const newest = run?.checkpoints.reduce<IndexedCheckpoint | null>((best, one) => (best === null || one.size >= best.size ? one : best), null) ?? null;
  const { leaves, line, row } = await readRow(ops, core, path, newest?.size ?? 0, wanted);
  const thing = 'row' in wanted ? `row ${wanted.row}` : wanted.event;
  if (line === null) throw new OccasioError({ code: 'not-found', cannot: 'prove', thing, found: `no such row in run ${runId}` });
  if (newest === null || row >= newest.size) throw new OccasioError({ code: 'not-found', cannot: 'prove', thing, found: 'no checkpoint covers it yet', next: 'The next one is signed at every 1,000 rows and at the end of the run.' });
  if (leaves === null || leaves.length / 32 !== newest.size || hex(rootOf(core, leaves)) !== newest.root) {
    throw new OccasioError({ code: 'ledger', cannot: 'prove', thing, found: 'the rows are others than were signed', next: 'See: occasio audit verify --all' });
  }
  const answers = run?.witnessed.filter((one) => one.size === newest.size).map((one) => one.cosignatures) ?? [];
  const checkpoint = new TextEncoder().encode(newest.note + answers.join(''));
  const bytes = formatProof({ row: line, index: row, hashes: inclusionProof(core, leaves, row), checkpoint });
  const checked = checkProof(core, bytes, keysInForce((await trustOf(ops, core, home, {})).keys, index.rotations));
  if (!checked.ok) throw new OccasioError({ code: 'ledger', cannot: 'prove', thing, found: `what the index holds does not hold (${checked.code})`, next: 'See: occasio audit verify --all' });
  return { bytes, row, size: newest.size, cosignatures: answers.join('').split('\n').length - 1 };
}

async function readRow(ops: Ops, core: Core, path: string, size: number, wanted: Wanted): Promise<{ readonly leaves: Uint8Array | null; readonly line: Uint8Array | null; readonly row: number }> {
  const tree = readLeaves(core, size);
  let [row, found, line]: [number, number, Uint8Array | null] = [0, -1, null];
  const lines = readLines((bytes) => {
    if (bytes !== null && line === null && ('row' in wanted ? row === wanted.row : parseRow(bytes)?.['event_id'] === wanted.event)) {
      line = withLf(bytes);
      found = row;
    }
    row += 1;
  });
  for await (const piece of readPieces(ops, path)) {
    tree.write(piece);
    lines.write(piece);
  }
  return { leaves: tree.end(), line, row: found };
}

function withLf(bytes: Uint8Array): Uint8Array {
  const line = new Uint8Array(bytes.length + 1);
  line.set(bytes);
  line[bytes.length] = 10;
  return line;
}
