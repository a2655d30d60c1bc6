/** Broken, cut, slow and doubled streams: nothing undecided is passed, nothing is lost from the record, the client can go on. */
import { afterEach, describe, expect, it } from 'vitest';
import { say, use, type Turn } from '../support/upstream.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});
const open = async (options: WorldOptions): Promise<World> => (world = await createWorld(options));
const FILES = { '.env': 'DB_PASSWORD=hunter2-very-secret\n', 'notes.txt': 'alpha\n' };
const requests = (w: World) => w.rows().filter((row) => row.kind === 'request');

/** Events of the answer below: message_start, block_start, ping, delta*, stop, … */
const ANSWER = say('Some words first.', use('Read', { file_path: '.env' }), use('Read', { file_path: 'notes.txt' }));

describe('a stream that is cut', () => {
  it.each(['end', 'destroy'] as const)('at_every_event_by_%s_passes_no_undecided_call', async (how) => {
    let at = 0;
    const w = await open({ script: (ask) => (ask.assistantTurns === 0 ? { ...ANSWER, fault: { cut: { at, how } } } : say('Done.')), files: FILES });
    for (at = 0; at < 24; at++) {
      const client = w.client({ session: `cut-${how}-${at}` });
      await client.prompt('Go.').catch(() => 'cut');
      for (const call of client.ran) expect(['occasio_denied__path-denied', 'Read']).toContain(call.name);
      expect(client.ran.filter((call) => JSON.stringify(call.input).includes('.env') && call.name === 'Read')).toEqual([]);
      const rows = w.calls().filter((row) => row['session_id'] === `cut-${how}-${at}`);
      expect(rows.length).toBeGreaterThanOrEqual(client.ran.length);
    }
    expect(w.upstream.leaks(['hunter2'])).toEqual([]);
    await w.stop();
    expect(requests(w).filter((row) => row['complete'] === false).length).toBeGreaterThan(10);
  });

  it('may_be_asked_for_again_in_one_whole_answer', async () => {
    const turn: Turn = { ...say('', use('Read', { file_path: '.env' })), fault: { cut: { at: 0, how: 'end' } }, times: 1 };
    const w = await open({ script: [turn, say('No.')], files: FILES });
    const streamed = w.client();
    await streamed.prompt('Go.');
    expect(streamed.ran).toEqual([]);
    const whole = w.client({ stream: false });
    expect(await whole.prompt('Go.')).toBe('No.');
    expect(whole.ran[0]?.name).toBe('occasio_denied__path-denied');
    expect(w.upstream.problems).toEqual([]);
  });

  it('an_equal_retry_is_decided_alike', async () => {
    const w = await open({ script: [say('', use('Read', { file_path: '.env' }, 'toolu_same')), say('No.')], files: FILES });
    for (let i = 0; i < 3; i++) {
      const client = w.client();
      expect(await client.prompt('Go.')).toBe('No.');
      expect(client.ran.map((call) => call.name)).toEqual(['occasio_denied__path-denied']);
    }
  });
});

describe('a client that leaves', () => {
  it('ends_the_upstream_call_and_the_row_says_incomplete', async () => {
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    const w = await open({ script: [{ ...ANSWER, fault: { hold: { at: 5, until: () => until } } }], files: FILES });
    const client = w.client();
    client.messages.push({ role: 'user', content: 'Go.' });
    const response = await client.post();
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await reader.cancel();
    await w.upstream.asked[0]?.over;
    release();
    expect(w.upstream.asked[0]?.clientGone).toBe(true);
    await w.stop();
    expect(requests(w)).toMatchObject([{ complete: false, status: 200 }]);
  });
});

describe('an upstream that speaks nonsense', () => {
  const bad: readonly (readonly [string, string])[] = [
    ['data that is not JSON', 'event: message_start\ndata: {"type":\n\n'],
    ['duplicate names', 'event: message_start\ndata: {"type":"message_start","type":"ping"}\n\n'],
    ['a tool_use in message_start', `event: message_start\ndata: {"type":"message_start","message":{"id":"m","content":[{"type":"tool_use","id":"toolu_x","name":"Read","input":{"file_path":".env"}}]}}\n\n`],
  ];
  it.each(bad)('%s_is_broken_off_with_an_error_event', async (_, raw) => {
    const w = await open({ script: [{ fault: { raw } }], files: FILES });
    const client = w.client();
    client.messages.push({ role: 'user', content: 'Go.' });
    const text = await (await client.post()).text();
    expect(text).toContain('event: error');
    expect(text).not.toContain('toolu_x');
  });
  it('a_web_page_in_place_of_an_answer_is_refused', async () => {
    const w = await open({ script: [{ status: { code: 200, headers: { 'content-type': 'text/html' }, body: new TextEncoder().encode('<html>Sign in</html>') } }] });
    expect(await w.client().prompt('Go.')).toMatch(/^502 .*text\/html/);
  });
  it('a_redirect_is_not_followed', async () => {
    const w = await open({ script: [{ status: { code: 307, headers: { location: 'http://127.0.0.1:9/v1/messages' } } }] });
    expect(await w.client().prompt('Go.')).toMatch(/^502 .*redirects are not followed/);
    expect(w.upstream.asked).toHaveLength(1);
  });
  it.each([400, 402, 429, 500, 529])('an_error_%i_is_passed_as_it_is', async (code) => {
    const body = { type: 'error', error: { type: 'some_error', message: 'no' } };
    const w = await open({ script: [{ status: { code, body } }] });
    expect(await w.client().prompt('Go.')).toBe(`${code} ${JSON.stringify(body)}`);
  });
  it('one_that_is_down_is_a_502_that_names_it', async () => {
    const w = await open({ script: [say('Hi.')] });
    await w.upstream.close();
    expect(await w.client().prompt('Go.')).toMatch(new RegExp(`^502 .*Cannot reach upstream.*127.0.0.1:${w.upstream.port}`));
    await w.stop();
    expect(requests(w)).toMatchObject([{ status: 0, complete: false }]);
  });
});

describe('while a block is held', () => {
  it('words_before_it_do_not_wait_and_pings_go_out', async () => {
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    // Events: start, block start, ping, two deltas, stop, tool start, delta, …
    const w = await open({ script: [{ ...say('Some words, first of all.', use('Read', { file_path: 'notes.txt' })), fault: { hold: { at: 8, until: () => until, pingMs: 50 } } }, say('Done.')], files: FILES });
    const client = w.client();
    client.messages.push({ role: 'user', content: 'Go.' });
    const response = await client.post();
    let text = '';
    const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream() as never).getReader() as ReadableStreamDefaultReader<string>;
    while (!/(event: ping[\s\S]*){3}/.test(text)) text += (await reader.read()).value ?? '';
    expect(text).toContain('Some words');
    expect(text).not.toContain('tool_use');
    release();
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
    expect(text).toContain('tool_use');
    expect(w.calls()).toHaveLength(1);
  });
});
