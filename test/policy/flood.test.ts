/**
 * Floods: texts of nothing but what a rule's matches begin with. Processor time, best of a few, as what else the machine does must not
 * count. A text of half a megabyte is long enough that what takes more than linear time takes seconds.
 */
import { expect, it } from 'vitest';
import { scanContent } from '../../host/policy/index.ts';
import { SECRET_RULES } from '../../host/policy/secrets/rules.ts';
import { cpuMs } from '../support/cpu.ts';
import { core, policy, utf8 } from './given.ts';

const plain = policy('');
const SIZE = 512 << 10;
const TRIES = 8;
/** The goal is 10; what else uses the same caches takes its part. */
const LEAST_MB_PER_SECOND = 5;

const WORDS = [...new Set([...SECRET_RULES.flatMap(({ keywords }) => [keywords[0] ?? '', keywords.at(-1) ?? '']), '-us6', 'EAAB', 'A', 'eyJaaaaaaaaaa.', '-----BEGIN PRIVATE KEY-----', 'postgres://a:', 'http://a:password@', 'eyJhbGciOiJIU.eyJexampleexample.exampleexampleexample'])];

/** Megabytes a second: tried again until it is enough. */
function rateOf(word: string): number {
  const text = utf8(word.repeat(Math.ceil(SIZE / word.length)));
  let best = 0;
  for (let i = 0; i < TRIES && best < LEAST_MB_PER_SECOND; i++) {
    const from = cpuMs();
    scanContent(core, plain, text);
    best = Math.max(best, text.length / (cpuMs() - from) / 1000);
  }
  return best;
}

it('a_flood_of_any_prefix_is_scanned_at_5_MB_a_second_at_least', { timeout: 300_000 }, () => {
  const slow = WORDS.map((word) => [word, rateOf(word)] as const).filter(([, rate]) => rate < LEAST_MB_PER_SECOND);
  expect(slow).toEqual([]);
});
