/** Globs against a matcher that tries, the scanner against one that looks at every place. */
import { deepStrictEqual } from 'node:assert';
import type { ScanRule } from '../../../core-wasm/core.ts';
import { globMatches } from '../glob-oracle.ts';
import { bytesOf, type Random } from '../random.ts';
import { randomAutomaton, scanOracle } from '../scan-oracle.ts';
import { core, type Target } from './target.ts';

const WILD = ['a', 'b', 'é', '.', '/', '/', '*', '*', '?', '**', '**/', '/**', '/**/', '[ab]', '[!a]', '[a-cé]', '[^😀]', '{a,b}', '{a,*/b}', '{,b,{c,**}}', '\\*', '\\{', '\\/', ',', '}', '{', '[', ']', '-', '😀'];
const PATHS = ['a', 'b', 'c', '/', '/', '.', 'é', '😀', '-', ']', '{', ',', '\\'];
const some = (r: Random, from: readonly string[], n: number): string => Array.from({ length: n }, () => r.pick(from)).join('');

export const globs: Target = {
  name: 'globs',
  rounds: 1500,
  round(r) {
    const made = Array.from({ length: 1 + r.below(12) }, () => some(r, WILD, 1 + r.below(7)).replace(/\\$/, ''));
    const patterns = made.filter((p) => !('code' in core.globs([p])));
    const set = core.globs(patterns);
    if ('code' in set) throw new Error(`${patterns.join(' ')}: ${set.code}`);
    for (let i = 0; i < 20; i++) {
      const path = some(r, PATHS, r.below(8));
      deepStrictEqual({ patterns, path, found: set.match(path) }, { patterns, path, found: patterns.flatMap((one, k) => (globMatches(one, path) ? [k] : [])) });
    }
  },
};

const ALPHABET = [...'abcA_-'];

export function randomRule(r: Random): ScanRule {
  const search = r.chance(0.15);
  const keywords = search ? [] : Array.from({ length: 1 + r.below(3) }, () => some(r, ALPHABET, 1 + r.below(r.chance(0.2) ? 6 : 3)));
  return { keywords, fold: r.chance(0.3), automaton: randomAutomaton(r, ALPHABET.join(''), search), wordBefore: r.chance(0.3), wordAfter: r.chance(0.3) };
}

export const scan: Target = {
  name: 'scan',
  rounds: 1500,
  round(r) {
    const rules = Array.from({ length: 1 + r.below(r.chance(0.1) ? 40 : 6) }, () => randomRule(r));
    const scanner = core.scanner(rules);
    for (let i = 0; i < 4; i++) {
      const text = bytesOf(r.chance(0.2) ? some(r, ALPHABET, 1 + r.below(3)).repeat(30) : some(r, ALPHABET, r.below(80)) + (r.chance(0.3) ? ` é.${some(r, ALPHABET, 10)}` : ''));
      deepStrictEqual(scanner.scan(text), scanOracle(rules, text));
    }
  },
};
