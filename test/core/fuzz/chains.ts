/** The chain walk: chains with a few things wrong, single lines, however they are cut into pieces. */
import { deepStrictEqual } from 'node:assert';
import { createHash } from 'node:crypto';
import type { ChainSummary } from '../../../core-wasm/core.ts';
import { chained, chainOracle } from '../chain-oracle.ts';
import { json, mutated } from '../json-make.ts';
import { oracle } from '../json-oracle.ts';
import { bytesOf, textOf, type Random } from '../random.ts';
import { core, cuts, pieces, type Target } from './target.ts';

function walked(parts: readonly Uint8Array[], tree: boolean): ChainSummary {
  const walk = core.chain({ tree });
  for (const part of parts) walk.write(part);
  return walk.end();
}

/** The line with another text before its hash, hashed again. */
export function rehashed(line: string, edit: (text: string) => string): string {
  const hashed = edit(`${line.slice(0, -75)}}`);
  return `${hashed.slice(0, -1)},"hash":"${createHash('sha256').update(hashed).digest('hex')}"}`;
}

/** A chain with a few things wrong, as bytes. */
export function tampered(r: Random, most = 12): Uint8Array {
  const plain = Array.from({ length: 1 + r.below(most) }, (_, i) => {
    const made = oracle(bytesOf(`{"seq":${i},"v":${json(r, { integers: true, tight: true }, 3)}}`), 'row');
    return made.ok ? textOf(made.bytes) : `{"seq":${i}}`;
  });
  let lines = chained(plain);
  if (r.chance(0.3)) lines = lines.filter(() => r.chance(0.8));
  if (r.chance(0.3)) lines = lines.map((l) => (r.chance(0.2) ? rehashed(l, (t) => t.replace('{', r.pick(['{ ', '{"a":1,', '{"a":1.5,', '{"seq":1,', '{"0":1,', '{"x":"\\u0061",']))) : l));
  if (r.chance(0.2)) lines = lines.map((l) => (r.chance(0.2) ? r.pick(['', ' ', '[]', '1', '{}', l.slice(0, -75) + '}', `${l}\r`, l + l]) : l));
  const bytes = bytesOf(lines.map((l) => `${l}\n`).join(''));
  return r.chance(0.5) ? mutated(r, bytes) : bytes;
}

export const chains: Target = {
  name: 'chains',
  rounds: 1500,
  round(r) {
    const tree = r.chance(0.5);
    const bytes = tampered(r, r.chance(0.05) ? 300 : 12);
    const want = chainOracle(bytes, tree);
    deepStrictEqual(walked([bytes], tree), want);
    deepStrictEqual(walked(pieces(bytes, cuts(r, bytes.length, 7)), tree), want);
    if (r.chance(0.02)) deepStrictEqual(walked(pieces(bytes, [...bytes.keys()]), tree), want);
  },
};

/** An object of about as many names as the walk's reader keeps, one of them now and then twice, beside and within another such. */
function crowded(r: Random, depth = 2): string {
  const n = 60 + r.below(8);
  const names = Array.from({ length: n }, (_, i) => `"n${r.chance(0.004) ? r.below(n) : i}":${depth > 0 && r.chance(0.02) ? crowded(r, depth - 1) : i}`);
  return `{${names.join(',')}}`;
}

export const lines: Target = {
  name: 'lines',
  rounds: 4000,
  round(r) {
    const made = oracle(bytesOf(`{"v":${json(r, { integers: true, tight: true }, 3)}}`), 'row');
    const line = r.chance(0.02) ? bytesOf(crowded(r)) : made.ok && r.chance(0.8) ? made.bytes : bytesOf(`{"v":${json(r, {}, 3)}}`);
    const whole = Uint8Array.from([...(r.chance(0.5) ? mutated(r, line) : line), 10]);
    deepStrictEqual(walked([whole], false), chainOracle(whole));
  },
};
