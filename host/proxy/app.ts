/**
 * The proxy: a Hono app on loopback. One client request is one upstream request; the protocol is picked by route, a route
 * that no protocol knows is refused by name.
 */
import { Hono } from 'hono';
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Gate } from '../gate/gate.ts';
import type { Arrival } from './arrival.ts';
import { decodedBody } from './body.ts';
import { strangerReason } from './guard.ts';
import { clientHeaders, upstreamHeaders } from './headers.ts';
import { messagesTurn } from './messages.ts';
import { busyResponse, refusalResponse } from './refuse.ts';
import type { ProxySetting } from './setting.ts';

/** Paths end like this; what stands before is a prefix of the client's base URL and goes on to the upstream. */
const MESSAGES = /^(?:\/[A-Za-z0-9._~-]+)*\/v1\/messages(?:\/count_tokens)?$/;
const MODELS = /^(?:\/[A-Za-z0-9._~-]+)*\/v1\/models(?:\/[A-Za-z0-9._:-]+)?$/;
const PROBES = /^(?:\/[A-Za-z0-9._~-]+)*(?:\/|\/api\/hello)$/;
export const HEALTH = '/occasio/health';

export type App = Hono<{ Bindings: Arrival }>;

export function createApp(setting: ProxySetting, gate: Gate): App {
  const app: App = new Hono();
  app.use(async (c, next) => {
    const stranger = strangerReason(c.req.raw, setting.port);
    if (stranger !== null) return c.json({ type: 'error', error: { type: 'permission_error', message: `occasio: ${stranger}` } }, 403);
    await next();
    return undefined;
  });
  app.get(HEALTH, (c) => c.json({ occasio: setting.version, pid: setting.ops.host.pid }));
  app.all('*', (c) => {
    const { method, path } = c.req;
    if (c.env.busy !== null) return busyResponse(c.env.busy);
    if (method === 'POST' && MESSAGES.test(path)) return messagesTurn(setting, gate, c.req.raw, c.env);
    if (method === 'GET' && MODELS.test(path)) return passOn(setting, c.req.raw);
    if (method === 'HEAD' && PROBES.test(path)) return passOn(setting, c.req.raw);
    return c.json({ type: 'error', error: { type: 'not_found_error', message: `occasio: ${method} ${path} is no route of a protocol that is governed here, so it was not sent` } }, 404);
  });
  app.onError((error, c) => {
    // A client that leaves in the middle of its request is no news.
    if (!(error instanceof OccasioError) && !c.req.raw.signal.aborted) setting.notice(`${error.stack ?? error.message}`);
    return refusalResponse(error instanceof OccasioError ? 502 : 500, error.message, error instanceof OccasioError && error.code === 'upstream');
  });
  return app;
}

/** Requests that carry no content: no body goes up, no query goes up, and no answer to them holds a call. */
async function passOn(setting: ProxySetting, request: Request): Promise<Response> {
  const path = new URL(request.url).pathname;
  const answer = await setting.ops.send({
    method: request.method,
    url: setting.upstream + path,
    headers: upstreamHeaders(request.headers),
    body: null,
    signal: request.signal,
  });
  if (answer.status >= 300 && answer.status < 400) return refusalResponse(502, `upstream answered ${answer.status}, and redirects are not followed`);
  return new Response(request.method === 'HEAD' ? null : decodedBody(answer), { status: answer.status, headers: clientHeaders(answer.headers) });
}
