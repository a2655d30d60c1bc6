/**
 * Rows -> the figures of a predicate, `spec/predicate.md`, which has one line a member: rows used, formula, rounding. Attacker-controlled;
 * a member in another form counts as absent, and the check of members names it.
 */
import { AGENTS, hasForm, isObject, PRESETS } from '../formats/members.ts';
import { ZEROS } from '../formats/hex.ts';
import type { Values } from '../formats/line.ts';
import { MAX_BLOCKED, MAX_HISTORY, type BlockedEvent, type Predicate } from '../formats/predicate.ts';
import { isRunId } from '../formats/run.ts';

export interface Figures {
  readonly runId: string | null;
  readonly rows: number;
  readonly firstHash: string | null;
  readonly lastHash: string | null;
  readonly agent: Predicate['agent'];
  readonly policy: Omit<Predicate['policy'], 'rules_digest' | 'preset' | 'history'>;
  readonly preset: string | null;
  readonly history: readonly { readonly seq: number; readonly file_hash: string }[];
  /** SHA-256 of the built-in template in force where there was no policy file. */
  readonly templateHash: string | null;
  readonly summary: Predicate['execution_summary'];
  readonly occasio: NonNullable<Predicate['occasio']> | null;
  /** A run_end stands. */
  readonly complete: boolean;
}

export interface FiguresReader {
  row(row: Values, number: number): void;
  end(): Figures;
}

/** Models counted by name. */
const MAX_MODELS = 100;

interface State {
  first: Values | null;
  last: Values | null;
  loaded: Values | null;
  rows: number;
  complete: boolean;
  readonly actions: Map<string, number>;
  secrets: number;
  readonly blocked: BlockedEvent[];
  readonly models: Map<string, number>;
  readonly history: { seq: number; file_hash: string }[];
}

export function readFigures(): FiguresReader {
  const state: State = { first: null, last: null, loaded: null, rows: 0, complete: false, actions: new Map(), secrets: 0, blocked: [], models: new Map(), history: [] };
  return {
    row(row, number) {
      state.first ??= row;
      state.last = row;
      state.rows = number + 1;
      if (row['kind'] === 'tool_call') call(state, row);
      else if (row['kind'] === 'request') request(state, row);
      else if (row['kind'] === 'policy_loaded') loaded(state, row, number);
      else if (row['kind'] === 'run_end') state.complete = true;
    },
    end: () => figuresOf(state),
  };
}

function call(state: State, row: Values): void {
  const action = String(row['action']);
  state.actions.set(action, (state.actions.get(action) ?? 0) + 1);
  const redacted = row['secrets_redacted'];
  if (hasForm(redacted, 'count')) state.secrets += Number(redacted);
  if (action !== 'BLOCK' || state.blocked.length >= MAX_BLOCKED) return;
  state.blocked.push({ tool: textOf(row['tool_name']) ?? '', target: targetOf(row['tool_inputs']), rule: textOf(row['reason']) ?? '', at_offset_s: seconds(state.first, row) });
}

/** What the call reached for, as its row says it. */
function targetOf(inputs: unknown): string | null {
  if (!isObject(inputs)) return null;
  return textOf(inputs['path']) ?? textOf(inputs['pattern']) ?? textOf(inputs['glob']) ?? textOf(inputs['url']);
}

function request(state: State, row: Values): void {
  const model = textOf(row['model']);
  if (model === null || row['event_type'] !== 'cloud_sent' || (state.models.size >= MAX_MODELS && !state.models.has(model))) return;
  state.models.set(model, (state.models.get(model) ?? 0) + 1);
}

function loaded(state: State, row: Values, seq: number): void {
  state.loaded ??= row;
  const hash = isObject(row['tool_inputs']) ? row['tool_inputs']['policy_hash'] : null;
  if (state.history.length < MAX_HISTORY && hasForm(hash, 'hash')) state.history.push({ seq, file_hash: String(hash) });
}

function figuresOf(state: State): Figures {
  const [first, last] = [state.first ?? {}, state.last ?? {}];
  const count = (action: string): number => state.actions.get(action) ?? 0;
  const version = textOf(first['version']);
  const core = first['core_sha256'];
  return {
    runId: isRunId(first['run_id']) ? first['run_id'] : null,
    rows: state.rows,
    firstHash: hashOf(first),
    lastHash: hashOf(last),
    agent: {
      platform: hasForm(first['agent'], AGENTS) ? String(first['agent']) : 'unknown',
      model: mostNamed(state.models),
      session_id: textOf(first['session_id']),
      started_at: textOf(first['ts']) ?? '',
      ended_at: textOf(last['ts']) ?? '',
      wall_time_s: seconds(first, last),
    },
    policy: policyOf(state.loaded),
    preset: hasForm(first['preset'], PRESETS) ? String(first['preset']) : null,
    history: state.history,
    templateHash: hasForm(first['template_hash'], 'hash') ? String(first['template_hash']) : null,
    summary: {
      tool_calls: [...state.actions.values()].reduce((sum, n) => sum + n, 0),
      local: count('LOCAL'), passed: count('PASS'), blocked: count('BLOCK'), transformed: count('TRANSFORM'),
      secrets_redacted: state.secrets, blocked_events: state.blocked,
    },
    occasio: version !== null && hasForm(core, 'hash') ? { version, core_sha256: String(core) } : null,
    complete: state.complete,
  };
}

function policyOf(row: Values | null): Figures['policy'] {
  const inputs = row !== null && isObject(row['tool_inputs']) ? row['tool_inputs'] : {};
  const { policy_hash: hash, policy_path: path, version } = inputs;
  const source = row?.['policy_source'];
  return {
    file_hash: hasForm(hash, 'hash') ? String(hash) : ZEROS,
    file_path: textOf(path),
    source: source === 'user' || source === 'default' ? source : 'unknown',
    version: hasForm(version, 'count') ? Number(version) : null,
  };
}

/** The model that most requests named; of several the one that was named first. */
function mostNamed(models: ReadonlyMap<string, number>): string | null {
  let found: string | null = null;
  for (const [model, n] of models) if (found === null || n > (models.get(found) ?? 0)) found = model;
  return found;
}

/** Whole seconds from one row to another, rounded down; 0 where the clock went back or does not tell. */
function seconds(from: Values | null, to: Values): number {
  const [start, end] = [from?.['ts'], to['ts']];
  if (!hasForm(start, 'time') || !hasForm(end, 'time')) return 0;
  return Math.max(0, Math.floor((Date.parse(String(end)) - Date.parse(String(start))) / 1000));
}

function hashOf(row: Values): string | null {
  return hasForm(row['hash'], 'hash') ? String(row['hash']) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
