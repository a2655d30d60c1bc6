/**
 * From what the scanner finds to secrets: the value within the match, and whether it is one. The scanner joins the findings of a rule that
 * overlap; so where the whole is a stand-in, allowed, or not like the real thing, what begins later within it is looked at by itself: a
 * token as the user name before a harmless password. Text is attacker-controlled.
 */
import type { Finding, Scanner } from '../../../core-wasm/core.ts';
import { isStandIn, type Exceptions } from './exceptions.ts';
import { latin1 } from './regions.ts';
import type { SecretRule } from './rule.ts';
import { entropy } from './strength.ts';

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
/** Bytes before and behind a match that are looked at. */
const AROUND = 128;

interface Candidate extends Secret {
  readonly assigned: boolean;
}

/** In order, none overlapping another. `bytes` ends with a byte that no text holds. */
export function secretsOf(judge: Judge, bytes: Uint8Array, findings: readonly Finding[]): Secret[] {
  const found = findings.flatMap((finding) => candidates(judge, bytes, finding, 0));
  if (found.length < 2) return found.map(plain);
  const formed = joined(found.filter((c) => !c.assigned));
  const named = found.filter((c) => c.assigned && !overlapsAny(formed, c));
  return joined([...formed, ...joined(named)]);
}

function plain({ label, start, end }: Secret): Secret {
  return { label, start, end };
}

/** Those that overlap become one, under the label of the one that begins first, then the longer: no byte of either is left out. */
function joined(secrets: readonly Secret[]): Secret[] {
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

function candidates(judge: Judge, bytes: Uint8Array, finding: Finding, depth: number): Candidate[] {
  const rule = judge.rules[finding.rule];
  if (rule === undefined) return [];
  const { start, end } = finding;
  // One byte, one unit: what the rules ask for is ASCII, and places stay what they are.
  const first = Math.max(0, start - AROUND);
  const before = latin1(bytes.subarray(first, start));
  const match = latin1(bytes.subarray(start, end));
  if (rule.value?.global === true) {
    return [...match.matchAll(rule.value)].flatMap(({ index, indices }) => {
      const [from, to] = indices?.[1] ?? [0, 0];
      if (rule.context?.(match.slice(index, from)) === false || !isSecret(judge, rule, match.slice(from, to))) return [];
      return [{ label: rule.label, start: start + from, end: start + to, assigned: true }];
    });
  }
  const deepest = depth >= MAX_DEPTH && rule.confidence === 'high';
  const span = valueIn(rule, before, match);
  if (span !== null && (deepest || isSecret(judge, rule, (before + match).slice(span[0], span[1])))) {
    const [from, to] = span;
    return [{ label: rule.label, start: first + from, end: first + to, assigned: rule.assigned === true }];
  }
  if (depth >= MAX_DEPTH) return [];
  const inner = bytes.subarray(start + 1, end);
  return judge.scanner
    .each(inner)
    .filter((f) => f.rule === finding.rule)
    .flatMap((f) => candidates(judge, bytes, { rule: f.rule, start: f.start + start + 1, end: f.end + start + 1 }, depth + 1));
}

/** Where the value stands in what is before and the match, or null where what must be around it is not there. */
function valueIn(rule: SecretRule, before: string, match: string): readonly [number, number] | null {
  if (rule.wordStart === true && !startsWord(before)) return null;
  if (IN_BASE64.test(before) && BASE64.test(match)) return null;
  const lead = rule.lead?.exec(before);
  if (lead === null) return null;
  if (lead !== undefined) return [lead.index, before.length + match.length];
  if (rule.value === undefined) return [before.length, before.length + match.length];
  const span = rule.value.exec(match)?.indices?.[1];
  if (span === undefined || (rule.context !== undefined && !rule.context(match.slice(0, span[0])))) return null;
  return [before.length + span[0], before.length + span[1]];
}

/** In the midst of encoded bytes every four letters turn up now and then. */
const IN_BASE64 = /[A-Za-z0-9+/]{100}$/;
const BASE64 = /^[A-Za-z0-9+/]{12}/;

/** A word byte before it belongs to the same word, but for the end of an escape. */
function startsWord(before: string): boolean {
  return !/[A-Za-z0-9_]$/.test(before) || /\\(?:[nrtbfv0]|x[0-9a-f]{2}|u[0-9a-f]{4})$|%[0-9a-f]{2}$/i.test(before);
}

function isSecret({ allowed }: Judge, rule: SecretRule, value: string): boolean {
  if (rule.proof !== undefined && !rule.proof.test(value)) return false;
  if (isStandIn(value) || allowed.has(value)) return false;
  if (rule.check !== undefined && !rule.check(value)) return false;
  return rule.confidence === 'high' || entropy(value) >= Math.min(RANDOM, Math.log2(value.length) - 0.6);
}
