/**
 * Looking at content. A text is attacker-controlled; what comes back of it is labels and places, or the text with
 * placeholders where secrets were:
 *
 *   [REDACTED:<label>:<10 lower-case base32 of HMAC-SHA-256(key, value)>]
 *
 * The same secret under the same key has the same placeholder, always; a placeholder is never redacted again.
 */
import type { Core } from '../../core-wasm/core.ts';
import type { Policy } from './compile.ts';
import { END } from './pattern/automaton.ts';
import { joined, secretsOf } from './secrets/judge.ts';
import { provenSecrets } from './secrets/regions.ts';
import { viewsOf } from './secrets/views.ts';
import { latin1 } from './secrets/window.ts';

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
/** Replacing one secret can uncover its neighbour; this often, and then whatever is left stays as it is. */
const MAX_PASSES = 8;

export function scanContent(_core: Core, policy: Policy, text: string | Uint8Array): Content {
  const { patterns, sets, allowed } = policy.content;
  if (patterns === null && text.length < SHORTEST) return NOTHING;
  const bytes = ended(text);
  const formed = text.length < SHORTEST ? [] : formedIn(policy, bytes);
  const numbers = sets === null ? [] : provenSecrets(sets, allowed, bytes);
  const secrets = apart([...formed, ...numbers]);
  const met = patterns === null ? [] : [...new Set(patterns.scanner.scan(bytes).map((f) => f.rule))].sort((a, b) => a - b).map((rule) => patterns.labels[rule] ?? '');
  if (secrets.length === 0 && met.length === 0) return NOTHING;
  return { secrets: typeof text === 'string' ? inUnits(text, secrets) : secrets, patterns: met };
}

/** Secrets told by their form or name, as they stand and decoded once; of one that is encoded, all that encodes it. */
function formedIn(policy: Policy, bytes: Uint8Array): readonly FoundSecret[] {
  const { secrets, allowed } = policy.content;
  const judge = { ...secrets, allowed };
  const plain = secretsOf(judge, bytes, secrets.scanner.each(bytes));
  const encoded = viewsOf(bytes, END).flatMap((view) =>
    secretsOf(judge, view.bytes, secrets.scanner.each(view.bytes))
      .map((secret) => ({ label: secret.label, ...view.span(secret) }))
      .filter(({ start, end }) => !allowed.has(latin1(bytes.subarray(start, end)))),
  );
  return encoded.length === 0 ? plain : joined([...plain, ...encoded]);
}

const NOTHING: Content = { secrets: [], patterns: [] };

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
  return replaced(core, policy, text, (label, value) => placeholder(core, key, label, value));
}

export function placeholder(core: Core, key: Uint8Array, label: string, value: string): string {
  return `[REDACTED:${label}:${mark(core, key, value)}]`;
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
