/** The secret rules as the core takes them, from the tables that the build wrote. */
import type { ScanRule } from '../../../core-wasm/core.ts';
import { bug } from '../../../verifiers/formats/error.ts';
import { unpackAutomata } from './packed.ts';
import { TABLED_RULES, type TabledRule } from './rules.ts';
import { TABLES } from './tables.js';

let known: ReadonlyMap<TabledRule, ScanRule> | undefined;

/** Unpacked at the first call. */
export function scanRuleOf(rule: TabledRule): ScanRule {
  known ??= unpacked();
  return known.get(rule) ?? bug(`no automaton was built for the secret rule ${rule.label}`);
}

function unpacked(): ReadonlyMap<TabledRule, ScanRule> {
  const automata = unpackAutomata(bytesOf(atob(TABLES)));
  if (automata.length !== TABLED_RULES.length) return bug(`${automata.length} automata were built for ${TABLED_RULES.length} secret rules`);
  return new Map(
    TABLED_RULES.map((rule, i) => {
      const automaton = automata[i] ?? bug(`no automaton ${i}`);
      return [rule, { keywords: rule.keywords, fold: rule.fold ?? false, automaton, wordBefore: rule.wordBefore ?? false, wordAfter: rule.wordAfter ?? false }];
    }),
  );
}

/** A loop, as it runs once and `from` with an iterator takes five times as long. */
function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
