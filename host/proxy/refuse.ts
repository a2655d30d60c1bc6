/**
 * How a whole request is refused: 402 and the protocol's own error body, which the agent shows once and does not retry. 502 says
 * that the upstream could not be used; the agent may try again where it could not be reached.
 */
import { errorBody } from '../wire/anthropic-error.ts';

export function refusalResponse(status: 402 | 500 | 502, message: string, retry = false): Response {
  const body = errorBody(`occasio: ${message}`, status === 402 ? 'billing_error' : 'api_error');
  return new Response(body as BodyInit, { status, headers: { 'content-type': 'application/json', 'content-length': String(body.length), ...(retry ? {} : { 'x-should-retry': 'false' }) } });
}

/** Too much is under way: 503, which agents try again after a while. */
export function busyResponse(why: string): Response {
  const body = errorBody(`occasio: too much is under way: ${why}`, 'overloaded_error');
  return new Response(body as BodyInit, { status: 503, headers: { 'content-type': 'application/json', 'content-length': String(body.length), 'retry-after': '1' } });
}
