/**
 * Check `checkpoint`: what was signed while the run was written, by keys that the verifier trusts. The notes are attacker-controlled; one by a key that
 * nobody here trusts says nothing. Roots are taken from the rows as they pass by.
 */
import type { Core } from '../../core-wasm/core.ts';
import { againstRows, checkCheckpoint, deviceKeyId, parseCheckpoint, type Checkpoint, type CheckpointCode, type Covered } from '../formats/checkpoint.ts';
import type { EvidenceFinding, EvidencePosition } from '../formats/evidence.ts';
import { parseNote } from '../formats/note.ts';
import { readRoots } from '../formats/tree-rows.ts';
import { failedAt, notChecked, ok } from './findings.ts';
import type { VerifyOptions } from './options.ts';

export interface CheckpointChecks {
  /** Gets the bytes of the rows; null where there is nothing to hold against them. */
  readonly see: ((piece: Uint8Array) => void) | null;
  /** After the rows: how many there were, and of which run; null where there were none to look at. */
  end(read: { readonly rows: number; readonly runId: string | null } | null): { readonly checks: readonly EvidenceFinding[]; readonly covered: Covered | null };
}

interface Signed {
  readonly checkpoint: Checkpoint;
  readonly outside: boolean;
  readonly position: EvidencePosition | null;
}

type Judged = Signed | { readonly code: CheckpointCode; readonly position: EvidencePosition | null } | 'foreign';

/** `notes`: of the evidence. */
export function checkCheckpoints(core: Core, notes: readonly string[], options: VerifyOptions): CheckpointChecks {
  const encoder = new TextEncoder();
  const { held = [] } = options;
  const judged = [
    ...notes.map((note, i) => judge(core, encoder.encode(note), { member: `/checkpoints/${i}` }, options, false)),
    ...held.map((note) => judge(core, note, null, options, true)),
  ];
  const signed = judged.filter((one): one is Signed => one !== 'foreign' && 'checkpoint' in one);
  const faults = judged.flatMap((one) => (one !== 'foreign' && 'code' in one ? [failedAt('checkpoint', one.code, one.position)] : []));
  const roots = signed.length === 0 ? null : readRoots(core, signed.map(({ checkpoint }) => checkpoint.size));
  return {
    see: roots?.write ?? null,
    end(read) {
      if (judged.length === 0) return { checks: [notChecked('checkpoint', 'no-checkpoint')], covered: read === null ? null : { signed: 0, outside: 0 } };
      if (read === null) return { checks: faults.length > 0 ? faults : [notChecked('checkpoint', 'no-rows')], covered: null };
      const against = holdAgainst(signed, read.runId, roots?.end() ?? null);
      const failures = [...faults, ...against.failures];
      if (failures.length > 0) return { checks: failures, covered: against.covered };
      if (signed.length === 0) return { checks: [notChecked('checkpoint', 'checkpoint-key')], covered: against.covered };
      const notes = [
        ...(against.covered.signed < read.rows ? [ok('checkpoint', 'rows-uncovered')] : []),
        ...((options.witnesses ?? []).length > 0 && against.covered.outside === 0 ? [ok('checkpoint', 'no-outside')] : []),
      ];
      return { checks: notes.length > 0 ? notes : [ok('checkpoint')], covered: against.covered };
    },
  };
}

function judge(core: Core, bytes: Uint8Array, position: EvidencePosition | null, { deviceKeys = [], witnesses = [] }: VerifyOptions, held: boolean): Judged {
  const note = parseNote(bytes);
  if (note === null) return { code: 'checkpoint-form', position };
  const named = parseCheckpoint(note.text);
  if (typeof named === 'string') return { code: named, position };
  // Another key's word counts for nothing here; what the verifier brings himself must hold.
  if (!held && !deviceKeys.some((key) => deviceKeyId(core, key) === named.keyId)) return 'foreign';
  const checked = checkCheckpoint(core, bytes, deviceKeys, witnesses);
  if (!checked.ok) return { code: checked.code, position };
  return { checkpoint: checked.checkpoint, outside: held || checked.witnesses.length > 0, position };
}

function holdAgainst(signed: readonly Signed[], runId: string | null, roots: ReadonlyMap<number, Uint8Array> | null): { readonly failures: readonly EvidenceFinding[]; readonly covered: Covered } {
  const failures: EvidenceFinding[] = [];
  const covered = { signed: 0, outside: 0 };
  for (const { checkpoint, outside, position } of signed) {
    const code = checkpoint.runId === runId ? againstRows(checkpoint.size, checkpoint.root, roots) : 'checkpoint-origin';
    if (code !== null) {
      failures.push(failedAt('checkpoint', code, position));
      continue;
    }
    covered.signed = Math.max(covered.signed, checkpoint.size);
    if (outside) covered.outside = Math.max(covered.outside, checkpoint.size);
  }
  return { failures, covered };
}
