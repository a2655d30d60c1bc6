/**
 * The members of each kind of row, `spec/run.md`: their order, their form, which may be absent (`?`). One table that the
 * writer orders and checks by and the verifier checks by.
 */
import { isHash } from './hex.ts';

/** A form, or the list of words that may stand. */
export type Form = 'text' | 'count' | 'flag' | 'hash' | 'object' | 'texts' | 'counts' | 'time' | 'one' | readonly string[];

export interface Member {
  readonly name: string;
  readonly form: Form;
  readonly optional: boolean;
}

export const AGENTS = ['claude-code', 'codex', 'opencode', 'cline', 'gemini', 'occasio', 'unknown'] as const;
export const PRESETS = ['strict', 'balanced', 'off'] as const;
const WHO = {
  ts: 'time',
  event_id: 'text',
  session_id: 'text',
  run_id: 'text',
  agent: AGENTS,
  protocol: ['anthropic-messages', 'openai-responses', 'openai-chat', 'hook', 'mcp', 'internal'],
} as const;
const INBOUND_OR_OUTBOUND = ['inbound', 'outbound'] as const;
const DOOR = ['wire', 'hook', 'mcp'] as const;
const SOURCE = ['user', 'default'] as const;
const CHAIN = { prev_hash: 'hash', hash: 'hash' } as const;

/** The kinds a verifier interprets. Another kind is chained and counted, and listed as not interpreted. */
const KINDS: { readonly [kind: string]: { readonly [name: string]: Form } } = {
  run_start: {
    ...WHO, kind: ['run_start'], seq: 'count', version: 'text', core_sha256: 'hash', runtime: 'text', 'host_id?': 'hash', 'boot_id?': 'hash',
    pid: 'count', preset: PRESETS, cwd: 'text', 'previous_run?': 'text', 'template?': 'text', 'template_hash?': 'hash', ...CHAIN,
  },
  policy_loaded: {
    ...WHO, kind: ['policy_loaded'], tool_name: ['policy_loaded'], tool_inputs: 'object', action: ['INFO'], reason: ['policy-loaded'],
    policy_source: SOURCE, seq: 'count', ...CHAIN,
  },
  tool_call: {
    ...WHO, direction: INBOUND_OR_OUTBOUND, kind: ['tool_call'], tool_name: 'text', 'tool_inputs?': 'object', action: ['PASS', 'LOCAL', 'BLOCK', 'TRANSFORM'],
    reason: 'text', policy_source: SOURCE, 'executor?': 'text', 'transform?': 'text', result_kind: ['local', 'pass', 'block', 'transform', 'unknown'],
    'exit_code?': 'count', 'secrets_redacted?': 'count', 'distilled?': 'flag', 'tokens_saved?': 'count', seq: 'count', 'tool_use_id?': 'text',
    'agent_id?': 'text', request_id: 'text', door: DOOR, 'rule?': 'text', judged: 'object', 'input_commit?': 'hash', ...CHAIN,
  },
  tool_result: {
    ...WHO, direction: ['outbound'], kind: ['tool_result'], seq: 'count', tool_use_id: 'text', 'agent_id?': 'text', request_id: 'text', door: DOOR,
    is_error: 'flag', bytes: 'count', secrets_redacted: 'count', carried_in: 'flag', ...CHAIN,
  },
  request: {
    audit_schema: 'one', ...WHO, direction: ['outbound'], kind: ['request'],
    event_type: ['cloud_sent', 'local_only', 'blocked', 'trimmed', 'budget_exceeded'], 'model?': 'text', cwd: 'text',
    input_tokens: 'count', output_tokens: 'count', cache_read_tokens: 'count', cache_write_tokens: 'count', seq: 'count', request_id: 'text',
    'agent_id?': 'text', route: 'text', status: 'count', 'reason?': 'text', 'message_id?': 'text', 'stop_reason?': 'text', tool_use_ids: 'texts',
    unscanned: 'texts', executed_upstream: 'texts', complete: 'flag', 'cache_write_1h_tokens?': 'count', 'web_searches?': 'count',
    'billed_model?': 'text', 'speed?': 'text', 'inference_geo?': 'text', 'cost_microusd?': 'count', 'cost_basis?': ['usage', 'bound', 'unpriced'], ...CHAIN,
  },
  git_state: {
    ...WHO, kind: ['git_state'], tool_name: ['git_state'], tool_inputs: 'object', action: ['INFO'], reason: ['git-state'], seq: 'count', ...CHAIN,
  },
  run_end: { ...WHO, kind: ['run_end'], seq: 'count', reason: ['exit', 'idle', 'stop'], counts: 'counts', ...CHAIN },
};

/** The entries of the index, `spec/index.md`. */
const ENTRIES: typeof KINDS = {
  run_opened: {
    ts: 'time', event_id: 'text', kind: ['run_opened'], run_id: 'text', session_id: 'text', pid: 'count', 'host_id?': 'hash', 'boot_id?': 'hash',
    'previous_run?': 'text', first_hash: 'hash', seq: 'count', ...CHAIN,
  },
  run_closed: {
    ts: 'time', event_id: 'text', kind: ['run_closed'], run_id: 'text', reason: ['exit', 'idle', 'stop'], rows: 'count', last_hash: 'hash', seq: 'count', ...CHAIN,
  },
  run_lost: { ts: 'time', event_id: 'text', kind: ['run_lost'], run_id: 'text', reason: ['process-gone', 'write-failed', 'file-differs'], seq: 'count', ...CHAIN },
  checkpoint: { ts: 'time', event_id: 'text', kind: ['checkpoint'], run_id: 'text', size: 'count', root: 'hash', note: 'text', seq: 'count', ...CHAIN },
  witnessed: {
    ts: 'time', event_id: 'text', kind: ['witnessed'], run_id: 'text', size: 'count', root: 'hash', witness: 'text', cosignatures: 'text', seq: 'count', ...CHAIN,
  },
  key_rotate: {
    ts: 'time', event_id: 'text', kind: ['key_rotate'], from_key: 'hash', to_key: 'hash', from_signature: 'text', to_signature: 'text', seq: 'count', ...CHAIN,
  },
  repair: {
    ts: 'time', event_id: 'text', kind: ['repair'], 'run_id?': 'text', file: 'text', backup: 'text', bytes_before: 'count', bytes_after: 'count', cut_sha256: 'hash',
    seq: 'count', ...CHAIN,
  },
};

export type Table = ReadonlyMap<string, readonly Member[]>;

/** Members of each kind in the order they are written. A kind that is not here is not interpreted. */
export const ROWS: Table = tableOf(KINDS);
export const INDEX_ENTRIES: Table = tableOf(ENTRIES);

function tableOf(kinds: typeof KINDS): Table {
  return new Map(
    Object.entries(kinds).map(([kind, members]) => [
      kind,
      Object.entries(members).map(([name, form]) => ({ name: name.replace('?', ''), form, optional: name.endsWith('?') })),
    ]),
  );
}

/** What is wrong with the members of an object of this kind. The two hashes and the times are judged elsewhere. */
export function memberFaults(members: readonly Member[], row: { readonly [name: string]: unknown }): { readonly missing: boolean; readonly wrong: boolean; readonly strange: boolean } {
  let [missing, wrong, known] = [false, false, 0];
  for (const { name, form, optional } of members) {
    const value = Object.hasOwn(row, name) ? row[name] : undefined;
    if (value !== undefined) known += 1;
    if (form === 'time' || name === 'hash' || name === 'prev_hash') continue;
    if (value === undefined) missing ||= !optional;
    else wrong ||= !hasForm(value, form);
  }
  return { missing, wrong, strange: Object.keys(row).length > known };
}

export function hasForm(value: unknown, form: Form): boolean {
  if (typeof form !== 'string') return typeof value === 'string' && form.includes(value);
  switch (form) {
    case 'text':
      return typeof value === 'string';
    case 'count':
      return isCount(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'hash':
      return isHash(value);
    case 'object':
      return isObject(value);
    case 'texts':
      return Array.isArray(value) && value.every((one) => typeof one === 'string');
    case 'counts':
      return isObject(value) && Object.values(value).every(isCount);
    case 'time':
      return isTime(value);
    case 'one':
      return value === 1;
  }
}

export function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** `2026-01-31T23:59:59.123Z`, of a day that exists. */
function isTime(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return false;
  const at = new Date(value);
  return !Number.isNaN(at.getTime()) && at.toISOString() === value;
}
