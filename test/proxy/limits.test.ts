/** What is taken in at one time, and how long anybody is waited for: each limit has a clear end, and memory stays bounded. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { startProxy, type Running, type StartOptions } from '../../host/runtime/start.ts';
import { createClient } from './client.ts';
import { readRows } from './world.ts';

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let proxy: Running;
let root: string;
let home: string;
let asked = 0;

async function open(answer: Answering, options: Partial<StartOptions> & { readonly policy?: string } = {}): Promise<string> {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-limits-')));
  home = join(root, 'home');
  mkdirSync(home, { mode: 0o700 });
  const { policy, ...rest } = options;
  if (policy !== undefined) writeFileSync(join(home, 'policy.yml'), policy);
  asked = 0;
  server = createServer((request, response) => void request.resume().on('end', () => (asked++, answer(request, response))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = await startProxy({ occasioHome: home, upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, preset: 'balanced', cwd: root, port: 0, notice: () => undefined, ...rest });
  return proxy.url;
}

afterEach(async () => {
  await proxy.stop('stop');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(root, { recursive: true, force: true });
});

const BODY = JSON.stringify({ model: 'm', max_tokens: 10, stream: true, messages: [{ role: 'user', content: 'Go.' }] });
const post = (base: string, body = BODY): Promise<Response> => fetch(`${base}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
const MESSAGE = { type: 'message', id: 'msg_1', role: 'assistant', model: 'm', content: [{ type: 'text', text: 'Hi.' }], stop_reason: 'end_turn', usage: { input_tokens: 1, output_tokens: 1 } };
const whole: Answering = (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(MESSAGE));
const event = (type: string, rest: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
const START = event('message_start', { message: { ...MESSAGE, content: [], stop_reason: null } });
const TOOL = event('content_block_start', { index: 0, content_block: { type: 'tool_use', id: 'toolu_1', name: 'Read', input: {} } });
const sse = (response: ServerResponse): ServerResponse => response.writeHead(200, { 'content-type': 'text/event-stream' });
const request = (body = BODY): string => `POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const statuses = (answer: string): number[] => [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, code]) => Number(code));

/** All that comes back on a connection on which `text` is sent, until it is closed or `enough`. */
function talk(text: string, enough: (got: string) => boolean = () => false): Promise<string> {
  return new Promise((resolve) => {
    let got = '';
    const socket = net.connect(proxy.port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('latin1').on('data', (part: string) => {
      got += part;
      if (enough(got)) socket.destroy();
    });
    socket.on('error', () => socket.destroy()).on('close', () => resolve(got));
  });
}

describe('a client', () => {
  it.each([
    ['headers', 'POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
    ['body', `POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\ncontent-length: 1000\r\n\r\n{"model"`],
  ])('that_is_slow_in_its_%s_is_closed_and_nothing_goes_up', async (_, text) => {
    await open(whole, { serve: { headers: 200, request: 300 } });
    expect(statuses(await talk(text.replace('PORT', String(proxy.port))))).toEqual([408]);
    expect(asked).toBe(0);
    expect((await post(proxy.url)).status).toBe(200);
  });

  it('that_sends_too_long_headers_is_told_so', async () => {
    await open(whole);
    expect(statuses(await talk(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nx: ${'y'.repeat(17_000)}\r\n\r\n`))).toEqual([431]);
  });

  it('that_announces_too_long_a_body_is_refused_before_it_sends_one', async () => {
    await open(whole);
    const answer = await talk(`POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\ncontent-length: 67108865\r\n\r\n`, (got) => got.includes('at most'));
    expect(answer).toMatch(/^HTTP\/1.1 402 [\s\S]*more than 67108864 bytes/);
  });

  it('that_sends_many_requests_before_it_reads_is_refused_beyond_a_number', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    await open((incoming, response) => void gate.then(() => whole(incoming, response)), { serve: { perConnection: 2 } });
    const answers = talk(request().repeat(5), (got) => statuses(got).length === 5);
    await new Promise((resolve) => setTimeout(resolve, 200));
    release();
    expect(statuses(await answers)).toEqual([200, 200, 503, 503, 503]);
    expect(asked).toBe(2);
  });

  it('that_stops_reading_is_waited_for_without_memory_and_then_left', async () => {
    let sent = 0;
    let ended = false;
    const piece = event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'x'.repeat(10_000) } });
    await open((_, response) => {
      sse(response).write(START + event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }));
      response.on('close', () => (ended = true));
      const more = (): void => {
        if (ended || sent > 200_000_000) return;
        sent += piece.length;
        if (response.write(piece)) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    }, { serve: { stuck: 1500 } });
    const before = process.memoryUsage().rss;
    const socket = net.connect(proxy.port, '127.0.0.1', () => socket.write(request()));
    socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(ended).toBe(false);
    const sofar = sent;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sent).toBe(sofar);
    // What the sockets of the system hold on both ways, and little besides.
    expect(sent).toBeLessThan(40_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
    while (!ended) await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await proxy.stop('stop');
    expect(readRows(home).filter((row) => row.kind === 'request')).toMatchObject([{ complete: false }]);
  }, 30_000);
});

describe('requests at once', () => {
  it('beyond_a_number_are_told_to_come_again_and_may', async () => {
    const waiting: (() => void)[] = [];
    await open((incoming, response) => void waiting.push(() => whole(incoming, response)), { serve: { requests: 2 } });
    const first = [post(proxy.url), post(proxy.url)];
    while (waiting.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    const third = await post(proxy.url);
    expect([third.status, third.headers.get('retry-after'), await third.json()]).toMatchObject([503, '1', { error: { type: 'overloaded_error', message: expect.stringContaining('2 requests are under way') } }]);
    waiting.splice(0).forEach((answer) => answer());
    for (const one of first) expect((await one).status).toBe(200);
    const again = post(proxy.url);
    while (waiting.length < 1) await new Promise((resolve) => setTimeout(resolve, 10));
    waiting.forEach((answer) => answer());
    expect((await again).status).toBe(200);
  });

  it('whose_bodies_are_too_many_bytes_are_told_to_come_again', async () => {
    await open(whole, { serve: { bytes: 1000 } });
    expect((await post(proxy.url, BODY.replace('Go.', 'x'.repeat(2000)))).status).toBe(503);
    // What was held is given back.
    for (let i = 0; i < 20; i++) expect((await post(proxy.url)).status).toBe(200);
  });
});

describe('an upstream', () => {
  it('that_is_silent_while_a_call_is_held_is_given_up_after_pings', async () => {
    await open((_, response) => void sse(response).write(START + TOOL), { patience: { ping: 50, silent: 400 } });
    const text = await (await post(proxy.url)).text();
    expect(text.match(/event: ping/g)?.length).toBeGreaterThan(3);
    expect(text).toMatch(/event: error[\s\S]*silent for 0.4 seconds/);
    expect(text).not.toContain('toolu_1');
  });

  it.each([
    ['in a stream', (_: IncomingMessage, response: ServerResponse) => void sse(response).write(START), 200],
    ['in a whole answer', (_: IncomingMessage, response: ServerResponse) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'), 502],
    ['before its headers', () => undefined, 502],
  ])('that_is_silent_%s_is_given_up_and_its_row_says_so', async (_, answer, status) => {
    await open(answer, { patience: { silent: 300, answer: 300 } });
    const response = await post(proxy.url);
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining('silent for 0.3 seconds')]);
    await proxy.stop('stop');
    expect(readRows(home).filter((row) => row.kind === 'request')).toMatchObject([{ complete: false }]);
  });

  it.each([
    ['whole answer', 'application/json', /more than 67108864 bytes/],
    ['stream', 'text/event-stream', /a frame is larger/],
  ])('whose_compressed_%s_swells_without_end_is_stopped', async (_, type, why) => {
    const bomb = gzipSync(Buffer.alloc(300_000_000, 0x20), { level: 1 });
    await open((_incoming, response) => void response.writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' }).end(bomb));
    const before = process.memoryUsage().rss;
    expect(await (await post(proxy.url)).text()).toMatch(why);
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000);
  }, 30_000);

  it('that_closes_a_kept_connection_as_it_is_used_again_is_asked_once_more', async () => {
    let resets = 0;
    const used = new WeakMap<object, number>();
    await open((incoming, response) => {
      const times = (used.get(incoming.socket) ?? 0) + 1;
      used.set(incoming.socket, times);
      if (times === 1) return whole(incoming, response);
      resets += 1;
      incoming.socket.resetAndDestroy();
    });
    for (let i = 0; i < 3; i++) expect((await post(proxy.url)).status).toBe(200);
    expect([resets, asked]).toEqual([1, 4]);
  });

  it('that_resets_a_new_connection_is_not_asked_again', async () => {
    await open((incoming) => void incoming.socket.resetAndDestroy());
    expect((await post(proxy.url)).status).toBe(502);
    expect(asked).toBe(1);
  });

  it('that_answers_in_a_coding_we_cannot_undo_is_refused', async () => {
    await open((_, response) => void response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'br' }).end('x'));
    const response = await post(proxy.url);
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining('want identity, gzip or deflate')]);
  });
});

describe('a round', () => {
  /** One call each turn, until `most`. */
  const calling = (most: number, name: string, input: object): Answering => {
    let turn = 0;
    return (_, response) => {
      const id = `toolu_${++turn}`;
      const content = turn > most ? [{ type: 'text', text: 'Done.' }] : [{ type: 'tool_use', id, name, input }];
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...MESSAGE, id: `msg_${turn}`, content, stop_reason: turn > most ? 'end_turn' : 'tool_use' }));
    };
  };
  const names = async (answer: Answering, limits: string, text: string): Promise<readonly string[]> => {
    const base = await open(answer, { policy: `version: 1\nlimits: { ${limits} }\n` });
    const client = createClient({ base, stream: false, tools: { Read: () => ({ text }), Bash: () => ({ text }) } });
    expect(await client.prompt('Go.')).toBe('Done.');
    return client.ran.map((call) => call.name);
  };

  it('has_so_many_calls_and_the_next_is_refused', async () => {
    expect(await names(calling(4, 'Read', { file_path: 'a' }), 'max_tool_calls_per_round: 2', 'x')).toEqual(['Read', 'Read', 'occasio_denied__limit-tool-calls', 'occasio_denied__limit-tool-calls']);
  });
  it('has_so_many_commands_and_the_next_is_refused', async () => {
    expect(await names(calling(3, 'Bash', { command: 'true' }), 'max_bash_calls_per_round: 1', 'x')).toEqual(['Bash', 'occasio_denied__limit-bash-calls', 'occasio_denied__limit-bash-calls']);
  });
  it('has_so_many_bytes_for_the_model_and_a_result_beyond_is_refused', async () => {
    await names(calling(3, 'Read', { file_path: 'a' }), 'max_bytes_to_model_per_round: 2500', 'x'.repeat(1000));
    await proxy.stop('stop');
    const rows = readRows(home).filter((row) => row.kind === 'tool_call' && row['direction'] === 'outbound');
    expect(rows).toMatchObject([{ tool_use_id: 'toolu_3', action: 'BLOCK', reason: 'limit-bytes-to-model' }]);
  });
});
