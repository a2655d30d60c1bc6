/**
 * Anthropic Messages, from the client's request to the client's answer: take apart, judge upwards, send, judge downwards.
 * Nothing goes up unjudged or unrecorded: whatever fails before the headers is a 402 that says why.
 */
import { OccasioError } from '../../verifiers/formats/error.ts';
import { beginRound, noteRequest, type Gate } from '../gate/gate.ts';
import type { Turn } from '../gate/turn.ts';
import { judgeOffered } from '../gate/offered.ts';
import type { Incoming } from '../ops.ts';
import { parseRequest } from '../wire/anthropic-request.ts';
import { readJsonAnswer } from '../wire/anthropic-answer.ts';
import { readStream } from '../wire/anthropic-response.ts';
import { isKnownType } from '../wire/anthropic-types.ts';
import type { RequestView, ResponseReader } from '../wire/events.ts';
import type { ProxySetting } from './setting.ts';
import type { Arrival } from './arrival.ts';
import { openBill, type Bill } from './bill.ts';
import { decodedBody, join, MAX_ANSWER, MAX_REQUEST, readAll } from './body.ts';
import { callerOf, isCount, startsRound } from './caller.ts';
import { relay, relayWhole, tooSilent } from './downward.ts';
import { clientHeaders, upstreamHeaders, valueOf } from './headers.ts';
import { busyResponse, refusalResponse } from './refuse.ts';
import { LATE, within } from './patience.ts';
import { requestFacts, summaryFacts } from './request-row.ts';
import { judgeUpward } from './upward.ts';

export async function messagesTurn(setting: ProxySetting, gate: Gate, request: Request, arrival: Arrival): Promise<Response> {
  try {
    if (request.headers.has('content-encoding')) return refusalResponse(402, 'a compressed request cannot be judged; send it plain');
    const body = await wholeBody(arrival);
    if (body === null) return refusalResponse(402, 'the request broke off');
    const parsed = parseRequest(body);
    const turn = await gate.enter(callerOf(setting.ops, request, parsed.ok ? parsed.view : null));
    if (!parsed.ok) {
      const why = `the request cannot be judged: ${parsed.fault.what} at ${parsed.fault.offset}`;
      return await refused(turn, request, null, why, parsed.fault.code);
    }
    return await governed(setting, turn, request, body, parsed.view);
  } catch (e) {
    if (!(e instanceof OccasioError)) throw e;
    if (e.code === 'busy') return busyResponse(e.message);
    // An upstream call that ends because the client left is no news.
    if (e.code !== 'upstream' || !request.signal.aborted) setting.notice(e.message);
    return refusalResponse(e.code === 'upstream' || e.code === 'answer' ? 502 : 402, e.message, e.code === 'upstream');
  }
}

/** Null when the client leaves before it has sent all: nothing goes up, and nobody hears the answer. */
async function wholeBody(arrival: Arrival): Promise<Uint8Array | null> {
  try {
    return await arrival.body(MAX_REQUEST);
  } catch (e) {
    if (e instanceof OccasioError) throw e;
    return null;
  }
}

async function governed(setting: ProxySetting, turn: Turn, request: Request, body: Uint8Array, view: RequestView): Promise<Response> {
  turn.session.busy += 1;
  let handedOn = false;
  let bill: Bill | null = null;
  try {
    if (!isCount(request) && view.offersTools && startsRound(view)) beginRound(turn);
    const unknown = setting.preset === 'strict' ? view.unscanned.find((type) => !isKnownType(type)) : undefined;
    if (unknown !== undefined) return await refused(turn, request, view, `content of type "${unknown}" is not known here, and preset strict refuses it`, 'unknown-content');
    const offered = judgeOffered(turn, view.offered);
    if (offered !== null) return await refused(turn, request, view, offered.text, offered.reason);
    bill = openBill(setting, turn, view, body.length, isCount(request));
    if (bill.refusal !== null) return await refused(turn, request, view, bill.refusal.text, bill.refusal.reason, bill.refusal.event);
    const edits = await judgeUpward(turn, view);
    const upstream = upstreamOf(setting, request);
    const exchange = { bill, sent: edits.length === 0 ? body : view.edit(edits) };
    const sent = inTime(setting, setting.ops.send({ ...upstream, body: exchange.sent }));
    // Rows of this request are written; they are durable before the first byte of the answer leaves.
    const [answer] = await Promise.all([sent, turn.session.run.durable()]).catch((e: unknown) => {
      upstream.abort();
      // An upstream that could not be reached charged nothing; one that was left may have.
      const left = request.signal.aborted || !(e instanceof OccasioError && e.code === 'upstream');
      noteRequest(turn, { ...requestFacts(request, view, 0), ...(left ? exchange.bill.abandoned(exchange.sent.length) : exchange.bill.free()) });
      throw e;
    });
    handedOn = true;
    return await answerOf(setting, turn, request, view, exchange, answer, upstream.abort);
  } finally {
    if (!handedOn) {
      turn.session.busy -= 1;
      bill?.free();
    }
  }
}

async function inTime(setting: ProxySetting, sent: Promise<Incoming>): Promise<Incoming> {
  const answer = await within(sent, setting.patience.answer);
  if (answer === LATE) throw tooSilent(setting.patience.answer);
  return answer;
}

/** What went up, and what it costs. */
interface Exchange {
  readonly bill: Bill;
  readonly sent: Uint8Array;
}

/** The client's answer. From here the request row is written when the answer ends, however it ends. */
async function answerOf(setting: ProxySetting, turn: Turn, request: Request, view: RequestView, exchange: Exchange, answer: Incoming, abort: () => void): Promise<Response> {
  let reader: ResponseReader | null = null;
  let finished = false;
  const finish = (): void => {
    if (finished) return;
    finished = true;
    turn.session.busy -= 1;
    try {
      const summary = reader?.summary() ?? null;
      const cost = exchange.bill.answered(answer.status, summary, exchange.sent.length);
      noteRequest(turn, { ...requestFacts(request, view, answer.status), ...summaryFacts(view, summary), ...cost });
    } catch (e) {
      // The run is dead then: the next request opens its successor or is refused.
      setting.notice((e as Error).message);
    }
  };
  const options = {
    refuseUnknown: setting.preset === 'strict',
    knownIds: new Set(view.items.flatMap((item) => (item.kind === 'tool_use' ? [item.id] : []))),
  };
  try {
    if (answer.status >= 300 && answer.status < 400) throw unusable(`${answer.status}, and redirects are not followed`);
    const headers = clientHeaders(answer.headers);
    const source = decodedBody(answer);
    const kind = valueOf(answer.headers, 'content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
    if (kind === 'text/event-stream') {
      reader = readStream(options);
      return new Response(relay({ turn, reader, source, client: request.signal, abort, finish, notice: setting.notice, patience: setting.patience }), { status: answer.status, headers });
    }
    if (answer.status < 400 && kind !== 'application/json') throw unusable(`content type "${kind}"`);
    const whole = await readAll(source, MAX_ANSWER, 'answer of the upstream', setting.patience.silent);
    if (whole === LATE) throw tooSilent(setting.patience.silent);
    reader = readJsonAnswer(options);
    const out = answer.status < 400 ? await relayWhole(turn, reader, whole) : [whole];
    finish();
    const bytes = join(out);
    headers.set('content-length', String(bytes.length));
    return new Response(bytes as BodyInit, { status: answer.status, headers });
  } catch (e) {
    abort();
    finish();
    throw e instanceof OccasioError ? e : unusable((e as Error).message);
  }
}

function upstreamOf(setting: ProxySetting, request: Request) {
  const url = new URL(request.url);
  const ending = new AbortController();
  request.signal.addEventListener('abort', () => ending.abort(), { once: true });
  return {
    method: request.method,
    url: setting.upstream + url.pathname + url.search,
    headers: upstreamHeaders(request.headers),
    signal: ending.signal,
    abort: () => ending.abort(),
  };
}

async function refused(turn: Turn, request: Request, view: RequestView | null, why: string, reason: string, event: 'blocked' | 'budget_exceeded' = 'blocked'): Promise<Response> {
  noteRequest(turn, { ...requestFacts(request, view, 402), event_type: event, reason, cost_microusd: 0, cost_basis: 'usage' });
  await turn.session.run.durable();
  return refusalResponse(402, why);
}

function unusable(found: string): OccasioError {
  return new OccasioError({ code: 'answer', cannot: 'use the answer of', thing: 'upstream', found });
}
