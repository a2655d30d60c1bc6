/**
 * How an answer leaves the scripted upstream: JSON or an event stream, compressed when the client offers it, with the
 * faults of the turn. What was written is kept in the request's record, plain and as it went out.
 */
import { constants, createBrotliCompress, createDeflate, createGzip } from 'node:zlib';
import type { ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';
import { frame, toEvents, type Event, type Fault, type Json, type Message, type Turn } from './upstream-turn.ts';
import type { SeenRequest } from './upstream.ts';

export interface Reply {
  json(status: number, value: Json, headers?: Readonly<Record<string, string>>): void;
  error(status: number, type: string, message: string): void;
  turn(turn: Turn, message: Message, streamed: readonly (string | undefined)[], faulty: boolean, stream: boolean): Promise<void>;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const bytesOf = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? new TextEncoder().encode(text) : text);

function compressor(encoding: string | undefined): Transform | undefined {
  if (encoding === 'gzip') return createGzip({ flush: constants.Z_SYNC_FLUSH });
  if (encoding === 'deflate') return createDeflate({ flush: constants.Z_SYNC_FLUSH });
  if (encoding === 'br') return createBrotliCompress({ flush: constants.BROTLI_OPERATION_FLUSH });
  return undefined;
}

/** Writes in order; `end` resolves when all has left. */
interface Sink {
  write(text: string | Uint8Array): Promise<void>;
  end(): Promise<void>;
  destroy(): void;
}

function open(seen: SeenRequest, response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, encoding: string | undefined, pieceBytes: number | undefined): Sink {
  const zip = compressor(encoding);
  seen.status = status;
  response.writeHead(status, { ...headers, ...(encoding === undefined ? {} : { 'content-encoding': encoding }), 'request-id': `req_${seen.raw.length}` });
  const out = (bytes: Uint8Array): void => {
    seen.wire = Buffer.concat([seen.wire, bytes]);
    response.write(bytes);
  };
  const spread = async (bytes: Uint8Array): Promise<void> => {
    if (pieceBytes === undefined) return out(bytes);
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      out(bytes.subarray(at, at + pieceBytes));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const ended = zip === undefined ? undefined : new Promise((resolve) => zip.on('end', resolve));
  zip?.on('data', out);
  return {
    async write(text) {
      const bytes = bytesOf(text);
      seen.answer = Buffer.concat([seen.answer, bytes]);
      if (zip === undefined) return spread(bytes);
      await new Promise((resolve) => zip.write(bytes, resolve));
    },
    async end() {
      zip?.end();
      await ended;
      response.end();
    },
    destroy: () => void response.destroy(),
  };
}

async function hold(fault: Fault, sink: Sink): Promise<void> {
  if (fault.hold === undefined) return;
  const timer = fault.hold.pingMs === undefined ? undefined : setInterval(() => void sink.write(frame({ type: 'ping' }, fault.eol)), fault.hold.pingMs);
  try {
    await fault.hold.until();
  } finally {
    clearInterval(timer);
  }
}

async function writeEvents(events: readonly Event[], fault: Fault, sink: Sink, seen: SeenRequest): Promise<void> {
  for (const [at, event] of [...events, undefined].entries()) {
    if (seen.clientGone) return;
    if (fault.hold?.at === at) await hold(fault, sink);
    if (fault.error?.at === at) {
      await sink.write(frame({ type: 'error', error: { type: fault.error.type, message: fault.error.message } }, fault.eol));
      return sink.end();
    }
    if (fault.cut?.at === at) {
      if (fault.cut.how === 'hang') return seen.over;
      if (fault.cut.how === 'end') return sink.end();
      await sleep(20);
      return sink.destroy();
    }
    if (event === undefined) break;
    await sink.write(frame(event, fault.eol));
    if (fault.eventDelayMs !== undefined) await sleep(fault.eventDelayMs);
  }
  await sink.end();
}

export function answer(seen: SeenRequest, response: ServerResponse, headers: Readonly<Record<string, string>>): Reply {
  const offered = (headers['accept-encoding'] ?? '').split(/\s*,\s*/);
  const send = (status: number, body: string | Uint8Array, more: Readonly<Record<string, string>>, encoding?: string): void => {
    const sink = open(seen, response, status, { 'content-type': 'application/json', ...more }, encoding, undefined);
    void sink.write(body).then(() => sink.end());
  };
  const json: Reply['json'] = (status, value, more = {}) => send(status, value === null ? '' : JSON.stringify(value), more);
  return {
    json,
    error: (status, type, message) => json(status, { type: 'error', error: { type, message } }),
    async turn(turn, message, streamed, faulty, stream) {
      const fault = faulty ? (turn.fault ?? {}) : {};
      if (fault.delayMs !== undefined) await sleep(fault.delayMs);
      if (faulty && turn.status !== undefined) {
        const { code, body = { type: 'error', error: { type: 'api_error', message: 'scripted' } }, headers: more } = turn.status;
        return send(code, body instanceof Uint8Array ? body : JSON.stringify(body), more ?? {});
      }
      const encoding = turn.encoding !== undefined && offered.includes(turn.encoding) ? turn.encoding : undefined;
      if (!stream && fault.raw === undefined) return send(200, JSON.stringify(message), {}, encoding);
      const sink = open(seen, response, 200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' }, encoding, fault.pieceBytes);
      if (fault.raw === undefined) return writeEvents(toEvents(message, streamed, turn.chunk, fault.omit), fault, sink, seen);
      await sink.write(fault.raw);
      await sink.end();
    },
  };
}
