/**
 * One request upstream, one answer, by node:http(s): no redirect is followed, nothing is decoded, no header is added but
 * Host and Content-Length. What comes back is attacker-controlled; reading it is the wire's business.
 */
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import type { Header, Incoming, Outgoing } from '../ops.ts';
import { bug, OccasioError } from '../../verifiers/formats/error.ts';

const agents = {
  http: new http.Agent({ keepAlive: true, maxSockets: 256 }),
  https: new https.Agent({ keepAlive: true, maxSockets: 256 }),
};

/** A connection that was kept may have been closed at the other end while we wrote: the request then goes out once more, on a new one. */
export async function send(request: Outgoing): Promise<Incoming> {
  const url = new URL(request.url);
  const first = await attempt(request, url, true);
  if (first !== 'stale') return first;
  const second = await attempt(request, url, false);
  return second === 'stale' ? bug('a new connection is stale') : second;
}

/** `stale`: a kept connection was reset before a byte of an answer came (RFC 9112, 9.3.1). */
function attempt(request: Outgoing, url: URL, kept: boolean): Promise<Incoming | 'stale'> {
  const secure = url.protocol === 'https:';
  const ended = (): OccasioError => unreachable(url, new Error('the call was ended'));
  if (request.signal.aborted) return Promise.reject(ended());
  return new Promise((resolve, reject) => {
    const outgoing = (secure ? https : http).request(
      url,
      { method: request.method, headers: headerObject(request), agent: kept ? (secure ? agents.https : agents.http) : false, signal: request.signal },
      (answer) => {
        resolve({ status: answer.statusCode ?? 0, headers: pairs(answer.rawHeaders), body: Readable.toWeb(answer) as ReadableStream<Uint8Array> });
      },
    );
    outgoing.on('error', (cause: NodeJS.ErrnoException) => {
      if (kept && outgoing.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(cause.code ?? '') && !request.signal.aborted) resolve('stale');
      else reject(unreachable(url, cause));
    });
    // Deno ends an aborted request without a word when no answer has begun.
    request.signal.addEventListener('abort', () => reject(ended()), { once: true });
    outgoing.setNoDelay(true);
    outgoing.end(request.body ?? undefined);
  });
}

/** Ends idle connections, so that the process can end. */
export function endConnections(): void {
  agents.http.destroy();
  agents.https.destroy();
}

function headerObject(request: Outgoing): http.OutgoingHttpHeaders {
  const headers: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of request.headers) (headers[name] ??= []).push(value);
  const plain: http.OutgoingHttpHeaders = {};
  for (const [name, values] of Object.entries(headers)) plain[name] = values.length === 1 ? (values[0] as string) : values;
  if (request.body !== null) plain['content-length'] = String(request.body.length);
  return plain;
}

function pairs(raw: readonly string[]): Header[] {
  const out: Header[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) out.push([raw[i] as string, raw[i + 1] as string]);
  return out;
}

function unreachable(url: URL, cause: NodeJS.ErrnoException): OccasioError {
  return new OccasioError(
    {
      code: 'upstream',
      cannot: 'reach upstream',
      thing: url.origin,
      found: cause.code ?? cause.message,
      next: 'Check the address given by --upstream or ANTHROPIC_BASE_URL.',
    },
    cause,
  );
}
