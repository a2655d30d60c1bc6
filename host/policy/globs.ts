/**
 * Lists of path rules compiled for one place, all of them as one glob set: a path is matched once, and each list has its
 * answer. The set is the core's; it is dear to swap, cheap to ask.
 */
import type { Core, GlobSet } from '../../core-wasm/core.ts';
import { ruleGlob, type RulePlace } from './spelling.ts';

export interface RuleSets<List extends string> {
  /** The lowest index of the list's rules that match a folded path; -1 for none. */
  first(list: List, path: string): number;
  /** Rules that this place makes no sense of. A deny list then denies all, an allow list goes without them. */
  broken(list: List): readonly number[];
}

interface Numbered<List> {
  readonly list: List;
  readonly index: number;
  readonly glob: string;
}

interface Part<List> {
  readonly set: GlobSet;
  readonly rules: readonly Numbered<List>[];
}

const MAX_REMEMBERED = 2_000;

/** `narrow` lists are folded narrowly, and asked with paths that are: those that permit. */
export function compileRules<List extends string>(core: Core, lists: { readonly [list in List]: readonly string[] }, place: RulePlace, narrow: readonly NoInfer<List>[]): RuleSets<List> {
  const broken = new Map<List, number[]>();
  const breaks = (list: List, index: number): void => void broken.set(list, [...(broken.get(list) ?? []), index]);
  const rules: Numbered<List>[] = [];
  for (const list of Object.keys(lists) as List[]) {
    lists[list].forEach((rule, index) => {
      const made = ruleGlob(rule, place, narrow.includes(list) ? 'narrow' : 'wide');
      if (made.ok) rules.push({ list, index, glob: made.glob });
      else breaks(list, index);
    });
  }
  const parts = compileParts(core, rules, ({ list, index }) => breaks(list, index));
  const known = new Map<string, ReadonlyMap<List, number>>();
  const answers = (path: string): ReadonlyMap<List, number> => {
    let answer = known.get(path);
    if (answer === undefined) {
      answer = ask(parts, path);
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(path, answer);
    }
    return answer;
  };
  return {
    first: (list, path) => answers(path).get(list) ?? -1,
    broken: (list) => broken.get(list) ?? [],
  };
}

function ask<List>(parts: readonly Part<List>[], path: string): Map<List, number> {
  const lowest = new Map<List, number>();
  for (const { set, rules } of parts) {
    for (const found of set.match(path)) {
      const rule = rules[found];
      if (rule === undefined) continue;
      const before = lowest.get(rule.list);
      if (before === undefined || rule.index < before) lowest.set(rule.list, rule.index);
    }
  }
  return lowest;
}

/** One set where the core takes all at once, else halves of it; a rule that it refuses alone is broken. */
function compileParts<List>(core: Core, rules: readonly Numbered<List>[], breaks: (rule: Numbered<List>) => void): Part<List>[] {
  const [only] = rules;
  if (only === undefined) return [];
  const set = core.globs(rules.map((rule) => rule.glob));
  if ('match' in set) return [{ set, rules }];
  if (rules.length === 1) {
    breaks(only);
    return [];
  }
  const middle = rules.length >> 1;
  return [...compileParts(core, rules.slice(0, middle), breaks), ...compileParts(core, rules.slice(middle), breaks)];
}
