/** Laws of the arithmetic: exact sums, one rounding upwards, bounds that bound. Seeded; a failure prints its seed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundOf, BYTES_PER_TOKEN, costOf, estimateOf, formatDollars, parseDollars, PRICES, priceOf, type Metered, type Price, type Terms } from '../../host/cost/index.ts';

const STANDARD: Terms = { speed: null, inference_geo: null };
const NOTHING: Metered = { input_tokens: 0, output_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0, cache_write_1h_tokens: 0, web_searches: 0 };
const SEED = { seed: 20261121, numRuns: 500 };

const count = fc.nat({ max: 2_000_000 });
const metered: fc.Arbitrary<Metered> = fc.record({ input_tokens: count, output_tokens: count, cache_read_tokens: count, fresh: count, hour: count, web_searches: fc.nat({ max: 50 }) })
  .map(({ fresh, hour, ...rest }) => ({ ...rest, cache_write_tokens: fresh + hour, cache_write_1h_tokens: hour }));
const price = fc.constantFrom(...PRICES);
const terms: fc.Arbitrary<Terms> = fc.record({ speed: fc.constantFrom(null, 'standard'), inference_geo: fc.constantFrom(null, 'global', 'us') });

/** In tenths of a pico-dollar, added one by one: another way to the same sum. */
function oracle(p: Price, m: Metered, t: Terms): bigint {
  const prompt = m.input_tokens + m.cache_read_tokens + m.cache_write_tokens;
  const r = p.long !== undefined && prompt > p.long.above ? p.long.rates : p.rates;
  const parts: [number, number][] = [[m.input_tokens, r.input], [m.output_tokens, r.output], [m.cache_read_tokens, r.cache_read], [m.cache_write_1h_tokens, r.cache_write_1h], [m.cache_write_tokens - m.cache_write_1h_tokens, r.cache_write_5m]];
  const times = t.inference_geo === 'us' ? 11n : 10n;
  return parts.reduce((sum, [n, rate]) => sum + BigInt(n) * BigInt(rate) * times, 0n) + BigInt(m.web_searches) * 100_000_000_000n;
}

describe('a cost', () => {
  it('is_the_exact_sum_rounded_up_once', () => {
    fc.assert(fc.property(price, metered, terms, (p, m, t) => {
      const tenths = oracle(p, m, t);
      const cost = BigInt(costOf(p, m, t) ?? -1);
      expect(cost * 10_000_000n >= tenths && (cost - 1n) * 10_000_000n < tenths).toBe(true);
    }), SEED);
  });

  it('of_no_usage_is_nothing', () => {
    for (const p of PRICES) expect(costOf(p, NOTHING, STANDARD)).toBe(0);
  });

  it('grows_with_every_figure', () => {
    fc.assert(fc.property(price, metered, fc.constantFrom('input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens', 'web_searches'), fc.integer({ min: 1, max: 1000 }), (p, m, name, more) => {
      expect(costOf(p, { ...m, [name]: m[name as keyof Metered] + more }, STANDARD)).toBeGreaterThanOrEqual(costOf(p, m, STANDARD) as number);
    }), SEED);
  });

  it('of_parts_is_at_most_a_microdollar_each_above_that_of_the_whole', () => {
    fc.assert(fc.property(price.filter((p) => p.long === undefined), metered, metered, (p, a, b) => {
      const both = Object.fromEntries(Object.keys(a).map((name) => [name, a[name as keyof Metered] + b[name as keyof Metered]])) as unknown as Metered;
      const apart = (costOf(p, a, STANDARD) as number) + (costOf(p, b, STANDARD) as number);
      expect([0, 1]).toContain(apart - (costOf(p, both, STANDARD) as number));
    }), SEED);
  });

  it('stops_at_the_largest_integer_a_row_may_hold_and_never_goes_negative', () => {
    const most = Number.MAX_SAFE_INTEGER;
    for (const p of PRICES) {
      expect(costOf(p, { input_tokens: most, output_tokens: most, cache_read_tokens: most, cache_write_tokens: most, cache_write_1h_tokens: 0, web_searches: most }, STANDARD)).toBe(most);
      // More written for an hour than written at all: a contradiction of the upstream's, taken for all of it.
      expect(costOf(p, { ...NOTHING, cache_write_tokens: 5, cache_write_1h_tokens: most }, STANDARD)).toBe(costOf(p, { ...NOTHING, cache_write_tokens: 5, cache_write_1h_tokens: 5 }, STANDARD));
    }
  });

  it.each([
    ['one token of the cheapest read', 'claude-haiku-5-5', { cache_read_tokens: 1 }, 1],
    ['100 such', 'claude-haiku-5-5', { cache_read_tokens: 100 }, 1],
    ['101 such', 'claude-haiku-5-5', { cache_read_tokens: 101 }, 2],
    ['100 in, 20 out', 'claude-opus-5-5', { input_tokens: 100, output_tokens: 20 }, 800],
    ['a million of each', 'claude-opus-4-5', { input_tokens: 1e6, output_tokens: 1e6, cache_read_tokens: 1e6, cache_write_tokens: 2e6, cache_write_1h_tokens: 1e6 }, 46_750_000],
    ['a search', 'claude-sonnet-4-5', { web_searches: 3 }, 30_000],
    ['at the long border', 'claude-haiku-5-5', { input_tokens: 50_000, cache_read_tokens: 50_000 }, 5_500],
    ['one past it, output included', 'claude-haiku-5-5', { input_tokens: 50_000, cache_read_tokens: 50_001, output_tokens: 1000 }, 30_001],
  ])('%s', (_, model, figures, micro) => {
    const p = priceOf(model, '2026-11-21') as Price;
    expect(costOf(p, { ...NOTHING, ...figures }, STANDARD)).toBe(micro);
  });

  it.each([
    ['fast, twice', 'claude-opus-5-5', { speed: 'fast', inference_geo: null }, 1600],
    ['fast, six times', 'claude-opus-4-7', { speed: 'fast', inference_geo: null }, 6000],
    ['in one geography', 'claude-opus-5-5', { speed: 'standard', inference_geo: 'us' }, 880],
    ['both', 'claude-opus-5-5', { speed: 'fast', inference_geo: 'us' }, 1760],
    ['fast where there is none', 'claude-sonnet-5-5', { speed: 'fast', inference_geo: null }, null],
    ['a speed of tomorrow', 'claude-opus-5-5', { speed: 'ludicrous', inference_geo: null }, null],
    ['a geography of tomorrow', 'claude-opus-5-5', { speed: null, inference_geo: 'moon' }, null],
  ])('%s', (_, model, t, micro) => {
    expect(costOf(priceOf(model, '2026-11-21') as Price, { ...NOTHING, input_tokens: 100, output_tokens: 20 }, t)).toBe(micro);
  });
});

describe('a bound', () => {
  it('is_never_below_what_an_answer_cut_anywhere_cost', () => {
    fc.assert(fc.property(price, metered, terms, fc.nat(), fc.nat({ max: 100_000 }), (p, real, t, seen, slack) => {
      const max_tokens = real.output_tokens + slack;
      const told = { ...real, output_tokens: Math.min(seen, real.output_tokens) };
      const bytes = real.input_tokens + real.cache_read_tokens + real.cache_write_tokens;
      const cost = costOf(p, real, t) as number;
      expect(boundOf(p, told, true, { bytes, max_tokens }, t)).toBeGreaterThanOrEqual(cost);
      // Nothing was told; searches are told with the rest and are not in the bound.
      expect(boundOf(p, NOTHING, false, { bytes, max_tokens }, t)).toBeGreaterThanOrEqual(costOf(p, { ...real, web_searches: 0 }, t) as number);
    }), SEED);
  });

  it('without_max_tokens_counts_the_most_that_a_model_writes', () => {
    const p = priceOf('claude-opus-5-5', '2026-11-21') as Price;
    expect(boundOf(p, NOTHING, true, { bytes: 10, max_tokens: null }, STANDARD)).toBe(2_560_000);
  });
});

describe('an estimate', () => {
  it('counts_a_token_for_four_bytes_and_the_output_asked_for', () => {
    const p = priceOf('claude-opus-5-5', '2026-11-21') as Price;
    expect(BYTES_PER_TOKEN).toBe(4);
    expect(estimateOf(p, { bytes: 401, max_tokens: null }, 1000, STANDARD)).toBe(101 * 4 + 1000 * 20);
  });
});

describe('dollars', () => {
  it.each([['5', 5_000_000], ['0.25', 250_000], ['$12.50', 12_500_000], ['0.000001', 1], ['007', 7_000_000], ['10000000', 1e13]])('%s is read', (text, micro) => {
    expect(parseDollars(text)).toBe(micro);
  });

  it.each([[''], ['0'], ['0.0'], ['-1'], ['1.'], ['.5'], ['1e3'], ['1,5'], ['5 '], ['0.0000001'], ['10000000.000001'], ['99999999999'], ['NaN'], ['٥'], ['5usd']])('%j_is_none', (text) => {
    expect(parseDollars(text)).toBeNull();
  });

  it('are_written_exactly_and_read_back', () => {
    expect([0, 1, 10_000, 1_500_000, 805, 123_456_789].map(formatDollars)).toEqual(['$0.00', '$0.000001', '$0.01', '$1.50', '$0.000805', '$123.456789']);
    expect(formatDollars(Number.MAX_SAFE_INTEGER)).toBe('$9007199254.740991');
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e13 }), (micro) => {
      expect(parseDollars(formatDollars(micro))).toBe(micro);
    }), SEED);
  });
});
