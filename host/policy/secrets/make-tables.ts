/** What the build runs: every rule's pattern to its smallest automaton, packed. */
import { bug } from '../../../verifiers/formats/error.ts';
import type { Automaton } from '../../../core-wasm/core.ts';
import { compilePattern } from '../pattern/compile.ts';
import { smallest } from '../pattern/smallest.ts';
import { packAutomata } from './packed.ts';
import { TABLED_RULES, type TabledRule } from './rules.ts';

export function automatonOf({ label, pattern }: TabledRule): Automaton {
  const made = compilePattern(pattern, 'anchored');
  return made.ok ? smallest(made.automaton) : bug(`secret rule ${label}: ${made.why}`);
}

export function makeTables(): Uint8Array {
  return packAutomata(TABLED_RULES.map(automatonOf));
}
