/**
 * A scripted stand-in for the Messages API on loopback: it answers as told and checks what the real API checks.
 *
 *   const upstream = await createUpstream({ script: [say('looking', use('Read', { file_path: '/w/a.txt' })), say('done')] });
 *   … a client talks to upstream.url …
 *   expect(upstream.problems).toEqual([]);          // see upstream-check.ts for the codes
 *   expect(upstream.leaks(['K=1'])).toEqual([]);    // no request byte told it, in any of the usual encodings
 *   await upstream.close();
 *
 * A script is a list of turns, or a function from the request to a turn (or a promise of one). In a list the turn is the one
 * whose index is the number of assistant turns in the request: an equal retry gets the same turn, with the same ids; the last
 * turn repeats. `threads` chooses among scripts by the first prompt, for subagents side by side. What a turn can do (faults,
 * gzip, holding still, status codes) stands in upstream-turn.ts; every fault works through any client.
 *
 * Answers: POST /v1/messages (stream and not), POST /v1/messages/count_tokens, GET /v1/models, HEAD anything; 404 else. A
 * request with a problem is recorded and, unless `lenient`, answered 400 as the API would. `issued` of one upstream handed to
 * the next lets a resumed session be checked. Everything seen is in `requests`, in order of arrival.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkBody, nothingIssued, remember, type Issued, type Problem } from './upstream-check.ts';
import { answer } from './upstream-answer.ts';
import { findLeaks, strings, type Leak } from './upstream-leak.ts';
import { toMessage, type JsonObject, type Turn } from './upstream-turn.ts';

export * from './upstream-turn.ts';
export { nothingIssued, type Issued, type Problem, type ProblemCode } from './upstream-check.ts';
export type { Leak } from './upstream-leak.ts';

/** What a script may look at. */
export interface Ask {
  readonly body: JsonObject;
  readonly messages: readonly JsonObject[];
  /** Consecutive assistant messages count as one. */
  readonly assistantTurns: number;
  /** All text of the first user turn, and of what stands after the last assistant turn; tool_results' text in the latter only. */
  readonly firstText: string;
  readonly lastText: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Requests to /v1/messages before this one. */
  readonly index: number;
}

export type Script = readonly Turn[] | ((ask: Ask) => Turn | Promise<Turn>);

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly route: 'messages' | 'count_tokens' | 'models' | 'head' | 'other';
  /** Names in the spelling received, in order. */
  readonly headers: readonly (readonly [string, string])[];
  readonly raw: Uint8Array;
  readonly body: JsonObject | undefined;
  readonly problems: readonly Problem[];
  status: number;
  /** The body of the answer before compression, as far as it was written, and as it went out. */
  answer: Uint8Array;
  wire: Uint8Array;
  /** The peer left before the answer was whole. */
  clientGone: boolean;
  /** Resolves when the exchange is over, either way. */
  readonly over: Promise<void>;
}

export interface Upstream {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly SeenRequest[];
  /** POSTs to /v1/messages only. */
  readonly asked: readonly SeenRequest[];
  /** Of all requests, with the index of the request in front: `#2 messages[3].content[0] altered: …`. */
  readonly problems: readonly string[];
  readonly issued: Issued;
  /** Where a text of `lines` occurs in anything received: head, body bytes, decoded strings, base64. */
  leaks(lines: readonly string[]): readonly Leak[];
  close(): Promise<void>;
}

export interface UpstreamOptions {
  readonly script: Script;
  readonly issued?: Issued;
  /** Answer requests with problems all the same. */
  readonly lenient?: boolean;
  /** Served under this path: `/team/x`. */
  readonly prefix?: string;
  readonly port?: number;
}

/** Chooses a script by the text of the first prompt; the last entry should match all. */
export const threads =
  (...choices: readonly (readonly [RegExp, Script])[]): Script =>
  (ask) => {
    const choice = choices.find(([pattern]) => pattern.test(ask.firstText));
    if (choice === undefined) throw new Error(`bug: no thread for ${ask.firstText.slice(0, 200)}`);
    return turnOf(choice[1], ask);
  };

function turnOf(script: Script, ask: Ask): Turn | Promise<Turn> {
  if (typeof script === 'function') return script(ask);
  const turn = script[Math.min(ask.assistantTurns, script.length - 1)];
  if (turn === undefined) throw new Error('bug: an empty script');
  return turn;
}

function textOf(content: unknown, results: boolean): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((block: JsonObject) => (block['type'] === 'text' ? String(block['text']) : results && block['type'] === 'tool_result' ? textOf(block['content'], true) : '')).join('\n');
}

function toAsk(body: JsonObject, headers: Readonly<Record<string, string>>, index: number): Ask {
  const messages = (Array.isArray(body['messages']) ? body['messages'] : []) as JsonObject[];
  const assistant = (message: JsonObject | undefined): boolean => message?.['role'] === 'assistant';
  const first = messages.findIndex(assistant);
  const last = messages.findLastIndex(assistant);
  const said = (list: readonly JsonObject[], results: boolean): string => list.filter((one) => one['role'] === 'user').map((one) => textOf(one['content'], results)).join('\n');
  const assistantTurns = messages.filter((message, at) => assistant(message) && !assistant(messages[at - 1])).length;
  return { body, messages, assistantTurns, firstText: said(messages.slice(0, first < 0 ? undefined : first), false), lastText: said(messages.slice(last + 1), true), headers, index };
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

function parse(raw: Uint8Array): { body: JsonObject | undefined; problem: Problem | undefined } {
  const bad = (detail: string): { body: undefined; problem: Problem } => ({ body: undefined, problem: { code: 'json', where: 'body', detail } });
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
    const body: unknown = JSON.parse(text);
    if (!isObject(body)) return bad('no object');
    for (const [where, value] of strings(body, 'body')) if (/\p{Surrogate}/u.test(value)) return bad(`a lone surrogate at ${where}`);
    return { body, problem: undefined };
  } catch (error) {
    return bad(String(error));
  }
}

function headProblems(headers: Readonly<Record<string, string>>): Problem[] {
  const problem = (where: string): Problem => ({ code: 'headers', where: `headers.${where}`, detail: 'missing' });
  const out: Problem[] = [];
  if (headers['x-api-key'] === undefined && headers['authorization'] === undefined) out.push(problem('x-api-key'));
  if (headers['anthropic-version'] === undefined) out.push(problem('anthropic-version'));
  return out;
}

function routeOf(method: string, path: string): SeenRequest['route'] {
  if (method === 'HEAD') return 'head';
  if (method === 'POST' && path === '/v1/messages') return 'messages';
  if (method === 'POST' && path === '/v1/messages/count_tokens') return 'count_tokens';
  return method === 'GET' && path === '/v1/models' ? 'models' : 'other';
}

const pairs = (raw: readonly string[]): [string, string][] => Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at] ?? '', raw[2 * at + 1] ?? '']);

interface Exchange {
  readonly seen: SeenRequest;
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
}

function receive(request: IncomingMessage, response: ServerResponse, raw: Uint8Array, prefix: string, issued: Issued): Exchange {
  const headers = Object.fromEntries(pairs(request.rawHeaders).map(([name, value]) => [name.toLowerCase(), value]));
  const url = request.url ?? '';
  const path = new URL(url, 'http://upstream').pathname;
  const route = path.startsWith(prefix) ? routeOf(request.method ?? '', path.slice(prefix.length)) : 'other';
  const posts = route === 'messages' || route === 'count_tokens';
  const { body, problem } = posts ? parse(raw) : { body: undefined, problem: undefined };
  const problems = posts ? [...headProblems(headers), ...(problem === undefined ? [] : [problem]), ...(body === undefined ? [] : checkBody(body, issued))] : [];
  const over = new Promise<void>((resolve) => response.on('close', resolve));
  const seen: SeenRequest = {
    method: request.method ?? '', url, route, headers: pairs(request.rawHeaders), raw, body, problems, status: 0, answer: new Uint8Array(), wire: new Uint8Array(), clientGone: false, over,
  };
  response.on('close', () => (seen.clientGone = !response.writableFinished));
  return { seen, response, headers };
}

export async function createUpstream(options: UpstreamOptions): Promise<Upstream> {
  const { script, prefix = '', issued = nothingIssued() } = options;
  const requests: SeenRequest[] = [];
  const given = new Map<Turn, number>();
  const messages = new Map<string, ReturnType<typeof toMessage>>();
  let serial = issued.tools.size;
  const id = (kind: string): string => `${kind}01${String(++serial).padStart(6, '0')}Up${Math.random().toString(36).slice(2, 14).padEnd(12, '0')}`;

  /** A turn asked for again over the same history is the same message, ids included. */
  function messageFor(turn: Turn, ask: Ask): ReturnType<typeof toMessage> {
    const key = `${ask.assistantTurns} ${ask.firstText} ${JSON.stringify(turn.blocks ?? [])} ${JSON.stringify(ask.messages.flatMap((one) => (Array.isArray(one['content']) ? one['content'] : [])).map((block) => (isObject(block) ? (block['id'] ?? block['tool_use_id'] ?? null) : null)))}`;
    const known = messages.get(key);
    if (known !== undefined) return known;
    const made = toMessage(turn, String(ask.body['model'] ?? 'model'), id);
    messages.set(key, made);
    remember(issued, made.message.content);
    return made;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { seen, headers } = receive(request, response, await readBody(request), prefix, issued);
    const index = requests.filter((one) => one.route === 'messages').length;
    requests.push(seen);
    const reply = answer(seen, response, headers);
    if (seen.route === 'head') return reply.json(200, null);
    if (seen.route === 'models') return reply.json(200, { data: [], has_more: false, first_id: null, last_id: null });
    if (seen.route === 'other') return reply.error(404, 'not_found_error', `${seen.method} ${seen.url}`);
    const first = seen.problems[0];
    if (first !== undefined && (options.lenient !== true || seen.body === undefined)) {
      return reply.error(first.code === 'headers' ? 401 : 400, 'invalid_request_error', `${first.where}: ${first.code}: ${first.detail}`);
    }
    if (seen.route === 'count_tokens') return reply.json(200, { input_tokens: Math.ceil(seen.raw.length / 4) });
    const ask = toAsk(seen.body ?? {}, headers, index);
    const turn = await turnOf(script, ask);
    const hits = given.get(turn) ?? 0;
    given.set(turn, hits + 1);
    const faulty = turn.times === undefined || hits < turn.times;
    const { message, streamed } = messageFor(turn, ask);
    await reply.turn(turn, message, streamed, faulty, seen.body?.['stream'] === true);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      requests.push({ ...blank(request), problems: [{ code: 'json', where: 'upstream', detail: `bug: ${String(error)}` }] });
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    port,
    requests,
    get asked() {
      return requests.filter((one) => one.route === 'messages');
    },
    get problems() {
      return requests.flatMap((one, at) => one.problems.map((problem) => `#${at} ${problem.where} ${problem.code}: ${problem.detail}`));
    },
    issued,
    leaks: (lines) => findLeaks(requests, lines),
    close: () => new Promise((resolve) => (server.close(() => resolve()), server.closeAllConnections())),
  };
}

const blank = (request: IncomingMessage): SeenRequest => ({
  method: request.method ?? '', url: request.url ?? '', route: 'other', headers: [], raw: new Uint8Array(), body: undefined, problems: [], status: 0, answer: new Uint8Array(), wire: new Uint8Array(), clientGone: true, over: Promise.resolve(),
});
