/**
 * Coverage of a run, `spec/coverage.md`: what became of every tool call that the model issued. It is the recorder's claim over the
 * model's own protocol, counted from the rows.
 */
import type { Shape } from './shape.ts';

/** Ids, each counted once. */
export interface Counted {
  /** In `tool_use_ids` of a request row. */
  readonly issued: number;
  /** In an inbound tool_call row. */
  readonly decided: number;
  /** Issued, with a tool_result row. */
  readonly answered: number;
  /** Issued and unanswered, and the conversation went on without it. */
  readonly superseded: number;
  /** Issued and unanswered, in an answer that was cut. */
  readonly interrupted: number;
  /** Issued and unanswered otherwise. */
  readonly open: number;
  /** Answered here and issued elsewhere: history brought both. */
  readonly carried_in: number;
}

export interface Coverage extends Counted {
  /** A gap: issued in a whole answer, or answered, and never decided. */
  readonly undecided: number;
  /** A gap: answered, neither issued here nor carried in. */
  readonly unissued: number;
  /** Request rows of answers that did not come to their end. */
  readonly cut_answers: number;
  readonly agents: readonly (Counted & { readonly agent_id: string | null })[];
  /** Server tools that ran upstream, and types of content that nobody judged; each with the requests that name it. */
  readonly executed_upstream: readonly Named[];
  readonly unscanned: readonly Named[];
  /** Shell commands whose effect cannot be known: how many, and the first 100 rows. */
  readonly opaque: { readonly calls: number; readonly rows: readonly number[] };
}

export interface Named {
  readonly name: string;
  readonly requests: number;
}

export const MAX_AGENTS = 100;
export const MAX_NAMED = 100;
export const MAX_OPAQUE = 100;

const COUNTED = { issued: 'count', decided: 'count', answered: 'count', superseded: 'count', interrupted: 'count', open: 'count', carried_in: 'count' } as const;
const NAMED: Shape = { list: { members: { name: 'text', requests: 'count' } }, most: MAX_NAMED };

export const COVERAGE: Shape = {
  members: {
    ...COUNTED, undecided: 'count', unissued: 'count', cut_answers: 'count',
    agents: { list: { members: { agent_id: { orNull: 'text' }, ...COUNTED } }, most: MAX_AGENTS },
    executed_upstream: NAMED, unscanned: NAMED,
    opaque: { members: { calls: 'count', rows: { list: 'count', most: MAX_OPAQUE } } },
  },
};
