/**
 * The rules of one run, `spec/run.md`: what its rows say together. A run is a whole file, rows 0 to n-1: row 0 run_start,
 * row 1 policy_loaded, nothing after run_end. Bytes, hashes and links are the chain walk's; everything here is attacker-controlled.
 */
import { parseRow, type Values } from './line.ts';
import { readLines } from './lines.ts';
import { hasForm, isObject, memberFaults, ROWS } from './members.ts';

export type RunCode =
  // faults
  | 'empty' // no row at all
  | 'no-run-start' // row 0 is of another kind
  | 'no-policy-loaded' // row 1 is of another kind
  | 'run-start-again'
  | 'seq' // not the number of the row
  | 'run-id' // not that of row 0, or not that of the file's name
  | 'session-id' // not that of row 0
  | 'after-end' // a row after run_end
  | 'end-counts' // run_end counts other rows than stand here
  | 'previous-run' // a run that follows itself
  | 'kind-form' // no kind
  | 'member-missing'
  | 'member-form'
  | 'time-form'
  // notes
  | 'clock-went-back'
  | 'unknown-kind'
  | 'unknown-member';

export interface RunDeparture {
  readonly code: RunCode;
  readonly row: number;
  readonly offset: number;
}

export interface RunReport {
  readonly runId: string | null;
  /** Rows by kind, those of kinds that are not interpreted included. Rows that are no object are in none. */
  readonly kinds: ReadonlyMap<string, number>;
  /** tool_call rows by action. */
  readonly actions: ReadonlyMap<string, number>;
  /** A run_end stands. */
  readonly ended: boolean;
  readonly previousRun: string | null;
  /** Hashes of the policies in force, in order, each once; the first 1,000. */
  readonly policies: readonly string[];
  /** The first 1,000 faults and the first 1,000 notes, in the order of the file. */
  readonly faults: readonly RunDeparture[];
  readonly faultsTotal: number;
  readonly notes: readonly RunDeparture[];
  readonly notesTotal: number;
}

export interface RunReader {
  write(chunk: Uint8Array): void;
  end(): RunReport;
}

const KEPT = 1000;
/** Kinds counted by name; a file that invents more, or names that are no words, is counted under STRANGE. */
const MAX_KINDS = 100;
const STRANGE = '…';
/** A run id, ours or of another tool: it becomes a file name. */
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const NOTES: ReadonlySet<RunCode> = new Set(['clock-went-back', 'unknown-kind', 'unknown-member']);

export function isRunId(value: unknown): value is string {
  return typeof value === 'string' && RUN_ID.test(value);
}

interface State {
  rows: number;
  runId: string | null;
  sessionId: string | null;
  previousRun: string | null;
  lastTs: string;
  ended: boolean;
  readonly kinds: Map<string, number>;
  readonly actions: Map<string, number>;
  readonly policies: Set<string>;
}

type Tell = (code: RunCode) => void;

/** Sees each row that is an object, with its number and its first byte. */
export type SeeRow = (row: Values, place: { readonly row: number; readonly offset: number }) => void;

/** Reads a run. `runId` is what the run's own place says it is, where that is known. */
export function readRun(runId: string | null, see?: SeeRow): RunReader {
  const state: State = {
    rows: 0, runId, sessionId: null, previousRun: null, lastTs: '', ended: false, kinds: new Map(), actions: new Map(), policies: new Set(),
  };
  const faults: RunDeparture[] = [];
  const notes: RunDeparture[] = [];
  let faultsTotal = 0;
  let notesTotal = 0;

  function tell(code: RunCode, row: number, offset: number): void {
    const note = NOTES.has(code);
    if (note) notesTotal += 1;
    else faultsTotal += 1;
    const list = note ? notes : faults;
    if (list.length < KEPT) list.push({ code, row, offset });
  }

  const lines = readLines((line, offset) => {
    const row = state.rows;
    const values = line === null ? null : parseRow(line);
    if (values !== null) {
      readRow(state, values, (code) => tell(code, row, offset));
      see?.(values, { row, offset });
    }
    state.rows += 1;
  });

  return {
    write: (chunk) => lines.write(chunk),
    end() {
      if (state.rows === 0) tell('empty', 0, 0);
      return {
        runId: state.runId, kinds: state.kinds, actions: state.actions, ended: state.ended, previousRun: state.previousRun,
        policies: [...state.policies], faults, faultsTotal, notes, notesTotal,
      };
    },
  };
}

function readRow(state: State, row: Values, tell: Tell): void {
  const kind = row['kind'];
  if (typeof kind !== 'string') tell('kind-form');
  else {
    place(state, kind, tell);
    members(kind, row, tell);
  }
  common(state, row, tell);
  if (state.ended) tell('after-end');
  if (kind === 'policy_loaded' && isObject(row['tool_inputs']) && hasForm(row['tool_inputs']['policy_hash'], 'hash') && state.policies.size < KEPT) {
    state.policies.add(String(row['tool_inputs']['policy_hash']));
  }
  if (kind === 'run_end') {
    if (!sameCounts(row['counts'], state)) tell('end-counts');
    state.ended = true;
  }
  count(state.kinds, typeof kind === 'string' ? kind : STRANGE);
  if (kind === 'tool_call') count(state.actions, textOf(row['action']) ?? STRANGE);
}

/** What stands where: the order of kinds. */
function place(state: State, kind: string, tell: Tell): void {
  if (state.rows === 0 && kind !== 'run_start') tell('no-run-start');
  if (state.rows === 1 && kind !== 'policy_loaded') tell('no-policy-loaded');
  if (state.rows > 0 && kind === 'run_start') tell('run-start-again');
}

/** The members of the row's own kind, each in its form. */
function members(kind: string, row: Values, tell: Tell): void {
  const table = ROWS.get(kind);
  if (table === undefined) return tell('unknown-kind');
  const { missing, wrong, strange } = memberFaults(table, row);
  if (missing) tell('member-missing');
  if (wrong) tell('member-form');
  if (strange) tell('unknown-member');
}

/** What every row says, of whatever kind. */
function common(state: State, row: Values, tell: Tell): void {
  if (row['seq'] !== state.rows) tell('seq');
  state.runId ??= isRunId(row['run_id']) ? row['run_id'] : null;
  if (state.runId === null || row['run_id'] !== state.runId) tell('run-id');
  if (state.rows === 0) {
    state.sessionId = textOf(row['session_id']);
    state.previousRun = isRunId(row['previous_run']) ? row['previous_run'] : null;
    if (state.previousRun !== null && state.previousRun === state.runId) tell('previous-run');
  }
  if (state.sessionId === null || row['session_id'] !== state.sessionId) tell('session-id');
  const ts = row['ts'];
  if (typeof ts !== 'string' || !hasForm(ts, 'time')) return tell('time-form');
  if (ts < state.lastTs) tell('clock-went-back');
  state.lastTs = ts;
}

/** The counts of run_end: rows by kind and tool_call rows by action, itself not counted. */
export function countsOf(kinds: ReadonlyMap<string, number>, actions: ReadonlyMap<string, number>): { readonly [name: string]: number } {
  return Object.fromEntries([...kinds, ...actions]);
}

function sameCounts(claimed: unknown, state: State): boolean {
  if (!isObject(claimed)) return false;
  const real = new Map(Object.entries(countsOf(state.kinds, state.actions)));
  return Object.keys(claimed).length === real.size && [...real].every(([name, n]) => Object.hasOwn(claimed, name) && claimed[name] === n);
}

export function count(counts: Map<string, number>, name: string): void {
  const key = /^[\w.:-]{1,64}$/.test(name) && (counts.has(name) || counts.size < MAX_KINDS) ? name : STRANGE;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
