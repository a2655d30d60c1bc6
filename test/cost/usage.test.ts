/** What is read of a request and an answer before it is priced, hostile figures included. */
import { describe, expect, it } from 'vitest';
import { readJsonAnswer } from '../../host/wire/anthropic-answer.ts';
import { parseRequest } from '../../host/wire/anthropic-request.ts';
import { readStream } from '../../host/wire/anthropic-response.ts';
import type { ResponseSummary } from '../../host/wire/events.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const start = (usage?: object): object => ({ type: 'message_start', message: { id: 'm', type: 'message', role: 'assistant', model: 'x', content: [], ...(usage === undefined ? {} : { usage }) } });
const delta = (usage?: object): object => ({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, ...(usage === undefined ? {} : { usage }) });
const STOP = { type: 'message_stop' };

function streamed(...events: readonly object[]): ResponseSummary {
  const reader = readStream();
  reader.push(utf8(events.map((e) => `event: ${(e as { type: string }).type}\ndata: ${JSON.stringify(e)}\n\n`).join('')));
  reader.end();
  return reader.summary();
}

function whole(usage: unknown): ResponseSummary {
  const reader = readJsonAnswer();
  reader.push(utf8(JSON.stringify({ id: 'm', type: 'message', role: 'assistant', model: 'x', content: [], usage })));
  reader.end();
  return reader.summary();
}

describe('how far an answer told its usage', () => {
  it.each([
    ['nothing came', 'nothing', []],
    ['it began without figures', 'nothing', [start()]],
    ['it began, and no more', 'input', [start({ input_tokens: 5, output_tokens: 1 })]],
    ['it ended without final figures', 'input', [start({ input_tokens: 5, output_tokens: 1 }), delta(), STOP]],
    ['its final figure is no count', 'input', [start({ input_tokens: 5 }), delta({ output_tokens: -1 }), STOP]],
    ['its final figure is a fraction', 'input', [start({ input_tokens: 5 }), delta({ output_tokens: 1.5 }), STOP]],
    ['its final figure is a text', 'input', [start({ input_tokens: 5 }), delta({ output_tokens: '7' }), STOP]],
    ['only the end told what went in', 'all', [start(), delta({ input_tokens: 5, output_tokens: 7 }), STOP]],
    ['only the end told anything, and not what went in', 'nothing', [start(), delta({ output_tokens: 7 }), STOP]],
    ['all was told and the stop was cut', 'all', [start({ input_tokens: 5 }), delta({ output_tokens: 7 })]],
    ['all was told', 'all', [start({ input_tokens: 5 }), delta({ output_tokens: 7 }), STOP]],
    ['a first message told less than the second', 'input', [start({ input_tokens: 5 }), STOP, start({ input_tokens: 5 }), delta({ output_tokens: 7 }), STOP]],
    ['a second message told nothing', 'nothing', [start({ input_tokens: 5 }), delta({ output_tokens: 7 }), STOP, start(), STOP]],
  ] as const)('%s: %s', (_, told, events) => {
    expect(streamed(...events).metering.told).toBe(told);
  });

  it.each([
    [{ input_tokens: 1, output_tokens: 2 }, 'all'],
    [{ input_tokens: 1 }, 'input'],
    [{ input_tokens: 1e400, output_tokens: 2 }, 'nothing'],
    [{}, 'nothing'],
    [null, 'nothing'],
    [[1, 2], 'nothing'],
  ])('of_a_whole_answer_with_usage_%j: %s', (usage, told) => {
    expect(whole(usage).metering.told).toBe(told);
  });
});

describe('what is priced apart', () => {
  it('is_read_where_it_is_told_and_kept_when_the_end_does_not_repeat_it', () => {
    const { usage, metering } = streamed(
      start({ input_tokens: 1, cache_creation_input_tokens: 9, cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 7 }, speed: 'fast', inference_geo: 'us' }),
      delta({ output_tokens: 3, cache_creation_input_tokens: 9, server_tool_use: { web_search_requests: 4, web_fetch_requests: 1 } }),
      STOP,
    );
    expect(usage).toEqual({ input_tokens: 1, output_tokens: 3, cache_read_tokens: 0, cache_write_tokens: 9 });
    expect(metering).toEqual({ cache_write_1h_tokens: 7, web_searches: 4, speed: 'fast', inference_geo: 'us', told: 'all' });
  });

  it('adds_up_over_messages', () => {
    const one = [start({ input_tokens: 1, cache_creation: { ephemeral_1h_input_tokens: 2 } }), delta({ output_tokens: 3, server_tool_use: { web_search_requests: 1 } }), STOP];
    expect(streamed(...one, ...one).metering).toMatchObject({ cache_write_1h_tokens: 4, web_searches: 2, told: 'all' });
  });

  it('words_of_the_upstream_are_cut', () => {
    expect(whole({ speed: 'x'.repeat(10_000), inference_geo: 7 }).metering).toMatchObject({ speed: 'x'.repeat(64), inference_geo: null });
  });
});

describe('what a request says of its price', () => {
  it.each([
    ['{"max_tokens":1e3,"speed":"fast","inference_geo":"us"}', 1000, 'fast', 'us'],
    ['{"max_tokens":0}', 0, null, null],
    ['{"max_tokens":-1,"speed":7}', null, null, null],
    ['{"max_tokens":1.5}', null, null, null],
    ['{"max_tokens":1e999}', null, null, null],
    ['{"max_tokens":"9"}', null, null, null],
    ['{}', null, null, null],
  ])('%s', (body, maxTokens, speed, inferenceGeo) => {
    const parsed = parseRequest(utf8(body));
    expect(parsed.ok ? { maxTokens: parsed.view.maxTokens, speed: parsed.view.speed, inferenceGeo: parsed.view.inferenceGeo } : parsed).toEqual({ maxTokens, speed, inferenceGeo });
  });
});
