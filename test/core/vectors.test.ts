import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../support/core.ts';
import { chainOracle } from './chain-oracle.ts';
import { globMatches } from './glob-oracle.ts';
import { oracle } from './json-oracle.ts';
import { bytesFrom, hex, play, ruleFrom } from './play.ts';
import { scanOracle } from './scan-oracle.ts';
import { rootOf } from './tree-oracle.ts';
import { vectors } from './vectors.ts';

describe('the vectors', () => {
  it('are_what_the_core_answers', () => {
    const { passed, failed } = play(loadCore(), vectors);
    expect(failed).toEqual([]);
    expect(passed).toBeGreaterThan(400);
  });

  it('have_names_that_say_which_is_which', () => {
    for (const [file, cases] of Object.entries(vectors)) {
      const names = (cases as readonly { readonly name: string; readonly profile?: string }[]).map((c) => `${c.name} ${c.profile ?? ''}`);
      expect([file, names.filter((n, i) => names.indexOf(n) !== i)]).toEqual([file, []]);
    }
  });

  it('a_wrong_answer_is_found_in_each_file', () => {
    const core = loadCore();
    const zero = new Uint8Array(32);
    const blind: typeof core = {
      ...core,
      canonicalize: (text) => ({ ok: true, bytes: text }), sha256: () => zero, hmac: () => zero, treeLeaves: (of) => of,
      chain: () => core.chain(), globs: () => ({ match: () => [] }), scanner: () => ({ scan: () => [], each: () => [] }),
    };
    const { failed } = play(blind, vectors);
    for (const file of Object.keys(vectors)) expect([file, failed.some((line) => line.startsWith(`${file} `))]).toEqual([file, true]);
  });
});

/** The oracles share nothing with the core: a vector that both get wrong alike is unlikely. */
describe('the oracles agree with the vectors of', () => {
  it('canonical', () => {
    for (const { name, profile, input, output, fault } of vectors.canonical) {
      const told = oracle(bytesFrom(input), profile);
      expect([name, told.ok ? hex(told.bytes) : told.fault]).toEqual([name, output === undefined ? fault : hex(bytesFrom(output))]);
    }
  });

  it('sha256', () => {
    for (const { name, message, key, digest } of vectors.sha256) {
      const hash = key === undefined ? createHash('sha256') : createHmac('sha256', bytesFrom(key));
      expect([name, hash.update(bytesFrom(message)).digest('hex')]).toEqual([name, digest]);
    }
  });

  it('chain', () => {
    for (const { name, file, summary } of vectors.chain) {
      const { departures, ...rest } = chainOracle(bytesFrom(file), true);
      expect([name, { ...rest, departures: departures.map((d) => [d.code, d.row, d.offset]) }]).toEqual([name, summary]);
    }
  });

  it('tree', () => {
    for (const { name, row_hashes, leaves } of vectors.tree) if (leaves.length === 1) expect([name, rootOf(row_hashes)]).toEqual([name, leaves[0]]);
    for (const { name, row_hashes, nodes } of vectors.tree) if (row_hashes.length === 2) expect([name, rootOf(row_hashes)]).toEqual([name, nodes[0]]);
  });

  it('globs', () => {
    for (const { name, patterns, paths = {} } of vectors.globs) {
      for (const [path, want] of Object.entries(paths)) expect([name, path, patterns.flatMap((p, i) => (globMatches(p, path) ? [i] : []))]).toEqual([name, path, want]);
    }
  });

  it('scan', () => {
    for (const { name, rules, texts } of vectors.scan) {
      for (const { text, findings } of texts) expect([name, scanOracle(rules.map(ruleFrom), bytesFrom(text)).map((f) => [f.rule, f.start, f.end])]).toEqual([name, findings]);
    }
  });
});
