/**
 * The only door to the core, and the only file that knows a pointer. `api.ts` has the contracts.
 *
 * Memory discipline: each call copies its input behind the module's static data, runs, copies the answer out; nothing in
 * linear memory outlives a call but what a chain walk, or the glob set or scanner used last, has there. A trap drops the instance: the
 * next call works on a fresh one.
 */
import type { Canonical, ChainCode, ChainSummary, ChainWalk, Core, Departure, GlobFault, GlobSet, JsonCode, Profile, Scanner, ScanRule } from './api.ts';

export type * from './api.ts';

/** What core-wasm/assembly/index.ts exports. Addresses and lengths are bytes of `memory`. */
interface Kernel {
  readonly memory: WebAssembly.Memory;
  openInput(length: number): number;
  canonicalize(length: number, profile: number): number;
  canonicalAt(): number;
  fault(): number;
  faultOffset(): number;
  sha256Begin(): void;
  sha256Input(length: number): void;
  sha256Digest(): number;
  chainBegin(): void;
  chainRoom(): number;
  chainWrite(length: number): void;
  chainEnd(): number;
  compileGlobs(count: number, length: number): number;
  globTablesSize(tables: number): number;
  globFaultCode(): number;
  globFaultPattern(): number;
  globFaultOffset(): number;
  globLoad(): void;
  globRoom(length: number): number;
  globMatch(length: number): number;
  globFound(): number;
}

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
/** An instance whose memory has grown beyond this is dropped after the call: linear memory never shrinks. */
const KEEP_BYTES = 128 << 20;
/** Instances kept. Each costs some 100 KB, and address space that hosts do not give without end. */
const KEPT = 8;

interface Instance {
  readonly kernel: Kernel;
  /** The memory as it now is; a view does not outlive a call that may grow it. */
  memory(): Uint8Array;
  /** Copies bytes in as the input and gives their number. */
  input(bytes: Uint8Array): number;
}

function boot(module: WebAssembly.Module): Instance {
  let view = new Uint8Array(0);
  // RFC 8785 section 3.2.2.3 prints numbers as ECMAScript does; the one printer that cannot differ from that is the host's own.
  function printNumber(p: number, length: number, to: number): number {
    let digits = '';
    for (const end = p + length; p < end; p += 8192) digits += String.fromCharCode(...memory().subarray(p, Math.min(end, p + 8192)));
    const value = Number(digits);
    if (!Number.isFinite(value)) return -1;
    return new TextEncoder().encodeInto(String(value), memory().subarray(to, to + 32)).written;
  }
  const kernel = new WebAssembly.Instance(module, { host: { printNumber } }).exports as unknown as Kernel;
  function memory(): Uint8Array {
    if (view.byteLength === 0) view = new Uint8Array(kernel.memory.buffer);
    return view;
  }
  function input(bytes: Uint8Array): number {
    const at = kernel.openInput(bytes.length);
    memory().set(bytes, at);
    return bytes.length;
  }
  return { kernel, memory, input };
}

/** Does work on an instance that `prepare` has made ready for the owner. */
type Use = <T>(owner: object, prepare: (instance: Instance) => void, work: (instance: Instance) => T) => T;

/** Keeps the instances used last, each ready for one owner. One that trapped, or grew large, is not used again. */
function shelf(module: WebAssembly.Module): Use {
  const kept: { readonly owner: object; readonly instance: Instance }[] = [];
  return (owner, prepare, work) => {
    const at = kept.findIndex((k) => k.owner === owner);
    let slot = at < 0 ? undefined : kept.splice(at, 1)[0];
    try {
      if (slot === undefined) {
        slot = { owner, instance: (kept.length < KEPT ? undefined : kept.pop()?.instance) ?? boot(module) };
        prepare(slot.instance);
      }
      const result = work(slot.instance);
      if (slot.instance.memory().byteLength <= KEEP_BYTES) kept.unshift(slot);
      return result;
    } catch (cause) {
      throw new Error('bug: the core trapped', { cause });
    }
  };
}

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

  function chain(): ChainWalk {
    const instance = idleWalk ?? boot(module);
    idleWalk = undefined;
    instance.kernel.chainBegin();
    return walk(instance, () => {
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

  function scanner(): Scanner {
    throw new Error('bug: not built yet');
  }

  return { canonicalize, sha256, hmac, chain, globs, scanner };
}

/** Byte strings one after the other, each behind its length as a little-endian u32. */
function listed(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, p) => sum + 4 + p.length, 0));
  let at = 0;
  for (const part of parts) {
    new DataView(out.buffer).setUint32(at, part.length, true);
    out.set(part, at + 4);
    at += 4 + part.length;
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

const NONE: readonly number[] = Object.freeze([]);

function matching({ kernel, memory }: Instance, path: string): readonly number[] {
  const at = kernel.globRoom(path.length * 3);
  const n = kernel.globMatch(write(memory(), at, path));
  return n === 0 ? NONE : Array.from(new Uint32Array(memory().buffer, kernel.globFound(), n));
}

/** A walk over an instance of its own, which it gives back at its end. */
function walk({ kernel, memory }: Instance, release: () => void): ChainWalk {
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
    const summary = new DataView(memory().buffer, at, 160);
    const word = (offset: number): number => summary.getUint32(offset, true);
    const digits = (offset: number): string => String.fromCharCode(...memory().subarray(at + offset, at + offset + 64));
    const list = new DataView(memory().buffer, word(12), word(8) * 16);
    const departures = Array.from({ length: word(8) }, (_, i): Departure => ({
      code: CODES[list.getUint32(i * 16, true)] as ChainCode,
      row: list.getUint32(i * 16 + 4, true),
      offset: list.getFloat64(i * 16 + 8, true),
    }));
    departures.sort((a, b) => a.row - b.row || a.offset - b.offset);
    const found = {
      rows: word(0),
      bytes,
      firstHash: word(16) === 1 ? digits(32) : null,
      lastHash: word(20) === 1 ? digits(96) : null,
      departures: departures.slice(0, DEPARTURES_REPORTED),
      departuresTotal: word(4),
    };
    release();
    return found;
  }
  return { write, end };
}
