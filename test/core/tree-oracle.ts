/** The tree of RFC 6962, section 2.1, word for word: MTH over a list of row hashes (hex). */
import { createHash } from 'node:crypto';

const hashed = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

export const leafOf = (rowHash: Uint8Array): Uint8Array => hashed(Uint8Array.of(0), rowHash);
export const nodeOf = (left: Uint8Array, right: Uint8Array): Uint8Array => hashed(Uint8Array.of(1), left, right);

function mth(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return hashed();
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return leafOf(only);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeOf(mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

export const rootOf = (rowHashes: readonly string[]): string => Buffer.from(mth(rowHashes.map((h) => Buffer.from(h, 'hex')))).toString('hex');
