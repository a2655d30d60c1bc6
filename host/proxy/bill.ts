/**
 * What one request may cost and did cost: refused beforehand where the budget does not cover it, charged when its answer ends,
 * however it ends. Model names, figures and terms are attacker-controlled.
 */
import { boundOf, costOf, estimateOf, formatDollars, MOST_OUTPUT, priceOf, USUAL_OUTPUT, type Asked, type Hold, type Refused, type Tally, type Terms } from '../cost/index.ts';
import { printable } from '../../verifiers/formats/error.ts';
import type { RequestFacts } from '../gate/gate.ts';
import type { Turn } from '../gate/turn.ts';
import type { RequestView, ResponseSummary } from '../wire/events.ts';
import type { ProxySetting } from './setting.ts';

export type CostFacts = Pick<RequestFacts, 'cache_write_1h_tokens' | 'web_searches' | 'billed_model' | 'speed' | 'inference_geo' | 'cost_microusd' | 'cost_basis'>;

export interface Bill {
  /** Why the request must not go up, or null. */
  readonly refusal: { readonly text: string; readonly reason: string; readonly event: 'blocked' | 'budget_exceeded' } | null;
  /** Charges the answer, once. `bytes`: of the body that went up. */
  answered(status: number, summary: ResponseSummary | null, bytes: number): CostFacts;
  /** The request went up and its answer was given up before it began: it may be charged all the same. */
  abandoned(bytes: number): CostFacts;
  /** Nothing was charged; does nothing where something was. */
  free(): CostFacts;
}

const NOTHING: CostFacts = { cost_microusd: 0, cost_basis: 'usage' };
const MAX_TEXT = 256;
const NO_USAGE = { input_tokens: 0, output_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0, cache_write_1h_tokens: 0, web_searches: 0 };

/** `counts`: the route counts tokens, which is free of charge. */
export function openBill(setting: ProxySetting, turn: Turn, view: RequestView, bytes: number, counts: boolean): Bill {
  if (counts) return { refusal: null, answered: () => NOTHING, abandoned: () => NOTHING, free: () => NOTHING };
  const day = new Date(setting.ops.now()).toISOString().slice(0, 10);
  const admission = admit(setting, turn, view, { bytes, max_tokens: view.maxTokens }, day);
  if (!('settle' in admission)) return { refusal: admission, answered: () => NOTHING, abandoned: () => NOTHING, free: () => NOTHING };
  const charge = (summary: ResponseSummary | null, sent: number): CostFacts => {
    const facts = chargeOf(view, summary, { bytes: sent, max_tokens: view.maxTokens }, day);
    settle(setting, admission, facts.cost_basis === 'unpriced' ? null : (facts.cost_microusd ?? 0));
    return facts;
  };
  const free = (): CostFacts => {
    settle(setting, admission, 0);
    return NOTHING;
  };
  return {
    refusal: null,
    // The API charges messages: not errors, not redirects.
    answered: (status, summary, sent) => (status >= 300 ? free() : charge(summary, sent)),
    abandoned: (sent) => charge(null, sent),
    free,
  };
}

function admit(setting: ProxySetting, turn: Turn, view: RequestView, asked: Asked, day: string): Hold | NonNullable<Bill['refusal']> {
  const price = view.model === null ? null : priceOf(view.model, day);
  const terms = { speed: view.speed, inference_geo: view.inferenceGeo };
  const output = asked.max_tokens ?? MOST_OUTPUT;
  const most = price === null ? null : estimateOf(price, asked, output, terms);
  const usual = price === null ? null : estimateOf(price, asked, Math.min(output, USUAL_OUTPUT), terms);
  const estimate = most === null || usual === null ? null : { most, usual };
  const admission = setting.tally.admit(estimate, turn.inForce.policy.document.block_requests_over_budget);
  return admission.why === null ? admission : refusalOf(admission, setting.tally, view.model ?? '');
}

const LESS = 'Raise --budget, or let the agent ask for fewer output tokens (Claude Code: CLAUDE_CODE_MAX_OUTPUT_TOKENS)';

function refusalOf(refused: Refused, { limit, spent }: Tally, model: string): NonNullable<Bill['refusal']> {
  const event = 'budget_exceeded';
  const budget = `the budget of ${formatDollars(limit ?? 0)}`;
  switch (refused.why) {
    case 'unpriced':
      return { event: 'blocked', reason: 'unpriced-model', text: `no price is known for model "${printable(model)}" on the terms it is asked for, so its cost could not be counted against ${budget}. Use another model, or leave out --budget` };
    case 'spent':
      return { event, reason: 'budget-spent', text: `${budget} is spent (${formatDollars(spent)}). Raise --budget to go on` };
    case 'alone':
      return { event, reason: 'budget-request', text: `this request alone may cost ${formatDollars(refused.needs)} (estimated from its size and max_tokens), more than ${budget}. ${LESS}` };
    case 'left':
      return { event, reason: 'budget-left', text: `this request may cost ${formatDollars(refused.needs)} (estimated from its size and max_tokens), and ${formatDollars(refused.left)} of ${budget} is left. ${LESS}` };
  }
}

function settle(setting: ProxySetting, hold: Hold, cost: number | null): void {
  const { limit } = setting.tally;
  if (hold.settle(cost) && limit !== null) setting.notice(`80 % of the budget of ${formatDollars(limit)} is spent (${formatDollars(setting.tally.spent)})`);
}

function chargeOf(view: RequestView, summary: ResponseSummary | null, asked: Asked, day: string): CostFacts {
  const metering = summary?.metering ?? { cache_write_1h_tokens: 0, web_searches: 0, speed: null, inference_geo: null, told: 'nothing' };
  const { cache_write_1h_tokens, web_searches, told } = metering;
  // The model that answered is the one that is charged; one we cannot tell from its name is taken for the one asked for.
  const named = summary?.model ?? view.model;
  const answering = named === null ? null : priceOf(named, day);
  const price = answering ?? (view.model === null ? null : priceOf(view.model, day));
  const terms: Terms = { speed: metering.speed ?? view.speed, inference_geo: metering.inference_geo ?? view.inferenceGeo };
  const metered = summary === null ? NO_USAGE : { ...summary.usage, cache_write_1h_tokens, web_searches };
  const cost = price === null ? null : told === 'all' ? costOf(price, metered, terms) : boundOf(price, metered, told === 'input', asked, terms);
  return {
    ...(cache_write_1h_tokens === 0 ? {} : { cache_write_1h_tokens }),
    ...(web_searches === 0 ? {} : { web_searches }),
    ...(answering === null || named === null || named === view.model ? {} : { billed_model: named.slice(0, MAX_TEXT) }),
    ...(terms.speed === null || terms.speed === 'standard' ? {} : { speed: terms.speed.slice(0, MAX_TEXT) }),
    ...(terms.inference_geo === null || terms.inference_geo === 'global' || terms.inference_geo === 'not_available' ? {} : { inference_geo: terms.inference_geo.slice(0, MAX_TEXT) }),
    ...(cost === null ? { cost_basis: 'unpriced' } : { cost_microusd: cost, cost_basis: told === 'all' ? 'usage' : 'bound' }),
  };
}
