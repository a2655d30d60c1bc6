/** Canonical JSON: documents, and what is nearly a document. */
import { deepStrictEqual } from 'node:assert';
import { json, mutated } from '../json-make.ts';
import { oracle } from '../json-oracle.ts';
import { bytesOf } from '../random.ts';
import { core, type Target } from './target.ts';

const LEADS = [0x41, 0x7f, 0x80, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff];
const FOLLOWS = [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0x22];

/** Strings of sequences at the borders of what UTF-8 allows. */
export const utf8: Target = {
  name: 'utf8',
  rounds: 4000,
  round(r) {
    const body = Array.from({ length: 1 + r.below(3) }, () => [r.pick(LEADS), ...Array.from({ length: r.below(4) }, () => r.pick(FOLLOWS))]).flat();
    const bytes = Uint8Array.from([0x22, ...Array<number>(r.below(20)).fill(0x61), ...body, 0x22]);
    deepStrictEqual(core.canonicalize(bytes, 'jcs'), oracle(bytes, 'jcs'));
  },
};

export const canonical: Target = {
  name: 'canonical',
  rounds: 4000,
  round(r) {
    const good = bytesOf(json(r, { integers: r.chance(0.5) }));
    for (const bytes of [good, mutated(r, good), mutated(r, good)]) {
      for (const profile of ['jcs', 'row'] as const) {
        const answer = core.canonicalize(bytes, profile);
        deepStrictEqual(answer, oracle(bytes, profile));
        if (answer.ok) deepStrictEqual(core.canonicalize(answer.bytes, profile), answer);
      }
    }
  },
};
