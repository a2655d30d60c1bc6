/**
 * The only door to the core. `api.ts` has the contracts; this file and `kernel.ts` are the only ones that know a pointer.
 *
 * Memory discipline: each call copies its input behind the module's static data, runs, copies the answer out; nothing in
 * linear memory outlives a call but what a chain walk, or the glob set or scanner used last, has there. A trap drops the instance: the
 * next call works on a fresh one.
 */
import type { Canonical, ChainCode, ChainSummary, ChainWalk, Core, Departure, Finding, GlobFault, GlobSet, JsonCode, Profile, Scanner, ScanRule } from './api.ts';
import { boot, shelf, type Instance } from './kernel.ts';

export type * from './api.ts';

/** Numbered as core-wasm/assembly/codes.ts has them; the first twelve are JsonCode too. */
const CODES = [
  'syntax', 'utf8', 'bom', 'surrogate', 'control', 'number-form', 'number-range', 'duplicate-name', 'name', 'depth', 'trailing', 'empty',
  'not-json', 'not-minimal', 'not-object', 'line-too-long', 'empty-line', 'hash-missing', 'prev-hash-missing', 'hash-mismatch',
  'link-mismatch', 'torn-line',
] as const satisfies readonly (JsonCode | ChainCode)[];

/** Numbered as core-wasm/assembly/globsyntax.ts has them. */
const GLOB_CODES = ['', 'unclosed-class', 'unclosed-brace', 'bad-range', 'too-many', 'too-long', 'control'] as const;

const PROFILES: { readonly [P in Profile]: { readonly number: number; readonly limit: number } } = {
  jcs: { number: 0, limit: 64 << 20 },
  row: { number: 1, limit: 1 << 20 },
};
const CHUNK = 1 << 18;
const DEPARTURES_REPORTED = 10_000;
/** The core over a compiled core.wasm. Finding and compiling it is the caller's business. */
export function instantiate(module: WebAssembly.Module): Core {
  const use = shelf(module);
  const core = {};
  const nothing = (): void => {};
  let idleWalk: Instance | undefined;

  function canonicalize(text: Uint8Array, profile: Profile): Canonical {
    const { number, limit } = PROFILES[profile];
    if (text.length > limit) return { ok: false, fault: { code: 'size', offset: limit } };
    return use(core, nothing, ({ kernel, memory, input }) => {
      const length = kernel.canonicalize(input(text), number);
      if (length < 0) return { ok: false, fault: { code: CODES[kernel.fault()] as JsonCode, offset: kernel.faultOffset() } };
      const at = kernel.canonicalAt();
      return { ok: true, bytes: memory().slice(at, at + length) };
    });
  }

  function sha256(...parts: Uint8Array[]): Uint8Array {
    return use(core, nothing, ({ kernel, memory, input }) => {
      kernel.sha256Begin();
      for (const part of parts) {
        for (let i = 0; i < part.length; i += CHUNK) kernel.sha256Input(input(part.subarray(i, i + CHUNK)));
      }
      const at = kernel.sha256Digest();
      return memory().slice(at, at + 32);
    });
  }

  function hmac(key: Uint8Array, ...parts: Uint8Array[]): Uint8Array {
    const block = new Uint8Array(64);
    block.set(key.length > 64 ? sha256(key) : key);
    const inner = sha256(block.map((b) => b ^ 0x36), ...parts);
    return sha256(block.map((b) => b ^ 0x5c), inner);
  }

  function treeHashes(pieces: Uint8Array, size: number): Uint8Array {
    if (pieces.length % size !== 0) throw new Error(`bug: pieces of ${size} bytes, ${pieces.length} bytes in all`);
    const out = new Uint8Array((pieces.length / size) * 32);
    for (let i = 0; i < pieces.length; i += CHUNK) {
      const part = pieces.subarray(i, i + CHUNK);
      use(core, nothing, ({ kernel, memory, input }) => {
        const at = kernel.treeHash(input(part) / size, size);
        out.set(memory().subarray(at, at + (part.length / size) * 32), (i / size) * 32);
      });
    }
    return out;
  }

  function chain({ tree = false, follows = false }: { readonly tree?: boolean; readonly follows?: boolean } = {}): ChainWalk {
    const instance = idleWalk ?? boot(module);
    idleWalk = undefined;
    instance.kernel.chainBegin(tree ? 1 : 0);
    return walk(instance, follows ? 1 : 0, () => {
      idleWalk = instance;
    });
  }

  function globs(patterns: readonly string[]): GlobSet | GlobFault {
    const texts = patterns.map((p) => new TextEncoder().encode(p));
    const odd = patterns.findIndex((p) => /\p{Surrogate}/u.test(p));
    if (odd >= 0) return { pattern: odd, offset: patterns[odd]?.search(/\p{Surrogate}/u) ?? 0, code: 'control' };
    const tables = use(core, nothing, ({ kernel, memory, input }): Uint8Array | GlobFault => {
      const at = kernel.compileGlobs(texts.length, input(listed(texts)));
      if (at !== 0) return memory().slice(at, at + kernel.globTablesSize(at));
      const pattern = kernel.globFaultPattern();
      const before = texts[pattern]?.subarray(0, kernel.globFaultOffset());
      const code = GLOB_CODES[kernel.globFaultCode()];
      if (!code) throw new Error('bug: a glob fault without a code');
      return { pattern, offset: new TextDecoder().decode(before).length, code };
    });
    if (!(tables instanceof Uint8Array)) return tables;
    const load = ({ kernel, input }: Instance): void => {
      input(tables);
      kernel.globLoad();
    };
    return { match: (path) => use(tables, load, (instance) => matching(instance, path)) };
  }

  function scanner(rules: readonly ScanRule[]): Scanner {
    const text = listed(rules.flatMap(ruleParts));
    const load = ({ kernel, input }: Instance): void => kernel.scanLoad(rules.length, input(text));
    const searches = new Set(rules.flatMap((r, i) => (r.keywords.length === 0 ? [i] : [])));
    const owner = {};
    const findings = (bytes: Uint8Array): Finding[] => use(owner, load, (instance) => scanned(instance, bytes));
    return {
      scan: (bytes) => joined(findings(bytes), searches),
      each: (bytes) => joinedByRule(findings(bytes)),
    };
  }

  return {
    canonicalize, sha256, hmac, chain, globs, scanner,
    treeLeaves: (rowHashes) => treeHashes(rowHashes, 32),
    treeNodes: (pairs) => treeHashes(pairs, 64),
  };
}

/** Byte strings one after the other, each behind its length as a little-endian u32. */
function listed(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, p) => sum + 4 + p.length, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    out.set(part, at + 4);
    at += 4 + part.length;
  }
  return out;
}

/** A rule as core-wasm/assembly/scanrules.ts reads it. */
function ruleParts({ keywords, fold, automaton, wordBefore, wordAfter }: ScanRule): Uint8Array[] {
  const head = new DataView(new ArrayBuffer(12));
  head.setUint32(0, automaton.classes, true);
  head.setUint32(4, (fold ? 1 : 0) | (wordBefore ? 2 : 0) | (wordAfter ? 4 : 0), true);
  head.setUint32(8, keywords.length, true);
  const next = littleEndian(automaton.next);
  const words = keywords.map((k) => encoder.encode(k));
  return [new Uint8Array(head.buffer), automaton.classOf, next, automaton.accept, ...words];
}

/** Linear memory is little-endian; so is every host but for a few, where the bytes are turned. */
function littleEndian(words: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return bytes;
  return bytes.map((_, i) => bytes[i ^ 1] ?? 0);
}

function scanned({ kernel, memory }: Instance, text: Uint8Array): Finding[] {
  const at = kernel.scanRoom(text.length);
  memory().set(text, at);
  const n = kernel.scanRun(text.length);
  if (n === 0) return [];
  const words = new Uint32Array(memory().buffer, kernel.scanFound(), n * 3);
  const found: Finding[] = [];
  for (let i = 0; i < n * 3; i += 3) found.push({ rule: words[i] ?? 0, start: words[i + 1] ?? 0, end: words[i + 2] ?? 0 });
  return found;
}

/** Joins what overlaps: first the findings of each rule, then all, those of search rules excepted, which come last. */
function joined(findings: readonly Finding[], searches: ReadonlySet<number>): readonly Finding[] {
  const byRule = joinedByRule(findings.filter((f) => !searches.has(f.rule)));
  const merged = merge(byRule.sort((a, b) => a.start - b.start || b.end - a.end || a.rule - b.rule), () => true);
  return [...merged, ...findings.filter((f) => searches.has(f.rule))];
}

function joinedByRule(findings: Finding[]): Finding[] {
  return merge(findings.sort((a, b) => a.rule - b.rule || a.start - b.start), (a, b) => a.rule === b.rule);
}

/** Of neighbours that `may` be joined and overlap, the first takes in the other's bytes. */
function merge(sorted: readonly Finding[], may: (a: Finding, b: Finding) => boolean): Finding[] {
  const out: Finding[] = [];
  for (const f of sorted) {
    const last = out.at(-1);
    if (last !== undefined && may(last, f) && f.start < last.end) out[out.length - 1] = { ...last, end: Math.max(last.end, f.end) };
    else out.push(f);
  }
  return out;
}

const encoder = new TextEncoder();

/** Writes a string as UTF-8 at `at`, where there is room for three bytes a unit; gives the number of bytes. */
function write(bytes: Uint8Array, at: number, text: string): number {
  const length = text.length;
  if (length > 64) return encoder.encodeInto(text, bytes.subarray(at, at + length * 3)).written;
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 0x80) return encoder.encodeInto(text, bytes.subarray(at, at + length * 3)).written;
    bytes[at + i] = c;
  }
  return length;
}

/** `n` little-endian words at `at`: for the few there are, quicker than a view. */
function words(bytes: Uint8Array, at: number, n: number): number[] {
  const out: number[] = [];
  for (let i = at; i < at + n * 4; i += 4) out.push(((bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16) | ((bytes[i + 3] ?? 0) << 24)) >>> 0);
  return out;
}

const NONE: readonly number[] = Object.freeze([]);

function matching({ kernel, memory }: Instance, path: string): readonly number[] {
  const at = kernel.globRoom(path.length * 3);
  const n = kernel.globMatch(write(memory(), at, path));
  return n === 0 ? NONE : words(memory(), kernel.globFound(), n);
}

/** A walk over an instance of its own, which it gives back at its end. The first `before` rows are not its own. */
function walk({ kernel, memory }: Instance, before: number, release: () => void): ChainWalk {
  let bytes = 0;
  let open = true;
  function write(chunk: Uint8Array): void {
    if (!open) throw new Error('bug: write to a chain walk that has ended or trapped');
    open = false;
    for (let i = 0; i < chunk.length; i += CHUNK) {
      const part = chunk.subarray(i, i + CHUNK);
      memory().set(part, kernel.chainRoom());
      kernel.chainWrite(part.length);
    }
    bytes += chunk.length;
    open = true;
  }
  function end(): ChainSummary {
    if (!open) throw new Error('bug: end of a chain walk that has ended or trapped');
    open = false;
    const at = kernel.chainEnd();
    const summary = new DataView(memory().buffer, at, 192);
    const word = (offset: number): number => summary.getUint32(offset, true);
    const digits = (offset: number): string => String.fromCharCode(...memory().subarray(at + offset, at + offset + 64));
    const root = memory().subarray(at + 160, at + 192);
    const list = new DataView(memory().buffer, word(12), word(8) * 16);
    const all = Array.from({ length: word(8) }, (_, i): Departure => ({
      code: CODES[list.getUint32(i * 16, true)] as ChainCode,
      row: list.getUint32(i * 16 + 4, true) - before,
      offset: list.getFloat64(i * 16 + 8, true),
    }));
    const departures = all.filter((d) => d.row >= 0).sort((a, b) => a.row - b.row || a.offset - b.offset);
    const found = {
      rows: Math.max(0, word(0) - before),
      bytes,
      firstHash: word(16) === 1 ? digits(32) : null,
      lastHash: word(20) === 1 ? digits(96) : null,
      root: word(24) === 1 ? Array.from(root, (b) => b.toString(16).padStart(2, '0')).join('') : null,
      departures: departures.slice(0, DEPARTURES_REPORTED),
      departuresTotal: word(4) - (all.length - departures.length),
    };
    release();
    return found;
  }
  return { write, end };
}
