/** The scripted upstream itself: it answers as told, and no defect it should see goes unseen. */
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { checkBody, nothingIssued, remember } from './upstream-check.ts';
import { createUpstream, say, think, threads, use, type JsonObject, type Script, type Upstream } from './upstream.ts';

const HEADERS = { 'content-type': 'application/json', 'x-api-key': 'dummy', 'anthropic-version': '2023-06-01' };
const user = (content: unknown): JsonObject => ({ role: 'user', content }) as JsonObject;
const assistant = (...content: unknown[]): JsonObject => ({ role: 'assistant', content }) as JsonObject;
const result = (tool_use_id: string, content: unknown = 'ok'): unknown => ({ type: 'tool_result', tool_use_id, content });
const called = (id: string, name = 'Read', input: unknown = { file_path: '/a' }): unknown => ({ type: 'tool_use', id, name, input });
const text = (value: string): unknown => ({ type: 'text', text: value });
const thought = { type: 'thinking', thinking: 'hm', signature: 'sig' };

function codes(messages: JsonObject[], more: JsonObject = {}): string[] {
  const issued = nothingIssued();
  remember(issued, [thought, { type: 'text', text: 'I read' }, { type: 'tool_use', id: 't1', name: 'Read', input: { file_path: '/a' } }]);
  remember(issued, [{ type: 'tool_use', id: 't2', name: 'Edit', input: { file_path: '/a', old_string: 'x', new_string: 'y' } }]);
  return checkBody({ messages, ...more } as JsonObject, issued).map((problem) => problem.code);
}

const good = assistant(thought, text('I read'), called('t1'));

describe('what the API would refuse is a problem', () => {
  const cases: [string, JsonObject[], string[]][] = [
    ['a whole round', [user('go'), good, user([result('t1'), text('and')])], []],
    ['a system message behind the user turn', [user('go'), { role: 'system', content: 'env' }, good, user([result('t1')]), { role: 'system', content: 'x' }], []],
    ['an empty system message', [user('go'), { role: 'system', content: [] }, good, user([result('t1')])], []],
    ["Edit's default written out", [user('go'), assistant(called('t2', 'Edit', { replace_all: false, file_path: '/a', old_string: 'x', new_string: 'y' })), user([result('t2')])], []],
    ['two user messages in a row', [user('go'), good, user([result('t1')]), user('more')], []],
    ['an unknown role', [user('go'), { role: 'tool', content: 'x' }, user('x')], ['role']],
    ['an assistant first', [good, user([result('t1')])], ['role']],
    ['an assistant last', [user('go'), assistant(text('hi'))], ['role']],
    ['an empty text', [user([text('')])], ['content']],
    ['an empty content', [user([])], ['content']],
    ['no tool_result', [user('go'), good, user('no')], ['unanswered']],
    ['a tool_result two turns later', [user('go'), good, user('wait'), assistant(text('hm')), user([result('t1')])], ['unanswered', 'orphan']],
    ['system between use and result', [user('go'), good, { role: 'system', content: 'x' }, user([result('t1')])], ['unanswered', 'role', 'orphan']],
    ['a tool_result twice', [user('go'), good, user([result('t1'), result('t1')])], ['twice']],
    ['an id used twice', [user('go'), good, user([result('t1')]), good, user([result('t1')])], ['twice']],
    ['an orphan', [user([result('t9')])], ['orphan']],
    ['a text before the result', [user('go'), good, user([text('first'), result('t1')])], ['not-first']],
    ['an id never issued', [user('go'), assistant(called('t9')), user([result('t9')])], ['foreign']],
    ['another name', [user('go'), assistant(thought, text('I read'), called('t1', 'occasio_denied__x')), user([result('t1')])], ['altered']],
    ['another input', [user('go'), assistant(thought, text('I read'), called('t1', 'Read', { file_path: '/b' })), user([result('t1')])], ['altered']],
    ['an added member', [user('go'), assistant(thought, text('I read'), called('t1', 'Read', { file_path: '/a', replace_all: false })), user([result('t1')])], ['altered']],
    ['thinking altered', [user('go'), assistant({ ...thought, thinking: 'ha' }, text('I read'), called('t1')), user([result('t1')])], ['thinking']],
    ['thinking gone', [user('go'), assistant(text('I read'), called('t1')), user([result('t1')])], ['thinking']],
    ['a text the model did not write', [user('go'), assistant(thought, text('denied!'), called('t1')), user([result('t1')])], ['text']],
  ];
  it.each(cases)('%s', (_name, messages, want) => expect(codes(messages)).toEqual(want));

  it('five cache breakpoints', () => {
    const mark = { cache_control: { type: 'ephemeral' } };
    const messages = [user([{ type: 'text', text: 'a', ...mark }, { type: 'text', text: 'b', ...mark }])];
    expect(codes(messages, { system: [{ type: 'text', text: 's', ...mark }, { type: 'text', text: 't', ...mark }] as JsonObject[] })).toEqual([]);
    expect(codes(messages, { system: [mark, mark, mark] as JsonObject[] })).toEqual(['cache-control']);
  });
});

async function withUpstream<T>(script: Script, body: (upstream: Upstream) => Promise<T>, lenient = false): Promise<T> {
  const upstream = await createUpstream({ script, lenient });
  try {
    return await body(upstream);
  } finally {
    await upstream.close();
  }
}

const post = (upstream: Upstream, messages: unknown[], more: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${upstream.url}/v1/messages?beta=true`, { method: 'POST', headers: { ...HEADERS, ...headers }, body: JSON.stringify({ model: 'm', stream: true, messages, ...more }) });

describe('it answers as told', () => {
  it('streams a message whose deltas join to the script, and gives an equal retry the same ids', () =>
    withUpstream([say('hello', think('why'), use('Read', { file_path: '/a "q"' }))], async (upstream) => {
      const first = await (await post(upstream, [user('go')])).text();
      expect(await (await post(upstream, [user('go')])).text()).toBe(first);
      const events = first.split('\n\n').filter(Boolean).map((one) => JSON.parse(one.split('\ndata: ')[1] ?? '') as Record<string, never>);
      expect(events.map((one) => one['type']).filter((type) => type !== 'content_block_delta')).toEqual(
        ['message_start', 'content_block_start', 'ping', 'content_block_stop', 'content_block_start', 'content_block_stop', 'content_block_start', 'content_block_stop', 'message_delta', 'message_stop'],
      );
      const json = events.flatMap((one) => (one['delta'] as { partial_json?: string } | undefined)?.partial_json ?? []).join('');
      expect(JSON.parse(json)).toEqual({ file_path: '/a "q"' });
      const whole = (await (await post(upstream, [user('go')], { stream: false })).json()) as { content: JsonObject[]; stop_reason: string };
      expect(whole.stop_reason).toBe('tool_use');
      expect(first).toContain(String(whole.content[2]?.['id']));
      expect(upstream.problems).toEqual([]);
    }));

  it('answers each thread by its own script, and counts turns by the history', () =>
    withUpstream(threads([/SUB/, [say('sub one')]], [/./, [say('one'), say('two')]]), async (upstream) => {
      expect(await (await post(upstream, [user('SUB')], { chunk: 99 })).text()).toContain('sub');
      expect(await (await post(upstream, [user('x')])).text()).toContain('one');
      expect(await (await post(upstream, [user('x'), assistant(text('one')), user('y')])).text()).toContain('two');
    }));

  it('compresses, cuts, bends line ends and reports who left', () =>
    withUpstream(
      (ask) => [{ ...say('zip'), encoding: 'gzip' as const }, { ...say('cut'), fault: { cut: { at: 3, how: 'destroy' as const } } }, { ...say('crlf'), fault: { eol: '\r\n' as const } }, { ...say('hang'), fault: { cut: { at: 1, how: 'hang' as const } } }, { status: { code: 402 } }][ask.index] ?? say('end'),
      async (upstream) => {
        expect(await (await post(upstream, [user('go')], {}, { 'accept-encoding': 'gzip' })).text()).toContain('message_stop');
        expect(gunzipSync(upstream.asked[0]?.wire ?? new Uint8Array()).equals(upstream.asked[0]?.answer ?? new Uint8Array())).toBe(true);
        await expect((await post(upstream, [user('go')])).text()).rejects.toThrow();
        expect(await (await post(upstream, [user('go')])).text()).toContain('event: ping\r\ndata: {"type":"ping"}\r\n\r\n');
        const leaving = new AbortController();
        const hung = await fetch(`${upstream.url}/v1/messages`, { method: 'POST', headers: HEADERS, body: JSON.stringify({ model: 'm', stream: true, messages: [user('go')] }), signal: leaving.signal });
        leaving.abort();
        await expect(hung.text()).rejects.toThrow();
        await upstream.asked[3]?.over;
        expect(upstream.asked[3]?.clientGone).toBe(true);
        expect((await post(upstream, [user('go')])).status).toBe(402);
      },
    ));

  it('a problem is recorded and refused; lenient answers all the same; a body that is no JSON never', async () => {
    const messages = [user([result('t9')])];
    await withUpstream([say('x')], async (upstream) => {
      expect((await post(upstream, messages)).status).toBe(400);
      expect(upstream.problems).toEqual(['#0 messages[0].content[0] orphan: t9']);
      expect((await fetch(`${upstream.url}/v1/messages`, { method: 'POST', body: '{"messages":[{"role":"user","content":"x"}]}' })).status).toBe(401);
      expect((await fetch(`${upstream.url}/v1/messages`, { method: 'POST', headers: HEADERS, body: '{"messages":["\\ud800"]}' })).status).toBe(400);
    });
    await withUpstream([say('x')], async (upstream) => expect((await post(upstream, messages)).status).toBe(200), true);
  });
});

describe('a leak is found', () => {
  const line = 'KEY=zq9-distinct "v"';
  const hidden: [string, () => { body?: unknown; headers?: Record<string, string>; query?: string }][] = [
    ['in a text', () => ({ body: [user(`see ${line}`)] })],
    ['as a member name', () => ({ body: [user([{ type: 'text', text: 'x', [line]: 1 }])] })],
    ['in base64', () => ({ body: [user([{ type: 'text', text: btoa(`ab${line}cd`) }])] })],
    ['in a header', () => ({ headers: { 'x-note': line } })],
  ];
  it.each(hidden)('%s', async (_name, make) => {
    await withUpstream([say('x')], async (upstream) => {
      const { body = [user('x')], headers = {} } = make();
      await post(upstream, body as unknown[], {}, headers);
      expect(upstream.leaks([line]).length).toBeGreaterThan(0);
      expect(upstream.leaks(['KEY=another one'])).toEqual([]);
    });
  });
});
