/** The table: what it says of each model by name and day, and that it is whole. */
import { describe, expect, it } from 'vitest';
import { PRICES, PRICES_AS_OF, priceOf } from '../../host/cost/index.ts';

/** Dollars per million tokens: input, output, cache read, write 5m, write 1h, as the pricing page shows them. */
const page: [model: string, day: string, ...dollars: number[]][] = [
  ['claude-fable-5-1', '2026-11-21', 10, 50, 0.25, 12.5, 20],
  ['claude-fable-5', '2026-11-21', 10, 50, 1, 12.5, 20],
  ['claude-opus-5-5', '2026-11-21', 4, 20, 0.2, 5, 8],
  ['claude-opus-5', '2026-11-21', 5, 25, 0.5, 6.25, 10],
  ['claude-opus-4-5-20251101', '2026-11-21', 5, 25, 0.5, 6.25, 10],
  ['claude-opus-4-1-20250805', '2026-11-21', 15, 75, 1.5, 18.75, 30],
  ['claude-opus-4-20250514', '2026-11-21', 15, 75, 1.5, 18.75, 30],
  ['claude-sonnet-5-5', '2026-10-06', 2, 10, 0.2, 2.5, 4],
  ['claude-sonnet-5-5', '2026-10-07', 2, 10, 0.1, 2.5, 4],
  ['claude-sonnet-5-5[1m]', '2026-11-21', 2, 10, 0.1, 2.5, 4],
  ['claude-sonnet-4-6', '2026-11-21', 3, 15, 0.3, 3.75, 6],
  ['claude-sonnet-4-5-20250929', '2026-11-21', 3, 15, 0.3, 3.75, 6],
  ['claude-3-7-sonnet-latest', '2026-11-21', 3, 15, 0.3, 3.75, 6],
  ['claude-haiku-5-5', '2026-11-21', 0.1, 0.5, 0.01, 0.125, 0.2],
  ['claude-haiku-4-5-20251001', '2026-11-21', 1, 5, 0.1, 1.25, 2],
  ['claude-3-5-haiku-20241022', '2026-11-21', 0.8, 4, 0.08, 1, 1.6],
  ['claude-3-haiku-20240307', '2026-11-21', 0.25, 1.25, 0.03, 0.3, 0.5],
];

describe('prices', () => {
  it.each(page)('%s_on_%s', (model: string, day: string, ...dollars: number[]) => {
    const { input, output, cache_read, cache_write_5m, cache_write_1h } = priceOf(model, day)?.rates ?? { input: 0, output: 0, cache_read: 0, cache_write_5m: 0, cache_write_1h: 0 };
    expect([input, output, cache_read, cache_write_5m, cache_write_1h].map((micro) => micro / 1_000_000)).toEqual(dollars);
  });

  it('a_surcharge_for_long_prompts_ends_on_its_day', () => {
    expect(priceOf('claude-opus-4-6', '2026-03-12')?.long?.above).toBe(200_000);
    expect(priceOf('claude-opus-4-6', '2026-03-13')?.long).toBeUndefined();
    expect(priceOf('claude-sonnet-4-5', '2026-11-21')?.long?.rates.input).toBe(6_000_000);
  });

  it('a_clock_that_is_far_back_gets_the_first_price_and_not_none', () => {
    expect(priceOf('claude-sonnet-5-5', '1970-01-01')).toEqual(PRICES.find((p) => p.model === 'claude-sonnet-5-5'));
  });

  it.each([
    [''], ['claude'], ['claude-opus'], ['claude-opus-5-6'], ['claude-opus-5-5-fast'], ['Claude-Opus-5-5'], ['claude-opus-5-5 '], ['us.anthropic.claude-opus-4-5-20251101-v1:0'],
    ['claude-opus-4-5@20251101'], ['anthropic/claude-opus-5-5'], ['gpt-6-astra'], ['demo-model'], ['__proto__'], ['claude-opus-5-5-20260922-20260922'], ['claude-opus-5-5[2m]'],
  ])('%j_has_no_price', (model) => {
    expect(priceOf(model, '2026-11-21')).toBeNull();
  });

  it('every_price_is_a_whole_number_in_order_of_what_it_is_for', () => {
    for (const { rates, long, fast = 1 } of PRICES) {
      for (const r of long === undefined ? [rates] : [rates, long.rates]) {
        for (const micro of Object.values(r)) expect(Number.isSafeInteger(micro) && micro > 0).toBe(true);
        expect(r.cache_read < r.input && r.input < r.cache_write_5m && r.cache_write_5m < r.cache_write_1h && r.input < r.output).toBe(true);
      }
      if (long !== undefined) for (const name of Object.keys(rates) as (keyof typeof rates)[]) expect(long.rates[name]).toBeGreaterThan(rates[name]);
      expect(Number.isSafeInteger(fast) && fast >= 1).toBe(true);
    }
  });

  it('each_change_of_a_model_is_dated_and_stands_after_the_one_before', () => {
    for (const model of new Set(PRICES.map((p) => p.model))) {
      const days = PRICES.filter((p) => p.model === model).map((p) => p.valid_from);
      expect(days[0]).toBeNull();
      const later = days.slice(1);
      for (const [i, day] of later.entries()) expect(day).toMatch(/^20\d\d-[01]\d-[0-3]\d$/), expect((later[i - 1] ?? '') < (day ?? '')).toBe(true);
      for (const day of later) expect((day ?? '') <= PRICES_AS_OF).toBe(true);
    }
  });
});
