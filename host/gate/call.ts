/**
 * What the gate is asked about: a tool call taken apart by its door, in the words of the policy. All of it is
 * attacker-controlled.
 */
import type { Writing } from '../policy/index.ts';
import type { Access, Direction, Door, InputFault, ToolClass } from '../policy/types.ts';
import type { Json } from '../../verifiers/formats/row.ts';

/** A string of the input that names a path, and how the tool would touch it. */
export interface CallPath {
  readonly text: string;
  readonly access: Access;
  /** The tool expands `*`, `?` and `[` in it against the disk. */
  readonly glob: boolean;
  /** Where a relative text starts, when the tool has a folder of its own to start from. */
  readonly base?: string;
}

export interface Call {
  readonly id: string | null;
  /** Canonical name, or the agent's own for a tool we do not know. */
  readonly tool: string;
  readonly class: ToolClass;
  readonly paths: readonly CallPath[];
  /** A shell command line, and its shell. */
  readonly command: { readonly text: string; readonly shell: 'bash' | 'powershell' } | null;
  /** Nothing but the command says how it is run: its answer is what it prints. */
  readonly plain?: true;
  /** Texts in a language that is not read here: what they name is a mention. */
  readonly programs?: readonly string[];
  /** Every string of the input, for patterns and placeholders. */
  readonly strings: readonly string[];
  /** What the agent's own file tool is to write. */
  readonly writing?: Writing;
  /** Input as the door received it, for the commitment. */
  readonly bytes: Uint8Array;
  /** What the row says of the input: paths and counts, never content. */
  readonly inputs: { readonly [name: string]: Json };
  readonly fault: InputFault | null;
}

export interface Place {
  readonly cwd: string;
  readonly home: string;
  readonly door: Door;
  readonly direction: Direction;
}
