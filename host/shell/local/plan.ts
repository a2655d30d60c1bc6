/** What a line that is answered here asks for, taken apart: a value that is run without looking at the text again. */
import type { NamePattern } from './pattern.ts';
import type { LocalWord } from './words.ts';

export interface LocalCommand {
  /** Folders of `cd` before the command, in order. */
  readonly cd: readonly LocalWord[];
  readonly plan: LocalPlan;
  /** It starts from the folder that the shell is in, which only the agent knows. */
  readonly relative: boolean;
}

export type LocalPlan = CatPlan | PagePlan | ListPlan | CountPlan | TestPlan | EchoPlan | FindPlan | GitPlan;

export interface CatPlan {
  readonly program: 'cat' | 'bat';
  readonly numbered: boolean;
  readonly files: readonly LocalWord[];
}

export interface PagePlan {
  readonly program: 'head' | 'tail';
  readonly unit: 'lines' | 'bytes';
  readonly count: number;
  /** `-`: all but the last (head). `+`: from this one on (tail). */
  readonly sign: '' | '-' | '+';
  readonly headers: 'several' | 'never' | 'always';
  readonly files: readonly LocalWord[];
}

export interface ListPlan {
  readonly program: 'ls' | 'dir';
  /** One name a line; as many columns as 80 characters hold; one file a line with what is known of it. */
  readonly layout: 'single' | 'columns' | 'long';
  readonly order: 'name' | 'time' | 'size';
  /** Sizes as 1.5K, 20M. */
  readonly human: boolean;
  /** Names that begin with a dot: none; all but `.` and `..`; all. */
  readonly hidden: 'none' | 'most' | 'all';
  /** The folders themselves, not what is in them. */
  readonly itself: boolean;
  readonly recursive: boolean;
  readonly reverse: boolean;
  /** A mark behind names: a slash behind folders; one for each kind. */
  readonly marks: 'none' | 'folders' | 'kinds';
  readonly files: readonly LocalWord[];
}

export interface CountPlan {
  readonly program: 'wc';
  readonly lines: boolean;
  readonly words: boolean;
  readonly bytes: boolean;
  readonly files: readonly LocalWord[];
}

export interface TestPlan {
  readonly program: 'test' | '[';
  readonly negated: boolean;
  readonly kind: 'e' | 'f' | 'd';
  readonly files: readonly [LocalWord];
}

export interface EchoPlan {
  readonly program: 'echo';
  readonly text: string;
}

export interface FindPlan {
  readonly program: 'find';
  readonly files: readonly LocalWord[];
  readonly minDepth: number;
  readonly maxDepth: number;
  readonly expression: FindTest;
}

export type FindTest =
  | { readonly op: 'name' | 'path'; readonly matches: NamePattern }
  | { readonly op: 'type'; readonly letters: string }
  | { readonly op: 'print' | 'prune' | 'true' | 'false' }
  | { readonly op: 'not'; readonly of: FindTest }
  | { readonly op: 'and' | 'or'; readonly left: FindTest; readonly right: FindTest };

export interface GitPlan {
  readonly program: 'git';
  readonly command: 'status' | 'log' | 'diff' | 'show' | 'branch' | 'rev-parse';
  /** Options as they are passed on. */
  readonly options: readonly string[];
  /** Words before `--`: revisions, or paths where nothing of that name is a revision. */
  readonly words: readonly string[];
  /** Words behind `--`; null: there was none. */
  readonly paths: readonly string[] | null;
  /** The answer names files, or shows what is in them. */
  readonly names: boolean;
}
