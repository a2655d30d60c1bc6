/**
 * The tree of RFC 6962 section 2.1 over the rows of a run: leaf = SHA-256(0x00 || row hash, 32 bytes), node = SHA-256(0x01 || left || right), the tree
 * over no rows is SHA-256 of nothing. Hashes are 32 bytes; many of them stand one after the other in one array. Proofs are attacker-controlled.
 */
import type { Core } from '../../core-wasm/core.ts';
import { bug } from './error.ts';

const HASH = 32;
/** Hashes that a proof of a tree below 2^53 can have, and some. */
export const MAX_PROOF = 63;

/** The tree as it grows: one hash for each whole subtree, the largest first. */
export interface Frontier {
  readonly size: number;
  append(rowHash: Uint8Array): void;
  root(): Uint8Array;
}

export function openFrontier(core: Core): Frontier {
  const nodes = openNodes(core);
  return {
    get size() {
      return nodes.size;
    },
    append: (rowHash) => nodes.push(leafOf(core, rowHash)),
    root: () => nodes.root(null) ?? core.sha256(),
  };
}

/** Whole subtrees of one size, as they come. */
export interface Nodes {
  readonly size: number;
  push(hash: Uint8Array): void;
  /** With `rest`, the root over what is too small for another, where there is such; null over nothing. */
  root(rest: Uint8Array | null): Uint8Array | null;
}

export function openNodes(core: Core): Nodes {
  const hashes: Uint8Array[] = [];
  let size = 0;
  return {
    get size() {
      return size;
    },
    push(hash) {
      let whole = hash;
      for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) whole = nodeOf(core, hashes.pop() ?? bug('a frontier lacks a subtree'), whole);
      hashes.push(whole);
      size += 1;
    },
    root: (rest) => hashes.reduceRight<Uint8Array | null>((right, left) => (right === null ? left : nodeOf(core, left, right)), rest),
  };
}

export function leafOf(core: Core, rowHash: Uint8Array): Uint8Array {
  return rowHash.length === HASH ? core.treeLeaves(rowHash) : bug(`a row hash of ${rowHash.length} bytes`);
}

/** The root over these leaf hashes. */
export function rootOf(core: Core, leaves: Uint8Array): Uint8Array {
  if (leaves.length === 0) return core.sha256();
  let level = leaves;
  while (level.length > HASH) level = above(core, level);
  return level.slice();
}

/** From the leaf's sibling up (RFC 6962, 2.1.1). */
export function inclusionProof(core: Core, leaves: Uint8Array, index: number): readonly Uint8Array[] {
  if (!(index >= 0 && index < leaves.length / HASH)) bug(`row ${index} of a tree of ${leaves.length / HASH}`);
  const proof: Uint8Array[] = [];
  let level = leaves;
  for (let at = index; level.length > HASH; at = Math.floor(at / 2)) {
    const sibling = at % 2 === 0 ? at + 1 : at - 1;
    if (sibling < level.length / HASH) proof.push(hashAt(level, sibling));
    level = above(core, level);
  }
  return proof;
}

/** That the tree of the first `first` leaves is the beginning of this one (RFC 6962, 2.1.2); nothing for 0 and for all of them. */
export function consistencyProof(core: Core, leaves: Uint8Array, first: number): readonly Uint8Array[] {
  const size = leaves.length / HASH;
  if (!(first >= 0 && first <= size)) bug(`the first ${first} rows of a tree of ${size}`);
  return first === 0 || first === size ? [] : subproof(core, leaves, first, true);
}

function subproof(core: Core, leaves: Uint8Array, first: number, whole: boolean): readonly Uint8Array[] {
  const size = leaves.length / HASH;
  if (first === size) return whole ? [] : [rootOf(core, leaves)];
  const split = largestPowerBelow(size);
  const [left, right] = [leaves.subarray(0, split * HASH), leaves.subarray(split * HASH)];
  return first <= split ? [...subproof(core, left, first, whole), rootOf(core, right)] : [...subproof(core, right, first - split, false), rootOf(core, left)];
}

/** The root that the proof leads to (RFC 9162, 2.1.3.2); null where it has too many or too few hashes. */
export function rootFromInclusion(core: Core, leaf: Uint8Array, index: number, size: number, proof: readonly Uint8Array[]): Uint8Array | null {
  if (!(index >= 0 && index < size)) return null;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const other of proof) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = nodeOf(core, other, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, half(last)];
    } else hash = nodeOf(core, hash, other);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 ? hash : null;
}

/** The proof shows that the tree of `first` rows with this root is the beginning of that of `second` (RFC 9162, 2.1.4.2). */
export function isConsistent(core: Core, first: number, second: number, firstRoot: Uint8Array, secondRoot: Uint8Array, proof: readonly Uint8Array[]): boolean {
  if (first > second) return false;
  if (first === 0) return proof.length === 0 && sameHash(firstRoot, core.sha256());
  if (first === second) return proof.length === 0 && sameHash(firstRoot, secondRoot);
  const path = isPower(first) ? [firstRoot, ...proof] : [...proof];
  let [at, last] = [first - 1, second - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  const [start, ...rest] = path;
  if (start === undefined) return false;
  let [one, two] = [start, start];
  for (const hash of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      one = nodeOf(core, hash, one);
      two = nodeOf(core, hash, two);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, half(last)];
    } else two = nodeOf(core, two, hash);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && sameHash(one, firstRoot) && sameHash(two, secondRoot);
}

export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function nodeOf(core: Core, left: Uint8Array, right: Uint8Array): Uint8Array {
  const pair = new Uint8Array(2 * HASH);
  pair.set(left);
  pair.set(right, HASH);
  return core.treeNodes(pair);
}

/** The level above: a hash without a sibling goes up as it is. */
function above(core: Core, level: Uint8Array): Uint8Array {
  const paired = level.length - (level.length % (2 * HASH));
  const nodes = core.treeNodes(level.subarray(0, paired));
  if (paired === level.length) return nodes;
  const next = new Uint8Array(nodes.length + HASH);
  next.set(nodes);
  next.set(level.subarray(paired), nodes.length);
  return next;
}

function hashAt(hashes: Uint8Array, index: number): Uint8Array {
  return hashes.slice(index * HASH, (index + 1) * HASH);
}

function largestPowerBelow(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

function isPower(n: number): boolean {
  return largestPowerBelow(n + 1) === n;
}

function half(n: number): number {
  return Math.floor(n / 2);
}
