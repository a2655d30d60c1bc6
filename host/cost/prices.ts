/**
 * List prices of the public Anthropic API, in micro-dollars per million tokens: 5_000_000 is $5. One row a price, newest last
 * within a model; `valid_from` null is since the model exists. Gateways and clouds have prices of their own and are not here.
 *
 * Source: the pricing page and the model pages of platform.claude.com, and what re-audits of that page published, as of
 * 2026-10-24. A model that is not here has no price: its cost is said to be unknown, never guessed.
 */

export interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cache_read: number;
  /** Writes that live 5 minutes, and 1 hour. */
  readonly cache_write_5m: number;
  readonly cache_write_1h: number;
}

export interface Price {
  /** The id without its date: `-20250929` or `-latest` may follow it, and `[1m]`. */
  readonly model: string;
  /** First day (UTC) that it holds for, or null. */
  readonly valid_from: string | null;
  readonly rates: Rates;
  /** All tokens of a request whose prompt, cache included, has more than `above` tokens. */
  readonly long?: { readonly above: number; readonly rates: Rates };
  /** Fast mode costs so many times `rates`, whatever the length; absent where there is none. */
  readonly fast?: number;
}

export const PRICES_AS_OF = '2026-10-24';
/** Micro-dollars a web search that ran upstream: $10 per 1,000. */
export const WEB_SEARCH = 10_000;
/** Inference kept in one geography costs 11/10. */
export const GEO = { times: 11n, over: 10n } as const;
/** Most output tokens that any model here writes in one answer, where a request does not say less. */
export const MOST_OUTPUT = 128_000;

function rates(input: number, output: number, cache_read: number, cache_write_5m: number, cache_write_1h: number): Rates {
  return { input, output, cache_read, cache_write_5m, cache_write_1h };
}

//                     input       output      cache read  write 5m    write 1h
const MYTHOS = rates(10_000_000, 50_000_000, 1_000_000, 12_500_000, 20_000_000);
const MYTHOS_5_1 = rates(10_000_000, 50_000_000, 250_000, 12_500_000, 20_000_000);
const OPUS_4 = rates(15_000_000, 75_000_000, 1_500_000, 18_750_000, 30_000_000);
const OPUS_4_5 = rates(5_000_000, 25_000_000, 500_000, 6_250_000, 10_000_000);
const OPUS_4_6_LONG = rates(10_000_000, 37_500_000, 1_000_000, 12_500_000, 20_000_000);
const OPUS_5_5 = rates(4_000_000, 20_000_000, 200_000, 5_000_000, 8_000_000);
const SONNET_4 = rates(3_000_000, 15_000_000, 300_000, 3_750_000, 6_000_000);
const SONNET_4_LONG = rates(6_000_000, 22_500_000, 600_000, 7_500_000, 12_000_000);
const SONNET_5 = rates(2_000_000, 10_000_000, 200_000, 2_500_000, 4_000_000);
const SONNET_5_5 = rates(2_000_000, 10_000_000, 100_000, 2_500_000, 4_000_000);
const HAIKU_3 = rates(250_000, 1_250_000, 30_000, 300_000, 500_000);
const HAIKU_3_5 = rates(800_000, 4_000_000, 80_000, 1_000_000, 1_600_000);
const HAIKU_4_5 = rates(1_000_000, 5_000_000, 100_000, 1_250_000, 2_000_000);
const HAIKU_5_5 = rates(100_000, 500_000, 10_000, 125_000, 200_000);
const HAIKU_5_5_LONG = rates(500_000, 2_500_000, 50_000, 625_000, 1_000_000);

const OVER_100K = 100_000;
const OVER_200K = 200_000;

export const PRICES: readonly Price[] = [
  { model: 'claude-fable-5-1', valid_from: null, rates: MYTHOS_5_1 },
  { model: 'claude-mythos-5-1', valid_from: null, rates: MYTHOS_5_1 },
  { model: 'claude-fable-5', valid_from: null, rates: MYTHOS },
  { model: 'claude-mythos-5', valid_from: null, rates: MYTHOS },

  { model: 'claude-opus-5-5', valid_from: null, rates: OPUS_5_5, fast: 2 },
  { model: 'claude-opus-5', valid_from: null, rates: OPUS_4_5, fast: 2 },
  { model: 'claude-opus-4-8', valid_from: null, rates: OPUS_4_5, fast: 2 },
  { model: 'claude-opus-4-7', valid_from: null, rates: OPUS_4_5, fast: 6 },
  { model: 'claude-opus-4-6', valid_from: null, rates: OPUS_4_5, long: { above: OVER_200K, rates: OPUS_4_6_LONG }, fast: 6 },
  { model: 'claude-opus-4-6', valid_from: '2026-03-13', rates: OPUS_4_5, fast: 6 },
  { model: 'claude-opus-4-5', valid_from: null, rates: OPUS_4_5 },
  { model: 'claude-opus-4-1', valid_from: null, rates: OPUS_4 },
  { model: 'claude-opus-4', valid_from: null, rates: OPUS_4 },
  { model: 'claude-3-opus', valid_from: null, rates: OPUS_4 },

  { model: 'claude-sonnet-5-5', valid_from: null, rates: SONNET_5 },
  { model: 'claude-sonnet-5-5', valid_from: '2026-10-07', rates: SONNET_5_5 },
  { model: 'claude-sonnet-5', valid_from: null, rates: SONNET_5 },
  { model: 'claude-sonnet-4-6', valid_from: null, rates: SONNET_4, long: { above: OVER_200K, rates: SONNET_4_LONG } },
  { model: 'claude-sonnet-4-6', valid_from: '2026-03-13', rates: SONNET_4 },
  { model: 'claude-sonnet-4-5', valid_from: null, rates: SONNET_4, long: { above: OVER_200K, rates: SONNET_4_LONG } },
  { model: 'claude-sonnet-4', valid_from: null, rates: SONNET_4, long: { above: OVER_200K, rates: SONNET_4_LONG } },
  { model: 'claude-3-7-sonnet', valid_from: null, rates: SONNET_4 },
  { model: 'claude-3-5-sonnet', valid_from: null, rates: SONNET_4 },

  { model: 'claude-haiku-5-5', valid_from: null, rates: HAIKU_5_5, long: { above: OVER_100K, rates: HAIKU_5_5_LONG } },
  { model: 'claude-haiku-4-5', valid_from: null, rates: HAIKU_4_5 },
  { model: 'claude-3-5-haiku', valid_from: null, rates: HAIKU_3_5 },
  { model: 'claude-3-haiku', valid_from: null, rates: HAIKU_3 },
];
