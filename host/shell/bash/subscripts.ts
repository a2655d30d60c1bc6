/**
 * Quoted text that a shell evaluates all the same: a subscript where a number or a variable's name is expected.
 *
 *   [[ 'x[$(cmd)]' -eq 1 ]]   test -v 'x[$(cmd)]'   unset, read, printf -v, declare, let   a='x[$(cmd)]', then $((a))
 */
import { tokensOf } from './literals.ts';
import type { State } from './state.ts';

/** Programs that take names of variables or numbers among their words. */
export const EVALUATORS: ReadonlySet<string> = new Set(['test', '[', '[[', 'unset', 'read', 'printf', 'print', 'mapfile', 'readarray', 'getopts', 'wait', 'let', 'declare', 'typeset', 'local', 'export', 'readonly', 'integer', 'float', 'set', 'return', 'exit', 'shift']);

export function evaluated(text: string, state: State): void {
  if (!/\[[^]*(?:\$[({[]|`)/.test(text)) return;
  state.opaque('a subscript that is evaluated');
  for (const token of tokensOf(text)) state.emit(token, 'mention', false, state.directories);
}

/** Every quoted piece of a condition. */
export function evaluatedQuotes(source: string, state: State): void {
  for (const [piece] of source.matchAll(/'[^']*'|"(?:[^"\\]|\\[^])*"/g)) evaluated(piece.slice(1, -1), state);
}
