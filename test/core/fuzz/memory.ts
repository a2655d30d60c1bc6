/**
 * What only linear memory can get wrong: inputs that end where memory ends, and traps. The first wants fresh instances: a kernel tells
 * the address its input begins at, SLACK bytes follow the input, and memory is whole pages. Behind a text to be scanned and a row that is
 * looked at twice lies other memory of their kernels, so these never end there.
 */
import { deepStrictEqual, throws } from 'node:assert';
import { createHash } from 'node:crypto';
import { instantiate, type ChainWalk, type Core } from '../../../core-wasm/core.ts';
import { boot } from '../../../core-wasm/kernel.ts';
import { coreModule } from '../../support/core.ts';
import { chainOracle } from '../chain-oracle.ts';
import { globMatches } from '../glob-oracle.ts';
import { json, mutated } from '../json-make.ts';
import { oracle } from '../json-oracle.ts';
import { bytesOf, type Random } from '../random.ts';
import { sequence } from '../scan-oracle.ts';
import { tampered } from './chains.ts';
import { randomBytes } from './hashes.ts';
import { cuts, pieces, type Target } from './target.ts';

const PAGE = 65_536;
const SLACK = 64;
const INPUT = boot(coreModule).kernel.openInput(0);
const PATTERNS = ['**/*é', '**/b?', 'a/**'];
const PATH = pathAddress(PATTERNS);

function pathAddress(patterns: readonly string[]): number {
  const { kernel, memory, input } = boot(coreModule);
  const texts = patterns.map((p) => [...bytesOf(p)]);
  const at = kernel.compileGlobs(texts.length, input(Uint8Array.from(texts.flatMap((t) => [t.length, 0, 0, 0, ...t]))));
  input(memory().slice(at, at + kernel.globTablesSize(at)));
  kernel.globLoad();
  return kernel.globRoom(0);
}

/** A length of input that begins at `base`, so that its slack ends within a few bytes of the end of a page. */
function lengthAtTheEnd(r: Random, base: number): number {
  const first = Math.ceil((base + SLACK + 100) / PAGE);
  return (first + r.below(4)) * PAGE - base - SLACK + r.pick([0, 0, 0, r.below(40) - 20]);
}

/** `tail` behind so much of `filler` that the whole has `length` bytes. */
function filled(length: number, filler: number, tail: Uint8Array): Uint8Array {
  const out = new Uint8Array(length).fill(filler);
  out.set(tail.subarray(0, length), Math.max(0, length - tail.length));
  return out;
}

const RULE = { keywords: ['AKIA'], fold: false, automaton: sequence(['AKIA', ['A-Z0-9', 4, 9]]), wordBefore: false, wordAfter: true };
const BROKEN = { ...RULE, keywords: [''] };

const ENDS: readonly ((r: Random, core: Core) => void)[] = [
  (r, core) => {
    const text = bytesOf(json(r, {}, 2));
    const bytes = filled(lengthAtTheEnd(r, INPUT), 0x20, r.chance(0.5) ? mutated(r, text) : text);
    for (const profile of ['jcs', 'row'] as const) deepStrictEqual(core.canonicalize(bytes, profile), oracle(bytes, profile));
  },
  (r, core) => {
    const bytes = filled(lengthAtTheEnd(r, INPUT), 0x61, randomBytes(r, 100));
    deepStrictEqual(Buffer.from(core.sha256(bytes)).toString('hex'), createHash('sha256').update(bytes).digest('hex'));
  },
  (r, core) => {
    const path = `${'a/'.repeat(lengthAtTheEnd(r, PATH) >> 1)}${r.pick(['é', 'b', 'bc', '', 'b😀'])}`;
    const last = path.slice(path.lastIndexOf('/') + 1);
    const set = core.globs(PATTERNS);
    deepStrictEqual('match' in set && set.match(path), PATTERNS.flatMap((p, i) => (globMatches(p.replace(/^.*\//, ''), last) ? [i] : [])));
  },
];

export const ends: Target = {
  name: 'ends',
  rounds: 60,
  round(r) {
    r.pick(ENDS)(r, instantiate(coreModule));
  },
};

export const traps: Target = {
  name: 'traps',
  rounds: 100,
  round(r) {
    const core = instantiate(coreModule);
    const set = core.globs(['a/**', '*.x']);
    const scanner = core.scanner([RULE]);
    const bytes = tampered(r);
    const parts = pieces(bytes, cuts(r, bytes.length, 5));
    const walk: ChainWalk = core.chain({ tree: true });
    for (const part of parts) {
      if (r.chance(0.7)) throws(() => core.scanner([BROKEN]).scan(bytes), /bug: the core trapped/);
      walk.write(part);
      deepStrictEqual('match' in set && set.match('a/b.x'), [0]);
      deepStrictEqual(scanner.scan(bytesOf('AKIA1234')), [{ rule: 0, start: 0, end: 8 }]);
      deepStrictEqual(core.canonicalize(part, 'row'), oracle(part, 'row'));
    }
    deepStrictEqual(walk.end(), chainOracle(bytes, true));
  },
};
