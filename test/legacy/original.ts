/** Makes a `pipeline-events.jsonl` as the original Occasio writes it: its row kinds, its members in their order, its floats. */
import { createHash } from 'node:crypto';

export type Row = { [name: string]: unknown };

const at = (n: number): string => new Date(Date.UTC(2025, 10, 3, 9, 0, n)).toISOString();
const id = (n: number): string => `0000000${n % 10}-1111-4222-8333-${String(n).padStart(12, '0')}`;
const who = (n: number, session: string, run: string): Row => ({ ts: at(n), event_id: id(n), session_id: session, run_id: run });

export function toolCall(n: number, session: string, run: string, action = 'PASS'): Row {
  return {
    ...who(n, session, run), agent: 'claude-code', protocol: 'anthropic-messages', direction: 'inbound', kind: 'tool_call', tool_name: 'read_file',
    tool_inputs: { path: `/home/ä/project/file-${n}.ts` }, action, reason: action === 'BLOCK' ? 'path-denied' : 'tool_not_handled', policy_source: 'user', executor: 'native', result_kind: action.toLowerCase(),
  };
}

export function request(n: number, session: string, run: string, cost: number): Row {
  return {
    audit_schema: 1, ...who(n, session, run), agent: 'claude-code', protocol: 'anthropic-messages', direction: 'outbound', kind: 'request', event_type: 'cloud_sent', model: 'model-1', cwd: '/home/ä/project',
    input_tokens: 1200, output_tokens: 80, cache_read_tokens: 0, cache_write_tokens: 0, cost, cache_savings: 0, lao_tokens_saved: 0, lao_cost_saved: 0.000005, tools_attempted: 1, tools_local_count: 0,
  };
}

export function policyLoaded(n: number, session: string, run: string): Row {
  return {
    ...who(n, session, run), agent: 'occasio', protocol: 'internal', kind: 'policy_loaded', tool_name: 'policy_loaded', tool_inputs: { policy_hash: 'b'.repeat(64), policy_path: '/home/ä/.occasio/policy.yml', version: 1 },
    action: 'INFO', reason: 'policy-loaded', policy_source: 'user',
  };
}

/** Two sessions in one file, the first resumed after the second. */
export function rows(): Row[] {
  return [
    policyLoaded(0, 's-1', 'r-1'), toolCall(1, 's-1', 'r-1'), request(2, 's-1', 'r-1', 0.0123), policyLoaded(3, 's-2', 'r-2'), toolCall(4, 's-2', 'r-2', 'BLOCK'), request(5, 's-2', 'r-2', 5e-7),
    policyLoaded(6, 's-1', 'r-3'), toolCall(7, 's-1', 'r-3', 'LOCAL'), { ...who(8, 's-1', 'r-3'), agent: 'occasio', protocol: 'internal', kind: 'git_state', tool_inputs: { phase: 'run_end', is_repo: true, dirty: false } },
  ];
}

/** Lines of a chain over the rows, from `genesis`. */
export function chained(all: readonly Row[], genesis = '0'.repeat(64)): string[] {
  let prev_hash = genesis;
  return all.map((row) => {
    const hashed = { ...row, prev_hash };
    prev_hash = createHash('sha256').update(JSON.stringify(hashed)).digest('hex');
    return JSON.stringify({ ...hashed, hash: prev_hash });
  });
}

export const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
export const hashOf = (line: string | undefined): string => (JSON.parse(line ?? '{}') as { hash: string }).hash;
