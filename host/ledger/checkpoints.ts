/**
 * Checkpoints of a run that is written, `spec/checkpoint.md`: signed from what is in memory (head, number of rows, frontier of the tree), after
 * the file has been read again and says the same. A file that says something else is signed no more.
 */
import type { Core } from '../../core-wasm/core.ts';
import { signCheckpoint } from '../../verifiers/formats/checkpoint.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import { openFrontier } from '../../verifiers/formats/tree.ts';
import type { OpenFile, Ops } from '../ops.ts';
import type { Device } from './device.ts';
import type { Index } from './entries.ts';

/** Rows from one checkpoint to the next. */
export const EVERY = 1000;
const PIECE = 1_048_576;

/** The run at one moment. */
export interface Mark {
  readonly rows: number;
  readonly bytes: number;
  readonly head: string;
  readonly root: Uint8Array;
}

export interface Checkpoints {
  /** Counts a row that was written; a mark where a checkpoint is due. */
  add(line: Uint8Array, hash: string): Mark | null;
  /** Where the run is now; null where the last checkpoint is of the same rows. */
  mark(): Mark | null;
  /** Signs, and says so in the index; false where the file is not what was written to it. The rows of the mark are durable. One after the other, in their order. */
  sign(mark: Mark): Promise<boolean>;
}

export function openCheckpoints(ops: Ops, core: Core, device: Device, index: Index, path: string, runId: string): Checkpoints {
  const frontier = openFrontier(core);
  let [bytes, head] = [0, ''];
  let signed = { rows: 0, bytes: 0 };
  const now = (): Mark => ({ rows: frontier.size, bytes, head, root: frontier.root() });
  return {
    add(line, hash) {
      frontier.append(bytesOf(hash));
      bytes += line.length;
      head = hash;
      return frontier.size % EVERY === 0 ? now() : null;
    },
    mark: () => (frontier.size === signed.rows ? null : now()),
    async sign(mark) {
      if (!(await stands(ops, core, path, signed, mark))) return false;
      const note = signCheckpoint(core, device.publicKey, device.sign, runId, mark.rows, mark.root);
      await index.append({ kind: 'checkpoint', run_id: runId, size: mark.rows, root: hex(mark.root), note: new TextDecoder().decode(note) });
      signed = { rows: mark.rows, bytes: mark.bytes };
      return true;
    },
  };
}

/** The rows since the last checkpoint as they stand in the file: each is what its hash says, each follows the one before, and the last is ours. So all are. */
async function stands(ops: Ops, core: Core, path: string, from: { readonly rows: number; readonly bytes: number }, to: Mark): Promise<boolean> {
  const walk = core.chain();
  const file = await opened(ops, path);
  if (file === null) return false;
  try {
    const piece = new Uint8Array(Math.min(PIECE, to.bytes - from.bytes));
    for (let at = from.bytes; at < to.bytes; ) {
      const read = await file.read(piece.subarray(0, Math.min(piece.length, to.bytes - at)), at);
      if (read === 0) return false;
      walk.write(piece.subarray(0, read));
      at += read;
    }
  } finally {
    await file.close();
  }
  const { rows, lastHash, departures } = walk.end();
  return rows === to.rows - from.rows && lastHash === to.head && departures.every(({ code, row }) => code === 'link-mismatch' && row === 0);
}

/** Null: it is gone, and what is gone cannot be signed for. Whatever else keeps it shut is thrown. */
async function opened(ops: Ops, path: string): Promise<OpenFile | null> {
  try {
    return await ops.files.open(path);
  } catch (error) {
    if (error instanceof OccasioError && error.code === 'not-found') return null;
    throw error;
  }
}

function bytesOf(hash: string): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(hash.slice(2 * i, 2 * i + 2), 16));
}
