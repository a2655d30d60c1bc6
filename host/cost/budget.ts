/**
 * What was spent through one proxy, and how much may be. Requests overlap: what one that is under way may cost is set aside
 * until its answer says what it did cost.
 */

/** What a request may cost. */
export interface Estimate {
  /** With all of its max_tokens written. */
  readonly most: number;
  /** With a usual amount written. */
  readonly usual: number;
}

export type Refused =
  /** The request alone may cost more than the whole budget. */
  | { readonly why: 'alone'; readonly needs: number }
  /** What it may cost does not fit into what is left. */
  | { readonly why: 'left'; readonly needs: number; readonly left: number }
  | { readonly why: 'spent' }
  /** There is a budget, and no price. */
  | { readonly why: 'unpriced' };

export interface Tally {
  /** Micro-dollars; null where there is no budget. */
  readonly limit: number | null;
  /** Settled so far, bounds included. */
  readonly spent: number;
  /** Answers whose cost is not known. */
  readonly unpriced: number;
  /** Sets the estimate aside, or says why not; null where there is no price. `whole`: all of max_tokens counts against what is left. */
  admit(estimate: Estimate | null, whole: boolean): Hold | Refused;
}

export interface Hold {
  readonly why: null;
  /** Once, in the place of what was set aside; null for a cost that is not known. True when 80 % of the budget is reached by it. */
  settle(cost: number | null): boolean;
}

/** Output tokens that `usual` counts at most: agents ask for far more room than they use. */
export const USUAL_OUTPUT = 16_384;

export function openTally(limit: number | null): Tally {
  let spent = 0;
  let aside = 0;
  let unpriced = 0;
  let warned = false;

  function hold(held: number): Hold {
    let open = true;
    aside += held;
    return {
      why: null,
      settle(cost) {
        if (!open) return false;
        open = false;
        aside -= held;
        if (cost === null) unpriced += 1;
        // Under a budget a cost that is not known is taken for what was set aside.
        spent = Math.min(spent + (cost ?? (limit === null ? 0 : held)), Number.MAX_SAFE_INTEGER);
        if (limit === null || warned || BigInt(spent) * 5n < BigInt(limit) * 4n) return false;
        warned = true;
        return true;
      },
    };
  }

  return {
    limit,
    get spent() {
      return spent;
    },
    get unpriced() {
      return unpriced;
    },
    admit(estimate, whole) {
      if (limit === null) return hold(0);
      if (estimate === null) return { why: 'unpriced' };
      const { most, usual } = estimate;
      const needs = whole ? most : Math.min(usual, most);
      const left = limit - spent - aside;
      if (spent >= limit) return { why: 'spent' };
      if (most > limit) return { why: 'alone', needs: most };
      return needs > left ? { why: 'left', needs, left: Math.max(0, left) } : hold(needs);
    },
  };
}
