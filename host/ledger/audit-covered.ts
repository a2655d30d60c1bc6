/** Whom an audit trusts, and how far each run is covered by what they signed. */
import type { Core } from '../../core-wasm/core.ts';
import { againstRows, checkCheckpoint, type Checkpoint, type CoverCode, type Covered } from '../../verifiers/formats/checkpoint.ts';
import type { VerifierKey } from '../../verifiers/formats/note.ts';
import { readRoots } from '../../verifiers/formats/tree-rows.ts';
import type { Finding } from '../../verifiers/formats/verdict.ts';
import type { Ops } from '../ops.ts';
import { checkRunCheckpoints, keysInForce, type Trust } from './audit-checkpoints.ts';
import { readIndex, type IndexedRun, type ReadIndex } from './audit-index.ts';
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

/** The checkpoints of one run, held against its bytes as they pass by. */
export interface RunCovered {
  write(piece: Uint8Array): void;
  end(rows: number): { readonly findings: readonly HomeFinding[]; readonly covered: Covered };
  /** The same as findings of the run's own verdict. */
  told(rows: number): readonly Finding[];
}

const NOTHING: ReadIndex = { rotations: [], count: 0, hash: null, runs: new Map(), chain: [], entries: [] };
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

/** `held`: of any run. */
export function openCovered(core: Core, index: ReadIndex, trust: Trust, held: readonly Checkpoint[], runId: string): RunCovered {
  const run = index.runs.get(runId);
  const own = held.filter((one) => one.runId === runId);
  const tree = readRoots(core, [...(run?.checkpoints ?? []), ...own].map(({ size }) => size));
  let ended: ReturnType<RunCovered['end']> | null = null;
  const end = (rows: number): ReturnType<RunCovered['end']> => (ended ??= checkCovered(core, index, runId, run, tree.end(), trust, own, rows));
  return {
    write: tree.write,
    end,
    told(rows) {
      if ((run?.checkpoints.length ?? 0) + own.length === 0 && end(rows).findings.every((one) => one.result === 'ok')) return [{ check: 'checkpoint', result: 'not checked', code: 'no-checkpoint', position: null }];
      const told = end(rows).findings.map(({ result, code }): Finding => ({ check: 'checkpoint', result, code: code as CoverCode | null, position: null }));
      return told.length > 0 ? told : [{ check: 'checkpoint', result: 'ok', code: null, position: null }];
    },
  };
}

/** The same for one run of a home, or for a file that no index knows. What the auditor holds must be of this run. */
export async function openRunCovered(ops: Ops, core: Core, home: string, runId: string, options: AuditOptions): Promise<RunCovered> {
  const folder = `${home}/index`;
  const index = (await ops.files.stat(folder)) === null ? NOTHING : await readIndex(ops, core, folder);
  const trust = await trustOf(ops, core, home, options);
  const held = readHeld(core, options.held ?? [], index, trust);
  const covered = openCovered(core, index, trust, held.checkpoints, runId);
  const codes = [...held.findings.map((one) => one.code as CoverCode), ...held.checkpoints.filter((one) => one.runId !== runId).map((): CoverCode => 'checkpoint-origin')];
  const wrong = codes.map((code): Finding => ({ check: 'checkpoint', result: 'failed', code, position: null }));
  return { ...covered, told: (rows) => [...wrong, ...covered.told(rows).filter((one) => wrong.length === 0 || one.result === 'failed')] };
}

function checkCovered(
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
