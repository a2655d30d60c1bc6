/**
 * Plays the vectors of test/vectors/core (its README has the forms) through a core. Runs on every runtime: no `node:` here, nothing but the
 * language and TextEncoder. Chains are walked whole, in pieces of seven bytes and byte by byte.
 */
import type { Automaton, ChainSummary, Core, Profile, ScanRule } from '../../core-wasm/core.ts';

export type Bytes = string | { readonly hex: string } | { readonly repeat: Bytes; readonly times: number } | readonly Bytes[];

interface Named {
  readonly name: string;
}

export interface Vectors {
  readonly canonical: readonly (Named & { readonly profile: Profile; readonly input: Bytes; readonly output?: Bytes; readonly fault?: { readonly code: string; readonly offset: number } })[];
  readonly sha256: readonly (Named & { readonly message: Bytes; readonly key?: Bytes; readonly digest: string })[];
  readonly chain: readonly (Named & { readonly file: Bytes; readonly summary: Omit<ChainSummary, 'departures'> & { readonly departures: readonly (readonly [string, number, number])[] } })[];
  readonly tree: readonly (Named & { readonly row_hashes: readonly string[]; readonly leaves: readonly string[]; readonly nodes: readonly string[] })[];
  readonly globs: readonly (Named & { readonly patterns: readonly string[]; readonly paths?: { readonly [path: string]: readonly number[] }; readonly fault?: { readonly pattern: number; readonly offset: number; readonly code: string } })[];
  readonly scan: readonly (Named & { readonly rules: readonly Rule[]; readonly texts: readonly { readonly text: Bytes; readonly findings: readonly (readonly [number, number, number])[] }[] })[];
}

/** States as lists of [first byte, last byte, state it leads to]; state 0 is dead, state 1 is the start. */
interface Rule {
  readonly keywords: readonly string[];
  readonly fold?: boolean;
  readonly word_before?: boolean;
  readonly word_after?: boolean;
  readonly states: readonly (readonly (readonly [number, number, number])[])[];
  readonly accept: readonly number[];
}

export interface Played {
  readonly passed: number;
  readonly failed: readonly string[];
}

export function bytesFrom(bytes: Bytes): Uint8Array {
  if (typeof bytes === 'string') return new TextEncoder().encode(bytes);
  if ('hex' in bytes) return Uint8Array.from(bytes.hex.match(/../g) ?? [], (d) => Number.parseInt(d, 16));
  const parts = 'repeat' in bytes ? Array<Uint8Array>(bytes.times).fill(bytesFrom(bytes.repeat)) : bytes.map(bytesFrom);
  const out = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function ruleFrom({ keywords, fold = false, word_before = false, word_after = false, states, accept }: Rule): ScanRule {
  const next = new Uint16Array(states.length * 256);
  states.forEach((ranges, state) => ranges.forEach(([first, last, to]) => next.fill(to, state * 256 + first, state * 256 + last + 1)));
  const automaton: Automaton = { classOf: Uint8Array.from({ length: 256 }, (_, b) => b), classes: 256, next, accept: Uint8Array.from(states, (_, s) => (accept.includes(s) ? 1 : 0)) };
  return { keywords, fold, automaton, wordBefore: word_before, wordAfter: word_after };
}

export function play(core: Core, vectors: Vectors): Played {
  const failed: string[] = [];
  let passed = 0;
  function same(what: string, ours: unknown, want: unknown): void {
    const [a, b] = [JSON.stringify(ours), JSON.stringify(want)];
    if (a === b) passed++;
    else failed.push(`${what}: ${a?.slice(0, 300)}, want ${b?.slice(0, 300)}`);
  }
  for (const { name, profile, input, output, fault } of vectors.canonical) {
    const answer = core.canonicalize(bytesFrom(input), profile);
    same(`canonical ${name}`, answer.ok ? hex(answer.bytes) : answer.fault, output === undefined ? fault : hex(bytesFrom(output)));
  }
  for (const { name, message, key, digest } of vectors.sha256) {
    const bytes = bytesFrom(message);
    same(`sha256 ${name}`, hex(key === undefined ? core.sha256(bytes) : core.hmac(bytesFrom(key), bytes)), digest);
    if (key === undefined) same(`sha256 ${name}, in two parts`, hex(core.sha256(bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1))), digest);
  }
  for (const { name, file, summary } of vectors.chain) {
    const bytes = bytesFrom(file);
    for (const size of bytes.length > 10_000 ? [bytes.length, 4093] : [bytes.length + 1, 7, 1]) same(`chain ${name}, ${size} bytes a time`, walked(core, bytes, size), summary);
  }
  for (const { name, row_hashes, leaves, nodes } of vectors.tree) {
    const made = core.treeLeaves(bytesFrom({ hex: row_hashes.join('') }));
    same(`tree ${name}, leaves`, hex(made), leaves.join(''));
    same(`tree ${name}, nodes`, hex(core.treeNodes(made.subarray(0, made.length & ~63))), nodes.join(''));
  }
  for (const { name, patterns, paths, fault } of vectors.globs) {
    const set = core.globs(patterns);
    if ('code' in set || paths === undefined) same(`globs ${name}`, set, fault);
    else for (const [path, want] of Object.entries(paths)) same(`globs ${name}, ${path.slice(0, 40)}`, set.match(path), want);
  }
  for (const { name, rules, texts } of vectors.scan) {
    const scanner = core.scanner(rules.map(ruleFrom));
    texts.forEach(({ text, findings }, i) => same(`scan ${name}, text ${i}`, scanner.scan(bytesFrom(text)).map((f) => [f.rule, f.start, f.end]), findings));
  }
  return { passed, failed };
}

function walked(core: Core, bytes: Uint8Array, size: number): Vectors['chain'][number]['summary'] {
  const walk = core.chain({ tree: true });
  for (let i = 0; i < bytes.length; i += size) walk.write(bytes.subarray(i, i + size));
  const { departures, ...rest } = walk.end();
  return { ...rest, departures: departures.map((d) => [d.code, d.row, d.offset] as const) };
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}
