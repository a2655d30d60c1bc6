/**
 * What a decision is made from and what it says. `Judged` is a plain JSON value, stored in the row as it was given to
 * `decide`: the same value under the same policy gives the same decision anywhere.
 */

export type Flavour = 'posix' | 'win32' | 'darwin';
export type Direction = 'inbound' | 'outbound';
export type Door = 'wire' | 'hook' | 'mcp';
export type Preset = 'strict' | 'balanced' | 'off';
export type Action = 'PASS' | 'LOCAL' | 'BLOCK' | 'TRANSFORM';
export type ToolClass = 'read' | 'write' | 'find' | 'search' | 'shell' | 'fetch' | 'todo' | 'agent' | 'server' | 'context' | 'other';

/** How a path would be touched. `mention`: a string that may be a path; deny rules hold, allow rules do not ask. */
export type Access = 'read' | 'write' | 'list' | 'search' | 'mention';

export interface JudgedPath {
  /** As the model wrote it, secrets masked. */
  readonly asked: string;
  readonly access: Access;
  /** Every absolute spelling it may be opened by: lexical against each directory in play, and with links resolved. Unique, in order of finding. */
  readonly resolved: readonly string[];
}

export interface JudgedShell {
  /** Why the line was not taken apart, or null: it is denied then. */
  readonly fault: 'unparsable' | 'control-character' | 'too-long' | 'too-many' | null;
  /** Why its effect cannot be known, or null: the first reason found, as `interpreter: python3`. */
  readonly opaque: string | null;
  /** Base names of the programs, in order, unique. */
  readonly programs: readonly string[];
  /** Each simple command as its words joined by one space, secrets masked. `deny_commands` and self-protection read these. */
  readonly commands: readonly string[];
  /** The program, where the line is one that is answered here if the policy says LOCAL; absent otherwise. */
  readonly local?: string;
  /**
   * Of an opaque line: the first words of each command that makes it so, where nothing else does and each could be vouched
   * for. Absent where something in the line cannot be: text for an interpreter, a word that is not known, a steering variable.
   */
  readonly doubted?: readonly (readonly string[])[];
}

/** What a rule outside the policy's own found: a wire or input fault, decided before any rule. */
export type InputFault =
  | 'input-not-json'
  | 'input-not-object'
  | 'input-too-large'
  | 'input-missing-member'
  | 'placeholder-in-input'
  | 'placeholder-unknown'
  | 'secret-cut'
  | 'edit-pending'
  | 'reserved-name'
  | 'repeated-id'
  | 'held-too-large'
  | 'resolve-failed';

export interface Judged {
  readonly direction: Direction;
  readonly door: Door;
  /** Canonical tool name (read_file, shell_bash, …) or the agent's own name for others. */
  readonly tool: string;
  readonly class: ToolClass;
  readonly flavour: Flavour;
  readonly home: string;
  readonly cwd: string;
  /** What an agent must not reach: our own folder, and the process that decides. */
  readonly self: { readonly home: string; readonly pid: number; readonly port: number };
  readonly fault?: InputFault;
  readonly paths?: readonly JudgedPath[];
  readonly shell?: JudgedShell;
  /** Labels of secret rules and deny_patterns that content or input met: unique, sorted. Content never enters. */
  readonly secrets?: readonly string[];
  readonly patterns?: readonly string[];
  /** This call counted in, since the last user turn. */
  readonly counters?: { readonly tool_calls: number; readonly bash_calls: number; readonly bytes_to_model: number };
  /** Placeholders in the input that were turned back into the secrets they stand for, where the agent's tool writes them. */
  readonly restored?: number;
  /** Under preset `off`: what would have been done. Written after deciding, ignored by `decide`. */
  readonly would?: { readonly action: Action; readonly reason: string };
}

export interface Decision {
  readonly action: Action;
  /** A reason code, `[A-Za-z0-9_-]{1,40}`. */
  readonly reason: string;
  /** The rule that settled it, as a person finds it in the policy: `deny_paths[3] .env`; null for the built-in default. */
  readonly rule: string | null;
  /** Who executes (`builtin:read`…) for LOCAL; which transform for TRANSFORM. */
  readonly executor?: string;
  readonly transform?: string;
  /** Under preset `off`: what would have been done. The door stores it in `judged.would`. */
  readonly would?: { readonly action: Action; readonly reason: string };
}
