/**
 * A proof that one row is in a run whose checkpoint a key signed (C2SP tlog-proof), `spec/proof.md`. It verifies alone.
 *
 *   c2sp.org/tlog-proof@v1
 *   extra <base64 of the row's line with its LF>
 *   index <row, decimal>
 *   <base64 of a hash>          from the leaf's sibling up, any number
 *   LF
 *   <checkpoint, spec/checkpoint.md>
 */
import type { Core } from '../../core-wasm/core.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { checkCheckpoint, type Checkpoint, type CheckpointCode, type Cosigned } from './checkpoint.ts';
import { hashOf, MAX_LINE, parseRow, type Values } from './line.ts';
import { MAX_NOTE, type VerifierKey } from './note.ts';
import { leafOf, MAX_PROOF, rootFromInclusion, sameHash } from './tree.ts';

export interface Proof {
  /** The row's line with its LF. */
  readonly row: Uint8Array;
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  /** A signed note. */
  readonly checkpoint: Uint8Array;
}

export type ProofCode =
  | 'proof-form'
  | 'row-form' // the row is none (`spec/row.md`), its hash included
  | 'row-index' // the row says another number, or has none in this tree
  | 'row-run' // the row is of another run than the checkpoint
  | 'proof-root' // the hashes lead to another root
  | CheckpointCode;

export type CheckedProof =
  | { readonly ok: true; readonly row: Values; readonly index: number; readonly checkpoint: Checkpoint; readonly witnesses: readonly Cosigned[] }
  | { readonly ok: false; readonly code: ProofCode };

const HEAD = 'c2sp.org/tlog-proof@v1';
export const MAX_PROOF_BYTES = 2 * MAX_LINE + MAX_NOTE;

export function formatProof({ row, index, hashes, checkpoint }: Proof): Uint8Array {
  const head = new TextEncoder().encode([HEAD, `extra ${encodeBase64(row)}`, `index ${index}`, ...hashes.map(encodeBase64), '', ''].join('\n'));
  const bytes = new Uint8Array(head.length + checkpoint.length);
  bytes.set(head);
  bytes.set(checkpoint, head.length);
  return bytes;
}

/** Whether these bytes claim to be a proof; they may be a bad one. */
export function isProof(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, HEAD.length + 1)) === `${HEAD}\n`;
}

/** Null where it is none of ours: a proof without its row in `extra` is another's. */
export function parseProof(bytes: Uint8Array): Proof | null {
  if (bytes.length > MAX_PROOF_BYTES) return null;
  const gap = emptyLine(bytes);
  if (gap < 0) return null;
  const [head, extra = '', index = '', ...encoded] = new TextDecoder().decode(bytes.subarray(0, gap)).split('\n');
  const row = extra.startsWith('extra ') ? decodeBase64(extra.slice(6)) : null;
  const number = /^index (0|[1-9]\d{0,15})$/.exec(index)?.[1];
  if (head !== HEAD || row === null || number === undefined || !Number.isSafeInteger(Number(number)) || encoded.length > MAX_PROOF) return null;
  const hashes = encoded.map((text) => decodeBase64(text)).filter((hash) => hash?.length === 32);
  if (hashes.length !== encoded.length) return null;
  return { row, index: Number(number), hashes: hashes.flatMap((hash) => hash ?? []), checkpoint: bytes.slice(gap + 2) };
}

/** Verifies a proof by the device keys and the witnesses that the caller trusts. */
export function checkProof(core: Core, bytes: Uint8Array, deviceKeys: readonly Uint8Array[], witnesses: readonly VerifierKey[] = []): CheckedProof {
  const failed = (code: ProofCode): CheckedProof => ({ ok: false, code });
  const proof = parseProof(bytes);
  if (proof === null) return failed('proof-form');
  const checked = checkCheckpoint(core, proof.checkpoint, deviceKeys, witnesses);
  if (!checked.ok) return failed(checked.code);
  const row = isRow(core, proof.row) ? parseRow(proof.row) : null;
  const hash = hashOf(core, proof.row);
  if (row === null || hash === null) return failed('row-form');
  const { checkpoint } = checked;
  if (row['run_id'] !== checkpoint.runId) return failed('row-run');
  if (row['seq'] !== proof.index || proof.index >= checkpoint.size) return failed('row-index');
  const root = rootFromInclusion(core, leafOf(core, bytesOf(hash)), proof.index, checkpoint.size, proof.hashes);
  if (root === null || !sameHash(root, checkpoint.root)) return failed('proof-root');
  return { ok: true, row, index: proof.index, checkpoint, witnesses: checked.witnesses };
}

/** One line in the one form of a row. That it follows no row before it is not its fault here. */
function isRow(core: Core, line: Uint8Array): boolean {
  const walk = core.chain();
  walk.write(line);
  const { rows, departures } = walk.end();
  return rows === 1 && departures.every((departure) => departure.code === 'link-mismatch');
}

function emptyLine(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) if (bytes[at + 1] === 10) return at;
  return -1;
}

function bytesOf(hash: string): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(hash.slice(2 * i, 2 * i + 2), 16));
}
