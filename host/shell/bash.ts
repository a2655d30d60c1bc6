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
import { hidesText, MAX_COMMAND } from './text.ts';

export interface BashWasm {
  /** web-tree-sitter.wasm */
  readonly runtime: Uint8Array;
  /** tree-sitter-bash.wasm */
  readonly grammar: Uint8Array;
}

/**
 * Characters of shell syntax in a text, quoted ones included. A wrong text costs the parser's error recovery the square of
 * these, and a clock would make the answer differ from run to run; ten thousand characters of dense code in a
 * here-document have some two thousand.
 */
export const MAX_OPERATORS = 2500;

const operators = (text: string): number => (text.match(/[$[\](){}|;&!<>=`\\]/g) ?? []).length;

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
