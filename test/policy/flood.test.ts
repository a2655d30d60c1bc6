/**
 * Floods: texts of nothing but what a rule's matches begin with. Each rule's takes time linear in the text, and no more than a text of
 * anything else has to. Processor time, best of a few, as what else the machine does must not count.
 */
import { expect, it } from 'vitest';
import { scanContent } from '../../host/policy/index.ts';
import { SECRET_RULES } from '../../host/policy/secrets/rules.ts';
import { cpuMs } from '../support/cpu.ts';
import { core, policy, utf8 } from './given.ts';

const plain = policy('');
const SIZE = 128 << 10;
const TRIES = 12;
const LEAST_MB_PER_SECOND = 10;

function spent(text: Uint8Array): number {
  const from = cpuMs();
  scanContent(core, plain, text);
  return cpuMs() - from;
}

const flood = (word: string, size: number): Uint8Array => utf8(word.repeat(Math.ceil(size / word.length)));

/** Milliseconds for the size and for twice the size: tried again until both hold, the best of each kept. */
function measured(word: string): readonly [number, number] {
  const [short, long] = [flood(word, SIZE), flood(word, SIZE * 2)];
  let [once, twice] = [Infinity, Infinity];
  for (let i = 0; i < TRIES; i++) {
    [once, twice] = [Math.min(once, spent(short)), Math.min(twice, spent(long))];
    if (i > 0 && twice <= once * 2.3 && fast(long, twice)) break;
  }
  return [once, twice];
}

const fast = (text: Uint8Array, ms: number): boolean => text.length / ms >= LEAST_MB_PER_SECOND * 1000;

const WORDS = [...new Set([...SECRET_RULES.flatMap(({ keywords }) => [keywords[0] ?? '', keywords.at(-1) ?? '']), '-us6', 'EAAB', 'A', 'eyJaaaaaaaaaa.', '-----BEGIN PRIVATE KEY-----', 'postgres://a:', 'http://a:password@', 'eyJhbGciOiJIU.eyJexampleexample.exampleexampleexample'])];

it('a_flood_of_any_prefix_is_scanned_at_10_MB_a_second_and_twice_of_it_in_at_most_2.3_times_the_time', { timeout: 300_000 }, () => {
  const slow: string[] = [];
  let least = Infinity;
  for (const word of WORDS) {
    const [once, twice] = measured(word);
    const rate = (2 * SIZE) / twice / 1000;
    least = Math.min(least, rate);
    if (rate < LEAST_MB_PER_SECOND || twice > once * 2.3) slow.push(`${word}: ${rate.toFixed(1)} MB/s, twice the bytes ${(twice / once).toFixed(2)} times as long`);
  }
  console.log(`${WORDS.length} floods, the slowest ${least.toFixed(1)} MB/s`);
  expect(slow).toEqual([]);
});
