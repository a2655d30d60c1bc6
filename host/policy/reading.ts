/** What the readers of members share: the faults found so far, and the plain kinds of value. A reader that finds a fault gives undefined. */
import type { Core } from '../../core-wasm/core.ts';
import { didYouMean } from '../../verifiers/formats/nearest.ts';
import { POLICY_LIMITS } from './document.ts';
import { policyFault, type FaultParts, type Place, type PolicyFault } from './fault.ts';
import type { Budget } from './pattern/automaton.ts';
import type { Tree, TreeEntry } from './yaml.ts';

export interface Reading {
  readonly core: Core;
  readonly budget: Budget;
  readonly faults: PolicyFault[];
  readonly warnings: PolicyFault[];
  fault(at: Place, parts: FaultParts): undefined;
  warn(at: Place, parts: FaultParts): void;
  unknown(at: Place, what: string, word: string, known: readonly string[]): undefined;
  /** A value of another type than `want`. */
  mistyped(tree: Tree, name: string, want: string): undefined;
  boolean(tree: Tree, name: string): boolean | undefined;
  text(tree: Tree, name: string): string | undefined;
  /** A whole number from 0. */
  count(tree: Tree, name: string): number | undefined;
  word<W extends string>(tree: Tree, name: string, words: readonly W[]): W | undefined;
  /** The entries of a map; nothing at all counts as an empty one. */
  entries(tree: Tree, name: string): readonly TreeEntry[] | undefined;
  /** The items of a list, at most as many as there may be rules. */
  items(tree: Tree, name: string): readonly Tree[] | undefined;
}

const MISSPELT: { readonly [word: string]: boolean } = { yes: true, on: true, y: true, enabled: true, no: false, off: false, n: false, disabled: false };

export function createReading(core: Core, budget: Budget): Reading {
  const faults: PolicyFault[] = [];
  const warnings: PolicyFault[] = [];
  const fault = (at: Place, parts: FaultParts): undefined => void faults.push(policyFault(at, parts));
  const mistyped = (tree: Tree, name: string, want: string): undefined => fault(tree.at, { cannot: 'read', thing: name, found: kindOf(tree), want });
  const unknown = (at: Place, what: string, word: string, known: readonly string[]): undefined => {
    const hint = didYouMean(word, known) ?? `Known are: ${known.join(', ')}.`;
    return fault(at, { cannot: `read ${what}`, thing: word, found: 'it is not known', hint });
  };
  const reading: Reading = {
    core,
    budget,
    faults,
    warnings,
    fault,
    warn: (at, parts) => void warnings.push(policyFault(at, parts)),
    unknown,
    mistyped,
    boolean(tree, name) {
      if (tree.kind === 'scalar' && typeof tree.value === 'boolean') return tree.value;
      const meant = tree.kind === 'scalar' && typeof tree.value === 'string' ? MISSPELT[tree.value.toLowerCase()] : undefined;
      return mistyped(tree, name, meant === undefined ? 'true or false' : `${meant} (YAML 1.2 knows no other spelling)`);
    },
    text(tree, name) {
      if (tree.kind !== 'scalar' || typeof tree.value !== 'string') return mistyped(tree, name, 'text; put it in quotes');
      if (tree.value === '') return fault(tree.at, { cannot: 'read', thing: name, found: 'an empty text', want: 'something' });
      if (tree.value.length > POLICY_LIMITS.ruleLength) return fault(tree.at, { cannot: 'read', thing: name, found: `${tree.value.length} characters`, want: `at most ${POLICY_LIMITS.ruleLength}` });
      return tree.value;
    },
    count(tree, name) {
      const whole = tree.kind === 'scalar' && typeof tree.value === 'number' && /^(?:0|[1-9][0-9]*)$/.test(tree.source) && Number.isSafeInteger(tree.value);
      return whole ? (tree.value as number) : mistyped(tree, name, 'a whole number from 0, without quotes');
    },
    word(tree, name, words) {
      const word = reading.text(tree, name);
      if (word === undefined) return undefined;
      return words.find((w) => w === word) ?? unknown(tree.at, name, word, words);
    },
    entries(tree, name) {
      if (tree.kind === 'scalar' && tree.value === null) return [];
      return tree.kind === 'map' ? tree.entries : mistyped(tree, name, 'members, one a line');
    },
    items(tree, name) {
      if (tree.kind === 'scalar' && tree.value === null) return mistyped(tree, name, 'a list; an empty one is []');
      if (tree.kind !== 'list') return mistyped(tree, name, 'a list, one "- …" a line');
      return tree.items.length <= POLICY_LIMITS.rules ? tree.items : fault(tree.at, { cannot: 'read', thing: name, found: `${tree.items.length} rules`, want: `at most ${POLICY_LIMITS.rules}` });
    },
  };
  return reading;
}

function kindOf(tree: Tree): string {
  if (tree.kind !== 'scalar') return tree.kind === 'map' ? 'members' : 'a list';
  if (tree.value === null) return 'nothing';
  return typeof tree.value === 'string' ? `the text "${tree.value.slice(0, 60)}"` : `${tree.source}`;
}
