/** `occasio verify` of a proof: is this row in a run whose checkpoint a trusted key signed? */
import { printable } from '../../verifiers/formats/error.ts';
import { isProof, checkProof, MAX_PROOF_BYTES, type ProofCode } from '../../verifiers/formats/proof.ts';
import type { VerifierKey } from '../../verifiers/formats/note.ts';
import type { Ops } from '../ops.ts';
import { loadCore } from '../runtime/core.ts';
import { document, line, paint, type Io } from './print.ts';

const SENTENCES: { readonly [code in ProofCode]: string } = {
  'proof-form': 'it is no proof in its one form',
  'row-form': 'the row in it is none, or was altered',
  'row-index': 'the row has another number than the proof says',
  'row-run': 'the row is of another run than the checkpoint',
  'proof-root': 'the row is not in the tree that was signed',
  'checkpoint-form': 'the checkpoint in it is none',
  'checkpoint-origin': 'the checkpoint in it is not of a run',
  'checkpoint-key': 'no trusted key signed the checkpoint. Name the key with --key',
  'checkpoint-signature': 'the signature of the checkpoint is not good',
  cosignature: 'the signature of the witness is not good',
};

/** The bytes, where the file begins as a proof does. */
export async function readProof(ops: Ops, path: string): Promise<Uint8Array | null> {
  const file = await ops.files.open(path);
  try {
    const head = new Uint8Array(32);
    if (file.stat.kind !== 'file' || !isProof(head.subarray(0, await file.read(head, 0)))) return null;
  } finally {
    await file.close();
  }
  return ops.files.read(path, MAX_PROOF_BYTES);
}

export function verifyProof(io: Io, bytes: Uint8Array, keys: readonly Uint8Array[], witness: VerifierKey | null, json: boolean): number {
  const checked = checkProof(loadCore().core, bytes, keys, witness === null ? [] : [witness]);
  const unwitnessed = checked.ok && witness !== null && checked.witnesses.length === 0;
  const word = checked.ok && !unwitnessed ? 'verified' : 'failed';
  if (json) {
    const said = checked.ok
      ? { code: unwitnessed ? 'not-witnessed' : null, run_id: checked.checkpoint.runId, row: checked.index, rows: checked.checkpoint.size, key_id: checked.checkpoint.keyId, witnesses: checked.witnesses, content: checked.row }
      : { code: checked.code };
    document(io, { verdict: 'occasio-proof-verdict/v1', word, ...said });
  } else if (checked.ok) {
    const { checkpoint, index, witnesses, row } = checked;
    line(io.out, `${paint(io, io.out, word === 'verified' ? 'good' : 'bad', word)}: row ${index} of ${checkpoint.size} of run ${printable(checkpoint.runId)}, signed by key ${checkpoint.keyId}`);
    for (const { name, time } of witnesses) line(io.out, `witness: ${printable(name)}, ${new Date(time * 1000).toISOString()}`);
    if (unwitnessed) line(io.out, 'The witness did not sign this checkpoint.');
    line(io.out, printable(JSON.stringify(row), 4000));
    line(io.out, 'It says that this row is in that run, as signed. It does not say that the run is whole.');
  } else line(io.out, `${paint(io, io.out, 'bad', word)}: ${SENTENCES[checked.code]}`);
  return word === 'verified' ? 0 : 1;
}
