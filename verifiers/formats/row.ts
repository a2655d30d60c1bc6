/**
 * A row of the record, `spec/row.md`. Members stand in the order of these types; absent ones are left out, never null.
 * `seq`, `ts`, `event_id`, `run_id`, `prev_hash` and `hash` are the ledger's to give; the writer of a row gives the rest.
 */

export type Agent = 'claude-code' | 'codex' | 'opencode' | 'cline' | 'gemini' | 'occasio' | 'unknown';
export type Protocol = 'anthropic-messages' | 'openai-responses' | 'openai-chat' | 'hook' | 'mcp' | 'internal';
export type Direction = 'inbound' | 'outbound';
export type RowAction = 'PASS' | 'LOCAL' | 'BLOCK' | 'TRANSFORM' | 'INFO';
export type ResultKind = 'local' | 'pass' | 'block' | 'transform' | 'unknown';
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What every row of a run has in common, said once when the run opens. */
export interface RowContext {
  readonly session_id: string;
  readonly agent: Agent;
  readonly protocol: Protocol;
}

export interface ToolCallRow {
  readonly kind: 'tool_call';
  readonly direction: Direction;
  readonly tool_name: string;
  readonly tool_inputs?: { readonly [name: string]: Json };
  readonly action: Exclude<RowAction, 'INFO'>;
  readonly reason: string;
  readonly policy_source: 'user' | 'default';
  readonly executor?: string;
  readonly transform?: string;
  readonly result_kind: ResultKind;
  readonly secrets_redacted?: number;
  readonly tool_use_id?: string;
  readonly agent_id?: string;
  readonly request_id: string;
  readonly door: 'wire' | 'hook' | 'mcp';
  /** The rule that settled it, as a person finds it in the policy. */
  readonly rule?: string;
  readonly judged: { readonly [name: string]: Json };
  /** Hex SHA-256(16-byte salt || input bytes as the door received them). */
  readonly input_commit?: string;
}

export interface ToolResultRow {
  readonly kind: 'tool_result';
  readonly direction: 'outbound';
  readonly tool_use_id: string;
  readonly agent_id?: string;
  readonly request_id: string;
  readonly door: 'wire' | 'hook' | 'mcp';
  readonly is_error: boolean;
  readonly bytes: number;
  readonly secrets_redacted: number;
  /** True when the tool_use was issued in no run of this process: history brought both. */
  readonly carried_in: boolean;
}

export interface RequestRow {
  readonly kind: 'request';
  readonly direction: 'outbound';
  readonly event_type: 'cloud_sent' | 'blocked' | 'budget_exceeded';
  readonly model?: string;
  readonly cwd: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly request_id: string;
  readonly agent_id?: string;
  readonly route: string;
  readonly status: number;
  readonly reason?: string;
  readonly message_id?: string;
  readonly stop_reason?: string;
  readonly tool_use_ids: readonly string[];
  readonly unscanned: readonly string[];
  readonly executed_upstream: readonly string[];
  readonly complete: boolean;
  /** Of cache_write_tokens those that live an hour; left out where there are none, like `web_searches`. */
  readonly cache_write_1h_tokens?: number;
  readonly web_searches?: number;
  /** The model that answered, where it is another than `model`; terms where they are not the standard. */
  readonly billed_model?: string;
  readonly speed?: string;
  readonly inference_geo?: string;
  /** Left out where `cost_basis` is unpriced. */
  readonly cost_microusd?: number;
  readonly cost_basis?: 'usage' | 'bound' | 'unpriced';
}

export interface PolicyLoadedRow {
  readonly kind: 'policy_loaded';
  readonly tool_name: 'policy_loaded';
  readonly tool_inputs: { readonly policy_hash: string; readonly policy_path: string; readonly version: number; readonly template?: string; readonly template_hash?: string };
  readonly action: 'INFO';
  readonly reason: 'policy-loaded';
  readonly policy_source: 'user' | 'default';
}

export interface RunStartRow {
  readonly kind: 'run_start';
  readonly version: string;
  readonly core_sha256: string;
  readonly runtime: string;
  readonly host_id?: string;
  readonly boot_id?: string;
  readonly pid: number;
  readonly preset: 'strict' | 'balanced' | 'off';
  readonly cwd: string;
  /** The run this process wrote before for the same session, when that one cannot be appended to. */
  readonly previous_run?: string;
  /** Built-in template in force when there is no policy file. */
  readonly template?: string;
  readonly template_hash?: string;
}

export interface RunEndRow {
  readonly kind: 'run_end';
  readonly reason: 'exit' | 'idle' | 'stop';
  /** Rows of this run by kind, and tool_call rows by action, this row not counted. */
  readonly counts: { readonly [name: string]: number };
}

/** What the checkout was; `spec/run.md` has the members and the digest. */
export interface GitStateRow {
  readonly kind: 'git_state';
  readonly tool_name: 'git_state';
  readonly tool_inputs: { readonly [name: string]: Json };
  readonly action: 'INFO';
  readonly reason: 'git-state';
}

export type RowBody = ToolCallRow | ToolResultRow | RequestRow | PolicyLoadedRow | GitStateRow | RunStartRow | RunEndRow;
