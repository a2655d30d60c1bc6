/**
 * Hands checkpoints out to a witness: something that this machine cannot write to afterwards. Each is handed out once, in order, with a proof that it goes on
 * from the one before (C2SP tlog-witness, add-checkpoint); what comes back is kept in the index.
 *
 *   old <rows of the checkpoint before, or 0>
 *   <base64 of a hash>       the consistency proof, any number
 *   LF
 *   <checkpoint>
 */
import type { Core } from '../../core-wasm/core.ts';
import { encodeBase64 } from '../../verifiers/formats/base64.ts';
import { checkCheckpoint } from '../../verifiers/formats/checkpoint.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import { formatSignature, parseSignatures, type VerifierKey } from '../../verifiers/formats/note.ts';
import { consistencyProof, rootOf } from '../../verifiers/formats/tree.ts';
import { readLeaves } from '../../verifiers/formats/tree-rows.ts';
import type { Ops } from '../ops.ts';
import { keysInForce } from './audit-checkpoints.ts';
import { trustOf } from './audit-covered.ts';
import { readIndex, type IndexedCheckpoint } from './audit-index.ts';
import { readPieces } from './audit.ts';
import type { Index } from './entries.ts';
import { runPath } from './run.ts';

export interface Handout {
  readonly runId: string;
  readonly size: number;
  /** The signed note. */
  readonly checkpoint: string;
  /** The request of add-checkpoint. */
  body(old: number): Uint8Array;
  /** Rows of the newest checkpoint that this witness has, as far as the index says. */
  readonly old: number;
}

export interface Answer {
  /** Signature lines, or nothing. */
  readonly text: string;
}

export type Deliver = (handout: Handout) => Promise<Answer>;

export interface Handed {
  readonly run_id: string;
  readonly size: number;
  readonly cosignatures: number;
}

/** Hands out what `witness` has not had yet. With `key` an answer without its cosignature is an error. */
export async function handOut(ops: Ops, core: Core, home: string, index: Index, witness: string, key: VerifierKey | null, deliver: Deliver): Promise<readonly Handed[]> {
  const read = await readIndex(ops, core, `${home}/index`);
  const keys = keysInForce((await trustOf(ops, core, home, {})).keys, read.rotations);
  const handed: Handed[] = [];
  for (const [runId, run] of read.runs) {
    // A run that is gone is the audit's to name; the others are handed out all the same.
    if ((await ops.files.stat(runPath(home, runId))) === null) continue;
    let old = Math.max(0, ...run.witnessed.filter((one) => one.witness === witness).map((one) => one.size));
    for (const checkpoint of run.checkpoints.filter((one) => one.size > old).sort((a, b) => a.size - b.size)) {
      const handout = await handoutOf(ops, core, home, runId, checkpoint, old);
      const lines = linesOf((await deliver(handout)).text, witness);
      const checked = checkCheckpoint(core, new TextEncoder().encode(checkpoint.note + lines), keys, key === null ? [] : [key]);
      if (!checked.ok || (key !== null && checked.witnesses.length === 0)) {
        throw new OccasioError({ code: 'answer', cannot: 'take the answer of', thing: witness, found: checked.ok ? 'it has no cosignature by the key that was given' : `it does not hold (${checked.code})` });
      }
      await index.append({ kind: 'witnessed', run_id: runId, size: checkpoint.size, root: checkpoint.root, witness, cosignatures: lines });
      handed.push({ run_id: runId, size: checkpoint.size, cosignatures: lines === '' ? 0 : lines.split('\n').length - 1 });
      old = checkpoint.size;
    }
  }
  return handed;
}

async function handoutOf(ops: Ops, core: Core, home: string, runId: string, { size, root, note }: IndexedCheckpoint, old: number): Promise<Handout> {
  const tree = readLeaves(core, size);
  for await (const piece of readPieces(ops, runPath(home, runId))) tree.write(piece);
  const leaves = tree.end();
  if (leaves === null || leaves.length / 32 !== size || hex(rootOf(core, leaves)) !== root) {
    throw new OccasioError({ code: 'ledger', cannot: 'hand out a checkpoint of', thing: runId, found: 'the rows are others than were signed', next: 'See: occasio audit verify --all' });
  }
  return {
    runId, size, checkpoint: note, old,
    body: (from) => new TextEncoder().encode([`old ${from}`, ...consistencyProof(core, leaves, from).map(encodeBase64), '', note].join('\n')),
  };
}

/** What a witness answers is attacker-controlled: nothing, or signature lines, printed anew. One that gives us our own back says nothing. */
function linesOf(text: string, witness: string): string {
  if (text.trim() === '') return '';
  const signatures = parseSignatures(text);
  if (signatures === null) throw new OccasioError({ code: 'answer', cannot: 'take the answer of', thing: witness, found: 'it is no list of signature lines' });
  return signatures.filter(({ name }) => !name.startsWith('occasio/')).map(formatSignature).join('');
}
