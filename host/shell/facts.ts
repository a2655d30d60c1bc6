/**
 * What a command line would do, as far as its text tells. Pure: the same text and flavour give the same facts; nothing is
 * looked up on disk. The command is attacker-controlled.
 */
import type { Access, JudgedShell } from '../policy/types.ts';

export interface ShellWord {
  /** After quote removal, tilde and `$HOME`/`$PWD` expansion where these are known; an unknown expansion makes the command opaque and keeps its literal parts. */
  readonly text: string;
  readonly access: Access;
  /** The word holds an unquoted `*`, `?` or `[`: the shell would put names that match in its place. */
  readonly glob: boolean;
  /** Directories that may be current where the word is used, beyond the session's own: texts of earlier `cd`, `git -C`, `pushd`, … */
  readonly directories: readonly string[];
}

export interface ShellFacts extends JudgedShell {
  readonly words: readonly ShellWord[];
  /** Targets of `cd` and `pushd` that later commands of the session may start from. */
  readonly directories: readonly string[];
}

/** Languages that are read. */
export type ShellLanguage = 'bash' | 'powershell';

export interface ShellPlace {
  readonly home: string;
  readonly cwd: string;
}

/** Takes a command line apart. Never throws for a bad command: `fault` says why it was not taken apart. */
export type ShellReader = (command: string, place: ShellPlace) => ShellFacts;
