/**
 * The only door to the core: typed, bytes in, bytes out. Everything the core does is a pure function of its arguments.
 *
 * Memory discipline: each call copies its input behind the module's static data, runs, copies the answer out; nothing in
 * linear memory outlives a call but what a GlobSet, Scanner or ChainWalk owns. A trap drops the instance: the next call
 * works on a fresh one.
 */

/** A fault in attacker-controlled text: what is wrong, and at which byte of the input. */
export interface Fault {
  readonly code: JsonCode;
  /** Byte offset of the first byte that makes the text wrong. */
  readonly offset: number;
}

export type JsonCode =
  | 'syntax'
  | 'utf8'
  | 'bom'
  | 'surrogate'
  | 'control'
  | 'number-form'
  | 'number-range'
  | 'duplicate-name'
  | 'name'
  | 'depth'
  | 'size'
  | 'trailing'
  | 'empty';

/** `jcs` is RFC 8785. `row` keeps member order and refuses what a ledger row may not hold; `spec/json.md` has the table. */
export type Profile = 'jcs' | 'row';

export type Canonical = { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly fault: Fault };

/** One departure of a chain from `spec/row.md`: which rule, which row (0-based), which byte of the file. */
export interface Departure {
  readonly code: ChainCode;
  readonly row: number;
  readonly offset: number;
}

export type ChainCode =
  | 'not-minimal' // valid JSON, but not the bytes that the row profile writes
  | 'not-json'
  | 'not-object'
  | 'duplicate-name'
  | 'name'
  | 'surrogate'
  | 'utf8'
  | 'bom'
  | 'number-form'
  | 'number-range'
  | 'depth'
  | 'line-too-long'
  | 'empty-line'
  | 'hash-missing' // `hash` absent, not 64 lower-case hex, or not the last member
  | 'prev-hash-missing' // likewise for `prev_hash`, which stands right before `hash`
  | 'hash-mismatch'
  | 'link-mismatch' // `prev_hash` is not the `hash` of the row before (64 zeros at row 0)
  | 'torn-line'; // the file ends without LF

export interface ChainSummary {
  /** Complete lines seen, wrong ones included. */
  readonly rows: number;
  readonly bytes: number;
  /** `hash` members of the first and last row as they stand, or null. */
  readonly firstHash: string | null;
  readonly lastHash: string | null;
  /** All departures in the order of the file, the first 10,000 of them. */
  readonly departures: readonly Departure[];
  readonly departuresTotal: number;
}

/** A walk over a chain's bytes in bounded memory. Chunk borders do not matter. */
export interface ChainWalk {
  write(chunk: Uint8Array): void;
  end(): ChainSummary;
}

/** Many globs at once. A pattern matches a whole path; `docs/policy.md` has the grammar. Case and Unicode form are the caller's. */
export interface GlobSet {
  /** Indices, ascending, of the patterns that match. */
  match(path: string): readonly number[];
}

export interface GlobFault {
  readonly pattern: number;
  /** UTF-16 offset in that pattern. */
  readonly offset: number;
  readonly code: 'unclosed-class' | 'unclosed-brace' | 'bad-range' | 'too-many' | 'too-long' | 'control';
}

/**
 * One automaton over bytes, as `host/policy` builds it from a pattern: state 0 is dead, state 1 is the start.
 * `next[state * classes + classOf[byte]]` is the state after a byte; `accept[state]` is 1 where a match may end.
 */
export interface Automaton {
  readonly classOf: Uint8Array; // 256 entries
  readonly classes: number;
  readonly next: Uint16Array;
  readonly accept: Uint8Array;
}

/**
 * A rule of the scanner. With `keywords` the automaton is anchored: it is run from each place where one of the keywords
 * (ASCII, matched without regard to case where `fold`) begins; the longest match counts. With none it is a search automaton
 * that stays in an accepting state once it has matched: it tells whether the text matches, not where.
 */
export interface ScanRule {
  readonly keywords: readonly string[];
  readonly fold: boolean;
  readonly automaton: Automaton;
  /** A match counts only where the byte before it is no word byte (letter, digit, `_`), and the same for the byte after it. */
  readonly wordBefore: boolean;
  readonly wordAfter: boolean;
}

/** A match: rule index and byte range [start, end). A search rule gives the whole text's range. */
export interface Finding {
  readonly rule: number;
  readonly start: number;
  readonly end: number;
}

export interface Scanner {
  /** Findings in order of start; of two that overlap the earlier, then the longer, then the lower rule is kept. Search rules come last. */
  scan(text: Uint8Array): readonly Finding[];
}

export interface Core {
  canonicalize(text: Uint8Array, profile: Profile): Canonical;
  /** SHA-256 (FIPS 180-4) of the parts as one message: 32 bytes. */
  sha256(...parts: Uint8Array[]): Uint8Array;
  /** HMAC-SHA-256 (RFC 2104): 32 bytes. */
  hmac(key: Uint8Array, ...parts: Uint8Array[]): Uint8Array;
  chain(): ChainWalk;
  globs(patterns: readonly string[]): GlobSet | GlobFault;
  scanner(rules: readonly ScanRule[]): Scanner;
}

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
}

/** Numbered as core-wasm/assembly/codes.ts has them; the first twelve are JsonCode too. */
const CODES = [
  'syntax', 'utf8', 'bom', 'surrogate', 'control', 'number-form', 'number-range', 'duplicate-name', 'name', 'depth', 'trailing', 'empty',
  'not-json', 'not-minimal', 'not-object', 'line-too-long', 'empty-line', 'hash-missing', 'prev-hash-missing', 'hash-mismatch',
  'link-mismatch', 'torn-line',
] as const satisfies readonly (JsonCode | ChainCode)[];

const PROFILES: { readonly [P in Profile]: { readonly number: number; readonly limit: number } } = {
  jcs: { number: 0, limit: 64 << 20 },
  row: { number: 1, limit: 1 << 20 },
};
const CHUNK = 1 << 18;
const DEPARTURES_REPORTED = 10_000;
/** An instance whose memory has grown beyond this is dropped after the call: linear memory never shrinks. */
const KEEP_BYTES = 128 << 20;

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

type Use = <T>(work: (instance: Instance) => T) => T;

/** Keeps one instance, made ready by `prepare`, from call to call. One that trapped, or grew large, is not used again. */
function keep(module: WebAssembly.Module, prepare: (instance: Instance) => void): Use {
  let idle: Instance | undefined;
  return (work) => {
    let instance = idle;
    idle = undefined;
    try {
      if (instance === undefined) prepare((instance = boot(module)));
      const result = work(instance);
      if (instance.memory().byteLength <= KEEP_BYTES) idle = instance;
      return result;
    } catch (cause) {
      throw new Error('bug: the core trapped', { cause });
    }
  };
}

/** The core over a compiled core.wasm. Finding and compiling it is the caller's business. */
export function instantiate(module: WebAssembly.Module): Core {
  const use = keep(module, () => {});
  let idleWalk: Instance | undefined;

  function canonicalize(text: Uint8Array, profile: Profile): Canonical {
    const { number, limit } = PROFILES[profile];
    if (text.length > limit) return { ok: false, fault: { code: 'size', offset: limit } };
    return use(({ kernel, memory, input }) => {
      const length = kernel.canonicalize(input(text), number);
      if (length < 0) return { ok: false, fault: { code: CODES[kernel.fault()] as JsonCode, offset: kernel.faultOffset() } };
      const at = kernel.canonicalAt();
      return { ok: true, bytes: memory().slice(at, at + length) };
    });
  }

  function sha256(...parts: Uint8Array[]): Uint8Array {
    return use(({ kernel, memory, input }) => {
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

  function globs(): GlobSet {
    throw new Error('bug: not built yet');
  }

  function scanner(): Scanner {
    throw new Error('bug: not built yet');
  }

  return { canonicalize, sha256, hmac, chain, globs, scanner };
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
