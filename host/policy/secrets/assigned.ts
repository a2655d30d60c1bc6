/**
 * Keys whose form says nothing: what makes them keys is the name they are given, as assignments, JSON (in JSON), YAML, shell, XML and calls
 * write it:
 *
 *   DATADOG_API_KEY=…   "datadog": {"apiKey": "…"}   datadog_api_key: '…'   set("datadog.api.key", "…")   <datadogKey>…</datadogKey>
 */
import type { SecretRule } from './rule.ts';

/** The rest of the name, and what stands between it and its value. */
const QUOTE = '(?:\\\\*["\'`])';
export const LINK = `[a-z0-9_.-]{0,60}${QUOTE}?\\]?(?: ?: ?(?:string|str|&str))?[ \\t]*(?:={1,3}>?|:=?|[,(>]|\\?\\?|\\|\\|| value=)[ \\t]*${QUOTE}?`;
/** The same and a value, loosely: what leads the scanner there with few states. The text it finds is then looked at with care. */
const SIGNS = '["\'`\\\\\\]: \\t=>,(?|]';
const PART = '[!#%*+./@A-Z^_a-z~0-9-]';
export const LOOSE = `[a-z0-9_.-]*${SIGNS}+(?:${PART}{1,7}${SIGNS}+)?${PART}{8}[!#%*+./@A-Z^_a-z~0-9:=-]*`;

/** A name that says it is of a key, not of a version or a digest. */
export const KEYISH = /key|token|secret|passw|pwd|auth|cred|api|pat\b|access|bearer/i;
const NOT_A_KEY = /hash|digest|checksum|sha[-_]?\d|md5|fingerprint|integrity|etag|commit|revision|version|public|publishable/i;

interface Kind {
  readonly label: string;
  /** Beginnings of the names, lower case; `_` stands for `_`, `-`, `.` or nothing. */
  readonly names: readonly string[];
  /** Letters in either case: say in `proof` where it matters. */
  readonly value: string;
  readonly proof?: RegExp;
  /** What the name must say besides its beginning; a word for keys when absent. */
  readonly context?: RegExp;
  readonly examples: readonly string[];
  readonly counterexamples: readonly string[];
}

export function assigned({ label, names, value, proof, context, examples, counterexamples }: Kind): SecretRule {
  const spelt = [...new Set(names.map((name) => name.replaceAll('_', '[_.-]?')))].join('|');
  return {
    label,
    keywords: [...new Set(names.flatMap(beginnings))],
    fold: true,
    pattern: `/(?:${spelt})${LOOSE.replaceAll('/', '\\/')}/i`,
    confidence: 'medium',
    assigned: true,
    value: new RegExp(`(?:${spelt})${LINK}(${value})(?![a-z0-9_])`, 'dgi'),
    context: (before) => (context ?? KEYISH).test(before) && !NOT_A_KEY.test(before),
    ...(proof === undefined ? {} : { proof }),
    examples,
    counterexamples,
  };
}

/** Up to its first variable place; where that leaves too little, up to the second, in each spelling. */
function beginnings(name: string): string[] {
  const [first = '', second = ''] = name.split('_');
  return first.length >= 3 ? [first] : ['_', '-', '.', ''].map((sign) => first + sign + second);
}
