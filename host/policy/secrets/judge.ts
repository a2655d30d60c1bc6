/**
 * From what the scanner finds to secrets: the value within the match, and whether it is one. The scanner joins the findings of a rule that
 * overlap; so where the whole is a stand-in, allowed, or not like the real thing, what begins later within it is looked at by itself: a
 * token as the user name before a harmless password. Text is attacker-controlled.
 */
import type { Finding, Scanner } from '../../../core-wasm/core.ts';
import { isStandIn, type Exceptions } from './exceptions.ts';
import type { SecretRule } from './rule.ts';
import { entropy } from './strength.ts';
import { scanRuleOf } from './tabled.ts';
import { windowOn, type Window } from './window.ts';
import { within } from './within.ts';

/** A secret and the bytes it takes: the value alone, not what leads to it. */
export interface Secret {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

export interface Judge {
  readonly scanner: Scanner;
  readonly rules: readonly SecretRule[];
  readonly allowed: Exceptions;
}

/** Random text of a medium kind has at least this many bits per character. */
const RANDOM = 2.8;
/** Findings within findings; what is nested deeper counts as a secret where the form is proof. */
const MAX_DEPTH = 8;
/** No keyword is shorter, so neither is a finding. */
const SHORTEST_KEYWORD = 3;
/** Bytes before a match that are looked at. */
const AROUND = 128;

interface Candidate extends Secret {
  readonly assigned: boolean;
}

/** In order, none overlapping another. `bytes` ends with a byte that no text holds. */
export function secretsOf(judge: Judge, bytes: Uint8Array, findings: readonly Finding[]): Secret[] {
  const window = windowOn(bytes);
  const found: Candidate[] = [];
  for (const finding of findings) for (const candidate of candidates(judge, window, finding, 0)) found.push(candidate);
  if (found.length < 2) return found.map(plain);
  const formed = joined(found.filter((c) => !c.assigned));
  const named = found.filter((c) => c.assigned && !overlapsAny(formed, c));
  return joined([...formed, ...joined(named)]);
}

function plain({ label, start, end }: Secret): Secret {
  return { label, start, end };
}

/** Those that overlap become one, under the label of the one that begins first, then the longer: no byte of either is left out. */
export function joined(secrets: readonly Secret[]): Secret[] {
  const out: Secret[] = [];
  for (const secret of [...secrets].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = out.at(-1);
    if (last !== undefined && secret.start < last.end) out[out.length - 1] = { ...last, end: Math.max(last.end, secret.end) };
    else out.push(plain(secret));
  }
  return out;
}

/** `sorted` lie in order and apart. */
function overlapsAny(sorted: readonly Secret[], { start, end }: Secret): boolean {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.end ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  return (sorted[low]?.start ?? Infinity) < end;
}

const NONE: readonly Candidate[] = [];

function candidates(judge: Judge, window: Window, finding: Finding, depth: number, known?: (finding: Finding) => readonly Finding[]): readonly Candidate[] {
  const rule = judge.rules[finding.rule];
  if (rule === undefined) return NONE;
  const { start, end } = finding;
  const first = Math.max(0, start - AROUND);
  const around = window.text(first, end);
  const at = start - first;
  if (rule.value?.global === true) {
    const match = around.slice(at);
    return [...match.matchAll(rule.value)].flatMap(({ index, indices }) => {
      const [from, to] = indices?.[1] ?? [0, 0];
      if (rule.context?.(match.slice(index, from)) === false || !isSecret(judge, rule, match.slice(from, to))) return [];
      return [{ label: rule.label, start: start + from, end: start + to, assigned: true }];
    });
  }
  const deepest = depth >= MAX_DEPTH && rule.confidence === 'high';
  const span = valueIn(rule, around, at);
  if (span !== null && (deepest || isSecret(judge, rule, around.slice(span[0], span[1])))) {
    const [from, to] = span;
    return [{ label: rule.label, start: first + from, end: first + to, assigned: rule.assigned === true }];
  }
  if (depth >= MAX_DEPTH || end - start <= SHORTEST_KEYWORD) return NONE;
  const inner = known ?? within(judge.scanner, scanRuleOf(rule), window, finding);
  return inner(finding).flatMap((f) => candidates(judge, window, f, depth + 1, inner));
}

/** Where the value stands in the match, which begins at `at`, and what is before it; null where what must be around it is not there. */
function valueIn(rule: SecretRule, around: string, at: number): readonly [number, number] | null {
  const lead = rule.lead === undefined ? 0 : leadLength(rule.lead, around, at);
  if (lead === null) return null;
  const before = around.slice(0, at);
  const match = around.slice(at);
  if (rule.wordStart === true && !startsWord(before)) return null;
  if (BASE64.test(match) && IN_BASE64.test(before)) return null;
  if (lead > 0) return [at - lead, around.length];
  if (rule.value === undefined) return [at, around.length];
  const span = rule.value.exec(match)?.indices?.[1];
  if (span === undefined || (rule.context !== undefined && !rule.context(match.slice(0, span[0])))) return null;
  return [at + span[0], at + span[1]];
}

const LEADS = new WeakMap<RegExp, RegExp>();

/** Looked at from its end, so that what is no lead is seen at once. */
function leadLength(lead: RegExp, around: string, at: number): number | null {
  const known = LEADS.get(lead) ?? new RegExp(`(?<=(${lead.source.slice(0, -1)}))`, 'y');
  LEADS.set(lead, known);
  known.lastIndex = at;
  return known.exec(around)?.[1]?.length ?? null;
}

/** In the midst of encoded bytes every four letters turn up now and then. */
const IN_BASE64 = /[A-Za-z0-9+/]{100}$/;
const BASE64 = /^[A-Za-z0-9+/]{12}/;

/** A word byte before it belongs to the same word, but for the end of an escape. */
function startsWord(before: string): boolean {
  const near = before.slice(-6);
  return !/[A-Za-z0-9_]$/.test(near) || /\\(?:[nrtbfv0]|x[0-9a-f]{2}|u[0-9a-f]{4})$|%[0-9a-f]{2}$/i.test(near);
}

function isSecret({ allowed }: Judge, rule: SecretRule, value: string): boolean {
  if (rule.proof !== undefined && !rule.proof.test(value)) return false;
  if (isStandIn(value) || allowed.has(value)) return false;
  if (rule.check !== undefined && !rule.check(value)) return false;
  return rule.confidence === 'high' || entropy(value) >= Math.min(RANDOM, Math.log2(value.length) - 0.6);
}
