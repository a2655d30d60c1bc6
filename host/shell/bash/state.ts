/** What the walk over a line gathers, with its limits; and what it knows of the line's variables and directories. */
import type { Access } from '../../policy/types.ts';
import type { ShellFacts, ShellPlace, ShellWord } from '../facts.ts';
import type { Value } from './units.ts';

/**
 * More simple commands than a person or an agent types in one line; what needs more is a script and belongs in a file,
 * where it is opaque. The line is refused, never read in part.
 */
export const MAX_COMMANDS = 50;
/** Words with all that brace expansion and nested texts add: each costs the judge a look at the disk. */
export const MAX_WORDS = 4000;
/** Characters of all words together: variables and braces multiply. */
export const MAX_TEXT = 300_000;
/** Characters of all texts that are parsed: the line, and what `sh -c`, `eval`, backticks hold. */
export const MAX_PARSED = 30_000;
/** `sh -c` in `sh -c`, backticks in backticks. */
export const MAX_TEXTS = 6;
const MAX_DIRECTORIES = 16;

export type ShellFault = NonNullable<ShellFacts['fault']>;

export interface Variable {
  readonly values: readonly Value[];
  /** Set once, on every way through the line: its value is this one. Otherwise the values are what it may be. */
  readonly sure: boolean;
}

export interface State {
  readonly place: ShellPlace;
  readonly variables: Map<string, Variable>;
  /** Names set more than once, or by means that the text does not show. */
  readonly unsure: Set<string>;
  readonly functions: Set<string>;
  /** Texts that a program of the line may get as input: here-documents, here-strings, arguments of echo and printf. */
  readonly inputs: string[];
  /** Reasons an interpreter reads its program from input. */
  stdin: 'none' | 'shell' | 'other';
  directories: readonly string[];
  readonly targets: string[];
  /** Counts a text that is about to be parsed. */
  readonly spend: (characters: number) => void;
  readonly emit: (text: string, access: Access, glob: boolean, directories: readonly string[]) => void;
  readonly fault: (code: ShellFault) => void;
  readonly faulted: () => boolean;
  /** `command`: the first words of the command whose nature is the reason; null where a person cannot vouch for it by name. */
  readonly opaque: (reason: string, command?: readonly string[] | null) => void;
  readonly program: (name: string) => void;
  /** `counts`: false where the command stands in another (what a wrapper runs). */
  readonly command: (text: string, counts: boolean) => void;
  readonly facts: () => ShellFacts;
}

export function createState(place: ShellPlace): State {
  let fault: ShellFault | null = null;
  let opaque: string | null = null;
  const doubted = new Map<string, readonly string[]>();
  let beyond = false;
  const words = new Map<string, ShellWord>();
  const programs = new Set<string>();
  const commands: string[] = [];
  let counted = 0;
  let emitted = 0;
  let parsed = 0;
  const state: State = {
    place,
    variables: new Map(),
    unsure: new Set(),
    functions: new Set(),
    inputs: [],
    stdin: 'none',
    directories: [],
    targets: [],
    spend: (characters) => {
      parsed += characters;
      if (parsed > MAX_PARSED) fault ??= 'too-many';
    },
    emit: (text, access, glob, directories) => {
      if (text === '' || fault !== null) return;
      words.set(JSON.stringify([text, access, glob, directories]), { text, access, glob, directories });
      emitted += text.length;
      if (words.size > MAX_WORDS || emitted > MAX_TEXT) fault ??= 'too-many';
    },
    fault: (code) => {
      fault ??= code;
    },
    faulted: () => fault !== null,
    opaque: (reason, command = null) => {
      opaque ??= reason;
      if (command === null) beyond = true;
      else doubted.set(JSON.stringify(command), command);
    },
    program: (name) => programs.add(name),
    command: (text, counts) => {
      commands.push(text);
      if (counts) counted += 1;
      if (counted > MAX_COMMANDS) fault ??= 'too-many';
    },
    facts: () =>
      fault === null
        ? {
            fault,
            opaque,
            programs: [...programs],
            commands: [...new Set(commands)],
            ...(opaque === null || beyond ? {} : { doubted: [...doubted.values()] }),
            words: [...words.values()],
            directories: [...new Set(state.targets)],
          }
        : faultFacts(fault),
  };
  return state;
}

export const faultFacts = (fault: ShellFault): ShellFacts => ({ fault, opaque: null, programs: [], commands: [], words: [], directories: [] });

export const isAbsolute = (path: string): boolean => path.startsWith('/');

/** `base` with `path` after it; no dots are taken out, for a link may stand in between. */
export const join = (base: string, path: string): string => (isAbsolute(path) || base === '' ? path : `${base.replace(/\/+$/, '')}/${path}`);

/** Directories in play when `target` may be one, beside those that are. */
export function withDirectory(directories: readonly string[], target: string): readonly string[] | null {
  const next = [...new Set([...directories, target, ...(isAbsolute(target) ? [] : directories.map((d) => join(d, target)))])];
  return next.length > MAX_DIRECTORIES ? null : next;
}

/** `cd target`: later commands may start there, and so may later lines. Too many to follow: the line is refused. */
export function changeDirectory(state: State, target: string): void {
  const next = withDirectory(state.directories, target);
  if (next === null) return state.fault('too-many');
  for (const directory of next) if (!state.directories.includes(directory)) state.targets.push(directory);
  state.directories = next;
}

/** Variables that make other programs run or find other files. */
const STEERING =
  /^(?:PATH|LD_.*|DYLD_.*|BASH_ENV|ENV|PAGER|.*_PAGER|MANPAGER|MANOPT|GIT_.*|.*EDITOR|VISUAL|BROWSER|IFS|SHELL|SHELLOPTS|BASHOPTS|BASH_.*|PS[0-4]|PROMPT_COMMAND|CDPATH|GLOBIGNORE|EXECIGNORE|FPATH|NODE_OPTIONS|NODE_PATH|NODE_.*CERTS|PYTHON.*|PERL.*|RUBY.*|GEM_.*|JAVA_.*|_JAVA_.*|JDK_.*|CLASSPATH|LESS.*|GREP_OPTIONS|TAR_OPTIONS|RIPGREP_.*|FZF_.*|CC|CXX|LD|AR|RUSTC.*|CARGO_.*|GO.*|MAKE.*|NPM_.*|YARN_.*|PIP_.*|HOME|XDG_.*|TMPDIR|GCONV_PATH|LOCPATH|NLSPATH|TERMINFO.*|HOSTALIASES|CURL_.*|WGETRC|SSH_.*|DOCKER_.*|KUBECONFIG|AWS_CONFIG_.*|.*_PROXY|ANTHROPIC_.*|CLAUDE_.*|OPENAI_.*|OCCASIO_.*|.*ASKPASS)$/i;

export const steers = (name: string): boolean => STEERING.test(name);
