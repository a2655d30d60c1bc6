/** Reading bodies with a bound. Sizes are bytes of what is read, decoded. */
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Incoming } from '../ops.ts';
import { valueOf } from './headers.ts';
import { LATE, within } from './patience.ts';

/** Largest request we judge: twice what the Messages API takes. */
export const MAX_REQUEST = 64 * 1024 * 1024;
/** Largest answer that is not a stream. */
export const MAX_ANSWER = 64 * 1024 * 1024;

/** The whole body, or too-large as soon as it is known; LATE when nothing comes for `silent` milliseconds. */
export async function readAll(body: ReadableStream<Uint8Array>, limit: number, what: string, silent: number): Promise<Uint8Array | typeof LATE> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const part = await within(reader.read(), silent);
    if (part === LATE) return LATE;
    const { done, value } = part;
    if (done) break;
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      throw new OccasioError({ code: 'too-large', cannot: 'read', thing: what, found: `more than ${limit} bytes`, want: `at most ${limit}` });
    }
    parts.push(value);
  }
  return join(parts, size);
}

export function join(parts: readonly Uint8Array[], size = parts.reduce((n, p) => n + p.length, 0)): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The answer's body as plain bytes. A coding that every runtime can undo is undone; another cannot be judged and is refused. */
export function decodedBody(answer: Incoming): ReadableStream<Uint8Array> {
  const coding = valueOf(answer.headers, 'content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (coding === 'identity' || coding === '') return answer.body;
  if (coding === 'gzip' || coding === 'deflate') {
    return answer.body.pipeThrough(new DecompressionStream(coding) as unknown as ReadableWritablePair<Uint8Array, Uint8Array>);
  }
  throw new OccasioError({ code: 'answer', cannot: 'judge an answer coded as', thing: coding, found: 'a coding we did not ask for', want: 'identity, gzip or deflate' });
}
