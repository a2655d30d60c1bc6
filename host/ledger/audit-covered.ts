/** Whom an audit trusts, and how far each run is covered by what they signed. */
import type { Core } from '../../core-wasm/core.ts';
import { checkCheckpoint, type Checkpoint } from '../../verifiers/formats/checkpoint.ts';
import type { VerifierKey } from '../../verifiers/formats/note.ts';
import type { Ops } from '../ops.ts';
import { againstRows, checkRunCheckpoints, keysInForce, type Covered, type Trust } from './audit-checkpoints.ts';
import type { IndexedRun, ReadIndex } from './audit-index.ts';
import type { HomeFinding } from './audit.ts';
import { readDevice } from './device.ts';

export interface AuditOptions {
  /** Device keys; default: the key of the home, which whoever owns the home can replace. */
  readonly keys?: readonly Uint8Array[];
  readonly witnesses?: readonly VerifierKey[];
  /** Checkpoints that were kept where this machine cannot write, as signed notes. */
  readonly held?: readonly Uint8Array[];
  readonly progress?: (runId: string, bytes: number) => void;
}

const UNKNOWN: IndexedRun = { opened: null, firstHash: null, closed: null, lost: false, checkpoints: [], witnessed: [] };

export async function trustOf(ops: Ops, core: Core, home: string, { keys, witnesses = [] }: AuditOptions): Promise<Trust> {
  if (keys !== undefined) return { keys, witnesses };
  const path = `${home}/keys/device.pem`;
  return { keys: (await ops.files.stat(path)) === null ? [] : [(await readDevice(ops, core, path)).publicKey], witnesses };
}

/** Checkpoints held elsewhere, whose signatures are good. */
export function readHeld(core: Core, held: readonly Uint8Array[], index: ReadIndex, trust: Trust): { readonly checkpoints: readonly Checkpoint[]; readonly findings: readonly HomeFinding[] } {
  const keys = keysInForce(trust.keys, index.rotations);
  const checked = held.map((note) => checkCheckpoint(core, note, keys, trust.witnesses));
  return {
    checkpoints: checked.flatMap((one) => (one.ok ? [one.checkpoint] : [])),
    findings: checked.flatMap((one) => (one.ok ? [] : [{ check: 'checkpoints', result: 'failed', code: one.code, entry: null, run_id: null } as const])),
  };
}

export function checkCovered(
  core: Core, index: ReadIndex, runId: string, run: IndexedRun = UNKNOWN, roots: ReadonlyMap<number, Uint8Array> | null, trust: Trust, held: readonly Checkpoint[], rows: number,
): { readonly findings: readonly HomeFinding[]; readonly covered: Covered } {
  const { findings, covered } = checkRunCheckpoints(core, index, runId, run, roots, trust);
  const all: HomeFinding[] = findings.map(({ code, entry }) => ({ check: 'checkpoints', result: 'failed', code, entry, run_id: runId }));
  let outside = covered.outside;
  for (const { size, root } of held) {
    const code = againstRows(size, root, roots);
    if (code !== null) all.push({ check: 'checkpoints', result: 'failed', code, entry: null, run_id: runId });
    else outside = Math.max(outside, size);
  }
  const note = (code: 'rows-uncovered' | 'no-outside'): number => all.push({ check: 'checkpoints', result: 'ok', code, entry: null, run_id: runId });
  if (run.opened !== null && run.closed === null && covered.signed < rows) note('rows-uncovered');
  if (outside === 0 && (trust.witnesses.length > 0 || held.length > 0)) note('no-outside');
  return { findings: all, covered: { ...covered, outside } };
}
