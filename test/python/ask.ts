/** Puts questions to the verifier in Python, all to one process. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const play = fileURLToPath(new URL('play.py', import.meta.url));
export const verifier = fileURLToPath(new URL('../../verifiers/python/occasio_verify.py', import.meta.url));

/** Python 3.9 or later is there. */
export const python = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).status === 0;

export interface Question {
  /** A function of play.py. */
  readonly ask: string;
  /** What it is to read. */
  readonly bytes?: Uint8Array;
  readonly [more: string]: unknown;
}

export function ask(questions: readonly Question[]): readonly unknown[] {
  const input = questions.map(({ bytes, ...rest }) => `${JSON.stringify({ ...rest, base64: Buffer.from(bytes ?? []).toString('base64') })}\n`).join('');
  const { stdout, stderr, status } = spawnSync('python3', ['-I', '-B', play], { input, encoding: 'utf8', maxBuffer: 1 << 29, timeout: 60_000 });
  if (status !== 0 || stderr !== '') throw new Error(`play.py ended with ${status}: ${stderr}`);
  return stdout.split('\n').slice(0, -1).map((line) => (JSON.parse(line) as { readonly said: unknown }).said);
}

export interface Difference {
  readonly case: string;
  readonly TypeScript: unknown;
  readonly Python: unknown;
}

/** Where the answers differ: an empty table is what a test wants. */
export function differences(names: readonly string[], typescript: readonly unknown[], said: readonly unknown[]): readonly Difference[] {
  if (names.length !== typescript.length || names.length !== said.length) throw new Error(`bug: ${names.length} cases, ${typescript.length} and ${said.length} answers`);
  return names.flatMap((name, i) => (canonical(typescript[i]) === canonical(said[i]) ? [] : [{ case: name, ...apart(typescript[i], said[i]) }]));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'object' && one !== null && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one));
}

/** Of two verdicts the members, and of their checks the findings, that only one of them has. */
function apart(a: unknown, b: unknown): { readonly TypeScript: unknown; readonly Python: unknown } {
  if (Array.isArray(a) && Array.isArray(b)) {
    const only = (of: readonly unknown[], other: readonly unknown[]): unknown => of.filter((one) => !other.some((two) => canonical(one) === canonical(two))).map(canonical);
    return { TypeScript: only(a, b), Python: only(b, a) };
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) || Array.isArray(b)) return { TypeScript: canonical(a), Python: canonical(b) };
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => canonical((a as never)[name]) !== canonical((b as never)[name]));
  const of = (which: 'TypeScript' | 'Python'): unknown => Object.fromEntries(names.map((name) => [name, apart((a as never)[name], (b as never)[name])[which]]));
  return { TypeScript: of('TypeScript'), Python: of('Python') };
}
