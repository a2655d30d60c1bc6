/** SHA-256, HMAC and the tree's leaves and nodes against the platform's own, however the message is cut into parts. */
import { deepStrictEqual } from 'node:assert';
import { createHash, createHmac } from 'node:crypto';
import type { Random } from '../random.ts';
import { leafOf, nodeOf } from '../tree-oracle.ts';
import { core, cuts, pieces, type Target } from './target.ts';

export const randomBytes = (r: Random, length: number): Uint8Array => Uint8Array.from({ length }, () => r.below(256));
const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

export const hashes: Target = {
  name: 'hashes',
  rounds: 500,
  round(r) {
    const message = randomBytes(r, r.below(r.chance(0.02) ? 600_000 : 1000));
    const parts = pieces(message, cuts(r, message.length, 5));
    deepStrictEqual(core.sha256(...parts), plain(createHash('sha256').update(message).digest()));
    const key = randomBytes(r, r.below(150));
    deepStrictEqual(core.hmac(key, ...parts), plain(createHmac('sha256', key).update(message).digest()));
    const n = r.below(20);
    const hashed = randomBytes(r, n * 64);
    deepStrictEqual(core.treeLeaves(hashed), joined(2 * n, (i) => leafOf(hashed.subarray(i * 32, i * 32 + 32))));
    deepStrictEqual(core.treeNodes(hashed), joined(n, (i) => nodeOf(hashed.subarray(i * 64, i * 64 + 32), hashed.subarray(i * 64 + 32, i * 64 + 64))));
  },
};

function joined(n: number, piece: (i: number) => Uint8Array): Uint8Array {
  return Uint8Array.from(Array.from({ length: n }, (_, i) => [...piece(i)]).flat());
}
