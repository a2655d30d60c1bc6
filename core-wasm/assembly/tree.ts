/**
 * The Merkle tree of RFC 6962, section 2.1, over row hashes, hashed four at a time:
 *
 *   leaf = SHA-256(0x00 || 32-byte row hash)      node = SHA-256(0x01 || left || right)
 *
 * A walk's tree needs memory that does not depend on the rows: GATHERED holds the hashes of the last ones, and each BATCH of them becomes
 * one subtree. STACK holds the roots of the complete subtrees, the largest first: as many as the number of batches has bits set.
 */
import { unhex } from './hex';
import { compress4, digestOf, startLane } from './sha256x4';
import { sha256Begin, sha256End } from './sha256';

const BATCH: usize = 256;
const GATHERED: usize = memory.data(256 * 32, 16);
const STACK: usize = memory.data(33 * 32, 16);
/** Two blocks a lane: a node is 65 bytes and its padding. */
const BLOCKS: usize = memory.data(4 * 128, 16);
const STATE: usize = memory.data(8 * 16, 16);

let gathered: usize = 0;
let batches: u32 = 0;
let height: usize = 0;
/** A row had no hash: there is no tree. */
let broken: bool = false;

export function clearTree(): void {
  gathered = 0;
  batches = 0;
  height = 0;
  broken = false;
}

/** Takes the next row by the 64 digits of its hash, 0 where it has none. */
export function gather(digits: usize): void {
  if (digits == 0) {
    broken = true;
    return;
  }
  unhex(digits, GATHERED + gathered * 32);
  gathered++;
  if (gathered < BATCH) return;
  memory.copy(STACK + height * 32, subtree(BATCH), 32);
  height++;
  gathered = 0;
  // A carry of the binary counter: two subtrees of one size become one of the next.
  for (let n = batches++; (n & 1) != 0; n >>= 1) {
    height--;
    hashAll(STACK + (height - 1) * 32, 1, 64, STACK + (height - 1) * 32);
  }
}

/** Writes the root of all rows to `out`; false where a row had no hash. No row is taken after this. */
export function root(out: usize): bool {
  if (broken) return false;
  if (gathered != 0) memory.copy(STACK + height++ * 32, subtree(gathered), 32);
  if (height == 0) {
    sha256Begin();
    sha256End(out);
    return true;
  }
  for (; height > 1; height--) hashAll(STACK + (height - 2) * 32, 1, 64, STACK + (height - 2) * 32);
  memory.copy(out, STACK, 32);
  return true;
}

/**
 * Root of the first `n` row hashes gathered, n not 0. The last of an odd number goes up as it is, which splits a tree where the
 * RFC does: at the largest power of two below its size.
 */
function subtree(n: usize): usize {
  hashAll(GATHERED, n, 32, GATHERED);
  while (n > 1) {
    const pairs = n >> 1;
    hashAll(GATHERED, pairs, 64, GATHERED);
    if ((n & 1) != 0) memory.copy(GATHERED + pairs * 32, GATHERED + (n - 1) * 32, 32);
    n = pairs + (n & 1);
  }
  return GATHERED;
}

/** Hashes `n` pieces of `size` bytes, 32 as leaves and 64 as nodes; the hashes go to `to`, which may be `from`. */
export function hashAll(from: usize, n: usize, size: usize, to: usize): void {
  const blocks = size >> 5;
  clearBlocks(size, blocks << 6);
  for (let i: usize = 0; i < n; i += 4) {
    const lanes = min<usize>(4, n - i);
    for (let lane: usize = 0; lane < lanes; lane++) {
      memory.copy(BLOCKS + lane * 128 + 1, from + (i + lane) * size, size);
      startLane(STATE, lane);
    }
    compress4(STATE, BLOCKS, BLOCKS + 128, BLOCKS + 256, BLOCKS + 384, blocks);
    for (let lane: usize = 0; lane < lanes; lane++) digestOf(STATE, lane, to + (i + lane) * 32);
  }
}

/** Lays out prefix and padding (FIPS 180-4, section 5.1.1) of messages of 1 + `size` bytes. */
function clearBlocks(size: usize, stop: usize): void {
  const bits = (size + 1) << 3;
  memory.fill(BLOCKS, 0, 4 * 128);
  for (let lane: usize = 0; lane < 4; lane++) {
    const block = BLOCKS + lane * 128;
    if (size == 64) store<u8>(block, 1);
    store<u8>(block + size + 1, 0x80);
    store<u16>(block + stop - 2, <u16>((bits >> 8) | (bits << 8)));
  }
}
