/**
 * Walks `pipeline-events.jsonl`, the chain of the original Occasio, as `spec/legacy.md` numbers it. Floats stand in it, rows of several
 * sessions, rows of before there were hashes. Bytes in, verdict out; attacker-controlled. What no hash covers is named, never skipped.
 */
import type { Core } from '../../core-wasm/core.ts';
import { readLines } from '../formats/lines.ts';
import { hasForm } from '../formats/members.ts';
import { count } from '../formats/run.ts';
import { readLegacyRow, type LegacyRow, type RowFault } from './row.ts';

export type LegacyCheck = 'form' | 'hashes' | 'chain' | 'members' | 'time' | 'end';
export type LegacyCode =
  | RowFault
  | 'empty'
  | 'before-chain' // a row without a hash, before the first that has one
  | 'hash-missing' // likewise, after it
  | 'prev-hash-missing'
  | 'not-genesis' // the first hashed row follows a row that is not here
  | 'restart' // a later row follows none
  | 'fork' // a row follows one that another row follows already
  | 'link-mismatch'
  | 'float'
  | 'unknown-kind'
  | 'kind-form'
  | 'time-form'
  | 'clock-went-back'
  | 'torn-line'
  | 'no-expectation';

export interface LegacyFinding {
  readonly check: LegacyCheck;
  /** A finding that is ok and has a code is a note. */
  readonly result: 'ok' | 'failed' | 'not checked';
  readonly code: LegacyCode | null;
  readonly position: { readonly row: number; readonly offset: number } | null;
}

export interface LegacyVerdict {
  readonly verdict: 'occasio-legacy-verdict/v1';
  readonly word: 'self-consistent' | 'failed';
  readonly rows: number;
  readonly bytes: number;
  /** Rows whose hash covers their bytes as they stand. */
  readonly covered: number;
  readonly first_hash: string | null;
  readonly last_hash: string | null;
  readonly sessions: number;
  readonly runs: number;
  readonly kinds: { readonly [kind: string]: number };
  readonly actions: { readonly [action: string]: number };
  /** How often each code was found; `checks` lists the first 100 of each. */
  readonly found: { readonly [code: string]: number };
  readonly checks: readonly LegacyFinding[];
}

const LISTED = 100;
/** Hashes remembered to tell a fork from a gap. */
const REMEMBERED = 64;
/** Sessions and runs told apart; beyond that they are not counted. */
const MAX_NAMES = 100_000;
const ZEROS = '0'.repeat(64);
const KINDS: ReadonlySet<string> = new Set(['tool_call', 'request', 'policy_loaded', 'git_state']);
const CHECKS: readonly LegacyCheck[] = ['form', 'hashes', 'chain', 'members', 'time', 'end'];

const WHERE: { readonly [code in LegacyCode]: readonly [LegacyCheck, LegacyFinding['result']] } = {
  'not-json': ['form', 'failed'], 'not-object': ['form', 'failed'], utf8: ['form', 'failed'], bom: ['form', 'failed'], surrogate: ['form', 'failed'], 'duplicate-name': ['form', 'failed'],
  'number-range': ['form', 'failed'], depth: ['form', 'failed'], 'line-too-long': ['form', 'failed'], 'empty-line': ['form', 'failed'], 'not-minimal': ['form', 'not checked'], float: ['form', 'ok'],
  empty: ['form', 'failed'], 'before-chain': ['hashes', 'not checked'], 'hash-missing': ['hashes', 'failed'], 'prev-hash-missing': ['hashes', 'failed'], 'hash-mismatch': ['hashes', 'failed'],
  'not-genesis': ['chain', 'failed'], restart: ['chain', 'failed'], fork: ['chain', 'failed'], 'link-mismatch': ['chain', 'failed'],
  'unknown-kind': ['members', 'not checked'], 'kind-form': ['members', 'not checked'], 'time-form': ['time', 'not checked'], 'clock-went-back': ['time', 'ok'],
  'torn-line': ['end', 'failed'], 'no-expectation': ['end', 'not checked'],
};

interface State {
  rows: number;
  covered: number;
  firstHash: string | null;
  lastHash: string | null;
  lastTs: string;
  readonly recent: string[];
  readonly sessions: Set<string>;
  readonly runs: Set<string>;
  readonly kinds: Map<string, number>;
  readonly actions: Map<string, number>;
}

type Tell = (code: LegacyCode) => void;

export async function verifyLegacy(core: Core, source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, progress?: (bytes: number) => void): Promise<LegacyVerdict> {
  const state: State = { rows: 0, covered: 0, firstHash: null, lastHash: null, lastTs: '', recent: [], sessions: new Set(), runs: new Set(), kinds: new Map(), actions: new Map() };
  const findings: LegacyFinding[] = [];
  const found = new Map<LegacyCode, number>();
  const tell = (code: LegacyCode, position: LegacyFinding['position']): void => {
    const times = (found.get(code) ?? 0) + 1;
    found.set(code, times);
    const [check, result] = WHERE[code];
    if (times <= LISTED) findings.push({ check, result, code, position });
  };
  const lines = readLines((line, offset) => {
    const position = { row: state.rows, offset };
    const row = line === null ? 'line-too-long' : readLegacyRow(core, line);
    if (typeof row === 'string') tell(row, position);
    else see(state, row, (code) => tell(code, position));
    state.rows += 1;
  });
  let bytes = 0;
  for await (const chunk of source) {
    lines.write(chunk);
    bytes += chunk.length;
    progress?.(bytes);
  }
  if (lines.end() > 0) tell('torn-line', { row: state.rows, offset: bytes - lines.end() });
  else tell('no-expectation', null);
  if (state.rows === 0) tell('empty', { row: 0, offset: 0 });
  return verdictOf(state, bytes, findings, found);
}

function see(state: State, row: LegacyRow, tell: Tell): void {
  if (row.fault !== null) tell(row.fault);
  if (row.hash === null) tell(state.lastHash === null ? 'before-chain' : 'hash-missing');
  else link(state, row, row.hash, tell);
  if (row.float) tell('float');
  const { kind, ts, session_id, run_id, action } = row.values;
  if (typeof kind !== 'string') tell('kind-form');
  else if (!KINDS.has(kind)) tell('unknown-kind');
  count(state.kinds, typeof kind === 'string' ? kind : '');
  if (kind === 'tool_call') count(state.actions, String(action));
  if (typeof session_id === 'string' && state.sessions.size < MAX_NAMES) state.sessions.add(session_id);
  if (typeof run_id === 'string' && state.runs.size < MAX_NAMES) state.runs.add(run_id);
  if (typeof ts !== 'string' || !hasForm(ts, 'time')) return tell('time-form');
  if (ts < state.lastTs) tell('clock-went-back');
  state.lastTs = ts;
}

function link(state: State, row: LegacyRow, hash: string, tell: Tell): void {
  const { prevHash } = row;
  if (row.fault === null) state.covered += 1;
  if (prevHash === null) tell('prev-hash-missing');
  else if (state.lastHash === null) {
    if (prevHash !== ZEROS) tell('not-genesis');
  } else if (prevHash !== state.lastHash) tell(prevHash === ZEROS ? 'restart' : state.recent.includes(prevHash) ? 'fork' : 'link-mismatch');
  state.firstHash ??= hash;
  state.lastHash = hash;
  state.recent.push(hash);
  if (state.recent.length > REMEMBERED) state.recent.shift();
}

function verdictOf(state: State, bytes: number, findings: readonly LegacyFinding[], found: ReadonlyMap<LegacyCode, number>): LegacyVerdict {
  const checks = CHECKS.flatMap((check): readonly LegacyFinding[] => {
    const own = findings.filter((f) => f.check === check);
    return own.length > 0 ? own : [{ check, result: 'ok', code: null, position: null }];
  });
  return {
    verdict: 'occasio-legacy-verdict/v1',
    word: checks.some((c) => c.result === 'failed') ? 'failed' : 'self-consistent',
    rows: state.rows,
    bytes,
    covered: state.covered,
    first_hash: state.firstHash,
    last_hash: state.lastHash,
    sessions: state.sessions.size,
    runs: state.runs.size,
    kinds: Object.fromEntries(state.kinds),
    actions: Object.fromEntries(state.actions),
    found: Object.fromEntries(found),
    checks,
  };
}
