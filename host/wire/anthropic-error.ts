/** What a client of Anthropic Messages reads as an error: a JSON body, and an event within a stream. */

import { encodeText } from './bytes.ts';

export type ApiErrorType = 'api_error' | 'invalid_request_error' | 'billing_error' | 'overloaded_error' | 'request_too_large';

/** Body of a refusal: {"type":"error","error":{"type":…,"message":…}}. */
export function errorBody(message: string, type: ApiErrorType = 'api_error'): Uint8Array {
  return encodeText(errorText(message, type));
}

/** The same as an `error` event. A client takes it for the end of the answer. */
export function errorEvent(message: string, type: ApiErrorType = 'api_error'): Uint8Array {
  return encodeText(`event: error\ndata: ${errorText(message, type)}\n\n`);
}

/** A sign of life, legal anywhere between two events. */
export const PING: Uint8Array = encodeText('event: ping\ndata: {"type":"ping"}\n\n');

function errorText(message: string, type: ApiErrorType): string {
  return JSON.stringify({ type: 'error', error: { type, message } });
}
