/** What a budget lets through, whatever the order in which requests come and end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openTally, type Hold } from '../../host/cost/index.ts';

const same = (micro: number) => ({ most: micro, usual: micro });

describe('a budget', () => {
  it('without_one_everything_is_let_through_and_counted', () => {
    const tally = openTally(null);
    for (const cost of [5, null, 7]) expect((tally.admit(cost === null ? null : same(1e12), true) as Hold).settle(cost)).toBe(false);
    expect([tally.limit, tally.spent, tally.unpriced]).toEqual([null, 12, 1]);
  });

  it.each([
    ['a request that alone costs more than all of it', 100, [], { most: 101, usual: 1 }, false, 'alone'],
    ['one that costs exactly all of it', 100, [], same(100), false, null],
    ['one that does not fit into what is left', 100, [60], same(41), false, 'left'],
    ['one that just fits', 100, [60], same(40), false, null],
    ['a usual one, with room for more than is left', 100, [60], { most: 90, usual: 30 }, false, null],
    ['the same where all of it counts', 100, [60], { most: 90, usual: 30 }, true, 'left'],
    ['any when it is spent', 100, [100], same(0), false, 'spent'],
    ['any when more than it is spent', 100, [250], same(0), false, 'spent'],
    ['one without a price', 100, [], null, false, 'unpriced'],
  ] as const)('%s', (_, limit, before, estimate, whole, why) => {
    const tally = openTally(limit);
    for (const cost of before) (tally.admit(same(0), false) as Hold).settle(cost);
    expect(tally.admit(estimate, whole).why).toBe(why);
  });

  it('what_is_under_way_is_set_aside_until_it_is_settled', () => {
    const tally = openTally(100);
    const first = tally.admit(same(70), true) as Hold;
    expect(tally.admit(same(40), true)).toEqual({ why: 'left', needs: 40, left: 30 });
    first.settle(10);
    expect(tally.admit(same(40), true).why).toBeNull();
    expect(tally.spent).toBe(10);
  });

  it('a_request_is_charged_once', () => {
    const tally = openTally(100);
    const hold = tally.admit(same(50), false) as Hold;
    for (const cost of [20, 0, 30, null]) hold.settle(cost);
    expect([tally.spent, tally.unpriced]).toEqual([20, 0]);
  });

  it('an_answer_whose_cost_is_not_known_is_taken_for_what_was_set_aside', () => {
    const tally = openTally(100);
    (tally.admit(same(30), false) as Hold).settle(null);
    expect([tally.spent, tally.unpriced]).toEqual([30, 1]);
  });

  it('warns_once_at_80_percent', () => {
    const tally = openTally(1000);
    const warned = [799, 0, 1, 50, 100].map((cost) => (tally.admit(same(0), false) as Hold).settle(cost));
    expect(warned).toEqual([false, false, true, false, false]);
  });

  it('is_never_crossed_where_all_of_max_tokens_counts_and_no_answer_costs_more_than_estimated', () => {
    const step = fc.record({ most: fc.nat({ max: 400 }), share: fc.nat({ max: 100 }), end: fc.boolean() });
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 1000 }), (steps, limit) => {
      const tally = openTally(limit);
      const open: { hold: Hold; cost: number }[] = [];
      for (const { most, share, end } of steps) {
        const admission = tally.admit({ most, usual: Math.floor(most / 3) }, true);
        if (admission.why === null) open.push({ hold: admission, cost: Math.floor((most * share) / 100) });
        const done = end ? open.shift() : undefined;
        done?.hold.settle(done.cost);
      }
      for (const { hold, cost } of open) hold.settle(cost);
      expect(tally.spent).toBeLessThanOrEqual(limit);
    }), { seed: 20261121, numRuns: 500 });
  });
});
