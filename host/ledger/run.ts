/**
 * A run being written: `runs/<run_id>.jsonl`, made exclusively and appended to by this process alone. A write or an fsync that
 * fails ends it for good: what stands in the file is then unknown, and a successor opens with `previous_run`.
 */
import type { Core } from '../../core-wasm/core.ts';
import { bug, OccasioError } from '../../verifiers/formats/error.ts';
import { ZEROS } from '../../verifiers/formats/hex.ts';
import { formatRow, orderMembers, type Values } from '../../verifiers/formats/line.ts';
import { ROWS } from '../../verifiers/formats/members.ts';
import type { PolicyLoadedRow, RowBody, RowContext, RunEndRow, RunStartRow } from '../../verifiers/formats/row.ts';
import { count, countsOf } from '../../verifiers/formats/run.ts';
import type { AppendFile, Ops } from '../ops.ts';
import { openCheckpoints, type Checkpoints, type Mark } from './checkpoints.ts';
import type { Device } from './device.ts';
import type { Index } from './entries.ts';
import { openInputs, type InputCommit } from './inputs.ts';
import { newId } from './json.ts';

export type { InputCommit } from './inputs.ts';

/** Rows by kind, tool_call rows by action, and `secrets_redacted` summed over tool_call rows. */
export type Counts = { readonly [name: string]: number };

export interface Written {
  readonly seq: number;
  readonly hash: string;
  readonly event_id: string;
}

export interface Run {
  readonly id: string;
  readonly path: string;
  readonly context: RowContext;
  /** Cannot be written any more. */
  readonly dead: boolean;
  readonly counts: Counts;
  /** Writes the row to the file; `durable` makes it last. A row that may not be written (`row`) leaves the run as it was. */
  append(body: RowBody): Written;
  commitInput(bytes: Uint8Array): InputCommit;
  /** All rows appended so far are on disk. */
  durable(): Promise<void>;
  /** Writes run_end and the index entry; of a dead run, that it is lost. Closing twice is closing once. */
  close(reason: RunEndRow['reason']): Promise<void>;
}

export interface OpenRun {
  readonly context: RowContext;
  readonly start: RunStartRow;
  readonly policy: PolicyLoadedRow;
  /** The text in force; null where it is kept already. */
  readonly policyText: Uint8Array | null;
  readonly previousRun?: string;
}

export function runPath(home: string, id: string): string {
  return `${home}/runs/${id}.jsonl`;
}

/** Rows 0 and 1 are durable and the index names the run when it resolves. */
export async function createRun(ops: Ops, core: Core, home: string, index: Index, device: Device, opening: OpenRun): Promise<Run> {
  const id = newId(ops);
  const path = runPath(home, id);
  const start: RunStartRow = opening.previousRun === undefined ? opening.start : { ...opening.start, previous_run: opening.previousRun };
  const file = await ops.files.createAppend(path);
  try {
    const { run, append } = writer(ops, core, id, path, file, opening.context, index, openCheckpoints(ops, core, device, index, path, id));
    const first = append(start);
    append(opening.policy);
    await run.durable();
    await index.append(openedEntry(ops, run, start, first.hash));
    return run;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function openedEntry(ops: Ops, run: Run, start: RunStartRow, first_hash: string): Values {
  const { hostId, bootId, pid } = ops.host;
  return {
    kind: 'run_opened', run_id: run.id, session_id: run.context.session_id, pid, ...(hostId === null ? {} : { host_id: hostId }), ...(bootId === null ? {} : { boot_id: bootId }),
    ...(start.previous_run === undefined ? {} : { previous_run: start.previous_run }), first_hash,
  };
}

interface State {
  rows: number;
  /** Of these the ones that an fsync covers. */
  durable: number;
  head: string;
  dead: boolean;
  /** The file is not what was written to it. */
  differs: boolean;
  closing: Promise<void> | null;
  secrets: number;
  /** Checkpoints that are due, one after the other. A failure is kept in the state, and told by the next write. */
  signing: Promise<void>;
}

interface Writer {
  readonly run: Run;
  append(body: RowBody): Written;
}

function writer(ops: Ops, core: Core, id: string, path: string, file: AppendFile, context: RowContext, index: Index, checkpoints: Checkpoints): Writer {
  const state: State = { rows: 0, durable: 0, head: ZEROS, dead: false, differs: false, closing: null, secrets: 0, signing: Promise.resolve() };
  const kinds = new Map<string, number>();
  const actions = new Map<string, number>();
  const inputs = openInputs(ops, core, path.replace(/\.jsonl$/, '.inputs.jsonl'));

  function fail(error: unknown): OccasioError {
    state.dead = true;
    return cannotWrite(path, error instanceof Error ? error.message : String(error), error);
  }

  function refuseDead(): void {
    if (state.dead) throw cannotWrite(path, state.differs ? 'it is not what was written to it' : 'an earlier write failed');
  }

  async function sign(mark: Mark): Promise<void> {
    if (state.dead) return;
    try {
      await file.sync();
      state.differs = !(await checkpoints.sign(mark));
      state.dead ||= state.differs;
    } catch (error) {
      fail(error);
    }
  }

  function append(body: RowBody): Written {
    refuseDead();
    if (state.closing !== null) throw cannotWrite(path, 'the run is closed');
    const event_id = newId(ops);
    const common = { ts: new Date(ops.now()).toISOString(), event_id, run_id: id, seq: state.rows, prev_hash: state.head };
    const row = formatRow(core, orderMembers(ROWS, { ...context, ...body, ...common, ...given(body) }));
    try {
      file.write(row.line);
    } catch (error) {
      throw fail(error);
    }
    const written = { seq: state.rows, hash: row.hash, event_id };
    state.rows += 1;
    state.head = row.hash;
    const due = checkpoints.add(row.line, row.hash);
    if (due !== null) state.signing = state.signing.then(() => sign(due));
    count(kinds, body.kind);
    if (body.kind === 'tool_call') {
      count(actions, body.action);
      state.secrets += body.secrets_redacted ?? 0;
    }
    return written;
  }

  async function durable(): Promise<void> {
    refuseDead();
    const { rows } = state;
    if (rows === state.durable) return;
    try {
      await file.sync();
    } catch (error) {
      throw fail(error);
    }
    state.durable = Math.max(state.durable, rows);
  }

  const lost = (): Promise<void> => index.append({ kind: 'run_lost', run_id: id, reason: state.differs ? 'file-differs' : 'write-failed' });

  async function finish(reason: RunEndRow['reason']): Promise<void> {
    const found = state.dead;
    try {
      if (!found) await end(reason);
    } finally {
      await file.close();
      await inputs.close();
    }
    if (found) return lost();
    if (state.dead) {
      await lost();
      refuseDead();
    }
    await index.append({ kind: 'run_closed', run_id: id, reason, rows: state.rows, last_hash: state.head });
  }

  /** The last row, and a checkpoint of them all. */
  async function end(reason: RunEndRow['reason']): Promise<void> {
    append({ kind: 'run_end', reason, counts: countsOf(kinds, actions) });
    await durable();
    await state.signing;
    const mark = checkpoints.mark();
    if (mark !== null) await sign(mark);
  }

  const run: Run = {
    id,
    path,
    context,
    get dead() {
      return state.dead;
    },
    get counts() {
      return { ...countsOf(kinds, actions), secrets_redacted: state.secrets };
    },
    append: (body) => (body.kind === 'run_start' || body.kind === 'run_end' ? bug(`${body.kind} is appended to an open run`) : append(body)),
    commitInput(bytes) {
      const { commit, record } = inputs.commit(bytes);
      return { commit, record: (seq, toolUseId) => record(seq, toolUseId).catch((error: unknown) => Promise.reject(fail(error))) };
    },
    durable,
    close: (reason) => (state.closing ??= finish(reason)),
  };
  return { run, append };
}

/** What the format fixes for a kind, whoever writes it. */
function given(body: RowBody): { readonly [name: string]: unknown } {
  if (body.kind === 'policy_loaded') return { agent: 'occasio', protocol: 'internal' };
  return body.kind === 'request' ? { audit_schema: 1 } : {};
}

function cannotWrite(path: string, found: string, cause?: unknown): OccasioError {
  return new OccasioError({ code: 'ledger', cannot: 'write the record', thing: path, found, next: 'Nothing more is let through in this run; the next request opens another.' }, cause);
}
