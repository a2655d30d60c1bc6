/** What content is looked at for: the secret rules, `deny_patterns`, and the sets of rules a policy asks for, each in a scanner. */
import type { Core, ScanRule, Scanner } from '../../core-wasm/core.ts';
import { bug } from '../../verifiers/formats/error.ts';
import { newBudget } from './pattern/automaton.ts';
import { compilePattern } from './pattern/compile.ts';
import type { PolicyDocument } from './document.ts';
import type { ProvenRule } from './secrets/proven.ts';
import { SECRET_RULES, type TabledRule } from './secrets/rules.ts';
import type { SecretRule } from './secrets/rule.ts';
import { createExceptions, type Exceptions } from './secrets/exceptions.ts';
import { SECRET_SETS, secretSets } from './secrets/sets.ts';
import { scanRuleOf } from './secrets/tabled.ts';

export interface ContentRules {
  /** Rule i is `rules[i]`. */
  readonly secrets: { readonly scanner: Scanner; readonly rules: readonly SecretRule[] };
  /** Rule i is the pattern of `labels[i]`. */
  readonly patterns: { readonly scanner: Scanner; readonly labels: readonly string[] } | null;
  /** A region that one of these finds is no secret yet. */
  readonly sets: { readonly scanner: Scanner; readonly rules: readonly ProvenRule[] } | null;
  readonly allowed: Exceptions;
}

/** One scanner for the secret rules, and one for each choice of sets, whatever the policy: their tables are large. */
const scanners = new WeakMap<Core, Map<string, Scanner>>();

export function compileContent(core: Core, document: PolicyDocument): ContentRules {
  return {
    secrets: { scanner: scannerOf(core, 'secrets', SECRET_RULES), rules: SECRET_RULES },
    patterns: compilePatterns(core, document),
    sets: compileSets(core, document),
    allowed: createExceptions(core, document.allow_secrets),
  };
}

function scannerOf(core: Core, name: string, rules: readonly TabledRule[]): Scanner {
  const known = scanners.get(core) ?? new Map<string, Scanner>();
  scanners.set(core, known);
  const scanner = known.get(name) ?? core.scanner(rules.map(scanRuleOf));
  known.set(name, scanner);
  return scanner;
}

function compilePatterns(core: Core, document: PolicyDocument): ContentRules['patterns'] {
  if (document.deny_patterns.length === 0) return null;
  const budget = newBudget();
  // The document was parsed, so its patterns are known to compile.
  const rules = document.deny_patterns.map(({ label, pattern }): ScanRule => {
    const made = compilePattern(pattern, 'search', budget);
    return made.ok ? { keywords: [], fold: false, automaton: made.automaton, wordBefore: false, wordAfter: false } : bug(`deny_patterns.${label} passed the parser: ${made.why}`);
  });
  return { scanner: core.scanner(rules), labels: document.deny_patterns.map((p) => p.label) };
}

function compileSets(core: Core, document: PolicyDocument): ContentRules['sets'] {
  const asked = secretSets.filter((set) => document.secret_sets.includes(set));
  if (asked.length === 0) return null;
  const rules = asked.flatMap((set) => SECRET_SETS[set]);
  return { scanner: scannerOf(core, `sets ${asked.join()}`, rules), rules };
}
