/** What content is looked at for: the secret rules, and `deny_patterns`, in one scanner. */
import type { Core, ScanRule, Scanner } from '../../core-wasm/core.ts';
import { bug } from '../../verifiers/formats/error.ts';
import type { PolicyDocument } from './document.ts';
import { newBudget } from './pattern/automaton.ts';
import { compilePattern } from './pattern/compile.ts';
import { SECRET_RULES } from './secrets/rules.ts';
import type { SecretRule } from './secrets/rule.ts';
import { createExceptions, type Exceptions } from './secrets/exceptions.ts';

export interface ContentRules {
  /** Rule i is `secrets[i]`; then come the patterns, in the order of `labels`. */
  readonly scanner: Scanner;
  readonly secrets: readonly SecretRule[];
  readonly labels: readonly string[];
  readonly allowed: Exceptions;
}

/** The secret rules as automata, made at the first call. */
let known: readonly ScanRule[] | undefined;

export function compileContent(core: Core, document: PolicyDocument): ContentRules {
  known ??= SECRET_RULES.map(secretScanRule);
  const budget = newBudget();
  // The document was parsed, so its patterns are known to compile.
  const patterns = document.deny_patterns.map(({ label, pattern }): ScanRule => {
    const made = compilePattern(pattern, 'search', budget);
    return made.ok ? { keywords: [], fold: false, automaton: made.automaton, wordBefore: false, wordAfter: false } : bug(`deny_patterns.${label} passed the parser: ${made.why}`);
  });
  return {
    scanner: core.scanner([...known, ...patterns]),
    secrets: SECRET_RULES,
    labels: document.deny_patterns.map((p) => p.label),
    allowed: createExceptions(core, document.allow_secrets),
  };
}

export function secretScanRule(rule: SecretRule): ScanRule {
  const made = compilePattern(rule.pattern, 'anchored');
  if (!made.ok) return bug(`secret rule ${rule.label}: ${made.why}`);
  return { keywords: rule.keywords, fold: rule.fold ?? false, automaton: made.automaton, wordBefore: rule.wordBefore ?? false, wordAfter: rule.wordAfter ?? false };
}
