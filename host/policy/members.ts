/** Each member of a policy: how it is read. A reader gives what it found as members of the document, or reports faults. */
import { DEFAULTS, LIMIT_RANGES, POLICY_LIMITS, type DenyPattern, type Limits, type PolicyDocument } from './document.ts';
import { compilePattern } from './pattern/compile.ts';
import type { Reading } from './reading.ts';
import { secretSets } from './secrets/sets.ts';
import { readTools } from './tools.ts';
import { ruleGlob, type RulePlace } from './spelling.ts';
import { tooBroad } from './vouched.ts';
import type { Tree } from './yaml.ts';

export type MemberReader = (reading: Reading, tree: Tree, name: string) => Partial<PolicyDocument>;

export const MEMBERS: { readonly [member: string]: MemberReader } = {
  version(reading, tree) {
    const good = tree.kind === 'scalar' && tree.value === 1 && tree.source === '1';
    if (!good) reading.mistyped(tree, 'version', 'version: 1');
    return {};
  },
  block_secrets_in_tool_results: flag,
  redact_secrets_in_tool_results: flag,
  block_requests_over_budget: flag,
  distill_tool_results(reading, tree, name) {
    const read = flag(reading, tree, name);
    if (read.distill_tool_results === true) reading.warn(tree.at, { cannot: 'act on', thing: name, found: 'results are not shortened in this version' });
    return read;
  },
  identity_approval: notYet,
  entropy_secret_detection: notYet,
  opaque_commands: (reading, tree, name) => kept('opaque_commands', reading.word(tree, name, ['pass', 'ask', 'block'] as const)),
  deny_paths: (reading, tree, name) => kept('deny_paths', pathRules(reading, tree, name)),
  allow_paths: (reading, tree, name) => kept('allow_paths', pathRules(reading, tree, name)),
  deny_commands: (reading, tree, name) => kept('deny_commands', texts(reading, tree, name)?.flatMap((rule) => commandRule(reading, rule))),
  vouched_commands: (reading, tree, name) => kept('vouched_commands', texts(reading, tree, name)?.flatMap((rule) => vouchedRule(reading, rule))),
  deny_patterns: (reading, tree, name) => kept('deny_patterns', patterns(reading, tree, name)),
  allow_secrets: (reading, tree, name) => kept('allow_secrets', texts(reading, tree, name)?.flatMap((rule) => secretException(reading, rule))),
  secret_sets: (reading, tree, name) => kept('secret_sets', reading.items(tree, name)?.flatMap((item, i) => reading.word(item, `${name}[${i}]`, secretSets) ?? [])),
  limits,
  tools: (reading, tree) => kept('tools', readTools(reading, tree)),
};

function kept<M extends keyof PolicyDocument>(member: M, value: PolicyDocument[M] | undefined): Partial<PolicyDocument> {
  return value === undefined ? {} : { [member]: value };
}

function flag(reading: Reading, tree: Tree, name: string): Partial<PolicyDocument> {
  const value = reading.boolean(tree, name);
  return value === undefined ? {} : { [name]: value };
}

/** Members of the original that this version does not act on: off is fine, on would be a promise not kept. */
function notYet(reading: Reading, tree: Tree, name: string): Partial<PolicyDocument> {
  const value = tree.kind === 'map' ? tree.entries.find((e) => e.key === 'enabled')?.value : tree;
  const off = value?.kind === 'scalar' && (value.value === false || value.value === null || value.value === 'off');
  if (!off) reading.fault(tree.at, { cannot: 'switch on', thing: name, found: 'it is not in this version', want: 'false, or no such member' });
  return {};
}

interface Rule {
  readonly text: string;
  readonly tree: Tree;
  readonly name: string;
}

function texts(reading: Reading, tree: Tree, name: string): readonly Rule[] | undefined {
  return reading.items(tree, name)?.flatMap((item, i) => {
    const text = reading.text(item, `${name}[${i}]`);
    return text === undefined ? [] : [{ text, tree: item, name: `${name}[${i}]` }];
  });
}

/** A rule is tried in a place of each kind, so that it cannot fail only where it is needed. */
const TRIALS: readonly RulePlace[] = [
  { flavour: 'posix', home: '/h', cwd: '/c' },
  { flavour: 'darwin', home: '/h', cwd: '/c' },
  { flavour: 'win32', home: 'C:\\h', cwd: 'C:\\c' },
];

const GLOB_FAULTS = {
  'unclosed-class': ['a "[" that is not closed', 'a "]"; a literal "[" as [[]'],
  'unclosed-brace': ['a "{" that is not closed', 'a "}"; a literal "{" as [{]'],
  'bad-range': ['a range whose end is before its start, or a class that is not known', 'the lower character first'],
  'too-many': ['too many alternatives', 'fewer, or several rules'],
  'too-long': ['a rule that is too long', 'a shorter one'],
  control: ['a control character', 'none'],
} as const;

function pathRules(reading: Reading, tree: Tree, name: string): readonly string[] | undefined {
  const rules = texts(reading, tree, name);
  rules?.forEach((rule) => {
    for (const place of TRIALS) if (!pathRuleHolds(reading, rule, place)) return;
  });
  return rules?.map((rule) => rule.text);
}

function pathRuleHolds(reading: Reading, rule: Rule, place: RulePlace): boolean {
  const made = ruleGlob(rule.text, place);
  const thing = `${rule.name} ${rule.text}`;
  if (!made.ok) {
    reading.fault(rule.tree.at, { cannot: 'use rule', thing, found: made.found, want: made.want });
    return false;
  }
  const set = reading.core.globs([made.glob]);
  if ('match' in set) return true;
  const [found, want] = GLOB_FAULTS[set.code];
  reading.fault(rule.tree.at, { cannot: 'use rule', thing, found, want });
  return false;
}

function commandRule(reading: Reading, rule: Rule): string[] {
  const plain = rule.text.trim();
  if (/[;&|<>`$(){}"'\\\n]/.test(plain)) {
    reading.fault(rule.tree.at, { cannot: 'use rule', thing: `${rule.name} ${plain}`, found: 'shell syntax', want: 'a program and words of it, such as git push; * and ? are wildcards' });
    return [];
  }
  if (plain === '' || /^-|^[*?]+(?:\s|$)/.test(plain)) {
    reading.fault(rule.tree.at, { cannot: 'use rule', thing: `${rule.name} ${plain}`, found: 'no program', want: 'a program first; all commands are refused by tools: {Bash: {action: BLOCK}}' });
    return [];
  }
  return [plain];
}

function vouchedRule(reading: Reading, rule: Rule): string[] {
  return commandRule(reading, rule).flatMap((plain) => {
    const fault = tooBroad(plain);
    if (fault === null) return [plain];
    reading.fault(rule.tree.at, { cannot: 'vouch for', thing: `${rule.name} ${plain}`, ...fault });
    return [];
  });
}

function secretException(reading: Reading, rule: Rule): string[] {
  if (rule.text.startsWith('sha256:') && !/^sha256:[0-9a-fA-F]{64}$/.test(rule.text)) {
    reading.fault(rule.tree.at, { cannot: 'use exception', thing: rule.name, found: 'a digest that is not 64 hexadecimal digits', want: 'sha256:<64 hex> of the value' });
    return [];
  }
  // A wildcard that fits everything would switch the rules off in one word.
  if (rule.text.replaceAll(/[*?]/g, '').length < 4) {
    reading.fault(rule.tree.at, { cannot: 'use exception', thing: rule.name, found: 'fewer than 4 literal characters', want: 'more of the value, or its sha256' });
    return [];
  }
  return [rule.text];
}

function patterns(reading: Reading, tree: Tree, name: string): readonly DenyPattern[] | undefined {
  const entries = reading.entries(tree, name);
  if (entries !== undefined && entries.length > POLICY_LIMITS.patterns) {
    return reading.fault(tree.at, { cannot: 'read', thing: name, found: `${entries.length} patterns`, want: `at most ${POLICY_LIMITS.patterns}` });
  }
  return entries?.flatMap(({ key, at, value }) => {
    if (!/^[A-Za-z][A-Za-z0-9 ._-]{0,63}$/.test(key) || key === 'constructor' || key === 'prototype') {
      reading.fault(at, { cannot: 'use label', thing: key, found: 'not a label', want: 'a letter first, then letters, digits, blanks, . _ -; at most 64' });
    return [];
    }
    const pattern = reading.text(value, `${name}.${key}`);
    if (pattern === undefined) return [];
    const made = compilePattern(pattern, 'search', reading.budget);
    if (made.ok) return [{ label: key, pattern }];
    reading.fault(value.at, { cannot: 'use pattern', thing: `${key}: ${pattern}`, found: made.why, ...(made.instead === undefined ? {} : { hint: made.instead }) });
    return [];
  });
}

function limits(reading: Reading, tree: Tree, name: string): Partial<PolicyDocument> {
  const names = Object.keys(LIMIT_RANGES) as (keyof Limits)[];
  const given: Partial<Record<keyof Limits, number>> = {};
  for (const { key, at, value } of reading.entries(tree, name) ?? []) {
    const limit = names.find((known) => known === key);
    if (limit === undefined) {
      reading.unknown(at, 'limit', key, names);
      continue;
    }
    const { least, most } = LIMIT_RANGES[limit];
    const count = reading.count(value, `limits.${key}`);
    if (count !== undefined && (count < least || count > most)) reading.fault(value.at, { cannot: 'use limit', thing: `limits.${key}: ${count}`, found: 'it is out of range', want: `${least} to ${most}` });
    else if (count !== undefined) given[limit] = count;
  }
  return { limits: { ...DEFAULTS.limits, ...given } };
}
