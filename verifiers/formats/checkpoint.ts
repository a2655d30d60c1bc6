/**
 * A checkpoint of a run (C2SP tlog-checkpoint): a signed note of three lines, `spec/checkpoint.md`.
 *
 *   occasio/<key id>/<run_id>      the origin, and the name of the key: key id is the first 16 hex of SHA-256 over the raw public key
 *   <rows, decimal>
 *   <base64 of the root>
 *
 *   — occasio/<key id>/<run_id> <base64>       Ed25519 by the device key
 *   — witness.example/w1 <base64>              cosignatures (C2SP tlog-cosignature), any number
 */
import type { Core } from '../../core-wasm/core.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { verifyEd25519 } from './ed25519.ts';
import { hex } from './hex.ts';
import { COSIGNATURE, ED25519, formatNote, parseNote, signaturesBy, verifierKey, type Note, type VerifierKey } from './note.ts';
import { isRunId } from './run.ts';

export interface Checkpoint {
  readonly origin: string;
  /** 16 hex. */
  readonly keyId: string;
  readonly runId: string;
  readonly size: number;
  readonly root: Uint8Array;
}

export type CheckpointCode =
  | 'checkpoint-form' // no signed note, or another text than three lines
  | 'checkpoint-origin' // not ours, or of another run
  | 'checkpoint-key' // its origin names none of the trusted keys, or no signature is by the key it names
  | 'checkpoint-signature' // a signature by a trusted key is not good
  | 'cosignature'; // the same, of a witness

/** What the checkpoints of a run say of it. */
export type CoverCode =
  | CheckpointCode
  | 'checkpoint-rows' // the run has fewer rows than were signed
  | 'checkpoint-root' // the rows are others than were signed
  | 'checkpoint-differs' // its index entry says another run, number of rows or root than the note
  | 'checkpoint-missing' // the run was closed, and nothing signed covers all its rows
  | 'key-retired' // by a key after another had followed it
  | 'no-checkpoint' // there is none
  | 'rows-uncovered' // rows at the end that none covers
  | 'no-outside'; // none is vouched for outside the machine that wrote the run

/** How far a run is vouched for. */
export interface Covered {
  /** Rows under a signature by a trusted device key. */
  readonly signed: number;
  /** Rows under a signature by a trusted witness, or under a checkpoint that the verifier holds. */
  readonly outside: number;
}

export interface Cosigned {
  readonly name: string;
  /** Seconds since 1970, as the witness says. */
  readonly time: number;
}

export type CheckedCheckpoint =
  | { readonly ok: true; readonly checkpoint: Checkpoint; readonly witnesses: readonly Cosigned[] }
  | { readonly ok: false; readonly code: CheckpointCode };

/** First 16 hex of SHA-256 over the raw public key. */
export function deviceKeyId(core: Core, publicKey: Uint8Array): string {
  return hex(core.sha256(publicKey)).slice(0, 16);
}

export function originOf(keyId: string, runId: string): string {
  return `occasio/${keyId}/${runId}`;
}

export function formatCheckpoint({ origin, size, root }: Pick<Checkpoint, 'origin' | 'size' | 'root'>): string {
  return `${origin}\n${size}\n${encodeBase64(root)}\n`;
}

/** The text of a note as a checkpoint of ours. */
export function parseCheckpoint(text: string): Checkpoint | 'checkpoint-form' | 'checkpoint-origin' {
  const lines = text.split('\n');
  const [origin = '', size = '', encoded = ''] = lines;
  const root = decodeBase64(encoded);
  if (lines.length !== 4 || lines[3] !== '' || !/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)) || root?.length !== 32) return 'checkpoint-form';
  const [, keyId = '', runId] = /^occasio\/([0-9a-f]{16})\/([^/]+)$/.exec(origin) ?? [];
  return isRunId(runId) ? { origin, keyId, runId, size: Number(size), root } : 'checkpoint-origin';
}

/** The note with a signature by the device key. */
export function signCheckpoint(core: Core, publicKey: Uint8Array, sign: (message: Uint8Array) => Uint8Array, runId: string, size: number, root: Uint8Array): Uint8Array {
  const origin = originOf(deviceKeyId(core, publicKey), runId);
  const text = formatCheckpoint({ origin, size, root });
  const { keyId } = verifierKey(core, origin, ED25519, publicKey);
  return formatNote({ text, signatures: [{ name: origin, keyId, signature: sign(new TextEncoder().encode(text)) }] });
}

/** Verifies a checkpoint by the device keys and the witnesses that the caller trusts; the note itself vouches for no key. */
export function checkCheckpoint(core: Core, bytes: Uint8Array, deviceKeys: readonly Uint8Array[], witnesses: readonly VerifierKey[] = []): CheckedCheckpoint {
  const note = parseNote(bytes);
  if (note === null) return { ok: false, code: 'checkpoint-form' };
  const checkpoint = parseCheckpoint(note.text);
  if (typeof checkpoint === 'string') return { ok: false, code: checkpoint };
  const publicKey = deviceKeys.find((key) => deviceKeyId(core, key) === checkpoint.keyId);
  if (publicKey === undefined) return { ok: false, code: 'checkpoint-key' };
  const signatures = signaturesBy(note, verifierKey(core, checkpoint.origin, ED25519, publicKey));
  if (signatures.length === 0) return { ok: false, code: 'checkpoint-key' };
  const text = new TextEncoder().encode(note.text);
  if (!signatures.every((signature) => verifyEd25519(publicKey, signature, text))) return { ok: false, code: 'checkpoint-signature' };
  const cosigned = witnesses.map((key) => cosignatures(note, key));
  return cosigned.includes(null) ? { ok: false, code: 'cosignature' } : { ok: true, checkpoint, witnesses: cosigned.flatMap((one) => one ?? []) };
}

/** Whether the rows at this size still have this root. `roots`: at each size that was asked for; null where the rows have no tree. */
export function againstRows(size: number, root: Uint8Array, roots: ReadonlyMap<number, Uint8Array> | null): 'checkpoint-rows' | 'checkpoint-root' | null {
  const found = roots?.get(size);
  if (roots !== null && found === undefined) return 'checkpoint-rows';
  return found !== undefined && hex(found) === hex(root) ? null : 'checkpoint-root';
}

/** What the note has of this witness; null where one is not good. A plain signature of a witness has no time. */
function cosignatures(note: Note, key: VerifierKey): readonly Cosigned[] | null {
  const good: Cosigned[] = [];
  for (const signature of signaturesBy(note, key)) {
    const time = key.type === COSIGNATURE ? timeOf(signature) : 0;
    const message = key.type === COSIGNATURE ? `cosignature/v1\ntime ${time ?? ''}\n${note.text}` : note.text;
    if (time === null || !verifyEd25519(key.publicKey, key.type === COSIGNATURE ? signature.subarray(8) : signature, new TextEncoder().encode(message))) return null;
    good.push({ name: key.name, time });
  }
  return good;
}

/** The first eight bytes, big-endian; null where there are none, or beyond what is exact. */
function timeOf(signature: Uint8Array): number | null {
  if (signature.length < 8) return null;
  const time = new DataView(signature.buffer, signature.byteOffset, 8).getBigUint64(0);
  return time <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(time) : null;
}
