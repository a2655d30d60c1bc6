/** The door of the room: prices, costs, budgets. Pure but for the tally, which counts. */
export { boundOf, BYTES_PER_TOKEN, costOf, estimateOf, priceOf, type Asked, type Metered, type Terms } from './cost.ts';
export { openTally, USUAL_OUTPUT, type Estimate, type Hold, type Refused, type Tally } from './budget.ts';
export { formatDollars, parseDollars } from './money.ts';
export { MOST_OUTPUT, PRICES, PRICES_AS_OF, WEB_SEARCH, type Price, type Rates } from './prices.ts';
