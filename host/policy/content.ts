/**
 * Looking at content. A text is attacker-controlled; what comes back of it is labels and places, or the text with
 * placeholders where secrets were:
 *
 *   [REDACTED:<label>:<10 lower-case base32 of HMAC-SHA-256(key, value)>]
 *
 * The same secret under the same key has the same placeholder, always; a placeholder is never redacted again.
 */
import type { Core, Finding } from '../../core-wasm/core.ts';
import type { Policy } from './compile.ts';
import type { ContentRules } from './content-rules.ts';
import { END } from './pattern/automaton.ts';
import { entropy, isStandIn } from './secrets/exceptions.ts';
import { latin1, provenSecrets } from './secrets/regions.ts';
import type { SecretRule } from './secrets/rule.ts';

export interface FoundSecret {
  readonly label: string;
  /** In UTF-16 units of a string, in bytes of a Uint8Array; the value alone, not what leads to it. */
  readonly start: number;
  readonly end: number;
}

export interface Content {
  readonly secrets: readonly FoundSecret[];
  /** Labels of the deny_patterns that match, in the policy's order. */
  readonly patterns: readonly string[];
}

export interface Redacted {
  readonly text: string;
  /** Places replaced. */
  readonly count: number;
  /** Unique, sorted. */
  readonly labels: readonly string[];
}

/** Nothing of a real secret is this short, so neither is a text that holds one. */
const SHORTEST = 12;
/** Random text of a medium kind has at least this many bits per character. */
const RANDOM = 2.8;
/** Replacing one secret can uncover its neighbour; this often, and then whatever is left stays as it is. */
const MAX_PASSES = 8;
/** Findings within findings; what is nested deeper counts as a secret. */
const MAX_DEPTH = 8;

export function scanContent(_core: Core, policy: Policy, text: string | Uint8Array): Content {
  const rules = policy.content;
  if (rules.labels.length === 0 && text.length < SHORTEST) return { secrets: [], patterns: [] };
  const bytes = ended(text);
  const findings = rules.scanner.scan(bytes);
  const numbers = rules.sets === null ? [] : provenSecrets(rules.sets, rules.allowed, bytes);
  if (findings.length === 0 && numbers.length === 0) return { secrets: [], patterns: [] };
  const secrets = apart([...findings.filter((f) => f.rule < rules.secrets.length).flatMap((finding) => secretsIn(rules, bytes, finding, 0)), ...numbers]);
  return {
    secrets: typeof text === 'string' ? inUnits(text, secrets) : secrets,
    patterns: [...new Set(findings.filter((f) => f.rule >= rules.secrets.length).map((f) => f.rule))].sort((a, b) => a - b).map((rule) => rules.labels[rule - rules.secrets.length] ?? ''),
  };
}

/** In order; of two that overlap the one that begins first, then the longer. What is left of the other is found once that one is replaced. */
function apart(secrets: readonly FoundSecret[]): FoundSecret[] {
  let end = 0;
  return [...secrets]
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter((secret) => {
      const free = secret.start >= end;
      if (free) end = secret.end;
      return free;
    });
}

const ENCODER = new TextEncoder();
/** Where short texts are encoded: one is done with before the next begins. */
const SCRATCH = new Uint8Array(65_536);

/** UTF-8 with the byte behind it that search patterns end on; good until the next call. */
function ended(text: string | Uint8Array): Uint8Array {
  if (typeof text === 'string' && 3 * text.length < SCRATCH.length) {
    const { written } = ENCODER.encodeInto(text, SCRATCH);
    SCRATCH[written] = END;
    return SCRATCH.subarray(0, written + 1);
  }
  const bytes = typeof text === 'string' ? ENCODER.encode(text) : text;
  const out = new Uint8Array(bytes.length + 1);
  out.set(bytes);
  out[bytes.length] = END;
  return out;
}

export function redact(core: Core, key: Uint8Array, policy: Policy, text: string): Redacted {
  return replaced(core, policy, text, (label, value) => `[REDACTED:${label}:${mark(core, key, value)}]`);
}

/** For paths and commands that will be stored: the label alone, as no key is at hand where they are judged. */
export function maskSecrets(core: Core, policy: Policy, text: string): string {
  return text.length < SHORTEST ? text : replaced(core, policy, text, (label) => `[SECRET:${label}]`).text;
}

function replaced(core: Core, policy: Policy, text: string, by: (label: string, value: string) => string): Redacted {
  let now = text;
  let count = 0;
  const labels = new Set<string>();
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const { secrets } = scanContent(core, policy, now);
    if (secrets.length === 0) break;
    let out = '';
    let at = 0;
    for (const { label, start, end } of secrets) {
      out += now.slice(at, start) + by(label, now.slice(start, end));
      at = end;
      labels.add(label);
    }
    count += secrets.length;
    now = out + now.slice(at);
  }
  return { text: now, count, labels: [...labels].sort() };
}

/**
 * The secrets of a finding. The scanner joins findings that overlap; so where the whole is a stand-in, allowed, or not random
 * enough, what begins later within it is looked at by itself: a token as the user name before a harmless password.
 */
function secretsIn(rules: ContentRules, bytes: Uint8Array, { rule: index, start, end }: Finding, depth: number): FoundSecret[] {
  const rule = rules.secrets[index];
  if (rule === undefined) return [];
  // One byte, one unit: what the rules ask for is ASCII, and places stay what they are.
  const match = latin1(bytes.subarray(start, end));
  const [from, to] = valueIn(rule, match);
  if (depth >= MAX_DEPTH || isSecret(rules, rule, match.slice(from, to))) return [{ label: rule.label, start: start + from, end: start + to }];
  const inner = bytes.subarray(start + 1, end);
  return rules.scanner
    .scan(inner)
    .filter((f) => f.rule < rules.secrets.length)
    .flatMap((f) => secretsIn(rules, bytes, { rule: f.rule, start: f.start + start + 1, end: f.end + start + 1 }, depth + 1));
}

function valueIn(rule: SecretRule, match: string): readonly [number, number] {
  return rule.value?.exec(match)?.indices?.[1] ?? [0, match.length];
}

function isSecret(rules: ContentRules, rule: SecretRule, value: string): boolean {
  if (rule.proof !== undefined && !rule.proof.test(value)) return false;
  if (isStandIn(value) || rules.allowed.has(value)) return false;
  if (rule.confidence === 'high') return true;
  return value.length <= 24 ? !isPlainWord(value) && entropy(value) >= Math.min(RANDOM, Math.log2(value.length) - 0.6) : entropy(value) >= RANDOM;
}

/** What people write for a password where none is meant: words, with a number behind them at most. */
function isPlainWord(value: string): boolean {
  return /^(?:[a-z]+|[A-Z][a-z]+|[A-Z]+)(?:[-_.]?[a-z]+)*[-_.!]?[0-9]{0,4}!?$/.test(value);
}

/** RFC 4648 base32, lower case, of the first 50 bits. */
function mark(core: Core, key: Uint8Array, value: string): string {
  const digest = core.hmac(key, new TextEncoder().encode(value));
  let bits = 0n;
  for (const byte of digest.subarray(0, 7)) bits = (bits << 8n) | BigInt(byte);
  bits >>= 6n;
  let text = '';
  for (let i = 45n; i >= 0n; i -= 5n) text += 'abcdefghijklmnopqrstuvwxyz234567'[Number((bits >> i) & 31n)] ?? '';
  return text;
}

/** Byte places of a string's UTF-8 as places in its own units. */
function inUnits(text: string, secrets: readonly FoundSecret[]): FoundSecret[] {
  const wanted = secrets.flatMap((s) => [s.start, s.end]).sort((a, b) => a - b);
  const units = new Map<number, number>();
  let byte = 0;
  let unit = 0;
  for (const place of wanted) {
    while (byte < place && unit < text.length) {
      const code = text.codePointAt(unit) ?? 0;
      unit += code > 0xffff ? 2 : 1;
      byte += code < 0x80 ? 1 : code < 0x800 ? 2 : code > 0xffff ? 4 : 3;
    }
    units.set(place, unit);
  }
  return secrets.map((s) => ({ label: s.label, start: units.get(s.start) ?? 0, end: units.get(s.end) ?? 0 }));
}
