/**
 * What a command is: a table. What reads the words, the help and the shells' completion are all made of it, so that they cannot
 * disagree. One file a command; `commands.ts` holds the list.
 */
import type { Io } from './print.ts';

/** What may stand there: one of these words, or what a shell knows how to complete. */
export type Kind = readonly string[] | 'file' | 'folder' | 'run' | 'command' | 'action';

export interface Option {
  /** The name of its value in the help, like FILE. None: it is a flag. */
  readonly value?: string;
  /** A value that is none of a list is wrong use. */
  readonly of?: Kind;
  /** What it does; lines as they are to stand in the help. */
  readonly says: string;
}

export type Options = { readonly [name: string]: Option };

/** A word besides the options, in its place. */
export interface Word {
  /** Its name in the help, like FILE. */
  readonly name: string;
  readonly of?: Kind;
  /** Words that a completion offers; others are as good. */
  readonly likely?: readonly string[];
  /** Left out where the name says enough. */
  readonly says?: string;
  readonly optional?: true;
  /** The last of the words may stand any number of times. */
  readonly many?: true;
}

/** A command's arguments, read by its table. */
export interface Given {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly words: readonly string[];
  /** What belongs to the program that is started, where the command passes arguments on. */
  readonly rest: readonly string[];
}

interface Named {
  readonly name: string;
  /** One line for the list of commands: what it does, as a verb phrase. */
  readonly summary: string;
}

export interface Command extends Named {
  readonly words?: readonly Word[];
  /** Besides --json and --help, which every command has; `json` here says what the document holds. */
  readonly options?: Options;
  /** What the help says below the options: paragraphs of whole sentences. */
  readonly says: string;
  /** Exit codes, in one line: `0 done, 1 refused, 2 wrong use`. */
  readonly exit: string;
  /** Lines for a shell that work as they stand; a test runs each in a project with a `.env`, a `policy.yml` and a record. */
  readonly examples: readonly [string, ...string[]];
  /** Of the program that is started: arguments from the first that is not ours on are its own, `--help` and `--json` too. */
  readonly passes?: string;
  /** Gives the exit code. Throws OccasioError for wrong use and input that cannot be read. */
  run(given: Given, io: Io): Promise<number>;
}

/** A command of several actions, like `policy show`. */
export interface Group extends Named {
  readonly actions: readonly Command[];
}

export type Entry = Command | Group;

export function isGroup(entry: Entry): entry is Group {
  return 'actions' in entry;
}
