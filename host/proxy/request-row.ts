/** The request row of an exchange: what was asked, and what the answer said of itself. Names are attacker-controlled, so they are cut. */
import type { RequestFacts } from '../gate/gate.ts';
import type { RequestView, ResponseSummary } from '../wire/events.ts';

/** Types and names that a request row lists at most; they are attacker-controlled. */
const MAX_LISTED = 64;
/** Characters of a name that a request row shows. */
const MAX_TEXT = 256;

export function requestFacts(request: Request, view: RequestView | null, status: number): RequestFacts {
  const url = new URL(request.url);
  return {
    event_type: 'cloud_sent',
    ...(view?.model == null ? {} : { model: view.model.slice(0, MAX_TEXT) }),
    input_tokens: 0,
    output_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    route: url.pathname.slice(0, 200),
    status,
    tool_use_ids: [],
    unscanned: (view?.unscanned ?? []).slice(0, MAX_LISTED),
    executed_upstream: [],
    complete: false,
  };
}

export function summaryFacts(view: RequestView, summary: ResponseSummary | null): Partial<RequestFacts> {
  if (summary === null) return {};
  return {
    ...summary.usage,
    ...(summary.message_id === null ? {} : { message_id: summary.message_id.slice(0, MAX_TEXT) }),
    ...(summary.stop_reason === null ? {} : { stop_reason: summary.stop_reason.slice(0, MAX_TEXT) }),
    tool_use_ids: summary.tool_use_ids,
    unscanned: [...new Set([...view.unscanned, ...summary.unscanned])].slice(0, MAX_LISTED),
    executed_upstream: summary.executed_upstream.slice(0, MAX_LISTED),
    complete: summary.complete,
  };
}
