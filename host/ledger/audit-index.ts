/** The index as an auditor reads it: all its files one after the other are one chain, `spec/index.md`. Attacker-controlled. */
import type { ChainCode, Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { isHash } from '../../verifiers/formats/hex.ts';
import { MAX_LINE, parseRow, type Values } from '../../verifiers/formats/line.ts';
import { hasForm, INDEX_ENTRIES, memberFaults } from '../../verifiers/formats/members.ts';
import { checkRotation, type Rotation } from '../../verifiers/formats/rotation.ts';
import { isRunId } from '../../verifiers/formats/run.ts';
import type { Ops } from '../ops.ts';
import type { HomeCheck, HomeCode, HomeFinding } from './audit.ts';
import { entryNumbers, entryPath } from './entries.ts';

/** What the entries say of a run. */
export interface IndexedRun {
  /** Number of the entry that opened it. */
  readonly opened: number | null;
  readonly firstHash: string | null;
  readonly closed: { readonly lastHash: string; readonly rows: number } | null;
  readonly lost: boolean;
  readonly checkpoints: readonly IndexedCheckpoint[];
  /** What witnesses answered, in order. */
  readonly witnessed: readonly Witnessed[];
}

export interface IndexedCheckpoint {
  /** Of its entry. */
  readonly number: number;
  readonly size: number;
  /** Hex. */
  readonly root: string;
  readonly note: string;
}

export interface Witnessed {
  readonly size: number;
  readonly witness: string;
  /** Signature lines of a note. */
  readonly cosignatures: string;
}

export interface IndexedRotation extends Rotation {
  readonly number: number;
}

export interface ReadIndex {
  readonly rotations: readonly IndexedRotation[];
  readonly count: number;
  readonly hash: string | null;
  readonly runs: ReadonlyMap<string, IndexedRun>;
  readonly chain: readonly HomeFinding[];
  readonly entries: readonly HomeFinding[];
}

const CODE_OF: { readonly [code in ChainCode]?: HomeCode } = { 'hash-mismatch': 'entry-hash', 'link-mismatch': 'entry-link' };

/** A run as its entries come. */
interface Growing extends IndexedRun {
  readonly checkpoints: IndexedCheckpoint[];
  readonly witnessed: Witnessed[];
}

export async function readIndex(ops: Ops, core: Core, folder: string): Promise<ReadIndex> {
  const numbers = await entryNumbers(ops, folder);
  const chain: HomeFinding[] = [];
  const entries: HomeFinding[] = [];
  const runs = new Map<string, Growing>();
  const rotations: IndexedRotation[] = [];
  const walked: number[] = [];
  const walk = core.chain();
  let expected = 0;
  for (const number of numbers) {
    for (; expected < number && chain.length < 1000; expected++) chain.push(finding('index', 'entry-missing', expected));
    expected = number + 1;
    const line = await readLine(ops, entryPath(folder, number));
    const values = line === null ? null : parseRow(line);
    if (line === null || values === null) {
      chain.push(finding('index', 'entry-form', number));
      continue;
    }
    walk.write(line);
    walked.push(number);
    if (values['seq'] !== number) chain.push(finding('index', 'entry-seq', number));
    entries.push(...readEntry(runs, rotations, values, number));
  }
  const summary = walk.end();
  for (const { code, row } of summary.departures) chain.push(finding('index', CODE_OF[code] ?? 'entry-form', walked[row] ?? row));
  return { count: numbers.length, hash: summary.lastHash, runs, rotations, chain, entries };
}

/** The one line of an entry with its LF; null where it is another thing. */
async function readLine(ops: Ops, path: string): Promise<Uint8Array | null> {
  try {
    const bytes = await ops.files.read(path, MAX_LINE + 1);
    return bytes.length > 0 && bytes.indexOf(10) === bytes.length - 1 ? bytes : null;
  } catch (error) {
    if (error instanceof OccasioError) return null;
    throw error;
  }
}

function readEntry(runs: Map<string, Growing>, rotations: IndexedRotation[], values: Values, number: number): readonly HomeFinding[] {
  const kind = values['kind'];
  const members = typeof kind === 'string' ? INDEX_ENTRIES.get(kind) : undefined;
  // An entry of another kind is chained and says nothing here.
  if (members === undefined) return typeof kind === 'string' ? [] : [finding('entries', 'entry-form', number)];
  const { missing, wrong } = memberFaults(members, values);
  const runId = values['run_id'];
  if (missing || wrong || !hasForm(values['ts'], 'time')) return [finding('entries', 'entry-form', number)];
  if (kind === 'repair') return [{ check: 'entries', result: 'ok', code: 'repaired', entry: number, run_id: isRunId(runId) ? runId : null }];
  if (kind === 'key_rotate') {
    const rotation = checkRotation(values);
    if (rotation === null) return [finding('entries', 'rotate-signature', number)];
    rotations.push({ ...rotation, number });
    return [];
  }
  if (!isRunId(runId)) return [finding('entries', 'entry-form', number)];
  const before = runs.get(runId) ?? { opened: null, firstHash: null, closed: null, lost: false, checkpoints: [], witnessed: [] };
  if (!runs.has(runId)) runs.set(runId, before);
  const { first_hash, last_hash, rows } = values;
  if (kind === 'run_opened') runs.set(runId, { ...before, opened: before.opened ?? number, firstHash: isHash(first_hash) ? (before.firstHash ?? first_hash) : null });
  if (kind === 'run_closed') runs.set(runId, { ...before, closed: isHash(last_hash) && typeof rows === 'number' ? (before.closed ?? { lastHash: last_hash, rows }) : null });
  if (kind === 'run_lost') runs.set(runId, { ...before, lost: true });
  if (kind === 'checkpoint') before.checkpoints.push({ number, size: Number(values['size']), root: String(values['root']), note: String(values['note']) });
  if (kind === 'witnessed') before.witnessed.push({ size: Number(values['size']), witness: String(values['witness']), cosignatures: String(values['cosignatures']) });
  if (kind === 'run_opened' && before.opened !== null) return [finding('entries', 'opened-twice', number, runId)];
  if (kind === 'run_closed' && before.closed !== null) return [finding('entries', 'closed-twice', number, runId)];
  return kind !== 'run_opened' && before.opened === null ? [finding('entries', 'not-opened', number, runId)] : [];
}

function finding(check: HomeCheck, code: HomeCode, entry: number, run_id: string | null = null): HomeFinding {
  return { check, result: 'failed', code, entry, run_id };
}
