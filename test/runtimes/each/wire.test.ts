/** What runtimes do differently below the proxy: headers they add, connections they cut or keep, what they hold in memory. */
import http from 'node:http';
import net from 'node:net';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openChild, type ChildDoor } from '../../proxy/door.ts';
import { createWorld, type World, type WorldOptions } from '../../proxy/world.ts';
import { say, use } from '../../support/upstream.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(options: WorldOptions): Promise<World> {
  const world = await createWorld(options);
  closing.push(() => world.close());
  return world;
}

const EVENT_STREAM = { 'content-type': 'text/event-stream' };
const start = `event: message_start\ndata: ${JSON.stringify({ type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, usage: { input_tokens: 1, output_tokens: 1 } } })}\n\n`;
const opening = `event: content_block_start\ndata: ${JSON.stringify({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })}\n\n`;
const words = (text: string): string => `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })}\n\n`;
const ending = ['content_block_stop', 'message_delta', 'message_stop'].map((type) => `event: ${type}\ndata: ${JSON.stringify({ type, ...(type === 'content_block_stop' ? { index: 0 } : {}), ...(type === 'message_delta' ? { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } } : {}) })}\n\n`).join('');

/** A world whose upstream is a server of the case's own. */
async function between(listener: http.RequestListener, tune: (server: http.Server) => void = () => undefined): Promise<{ readonly world: World; readonly door: ChildDoor }> {
  const server = http.createServer(listener);
  tune(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => new Promise((done) => (server.close(() => done()), server.closeAllConnections())));
  const world = await open({ script: [say('unused')] });
  const door = await openChild({ occasioHome: world.home, upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, preset: 'balanced', cwd: world.cwd, port: 0, notice: () => undefined });
  closing.push(() => door.kill());
  return { world, door };
}

const BODY = JSON.stringify({ model: 'm', max_tokens: 10, stream: true, messages: [{ role: 'user', content: 'Go.' }] });
const head = (port: number, more = ''): string => `POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\nContent-Length: ${BODY.length}\r\n${more}\r\n`;
const post = (base: string): Promise<Response> => fetch(`${base}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: BODY });

/** All that comes on a connection until it ends, and whether it ended in order. */
function exchange(port: number, text: string): Promise<{ readonly text: string; readonly reset: boolean }> {
  return new Promise((resolve) => {
    let [out, reset] = ['', false];
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('latin1').on('data', (part: string) => (out += part));
    socket.on('error', () => (reset = true)).on('close', () => resolve({ text: out, reset }));
  });
}

describe('the record', () => {
  it('names_the_runtime_that_these_cases_are_meant_for', async () => {
    const w = await open({ script: [say('Hi.')] });
    await w.client().prompt('Go.');
    await w.stop();
    expect(w.rows()[0]).toMatchObject({ kind: 'run_start', runtime: expect.stringContaining(process.env['OCCASIO_TEST_SAYS'] ?? 'a runtime') });
  });
});

describe('headers', () => {
  it('go_up_as_they_came_and_none_is_added', async () => {
    const w = await open({ script: [say('Hi.')] });
    const { status } = await new Promise<{ status: number }>((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', port: w.proxy.port, path: '/v1/messages', method: 'POST', headers: { 'x-api-key': 'k', 'anthropic-version': '2023-06-01', 'X-Odd': 'a, b', connection: 'close' } }, (answer) => {
        answer.resume().on('end', () => resolve({ status: answer.statusCode ?? 0 }));
      });
      request.on('error', reject).end(BODY);
    });
    expect(status).toBe(200);
    const names = w.upstream.asked[0]?.headers.map(([name]) => name.toLowerCase()) ?? [];
    expect(names.sort()).toEqual(['accept-encoding', 'anthropic-version', 'connection', 'content-length', 'host', 'x-api-key', 'x-odd']);
    expect(w.upstream.asked[0]?.headers.find(([name]) => name.toLowerCase() === 'x-odd')?.[1]).toBe('a, b');
  });

  it('come_down_as_they_came_each_as_often_as_it_came', async () => {
    const { door } = await between((_, response) => response.writeHead(200, { ...EVENT_STREAM, 'request-id': 'req_1', 'set-cookie': ['a=1', 'b=2'], 'x-two': ['1', '2'], 'retry-after': '7' }).end(start + opening + ending));
    const answer = await exchange(door.port, head(door.port, 'Connection: close\r\n') + BODY);
    const lines = answer.text.split('\r\n\r\n')[0]?.split('\r\n').slice(1) ?? [];
    const own = lines.map((line) => line.toLowerCase()).filter((line) => !/^(date|connection|keep-alive|transfer-encoding):/.test(line));
    expect(own.filter((line) => !line.startsWith('x-two')).sort()).toEqual(['content-type: text/event-stream', 'request-id: req_1', 'retry-after: 7', 'set-cookie: a=1', 'set-cookie: b=2']);
    expect(own.filter((line) => line.startsWith('x-two')).map((line) => line.slice(7)).join(', ')).toBe('1, 2');
  });

  it('a_client_that_waits_for_leave_to_send_gets_it', async () => {
    const w = await open({ script: [say('Hi.')] });
    const answer = await new Promise<string>((resolve, reject) => {
      let out = '';
      const socket = net.connect(w.proxy.port, '127.0.0.1', () => socket.write(head(w.proxy.port, 'x-api-key: k\r\nanthropic-version: 1\r\nConnection: close\r\nExpect: 100-continue\r\n')));
      let sent = false;
      socket.setEncoding('latin1').on('data', (text: string) => {
        out += text;
        if (!sent && out.includes('100 Continue')) socket.write(BODY);
        sent ||= out.includes('100 Continue');
      });
      socket.on('close', () => resolve(out)).on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });
});

describe('a stream', () => {
  it('comes_through_event_by_event', async () => {
    let go = (): void => undefined;
    const { door } = await between((_, response) => {
      response.writeHead(200, EVENT_STREAM).write(start + opening);
      let n = 0;
      go = () => (n++ < 20 ? response.write(words(`w${n} `)) : response.end(ending));
    });
    const reader = ((await post(door.url)).body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    const until = async (what: string): Promise<void> => {
      for (const decoder = new TextDecoder(); !text.includes(what); ) {
        const part = await reader.read();
        if (part.done) throw new Error(`ended before ${what}`);
        text += decoder.decode(part.value);
      }
    };
    await until('content_block_start');
    for (let n = 1; n <= 20; n++) {
      go();
      await until(`"w${n} "`);
    }
    go();
    await until('message_stop');
  });

  it.each(['destroyed', 'ended inside a chunk'] as const)('that_the_upstream_%s_does_not_look_whole_to_the_client', async (how) => {
    const { door } = await between((request, response) => {
      if (how === 'destroyed') {
        response.writeHead(200, EVENT_STREAM).write(start + opening + words('half'));
        setTimeout(() => response.destroy(), 100);
      } else {
        request.socket.write(`HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n${(start + opening).length.toString(16)}\r\n${start}${opening}\r\n400\r\n${words('half')}`);
        setTimeout(() => request.socket.end(), 100);
      }
    });
    const answer = await exchange(door.port, head(door.port, 'Connection: close\r\n') + BODY);
    expect(answer.text).toContain('content_block_start');
    expect(answer.text.endsWith('0\r\n\r\n')).toBe(false);
    await expect(post(door.url).then((response) => response.text())).rejects.toThrow();
  });

  it.each(['before_the_answer_has_begun', 'while_nothing_comes'] as const)('whose_client_leaves_%s_ends_the_upstream_call', async (when) => {
    const until = new Promise<void>((resolve) => closing.push(async () => resolve()));
    const w = await open({ script: [{ ...say('Some words.'), fault: { hold: { at: when === 'while_nothing_comes' ? 3 : 0, until: () => until } } }] });
    const leaving = new AbortController();
    const headers = { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' };
    const asking = fetch(`${w.proxy.url}/v1/messages`, { method: 'POST', headers, body: BODY, signal: leaving.signal }).then((response) => response.text()).catch(() => 'left');
    while (w.upstream.asked.length === 0) await new Promise((done) => setTimeout(done, 20));
    await new Promise((done) => setTimeout(done, 100));
    leaving.abort();
    expect(await asking).toBe('left');
    await w.upstream.asked[0]?.over;
    expect(w.upstream.asked[0]?.clientGone).toBe(true);
    await w.stop();
    expect(w.rows().filter((row) => row.kind === 'request')).toMatchObject([{ complete: false }]);
    expect(w.notices).toEqual([]);
  });

  it('that_the_client_does_not_read_is_not_kept_in_memory', async () => {
    const total = 192 * 1024 * 1024;
    const event = words('x'.repeat(64 * 1024));
    let written = 0;
    const { door } = await between((_, response) => {
      response.writeHead(200, EVENT_STREAM).write(start + opening);
      const more = (): void => {
        while (written < total) {
          written += event.length;
          if (!response.write(event)) return void response.once('drain', more);
        }
        response.end(ending);
      };
      more();
    });
    const socket = net.connect(door.port, '127.0.0.1', () => socket.write(head(door.port) + BODY));
    await once(socket, 'data');
    socket.pause();
    const memory = (): number => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${door.pid}/status`, 'utf8'))?.[1]) / 1024;
    const before = memory();
    let last = -1;
    while (last !== written) {
      last = written;
      await new Promise((done) => setTimeout(done, 700));
    }
    socket.destroy();
    expect({ written: written < total / 2, grown: memory() - before < 100 }, `${written} bytes taken, ${memory() - before} MB more`).toEqual({ written: true, grown: true });
  });
});

describe('connections', () => {
  it('of_an_upstream_that_closes_idle_ones_are_opened_anew', async () => {
    const { door } = await between(
      (request, response) => void request.resume().on('end', () => response.writeHead(200, EVENT_STREAM).end(start + opening + ending)),
      (server) => (server.keepAliveTimeout = 50),
    );
    for (const pause of [0, 10, 60, 200, 1200]) {
      await new Promise((done) => setTimeout(done, pause));
      const answer = await post(door.url);
      expect([pause, answer.status, (await answer.text()).includes('message_stop')]).toEqual([pause, 200, true]);
    }
  });

  it('are_taken_up_to_a_limit_and_free_places_are_used_again', async () => {
    const w = await open({ script: [say('Hi.')] });
    const sockets = Array.from({ length: 540 }, () => net.connect(w.proxy.port, '127.0.0.1').on('error', () => undefined));
    await new Promise((done) => setTimeout(done, 1500));
    const left = sockets.filter((socket) => !socket.destroyed && socket.readyState === 'open').length;
    sockets.forEach((socket) => socket.destroy());
    await new Promise((done) => setTimeout(done, 300));
    expect((await fetch(`${w.proxy.url}/occasio/health`)).status).toBe(200);
    expect(left).toBeLessThanOrEqual(512);
  });

  it('of_32_conversations_at_once_do_not_mix', async () => {
    const w = await open({ script: (ask) => (ask.assistantTurns === 0 ? say(`Looking for ${ask.firstText}.`, use('Read', { file_path: 'notes.txt' }), use('Read', { file_path: '.env' })) : say(`Done with ${ask.firstText}`)), files: { 'notes.txt': 'alpha\n', '.env': 'K=1\n' } });
    const all = await Promise.all(Array.from({ length: 32 }, async (_, n) => {
      const client = w.client({ session: `many-${n}` });
      return [await client.prompt(`task ${n}`), client.ran.map((call) => call.name)];
    }));
    expect(all).toEqual(Array.from({ length: 32 }, (_, n) => [`Done with task ${n}`, ['Read', 'occasio_denied__path-denied']]));
    await w.stop();
    expect(w.calls()).toHaveLength(64);
  });
});

describe('a proxy that is told to stop', () => {
  it('ends_open_streams_and_closes_their_run', async () => {
    const until = new Promise<void>((resolve) => closing.push(async () => resolve()));
    const w = await open({ script: [{ ...say('Some words.', use('Read', { file_path: 'notes.txt' })), fault: { hold: { at: 7, until: () => until } } }], files: { 'notes.txt': 'alpha\n' } });
    const client = w.client();
    client.messages.push({ role: 'user', content: 'Go.' });
    const response = await client.post();
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const began = Date.now();
    await w.stop();
    expect(Date.now() - began).toBeLessThan(5000);
    const rest = (async () => {
      while (!(await reader.read()).done);
    })();
    await expect(rest).rejects.toThrow();
    expect(w.rows().at(-1)).toMatchObject({ kind: 'run_end' });
    expect(w.rows().filter((row) => row.kind === 'request')).toMatchObject([{ complete: false }]);
  });
});
