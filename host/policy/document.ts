/**
 * A policy as its text says it, checked and with defaults filled in: plain data. Rules keep their order and their text;
 * their number in the list, from 0, is what a decision quotes.
 */

import type { SecretSet } from './secrets/sets.ts';

export type OpaqueChoice = 'pass' | 'ask' | 'block';
export type RouteAction = 'PASS' | 'LOCAL' | 'TRANSFORM' | 'BLOCK' | 'ASK';

export interface Route {
  /** Canonical tool name, an unknown tool's own, or `*` for every tool that has no entry. */
  readonly tool: string;
  readonly action: RouteAction;
  readonly reason?: string;
  readonly executor?: string;
  readonly transform?: string;
  readonly classifier?: string;
  readonly max_output_tokens?: number;
}

export interface DenyPattern {
  readonly label: string;
  /** As written: `(?i)…`, `/…/i` or bare. */
  readonly pattern: string;
}

export interface Limits {
  readonly max_tool_calls_per_round: number | null;
  readonly max_bash_calls_per_round: number | null;
  readonly max_bytes_to_model_per_round: number | null;
  /** Of one answer of a tool that runs LOCAL: bytes of it; lines, names or counts in it; folders below the one asked for; time. */
  readonly max_local_result_bytes: number;
  readonly max_local_matches: number;
  readonly max_local_depth: number;
  readonly max_local_milliseconds: number;
}

export interface PolicyDocument {
  readonly version: 1;
  readonly block_secrets_in_tool_results: boolean;
  readonly redact_secrets_in_tool_results: boolean;
  readonly distill_tool_results: boolean;
  readonly block_requests_over_budget: boolean;
  readonly opaque_commands: OpaqueChoice;
  readonly deny_paths: readonly string[];
  /** Null: every path that no rule denies is allowed. An empty list allows none. */
  readonly allow_paths: readonly string[] | null;
  readonly deny_commands: readonly string[];
  /** First words of commands that run although their effect cannot be known. */
  readonly vouched_commands: readonly string[];
  readonly deny_patterns: readonly DenyPattern[];
  readonly allow_secrets: readonly string[];
  /** Kinds of secrets that are looked for beside those that always are. */
  readonly secret_sets: readonly SecretSet[];
  readonly limits: Limits;
  /** Null: the built-in routing, which passes every tool. */
  readonly tools: readonly Route[] | null;
}

/** What holds for a member that the text leaves out. */
export const DEFAULTS: PolicyDocument = {
  version: 1,
  block_secrets_in_tool_results: false,
  redact_secrets_in_tool_results: true,
  distill_tool_results: false,
  block_requests_over_budget: false,
  opaque_commands: 'pass',
  deny_paths: [],
  allow_paths: null,
  deny_commands: [],
  vouched_commands: [],
  deny_patterns: [],
  allow_secrets: [],
  secret_sets: [],
  limits: { max_tool_calls_per_round: null, max_bash_calls_per_round: null, max_bytes_to_model_per_round: null, max_local_result_bytes: 524_288, max_local_matches: 500, max_local_depth: 16, max_local_milliseconds: 2_000 },
  tools: null,
};

/** What each limit may be set to: a local answer is held in memory, and its agent waits for it. */
export const LIMIT_RANGES: { readonly [limit in keyof Limits]: { readonly least: number; readonly most: number } } = {
  max_tool_calls_per_round: { least: 0, most: Number.MAX_SAFE_INTEGER },
  max_bash_calls_per_round: { least: 0, most: Number.MAX_SAFE_INTEGER },
  max_bytes_to_model_per_round: { least: 0, most: Number.MAX_SAFE_INTEGER },
  max_local_result_bytes: { least: 1, most: 16_777_216 },
  max_local_matches: { least: 1, most: 100_000 },
  max_local_depth: { least: 1, most: 64 },
  max_local_milliseconds: { least: 1, most: 60_000 },
};

/** Numbers that keep a policy's cost bounded. */
export const POLICY_LIMITS = { bytes: 262_144, rules: 1_000, ruleLength: 4_096, patterns: 200, label: 64 } as const;

/** Agents' own tool names, and the canonical name a rule for them is kept under. */
const TOOL_NAMES: { readonly [name: string]: string } = {
  Read: 'read_file',
  NotebookRead: 'read_file',
  Glob: 'find_files',
  Grep: 'grep',
  LS: 'list_files',
  Edit: 'edit_file',
  MultiEdit: 'edit_file',
  Write: 'write_file',
  NotebookEdit: 'notebook_edit',
  Bash: 'shell_bash',
  Monitor: 'shell_bash',
  PowerShell: 'shell_powershell',
  TodoWrite: 'todo_write',
  TodoRead: 'todo_read',
  WebFetch: 'web_fetch',
  WebSearch: 'web_search',
  Agent: 'agent',
  Task: 'agent',
  Workflow: 'agent',
};

export function canonicalTool(name: string): string {
  return Object.hasOwn(TOOL_NAMES, name) ? (TOOL_NAMES[name] as string) : name;
}

export const knownTools: readonly string[] = [...new Set([...Object.keys(TOOL_NAMES), ...Object.values(TOOL_NAMES)])];

/** Tools that run LOCAL, and by what; a shell's commands only where `judged.shell.local` says so. */
export const EXECUTORS: { readonly [tool: string]: string } = {
  read_file: 'builtin:read',
  find_files: 'builtin:find',
  grep: 'builtin:grep',
  shell_bash: 'builtin:shell',
  shell_powershell: 'builtin:powershell',
  todo_write: 'builtin:todo-write',
  todo_read: 'builtin:todo-read',
};

export const TRANSFORMS: readonly string[] = ['redact-secrets', 'distill-output'];

export const CLASSIFIERS: readonly string[] = [
  'read-input-validator',
  'glob-input-validator',
  'grep-input-validator',
  'todo-write-validator',
  'todo-read-validator',
  'bash-allowlist',
  'powershell-allowlist',
];
