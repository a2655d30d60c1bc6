/** What a client of Anthropic Messages reads as an error: a JSON body, and an event within a stream. */

import { encodeText } from './bytes.ts';

export type ApiErrorType = 'billing_error' | 'api_error' | 'invalid_request_error' | 'request_too_large' | 'overloaded_error' | 'not_found_error';

/** Body of a refusal: {"type":"error","error":{"type":…,"message":…}}. */
export function errorBody(type: ApiErrorType, message: string): Uint8Array {
  return encodeText(errorText(type, message));
}

/** The same as an `error` event. */
export function errorEvent(type: ApiErrorType, message: string): Uint8Array {
  return encodeText(`event: error\ndata: ${errorText(type, message)}\n\n`);
}

function errorText(type: ApiErrorType, message: string): string {
  return JSON.stringify({ type: 'error', error: { type, message } });
}
