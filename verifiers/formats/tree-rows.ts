/** The tree of a run's file, read in pieces: its leaves, or its roots at some sizes. A row counts with the hash that it states: whether that is its own is the chain walk's to say. */
import type { Core } from '../../core-wasm/core.ts';
import { readLines } from './lines.ts';
import { openNodes, rootOf } from './tree.ts';

/** `"<64 hex>"}` */
const TAIL = 67;
/** A power of two, so that each batch is a whole subtree. */
const BATCH = 1024;

export interface TreeReader<T> {
  write(chunk: Uint8Array): void;
  /** Null where a row states no hash. */
  end(): T | null;
}

/** Leaf hashes of the first `limit` rows, one after the other: 32 bytes a row. */
export function readLeaves(core: Core, limit: number): TreeReader<Uint8Array> {
  const batches: Uint8Array[] = [];
  let [batch, filled] = [new Uint8Array(BATCH * 32), 0];
  const flush = (): void => {
    batches.push(core.treeLeaves(batch.subarray(0, filled)));
    filled = 0;
  };
  const reader = readHashes((hash, row) => {
    if (row >= limit) return;
    batch.set(hash, filled);
    filled += 32;
    if (filled === batch.length) flush();
  });
  return {
    write: reader.write,
    end() {
      const whole = reader.end();
      flush();
      return whole ? joined(batches) : null;
    },
  };
}

/** Roots of the trees of so many rows; a size that the file does not reach has none. */
export function readRoots(core: Core, sizes: readonly number[]): TreeReader<ReadonlyMap<number, Uint8Array>> {
  const wanted = [...new Set(sizes)].sort((a, b) => a - b);
  const roots = new Map<number, Uint8Array>();
  const batches = openNodes(core);
  const batch = new Uint8Array(BATCH * 32);
  let held = 0;
  const flush = (): void => {
    const leaves = core.treeLeaves(batch.subarray(0, held * 32));
    const before = batches.size * BATCH;
    for (const size of wanted) {
      if (size < before || size > before + held || roots.has(size)) continue;
      roots.set(size, batches.root(size === before ? null : rootOf(core, leaves.subarray(0, (size - before) * 32))) ?? core.sha256());
    }
    if (held === BATCH) batches.push(rootOf(core, leaves));
    held = 0;
  };
  const reader = readHashes((hash) => {
    batch.set(hash, held * 32);
    held += 1;
    if (held === BATCH) flush();
  });
  return {
    write: reader.write,
    end() {
      flush();
      return reader.end() ? roots : null;
    },
  };
}

function readHashes(see: (hash: Uint8Array, row: number) => void): { write(chunk: Uint8Array): void; end(): boolean } {
  let [row, whole] = [0, true];
  const lines = readLines((line) => {
    const hash = line === null ? null : statedHash(line);
    if (hash === null) whole = false;
    else if (whole) see(hash, row);
    row += 1;
  });
  return {
    write: (chunk) => lines.write(chunk),
    // A torn line is no row.
    end: () => whole,
  };
}

/** The 32 bytes of the hash at the end of a row's line without its LF. */
function statedHash(line: Uint8Array): Uint8Array | null {
  if (line.length < TAIL || line[line.length - 1] !== 0x7d || line[line.length - 2] !== 0x22 || line[line.length - TAIL] !== 0x22) return null;
  const hash = new Uint8Array(32);
  for (let i = 0; i < 32; i++) {
    const at = line.length - TAIL + 1 + 2 * i;
    const [high, low] = [digit(line[at] ?? 0), digit(line[at + 1] ?? 0)];
    if (high < 0 || low < 0) return null;
    hash[i] = 16 * high + low;
  }
  return hash;
}

function digit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
