/** Requests whose framing or target can be read in two ways are refused, on every runtime by the same status. Nothing of them goes up. */
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../proxy/world.ts';
import { say } from '../../support/upstream.ts';

const BODY = JSON.stringify({ model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Go.' }] });
const LENGTH = `Content-Length: ${BODY.length}\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const whole = (size = BODY.length.toString(16)): string => `${size}\r\n${BODY}\r\n0\r\n\r\n`;

/** Lines after the request line and Host, then the body, with the line of the request where it is another. */
const refused: readonly (readonly [name: string, status: number, head: string, body: string, line?: string])[] = [
  ['two lengths', 400, `${LENGTH}Content-Length: 3\r\n`, BODY],
  ['a length and chunks', 400, LENGTH + CHUNKED, whole()],
  ['an unknown transfer coding', 400, 'Transfer-Encoding: xchunked\r\n', whole()],
  ['identity and a length', 400, `${LENGTH}Transfer-Encoding: identity\r\n`, BODY],
  ['a folded header', 400, `${LENGTH}x-a: b\r\n c\r\n`, BODY],
  ['a space before the colon', 400, `Content-Length : ${BODY.length}\r\n`, BODY],
  ['a NUL in a header', 400, `${LENGTH}x-a: b\0c\r\n`, BODY],
  ['a chunk without a size', 400, CHUNKED, whole('zz')],
  ['a line feed in a chunk extension', 400, CHUNKED, whole(`${BODY.length.toString(16)};a\nb`)],
  ['a header of 20 KB', 431, `${LENGTH}x-a: ${'b'.repeat(20_000)}\r\n`, BODY],
  ['a second Host', 403, `${LENGTH}Host: evil.example\r\n`, BODY],
  ['a backslash in the target', 400, LENGTH, BODY, 'POST /v1\\messages HTTP/1.1'],
  ['a space in the target', 400, LENGTH, BODY, 'POST /v1/messages /x HTTP/1.1'],
  ['a method in small letters', 400, LENGTH, BODY, 'post /v1/messages HTTP/1.1'],
  ['TRACE', 404, '', '', 'TRACE / HTTP/1.1'],
  ['OPTIONS of the server', 400, '', '', 'OPTIONS * HTTP/1.1'],
];

let world: World;
beforeAll(async () => {
  world = await createWorld({ script: [say('Hi.')], lenient: true });
});
afterAll(() => world.close());

function send(text: string): Promise<string> {
  return new Promise((resolve) => {
    let out = '';
    const socket = net.connect(world.proxy.port, '127.0.0.1', () => socket.write(text));
    socket.setTimeout(10_000, () => socket.destroy()).setEncoding('latin1').on('data', (part: string) => (out += part));
    socket.on('error', () => socket.destroy()).on('close', () => resolve(out));
  });
}

const request = (head: string, body: string, line = 'POST /v1/messages HTTP/1.1'): string => `${line}\r\nHost: 127.0.0.1:${world.proxy.port}\r\n${head}Connection: close\r\n\r\n${body}`;
const statuses = (answer: string): number[] => [...answer.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, code]) => Number(code));

describe('a request with', () => {
  it.each(refused.map((one) => [one[0], one[1], one] as const))('%s_is_a_%i', async (_, status, [, , head, body, line]) => {
    expect(statuses(await send(request(head, body, line)))).toEqual([status]);
    expect(world.upstream.requests).toEqual([]);
  });
});

describe('a request in order', () => {
  it.each([
    ['with a length', LENGTH, BODY],
    ['in chunks', CHUNKED, whole()],
    ['in a chunk a byte', CHUNKED, `${[...BODY].map((letter) => `1\r\n${letter}\r\n`).join('')}0\r\n\r\n`],
  ])('%s_goes_up_as_it_came', async (_, head, body) => {
    const before = world.upstream.asked.length;
    expect(statuses(await send(request(head, body)))).toEqual([200]);
    expect(world.upstream.asked.slice(before).map((seen) => new TextDecoder().decode(seen.raw))).toEqual([BODY]);
  });

  it('may_follow_another_on_one_connection_before_that_is_answered', async () => {
    const before = world.upstream.asked.length;
    const first = request(LENGTH, BODY).replace('Connection: close\r\n', '');
    expect(statuses(await send(first + request(LENGTH, BODY)))).toEqual([200, 200]);
    expect(world.upstream.asked).toHaveLength(before + 2);
  });
});

describe('a client that leaves while it sends', () => {
  it('is_no_fault_of_ours', async () => {
    const socket = net.connect(world.proxy.port, '127.0.0.1', () => socket.write(request('Content-Length: 1000\r\n', '{"model":')));
    await new Promise((done) => setTimeout(done, 300));
    socket.destroy();
    expect(statuses(await send(request(LENGTH, BODY)))).toEqual([200]);
    await new Promise((done) => setTimeout(done, 200));
    expect(world.notices).toEqual([]);
  });
});
