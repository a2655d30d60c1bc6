/**
 * Checks the checkpoints of a home: that each is signed by a key in force, and that the rows still are what it signed. Attacker-controlled,
 * all of it but the keys that the caller trusts.
 */
import type { Core } from '../../core-wasm/core.ts';
import { againstRows, checkCheckpoint, deviceKeyId, type CoverCode, type Covered } from '../../verifiers/formats/checkpoint.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import type { VerifierKey } from '../../verifiers/formats/note.ts';
import type { IndexedCheckpoint, IndexedRotation, IndexedRun, ReadIndex } from './audit-index.ts';

/** What the one who audits trusts, and what he holds that this machine cannot alter. */
export interface Trust {
  /** Raw device keys. */
  readonly keys: readonly Uint8Array[];
  readonly witnesses: readonly VerifierKey[];
}

export type CheckpointFault =
  | Exclude<CoverCode, 'no-checkpoint' | 'rows-uncovered' | 'no-outside'>
  | 'held-run-missing'; // a checkpoint held elsewhere is of a run that is not here

export interface CheckpointFinding {
  readonly code: CheckpointFault;
  readonly entry: number | null;
}

/** The keys that are trusted, and those that they followed or that followed them, as both signed. */
export function keysInForce(trusted: readonly Uint8Array[], rotations: readonly IndexedRotation[]): readonly Uint8Array[] {
  const keys = new Map(trusted.map((key) => [hex(key), key]));
  for (let more = true; more; ) {
    more = false;
    for (const { from, to } of rotations) {
      if (keys.has(hex(from)) === keys.has(hex(to))) continue;
      keys.set(hex(from), from).set(hex(to), to);
      more = true;
    }
  }
  return [...keys.values()];
}

/** `roots`: of the run's file at each size that a checkpoint names; null where the rows have no tree. */
export function checkRunCheckpoints(core: Core, index: ReadIndex, runId: string, run: IndexedRun, roots: ReadonlyMap<number, Uint8Array> | null, trust: Trust): { readonly findings: readonly CheckpointFinding[]; readonly covered: Covered } {
  const keys = keysInForce(trust.keys, index.rotations);
  const findings: CheckpointFinding[] = [];
  let [signed, outside] = [0, 0];
  for (const entry of run.checkpoints) {
    const code = faultOf(core, index.rotations, keys, trust, runId, entry, roots);
    if (code !== null) findings.push({ code, entry: entry.number });
    else signed = Math.max(signed, entry.size);
    for (const answer of run.witnessed.filter((one) => one.size === entry.size)) {
      const checked = checkCheckpoint(core, new TextEncoder().encode(entry.note + answer.cosignatures), keys, trust.witnesses);
      if (!checked.ok && checked.code === 'cosignature') findings.push({ code: 'cosignature', entry: entry.number });
      if (checked.ok && code === null && checked.witnesses.length > 0) outside = Math.max(outside, entry.size);
    }
  }
  if (run.closed !== null && findings.length === 0 && signed < run.closed.rows) findings.push({ code: 'checkpoint-missing', entry: null });
  return { findings, covered: { signed, outside } };
}

function faultOf(core: Core, rotations: readonly IndexedRotation[], keys: readonly Uint8Array[], trust: Trust, runId: string, entry: IndexedCheckpoint, roots: ReadonlyMap<number, Uint8Array> | null): CheckpointFault | null {
  const checked = checkCheckpoint(core, new TextEncoder().encode(entry.note), keys, trust.witnesses);
  if (!checked.ok) return checked.code;
  const { checkpoint } = checked;
  if (checkpoint.runId !== runId) return 'checkpoint-origin';
  if (checkpoint.size !== entry.size || hex(checkpoint.root) !== entry.root) return 'checkpoint-differs';
  if (rotations.some(({ from, number }) => number < entry.number && deviceKeyId(core, from) === checkpoint.keyId)) return 'key-retired';
  return againstRows(entry.size, checkpoint.root, roots);
}
