/** One simple command: which programs run, and which paths they would touch. */
import { baseName, lookUp } from '../programs/index.ts';
import type { Call, Role } from '../programs/program.ts';
import { COUNTER } from './expand.ts';
import type { Field } from './field.ts';
import { insideWord, tokensOf } from './literals.ts';
import { EVALUATORS, evaluated } from './subscripts.ts';
import { changeDirectory, join, withDirectory, type State } from './state.ts';

const MAX_WRAPPERS = 8;
/** Words that end or open a construct of the shell: as a command's name they show that tree and shell part ways. */
const RESERVED = new Set(['if', 'then', 'else', 'elif', 'fi', 'do', 'done', 'case', 'esac', 'while', 'until', 'for', 'select', 'function', '{', '}', '!', 'in', '[[', ']]']);

export interface Simple {
  readonly words: readonly Field[];
  /** `NAME=value` before the command, as texts. */
  readonly prefix: readonly string[];
  /** A shell reads this text; `strict`: what cannot be read is a fault of the whole line. */
  readonly script: (text: string, strict: boolean) => void;
}

export function runSimple(simple: Simple, state: State, depth = 0, outer: readonly string[] = []): void {
  const [head] = simple.words;
  if (head === undefined || state.faulted()) return;
  if (depth > MAX_WRAPPERS) return state.fault('too-many');
  if (head.bare && RESERVED.has(head.text)) return state.fault('unparsable');
  showCommand(simple, state, depth);
  const scope = createScope(state, outer);
  if (depth === 0) for (const field of simple.words) mention(field, state, scope.directories());
  if (head.unknown !== null) {
    for (const token of head.parts.flatMap(tokensOf)) state.emit(token, 'mention', false, scope.directories());
    return state.opaque(`program: ${head.text.slice(0, 60)}`);
  }
  const name = baseName(head.text);
  state.program(name);
  if (head.glob || head.others.length > 0) state.opaque(`program: ${head.text}`);
  if (state.functions.has(name)) state.opaque(`function: ${name}`);
  const program = lookUp(head.text);
  const args = simple.words.slice(1);
  if (EVALUATORS.has(name)) for (const field of args) for (const text of [field.text, ...field.others]) evaluated(text, state);
  // zsh puts the path of a program in place of `=name`.
  const named = args.find((f) => f.bare && /^=[A-Za-z_.\/]/.test(f.text));
  if (named !== undefined) state.opaque(`zsh: ${named.text.slice(0, 60)}`);
  const doubtful = args.find((f) => f.unknown !== null && !(program?.inert === true && f.unknown === COUNTER));
  if (doubtful !== undefined) state.opaque(doubtful.unknown ?? '');
  if (args.some((f) => f.others.some((o) => o.startsWith('-') && o !== f.text))) state.opaque('an option from a variable');
  if (name === 'echo' || name === 'printf') state.inputs.push(args.map((f) => f.text).join(name === 'echo' ? ' ' : '\n'));
  if (program === undefined) {
    state.opaque(head.text.includes('/') ? `script: ${head.text}` : `unknown program: ${name}`, doubtedWords(simple.words));
    state.stdin = state.stdin === 'shell' ? 'shell' : 'other';
    return;
  }
  program.judge(call(name, args, simple, state, scope, depth));
}

/** As many words as a rule that vouches for a command may have. */
const DOUBTED_WORDS = 8;

/** What a person may vouch for: words that are these and no others. */
function doubtedWords(words: readonly Field[]): readonly string[] | null {
  const first = words.slice(0, DOUBTED_WORDS);
  return first.every((f) => f.unknown === null && !f.glob && f.others.length === 0) ? first.map((f) => f.text) : null;
}

function showCommand(simple: Simple, state: State, depth: number): void {
  const turns = Math.max(1, ...simple.words.map((w) => w.others.length + 1));
  for (let k = 0; k < turns; k++) {
    const text = [...simple.prefix, ...simple.words.map((w) => (k === 0 ? w.text : (w.others[k - 1] ?? w.text)))].join(' ');
    state.command(text, depth === 0 && k === 0);
  }
}

interface Scope {
  readonly directories: () => readonly string[];
  readonly add: (directory: string) => void;
}

/** Directories of one command: those of the line, and those its own options name. */
function createScope(state: State, outer: readonly string[]): Scope {
  let own = outer;
  return {
    directories: () => [...new Set([...state.directories, ...own])],
    add: (directory) => {
      const next = withDirectory([...state.directories, ...own], directory);
      if (next === null) state.fault('too-many');
      else own = next;
    },
  };
}

function call(name: string, args: readonly Field[], simple: Simple, state: State, scope: Scope, depth: number): Call {
  return {
    name,
    args,
    role: (field, role) => touch(field, role, state, scope.directories()),
    opaque: (reason) => state.opaque(reason),
    doubt: (reason) => state.opaque(reason, doubtedWords(simple.words)),
    run: (words) => runSimple({ ...simple, words }, state, depth + 1, scope.directories()),
    script: (field) => {
      if (field.unknown === null) return [field.text, ...field.others].forEach((text) => simple.script(text, true));
      // Its pieces are known, how they go together is not.
      for (const part of [field.text.replace(/^"([^]*)"$/, '$1'), ...field.parts]) {
        for (const token of tokensOf(part)) state.emit(token, 'mention', false, scope.directories());
        simple.script(part, false);
      }
    },
    literals: (text) => {
      for (const token of tokensOf(text)) state.emit(token, 'mention', false, scope.directories());
    },
    enter: (directory, stays) => {
      if (stays) changeDirectory(state, directory);
      else scope.add(directory);
      // Words of this command are seen from there as well.
      for (const field of args) if (!stays && !field.text.startsWith('-')) mention(field, state, scope.directories());
    },
    stdin: (kind) => {
      if (state.stdin !== 'shell') state.stdin = kind;
    },
    home: state.place.home,
    atHome: state.directories.every((d) => d === state.place.cwd || d === '.' || join(state.place.cwd, d) === state.place.cwd),
  };
}

function touch(field: Field, role: Role, state: State, directories: readonly string[]): void {
  if (role === 'text' || field.unknown !== null) return;
  for (const text of [field.text, ...field.others]) {
    // A device of the shell's own is no file of the user's.
    if (DEVICE.test(text)) state.emit(text, 'mention', field.glob, directories);
    else if (role === 'change') {
      state.emit(text, 'read', field.glob, directories);
      state.emit(text, 'write', field.glob, directories);
    } else state.emit(text, role, field.glob, directories);
  }
}

const DEVICE = /^\/dev\/(?:null|zero|full|u?random|tty|std(?:in|out|err)|fd\/\d+)$/;

/** A redirection's target. `/dev/tcp/…` is the network. */
export function redirect(field: Field, access: 'read' | 'write', state: State): void {
  if (field.unknown !== null) state.opaque(field.unknown);
  mention(field, state, state.directories);
  touch(field, access, state, state.directories);
  for (const text of [field.text, ...field.others, ...field.parts]) if (/^\/dev\/(?:tcp|udp)\//.test(text)) state.opaque('network: /dev/tcp');
}

/** Every word is a mention, and so is what it holds. */
export function mention(field: Field, state: State, directories: readonly string[]): void {
  const texts = field.unknown === null ? [field.text, ...field.others] : field.parts;
  for (const text of texts) {
    if (state.faulted()) return;
    state.emit(text, 'mention', field.glob && field.unknown === null, directories);
    for (const piece of insideWord(text, state.place.home)) state.emit(piece, 'mention', false, directories);
    // What stands before it is not known: `$X/.env` may be `.env` anywhere.
    if (field.unknown !== null && /^[/.]*\//.test(text)) state.emit(text.replace(/^[/.]*\//, ''), 'mention', false, directories);
  }
}
