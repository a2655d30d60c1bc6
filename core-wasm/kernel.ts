/**
 * Instances of the module: what it exports, how bytes get in, and which instances are kept for the next call.
 */

/** What core-wasm/assembly/index.ts exports. Addresses and lengths are bytes of `memory`. */
export interface Kernel {
  readonly memory: WebAssembly.Memory;
  openInput(length: number): number;
  canonicalize(length: number, profile: number): number;
  canonicalAt(): number;
  fault(): number;
  faultOffset(): number;
  sha256Begin(): void;
  sha256Input(length: number): void;
  sha256Digest(): number;
  chainBegin(tree: number): void;
  chainRoom(): number;
  chainWrite(length: number): void;
  chainEnd(): number;
  treeHash(n: number, size: number): number;
  compileGlobs(count: number, length: number): number;
  globTablesSize(tables: number): number;
  globFaultCode(): number;
  globFaultPattern(): number;
  globFaultOffset(): number;
  globLoad(): void;
  globRoom(length: number): number;
  globMatch(length: number): number;
  globFound(): number;
  scanLoad(rules: number, length: number): void;
  scanRoom(length: number): number;
  scanRun(length: number): number;
  scanFound(): number;
}

/** An instance whose memory has grown beyond this is dropped after the call: linear memory never shrinks. */
const KEEP_BYTES = 128 << 20;
/** Instances kept. Each costs some 100 KB, and address space that hosts do not give without end. */
const KEPT = 8;

export interface Instance {
  readonly kernel: Kernel;
  /** The memory as it now is; a view does not outlive a call that may grow it. */
  memory(): Uint8Array;
  /** Copies bytes in as the input and gives their number. */
  input(bytes: Uint8Array): number;
}

export function boot(module: WebAssembly.Module): Instance {
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
export type Use = <T>(owner: object, prepare: (instance: Instance) => void, work: (instance: Instance) => T) => T;

interface Slot {
  readonly owner: object;
  readonly instance: Instance;
  /** Set while work is done, and left set by work that throws: such an instance is not used again. */
  busy: boolean;
}

/** Keeps the instances used last, each ready for one owner. One that trapped, or grew large, is not used again. */
export function shelf(module: WebAssembly.Module): Use {
  let kept: Slot[] = [];

  function find(owner: object): Slot | undefined {
    kept = kept.filter((slot) => !slot.busy);
    const slot = kept.find((s) => s.owner === owner);
    if (slot !== undefined) kept = [slot, ...kept.filter((s) => s !== slot)];
    return slot;
  }

  function make(owner: object, prepare: (instance: Instance) => void): Slot {
    const spare = kept.length < KEPT ? undefined : kept.pop()?.instance;
    const slot = { owner, instance: spare ?? boot(module), busy: false };
    prepare(slot.instance);
    kept.unshift(slot);
    return slot;
  }

  return (owner, prepare, work) => {
    try {
      const first = kept[0];
      const slot = first?.owner === owner && !first.busy ? first : (find(owner) ?? make(owner, prepare));
      slot.busy = true;
      const result = work(slot.instance);
      // Left busy, one that has grown is dropped like one that trapped.
      slot.busy = slot.instance.memory().byteLength > KEEP_BYTES;
      return result;
    } catch (cause) {
      throw new Error('bug: the core trapped', { cause });
    }
  };
}
