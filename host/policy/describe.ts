/** A policy for people to read: member by member, and what differs from another. */
import { DEFAULTS, type PolicyDocument, type Route } from './document.ts';

export interface MemberText {
  readonly member: string;
  readonly value: string;
}

export interface Difference extends MemberText {
  /** `-`: the first policy has it, the second has not; `+` the other way round. */
  readonly sign: '-' | '+';
}

/** One entry a rule; the rules of a list have the name that a decision gives them: `deny_paths[3]`. */
export function describePolicy(document: PolicyDocument): readonly MemberText[] {
  return Object.keys(DEFAULTS).flatMap((name) => {
    const member = name as keyof PolicyDocument;
    if (member === 'limits') return limitTexts(document);
    const texts = lines(document, member);
    return indexed.has(member) && values(document, member).length > 0 ? texts.map(({ value }, i) => ({ member: `${member}[${i}]`, value })) : texts;
  });
}

const indexed: ReadonlySet<keyof PolicyDocument> = new Set(['deny_paths', 'allow_paths', 'deny_commands', 'vouched_commands', 'deny_patterns', 'allow_secrets']);

/** Differences from `before` to `after`, rule by rule, in the order of members. */
export function diffPolicy(before: PolicyDocument, after: PolicyDocument): readonly Difference[] {
  return Object.keys(DEFAULTS).flatMap((name) => {
    const member = name as keyof PolicyDocument;
    const old = member === 'limits' ? limitTexts(before) : lines(before, member);
    const now = member === 'limits' ? limitTexts(after) : lines(after, member);
    const has = (list: readonly MemberText[], text: MemberText): boolean => list.some((t) => t.member === text.member && t.value === text.value);
    return [
      ...old.filter((text) => !has(now, text)).map((text) => ({ sign: '-' as const, ...text })),
      ...now.filter((text) => !has(old, text)).map((text) => ({ sign: '+' as const, ...text })),
    ];
  });
}

function lines(document: PolicyDocument, member: keyof PolicyDocument): MemberText[] {
  const all = values(document, member);
  return all.length === 0 ? [{ member, value: none(document, member) }] : all.map((value) => ({ member, value }));
}

function values(document: PolicyDocument, member: Exclude<keyof PolicyDocument, never>): string[] {
  switch (member) {
    case 'deny_paths':
    case 'deny_commands':
    case 'vouched_commands':
    case 'allow_secrets':
    case 'secret_sets':
      return [...document[member]];
    case 'allow_paths':
      return [...(document.allow_paths ?? [])];
    case 'deny_patterns':
      return document.deny_patterns.map(({ label, pattern }) => `${label}: ${pattern}`);
    case 'tools':
      return (document.tools ?? []).map(routeText);
    case 'limits':
      return limitTexts(document).map(({ value }) => value);
    default:
      return [String(document[member])];
  }
}

function none(document: PolicyDocument, member: keyof PolicyDocument): string {
  if (member === 'allow_paths') return document.allow_paths === null ? 'every path not denied' : 'none';
  if (member === 'tools') return document.tools === null ? 'every tool passes' : 'none named, every tool passes';
  return 'none';
}

function routeText({ tool, action, ...parts }: Route): string {
  const more = Object.entries(parts).map(([name, value]) => `${name} ${value}`);
  return `${tool} ${action}${more.length === 0 ? '' : ` (${more.join(', ')})`}`;
}

function limitTexts(document: PolicyDocument): MemberText[] {
  return Object.entries(document.limits).map(([name, value]) => ({ member: `limits.${name}`, value: value === null ? 'none' : String(value) }));
}
