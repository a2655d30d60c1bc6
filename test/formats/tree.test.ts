/** The tree against RFC 6962 word for word; proofs of every row of every small tree; every proof that was altered. */
import { describe, expect, it } from 'vitest';
import { loadCore } from '../../host/runtime/core.ts';
import { consistencyProof, inclusionProof, isConsistent, leafOf, openFrontier, rootFromInclusion, rootOf, sameHash } from '../../verifiers/formats/tree.ts';
import { readLeaves, readRoots } from '../../verifiers/formats/tree-rows.ts';
import { rootOf as oracle } from '../core/tree-oracle.ts';
import { chained, goodRows } from './cases.ts';

const { core } = loadCore();
const MOST = 70;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const rows = Array.from({ length: MOST }, (_, n) => core.sha256(Uint8Array.of(n)));
const leaves = core.treeLeaves(new Uint8Array(Buffer.concat(rows)));
const roots = Array.from({ length: MOST + 1 }, (_, n) => rootOf(core, leaves.subarray(0, n * 32)));
const root = (n: number): Uint8Array => roots[n] as Uint8Array;
const leaf = (n: number): Uint8Array => leaves.subarray(n * 32, n * 32 + 32);

describe('the tree', () => {
  it('is_that_of_the_rfc_at_every_size_at_once_and_row_by_row', () => {
    const frontier = openFrontier(core);
    for (let n = 0; n <= MOST; n++) {
      expect([hex(root(n)), hex(frontier.root()), frontier.size]).toEqual([oracle(rows.slice(0, n).map(hex)), oracle(rows.slice(0, n).map(hex)), n]);
      if (n < MOST) frontier.append(rows[n] as Uint8Array);
    }
  });

  it('every_row_of_every_size_is_proved_and_no_other', () => {
    for (let size = 1; size <= MOST; size++) {
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(core, leaves.subarray(0, size * 32), index);
        expect(hex(rootFromInclusion(core, leaf(index), index, size, proof) ?? new Uint8Array())).toBe(hex(root(size)));
        for (const other of [index - 1, index + 1, size, index + 64]) {
          const found = other >= 0 && other !== index ? rootFromInclusion(core, leaf(index), other, size, proof) : null;
          expect(found !== null && sameHash(found, root(size)), `row ${index} as ${other} of ${size}`).toBe(false);
        }
        if (proof.length > 0) expect(rootFromInclusion(core, leaf(index), index, size, proof.slice(1)) ?? new Uint8Array()).not.toEqual(root(size));
        expect(rootFromInclusion(core, leaf(index), index, size, [...proof, leaf(0)])).toBe(null);
      }
    }
  });

  it('every_beginning_of_every_size_is_proved_and_no_other', () => {
    for (let size = 1; size <= MOST; size++) {
      for (let first = 0; first <= size; first++) {
        const proof = consistencyProof(core, leaves.subarray(0, size * 32), first);
        const holds = (a: number, b: number, path: readonly Uint8Array[]): boolean => isConsistent(core, a, b, root(a), root(b), path);
        expect(holds(first, size, proof), `${first} of ${size}`).toBe(true);
        expect(holds(first, size, [...proof, leaf(0)])).toBe(false);
        if (proof.length > 0) expect(holds(first, size, proof.slice(0, -1))).toBe(false);
        if (first > 0 && first < size) {
          expect(isConsistent(core, first, size, root(first - 1), root(size), proof)).toBe(false);
          expect(isConsistent(core, first, size, root(first), root(size - 1), proof)).toBe(false);
          expect(holds(size, first, proof)).toBe(false);
        }
      }
    }
  });

  it('no_bit_of_a_proof_can_be_turned', () => {
    const size = 37;
    const inclusion = inclusionProof(core, leaves.subarray(0, size * 32), 20);
    const consistency = consistencyProof(core, leaves.subarray(0, size * 32), 21);
    const turned = (proof: readonly Uint8Array[], n: number, bit: number): readonly Uint8Array[] => proof.map((hash, i) => (i === n ? hash.map((byte, b) => (b === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)) : hash));
    for (let bit = 0; bit < 256; bit += 5) {
      inclusion.forEach((_, n) => expect(rootFromInclusion(core, leaf(20), 20, size, turned(inclusion, n, bit))).not.toEqual(root(size)));
      consistency.forEach((_, n) => expect(isConsistent(core, 21, size, root(21), root(size), turned(consistency, n, bit))).toBe(false));
    }
  });

  it('does_not_take_a_node_for_a_row', () => {
    // The two leaves of a tree of two, hashed as if they were a row of a tree of one.
    expect(hex(core.sha256(Uint8Array.of(0), leaf(0), leaf(1)))).not.toBe(hex(root(2)));
    expect(() => leafOf(core, leaves.subarray(0, 64))).toThrow(/^bug: /);
  });
});

describe('the tree of a file', () => {
  const lines = chained(goodRows());
  const file = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
  const hashes = lines.map((line) => (JSON.parse(line) as { hash: string }).hash);

  it.each([1, 7, 100_000])('is_read_in_pieces_of_%i', (size) => {
    const [all, few, some] = [readLeaves(core, 1000), readLeaves(core, 3), readRoots(core, [0, 1, 5, 7, 9])];
    for (let at = 0; at < file.length; at += size) for (const reader of [all, few, some]) reader.write(file.subarray(at, at + size));
    expect(hex(rootOf(core, all.end() ?? new Uint8Array(1)))).toBe(oracle(hashes));
    expect(few.end()?.length).toBe(96);
    expect([...(some.end() ?? new Map<number, Uint8Array>())].map(([n, hash]) => [n, hex(hash)])).toEqual([0, 1, 5, 7].map((n) => [n, oracle(hashes.slice(0, n))]));
  });

  it('leaves_a_torn_line_out_and_has_none_where_a_row_states_no_hash', () => {
    const torn = readRoots(core, [6, 7]);
    torn.write(file.subarray(0, -1));
    expect([...(torn.end()?.keys() ?? [])]).toEqual([6]);
    for (const bad of ['{}\n', '\n', `${'x'.repeat(80)}\n`, `{"hash":"${'A'.repeat(64)}"}\n`]) {
      const reader = readRoots(core, [1]);
      reader.write(new TextEncoder().encode(bad));
      expect(reader.end()).toBe(null);
    }
  });
});
