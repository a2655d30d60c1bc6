import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../support/core.ts';
import { chained } from './chain-oracle.ts';
import { bytesOf } from './random.ts';
import { leafOf, nodeOf, rootOf } from './tree-oracle.ts';

const core = loadCore();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const pieces = (n: number, size: number): Uint8Array => new Uint8Array(Array.from({ length: Math.ceil((n * size) / 32) }, (_, i) => [...createHash('sha256').update(String(i)).digest()]).flat());

function rootOfWalk(lines: readonly string[]): string | null {
  const walk = core.chain({ tree: true });
  walk.write(bytesOf(lines.map((l) => `${l}\n`).join('')));
  return walk.end().root;
}

const digits = (line: string): string => line.slice(-66, -2);
const rows = (n: number): string[] => chained(Array.from({ length: n }, (_, i) => `{"seq":${i}}`));

describe('the tree of a walk', () => {
  it('has_the_root_that_rfc_6962_gives_for_every_number_of_rows', () => {
    const lines = rows(1100);
    for (const n of [...Array(70).keys(), 255, 256, 257, 300, 511, 512, 513, 767, 768, 769, 1023, 1024, 1025, 1100]) expect([n, rootOfWalk(lines.slice(0, n))]).toEqual([n, rootOf(lines.slice(0, n).map(digits))]);
  });

  it('of_no_row_is_the_hash_of_nothing', () => {
    expect(rootOfWalk([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('is_there_only_where_it_is_asked_for', () => {
    const walk = core.chain();
    walk.write(bytesOf(`${rows(1)[0] ?? ''}\n`));
    expect(walk.end().root).toBeNull();
  });

  it('is_not_there_where_a_row_has_no_hash', () => {
    for (const odd of ['', '{}', 'x', '{"hash":"0"}']) expect(rootOfWalk([...rows(5), odd, ...rows(300)])).toBeNull();
  });

  it('takes_hashes_as_they_stand', () => {
    const lines = rows(9).map((l, i) => (i === 4 ? l.replace('"seq":4', '"seq":5') : l));
    expect(rootOfWalk(lines)).toBe(rootOf(lines.map(digits)));
  });

  it('does_not_take_a_torn_line_for_a_row', () => {
    const lines = rows(5);
    const walk = core.chain({ tree: true });
    walk.write(bytesOf(`${lines.slice(0, 4).join('\n')}\n${lines[4] ?? ''}`));
    expect(walk.end().root).toBe(rootOf(lines.slice(0, 4).map(digits)));
  });
});

describe('leaves and nodes', () => {
  it.each([0, 1, 2, 3, 4, 5, 7, 8, 9, 8191, 8192, 8193])('%i of them are each what the definition says', (n) => {
    const ofLeaves = pieces(n, 32), ofNodes = pieces(n, 64);
    const leaves = core.treeLeaves(ofLeaves), nodes = core.treeNodes(ofNodes);
    expect([leaves.length, nodes.length]).toEqual([n * 32, n * 32]);
    for (let i = 0; i < n; i++) {
      if (hex(leaves.subarray(i * 32, i * 32 + 32)) !== hex(leafOf(ofLeaves.subarray(i * 32, i * 32 + 32)))) throw new Error(`leaf ${i}`);
      if (hex(nodes.subarray(i * 32, i * 32 + 32)) !== hex(nodeOf(ofNodes.subarray(i * 64, i * 64 + 32), ofNodes.subarray(i * 64 + 32, i * 64 + 64)))) throw new Error(`node ${i}`);
    }
  });

  it('a_leaf_is_never_a_node', () => {
    expect(hex(core.treeLeaves(pieces(1, 32)))).not.toBe(hex(core.treeNodes(pieces(1, 64))));
  });

  it('a_piece_that_is_not_whole_is_a_bug', () => {
    expect(() => core.treeLeaves(new Uint8Array(33))).toThrow(/bug:/);
    expect(() => core.treeNodes(new Uint8Array(32))).toThrow(/bug:/);
  });
});
