/** The index as an auditor reads it: all its files one after the other are one chain, `spec/index.md`. Attacker-controlled. */
import type { ChainCode, Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { isHash } from '../../verifiers/formats/hex.ts';
import { MAX_LINE, parseRow, type Values } from '../../verifiers/formats/line.ts';
import { hasForm, INDEX_ENTRIES, memberFaults } from '../../verifiers/formats/members.ts';
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
}

export interface ReadIndex {
  readonly count: number;
  readonly hash: string | null;
  readonly runs: ReadonlyMap<string, IndexedRun>;
  readonly chain: readonly HomeFinding[];
  readonly entries: readonly HomeFinding[];
}

const CODE_OF: { readonly [code in ChainCode]?: HomeCode } = { 'hash-mismatch': 'entry-hash', 'link-mismatch': 'entry-link' };
const UNKNOWN: IndexedRun = { opened: null, firstHash: null, closed: null, lost: false };

export async function readIndex(ops: Ops, core: Core, folder: string): Promise<ReadIndex> {
  const numbers = await entryNumbers(ops, folder);
  const chain: HomeFinding[] = [];
  const entries: HomeFinding[] = [];
  const runs = new Map<string, IndexedRun>();
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
    entries.push(...readEntry(runs, values, number));
  }
  const summary = walk.end();
  for (const { code, row } of summary.departures) chain.push(finding('index', CODE_OF[code] ?? 'entry-form', walked[row] ?? row));
  return { count: numbers.length, hash: summary.lastHash, runs, chain, entries };
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

function readEntry(runs: Map<string, IndexedRun>, values: Values, number: number): readonly HomeFinding[] {
  const kind = values['kind'];
  const members = typeof kind === 'string' ? INDEX_ENTRIES.get(kind) : undefined;
  // An entry of another kind is chained and says nothing here.
  if (members === undefined) return typeof kind === 'string' ? [] : [finding('entries', 'entry-form', number)];
  const { missing, wrong } = memberFaults(members, values);
  const runId = values['run_id'];
  if (missing || wrong || !hasForm(values['ts'], 'time')) return [finding('entries', 'entry-form', number)];
  if (kind === 'repair') return [{ check: 'entries', result: 'ok', code: 'repaired', entry: number, run_id: isRunId(runId) ? runId : null }];
  if (!isRunId(runId)) return [finding('entries', 'entry-form', number)];
  const before = runs.get(runId) ?? UNKNOWN;
  const { first_hash, last_hash, rows } = values;
  if (kind === 'run_opened') runs.set(runId, { ...before, opened: before.opened ?? number, firstHash: isHash(first_hash) ? (before.firstHash ?? first_hash) : null });
  if (kind === 'run_closed') runs.set(runId, { ...before, closed: isHash(last_hash) && typeof rows === 'number' ? (before.closed ?? { lastHash: last_hash, rows }) : null });
  if (kind === 'run_lost') runs.set(runId, { ...before, lost: true });
  if (kind === 'run_opened' && before.opened !== null) return [finding('entries', 'opened-twice', number, runId)];
  if (kind === 'run_closed' && before.closed !== null) return [finding('entries', 'closed-twice', number, runId)];
  return kind !== 'run_opened' && before.opened === null ? [finding('entries', 'not-opened', number, runId)] : [];
}

function finding(check: HomeCheck, code: HomeCode, entry: number, run_id: string | null = null): HomeFinding {
  return { check, result: 'failed', code, entry, run_id };
}
