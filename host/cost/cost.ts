/**
 * Usage -> micro-dollars. The sum is exact: tokens times micro-dollars per million tokens is a whole number of pico-dollars,
 * added up without rounding. The cost of a request is that sum rounded up once, to the next whole micro-dollar. Figures come from
 * the upstream and are attacker-controlled: a cost stops at 2^53 - 1.
 */
import { GEO, MOST_OUTPUT, PRICES, WEB_SEARCH, type Price, type Rates } from './prices.ts';

/** What is charged for, as the answer told it. `cache_write_1h_tokens` are part of `cache_write_tokens`. */
export interface Metered {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_write_1h_tokens: number;
  readonly web_searches: number;
}

/** On what terms: null where nothing was said, which is the standard. */
export interface Terms {
  readonly speed: string | null;
  readonly inference_geo: string | null;
}

/** What is known of a request before it has an answer. */
export interface Asked {
  /** Of the body as it goes up. */
  readonly bytes: number;
  readonly max_tokens: number | null;
}

const PICO = 1_000_000n;
const MOST = BigInt(Number.MAX_SAFE_INTEGER);
/** Bytes of a request body that are counted as one token when its cost is estimated beforehand. */
export const BYTES_PER_TOKEN = 4;

/** The price of a model on a day (`2026-10-07`), or null where there is none. The first one known holds for earlier days. */
export function priceOf(model: string, day: string): Price | null {
  const id = model.replace(/\[1m\]$/, '').replace(/-(?:20\d{6}|latest)$/, '');
  const own = PRICES.filter((price) => price.model === id);
  return own.findLast((price) => price.valid_from === null || price.valid_from <= day) ?? own[0] ?? null;
}

/** The cost, rounded up once; null where the terms have no price. */
export function costOf(price: Price, metered: Metered, terms: Terms): number | null {
  const times = timesOf(price, terms);
  if (times === null) return null;
  const { input, output, cache_read, cache_write_5m, cache_write_1h } = ratesOf(price, metered, terms);
  const hour = Math.min(metered.cache_write_1h_tokens, metered.cache_write_tokens);
  const pico =
    product(metered.input_tokens, input) +
    product(metered.output_tokens, output) +
    product(metered.cache_read_tokens, cache_read) +
    product(metered.cache_write_tokens - hour, cache_write_5m) +
    product(hour, cache_write_1h);
  // One division, so that nothing is rounded twice.
  const total = up(pico * times.times, times.over * PICO) + product(metered.web_searches, WEB_SEARCH);
  return Number(total > MOST ? MOST : total);
}

/**
 * The most that an answer can have cost that was not told to its end. `input` says whether the answer told what went in; where it
 * did not, a token is at least one byte, and every one counts as a cache write, the dearest. Output is at most `max_tokens`.
 */
export function boundOf(price: Price, metered: Metered, input: boolean, asked: Asked, terms: Terms): number | null {
  const output_tokens = Math.max(metered.output_tokens, asked.max_tokens ?? MOST_OUTPUT);
  if (input) return costOf(price, { ...metered, output_tokens }, terms);
  return costOf(price, { ...metered, output_tokens, input_tokens: 0, cache_read_tokens: 0, cache_write_tokens: asked.bytes, cache_write_1h_tokens: asked.bytes }, terms);
}

/** What a request may cost, estimated before it is sent: a token for every four bytes, none cached, and `output` tokens. */
export function estimateOf(price: Price, asked: Asked, output: number, terms: Terms): number | null {
  const input_tokens = Math.ceil(asked.bytes / BYTES_PER_TOKEN);
  return costOf(price, { input_tokens, output_tokens: output, cache_read_tokens: 0, cache_write_tokens: 0, cache_write_1h_tokens: 0, web_searches: 0 }, terms);
}

function ratesOf(price: Price, metered: Metered, terms: Terms): Rates {
  const prompt = BigInt(metered.input_tokens) + BigInt(metered.cache_read_tokens) + BigInt(metered.cache_write_tokens);
  return price.long !== undefined && terms.speed !== 'fast' && prompt > BigInt(price.long.above) ? price.long.rates : price.rates;
}

function timesOf(price: Price, { speed, inference_geo }: Terms): { readonly times: bigint; readonly over: bigint } | null {
  const fast = speed === 'fast' ? price.fast : speed === null || speed === 'standard' ? 1 : undefined;
  if (fast === undefined) return null;
  if (inference_geo === null || inference_geo === 'global' || inference_geo === 'not_available') return { times: BigInt(fast), over: 1n };
  return inference_geo === 'us' ? { times: BigInt(fast) * GEO.times, over: GEO.over } : null;
}

function product(count: number, rate: number): bigint {
  return BigInt(count) * BigInt(rate);
}

function up(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}
