/**
 * What `occasio status` tells, read from a home without changing it: no folder is made, no run is marked. All of it is
 * attacker-controlled: an agent of the same user can write there. Whether a record is what it was is for `audit verify` to say.
 */
import { join } from 'node:path';
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError, type ErrorParts } from '../../verifiers/formats/error.ts';
import { parseRow, type Values } from '../../verifiers/formats/line.ts';
import { readLines } from '../../verifiers/formats/lines.ts';
import { hasForm } from '../../verifiers/formats/members.ts';
import { isRunId } from '../../verifiers/formats/run.ts';
import { openPolicy } from '../gate/policy-source.ts';
import { openIndex } from '../ledger/entries.ts';
import { readPieces, type ProxyEntry } from '../ledger/index.ts';
import { isGone } from '../ledger/lost.ts';
import { openProxies } from '../ledger/proxies.ts';
import type { Ops } from '../ops.ts';

export interface Figures {
  tool_calls: number;
  passed: number;
  local: number;
  blocked: number;
  transformed: number;
  secrets_redacted: number;
  requests: number;
  /** Requests that were refused whole. */
  refused: number;
  /** What answers told to their end cost, and at most what those that did not. */
  spent_microusd: number;
  bound_microusd: number;
  bounded: number;
  unpriced: number;
}

export interface RunStatus extends Figures {
  readonly run_id: string;
  /** lost: its writer is gone and did not close it. unreadable: row 0 is no run_start. */
  readonly state: 'open' | 'closed' | 'lost' | 'unreadable';
  readonly session_id: string | null;
  readonly agent: string | null;
  readonly cwd: string | null;
  readonly preset: string | null;
  readonly started_at: string | null;
  readonly last_at: string | null;
  readonly rows: number;
}

export type PolicyStatus =
  | { readonly path: string; readonly source: 'user' | 'default'; readonly sha256: string; readonly template: string | null }
  | { readonly path: string; readonly error: ErrorParts };

export interface HomeStatus {
  readonly home: string;
  readonly policy: PolicyStatus;
  readonly proxies: readonly Omit<ProxyEntry, 'token_file'>[];
  /** Those written last first. */
  readonly runs: readonly RunStatus[];
  /** Runs of the home that are not listed. */
  readonly more: number;
  /** Of the listed runs. */
  readonly total: Figures;
}

const MAX_RUNS = 1_000_000;
/** Newest entries of the index that are looked at for lost runs. */
const LOOKED_AT = 512;
const ACTIONS = { PASS: 'passed', LOCAL: 'local', BLOCK: 'blocked', TRANSFORM: 'transformed' } as const;

export async function readHome(ops: Ops, core: Core, home: string, most: number): Promise<HomeStatus> {
  const kind = (await ops.files.stat(home))?.kind ?? 'folder';
  if (kind !== 'folder') throw new OccasioError({ code: 'home', cannot: 'read the home', thing: home, found: kind === 'link' ? 'it is a symbolic link' : 'it is no folder', want: 'a folder' });
  const policy = await readPolicy(ops, core, join(home, 'policy.yml'));
  const proxies = (await has(ops, join(home, 'proxies'))) ? await openProxies(ops, join(home, 'proxies')).list() : [];
  const newest = await runsOf(ops, home);
  const lost = await lostRuns(ops, core, join(home, 'index'));
  const runs: RunStatus[] = [];
  for (const id of newest.slice(0, most)) runs.push(await readRun(ops, join(home, 'runs', `${id}.jsonl`), id, lost.has(id)));
  const total = none();
  for (const run of runs) for (const name of Object.keys(total) as (keyof Figures)[]) total[name] = capped(total[name] + run[name]);
  return { home, policy, proxies: proxies.map(({ pid, port, started_at }) => ({ pid, port, started_at })), runs, more: newest.length - runs.length, total };
}

async function has(ops: Ops, folder: string): Promise<boolean> {
  return (await ops.files.stat(folder)) !== null;
}

async function readPolicy(ops: Ops, core: Core, path: string): Promise<PolicyStatus> {
  try {
    const source = await openPolicy(ops, core, path, 'balanced', () => undefined);
    const inForce = await source.current();
    return { path, source: inForce.source, sha256: inForce.template?.hash ?? inForce.hash, template: inForce.template?.name ?? null };
  } catch (error) {
    if (!(error instanceof OccasioError)) throw error;
    return { path, error: error.parts };
  }
}

/** Ids of the runs that are regular files, the one written last first. */
async function runsOf(ops: Ops, home: string): Promise<readonly string[]> {
  const folder = join(home, 'runs');
  if (!(await has(ops, folder))) return [];
  const found: { readonly id: string; readonly at: number }[] = [];
  for (const { name, kind } of await ops.files.list(folder, MAX_RUNS)) {
    const id = /^(.*)\.jsonl$/.exec(name)?.[1];
    if (kind !== 'file' || !isRunId(id)) continue;
    found.push({ id, at: (await ops.files.stat(join(folder, name)))?.modified ?? 0 });
  }
  return found.sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)).map(({ id }) => id);
}

async function lostRuns(ops: Ops, core: Core, folder: string): Promise<ReadonlySet<unknown>> {
  if (!(await has(ops, folder))) return new Set();
  const entries = await openIndex(ops, core, folder).newest(LOOKED_AT);
  return new Set(entries.filter((entry) => entry['kind'] === 'run_lost').map((entry) => entry['run_id']));
}

async function readRun(ops: Ops, path: string, run_id: string, lost: boolean): Promise<RunStatus> {
  const figures = none();
  const seen: { first: Values | null; last: unknown; ended: boolean; rows: number } = { first: null, last: null, ended: false, rows: 0 };
  const lines = readLines((line) => {
    const row = line === null ? null : parseRow(line);
    if (seen.rows === 0) seen.first = row;
    seen.rows += 1;
    if (row === null) return;
    seen.last = row['ts'];
    seen.ended ||= row['kind'] === 'run_end';
    addRow(figures, row);
  });
  for await (const piece of readPieces(ops, path)) lines.write(piece);
  lines.end();
  const first = seen.first?.['kind'] === 'run_start' ? seen.first : null;
  const gone = lost || (first !== null && isGone(ops, first));
  return {
    run_id,
    state: first === null ? 'unreadable' : seen.ended ? 'closed' : gone ? 'lost' : 'open',
    session_id: textOf(first?.['session_id']),
    agent: textOf(first?.['agent']),
    cwd: textOf(first?.['cwd']),
    preset: textOf(first?.['preset']),
    started_at: timeOf(first?.['ts']),
    last_at: timeOf(seen.last),
    rows: seen.rows,
    ...figures,
  };
}

function addRow(figures: Figures, row: Values): void {
  if (row['kind'] === 'tool_call') {
    const action = row['action'];
    figures.tool_calls += 1;
    if (typeof action === 'string' && Object.hasOwn(ACTIONS, action)) figures[ACTIONS[action as keyof typeof ACTIONS]] += 1;
    figures.secrets_redacted = capped(figures.secrets_redacted + countOf(row['secrets_redacted']));
  }
  if (row['kind'] !== 'request') return;
  figures.requests += 1;
  if (row['event_type'] === 'blocked' || row['event_type'] === 'budget_exceeded') figures.refused += 1;
  const cost = countOf(row['cost_microusd']);
  if (row['cost_basis'] === 'usage') figures.spent_microusd = capped(figures.spent_microusd + cost);
  if (row['cost_basis'] === 'unpriced') figures.unpriced += 1;
  if (row['cost_basis'] !== 'bound') return;
  figures.bound_microusd = capped(figures.bound_microusd + cost);
  figures.bounded += 1;
}

function none(): Figures {
  return { tool_calls: 0, passed: 0, local: 0, blocked: 0, transformed: 0, secrets_redacted: 0, requests: 0, refused: 0, spent_microusd: 0, bound_microusd: 0, bounded: 0, unpriced: 0 };
}

function capped(value: number): number {
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

function countOf(value: unknown): number {
  return hasForm(value, 'count') ? (value as number) : 0;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function timeOf(value: unknown): string | null {
  return hasForm(value, 'time') ? (value as string) : null;
}
