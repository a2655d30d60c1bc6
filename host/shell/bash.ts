/**
 * The reader of bash command lines. The parser and its grammar are WebAssembly, handed in as bytes; finding them is the
 * runtime's business. A line that cannot be read whole is refused whole.
 */
import { Language, Parser } from 'web-tree-sitter';
import { tokensOf } from './bash/literals.ts';
import { createState, faultFacts, MAX_TEXTS, type State } from './bash/state.ts';
import { parseBash } from './bash/tree.ts';
import { walkTree } from './bash/walk.ts';
import type { ShellFacts, ShellPlace, ShellReader } from './facts.ts';

export interface BashWasm {
  /** web-tree-sitter.wasm */
  readonly runtime: Uint8Array;
  /** tree-sitter-bash.wasm */
  readonly grammar: Uint8Array;
}

/** UTF-16 units, as the limit is about the parser's and the walk's work. */
export const MAX_COMMAND = 10_000;

/**
 * Characters of shell syntax in a text, quoted ones included. A wrong text costs the parser's error recovery the square of
 * these, and a clock would make the answer differ from run to run; ten thousand characters of dense code in a
 * here-document have some two thousand.
 */
export const MAX_OPERATORS = 2500;

const operators = (text: string): number => (text.match(/[$[\](){}|;&!<>=`\\]/g) ?? []).length;

/** Controls but tab and newline; invisible and bidirectional characters; line and paragraph separators; lone surrogates, tags. */
const CONTROL =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|\p{Cs}|[\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;

/** Pictures may be followed by a variation selector and joined: these are seen. */
const EMOJI = /\p{Extended_Pictographic}\ufe0f?(?:\u200d\p{Extended_Pictographic}\ufe0f?)*/gu;

const hidesText = (text: string): boolean => CONTROL.test(text) && CONTROL.test(text.replace(EMOJI, ''));

export async function createBashReader(wasm: BashWasm): Promise<ShellReader> {
  // Declared as ArrayBuffer, copied as any bytes are.
  await Parser.init({ wasmBinary: wasm.runtime as unknown as ArrayBuffer });
  const parser = new Parser();
  parser.setLanguage(await Language.load(wasm.grammar));
  return (command, place) => readBash(parser, command, place);
}

function readBash(parser: Parser, command: string, place: ShellPlace): ShellFacts {
  if (command.length > MAX_COMMAND) return faultFacts('too-long');
  if (hidesText(command)) return faultFacts('control-character');
  const state = createState(place);
  if (!readText(parser, command, state, 0)) return faultFacts('unparsable');
  feed(parser, state);
  return state.facts();
}

/** False: the text does not parse. Faults found on the way stand in the state. */
function readText(parser: Parser, text: string, state: State, depth: number): boolean {
  if (depth > MAX_TEXTS) {
    state.fault('too-many');
    return true;
  }
  if (operators(text) > MAX_OPERATORS) state.fault('too-many');
  state.spend(text.length);
  if (state.faulted()) return true;
  const parsed = parseBash(parser, text);
  if (parsed === null) return false;
  try {
    const nested = (inner: string, strict: boolean): void => {
      if (hidesText(inner)) state.fault('control-character');
      else if (!readText(parser, inner, state, depth + 1) && strict) state.fault('unparsable');
    };
    walkTree(parsed.tree.rootNode, { source: parsed.source, state, text: nested });
  } finally {
    parsed.tree.delete();
  }
  return true;
}

/** What a program of the line may read as its program: a shell's input is read as commands, any other's for what it names. */
function feed(parser: Parser, state: State): void {
  const inputs = state.inputs.splice(0);
  if (state.stdin === 'none') return;
  for (const input of inputs) {
    for (const token of tokensOf(input)) state.emit(token, 'mention', false, state.directories);
    if (state.stdin === 'shell' && !hidesText(input)) readText(parser, input, state, 1);
  }
}
