/** Who may talk to the proxy, where it sends, and what it refuses to take. */
import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { say, use } from '../support/upstream.ts';
import { openDoor } from './door.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});
const open = async (options: WorldOptions = { script: [say('Hi.')] }): Promise<World> => (world = await createWorld(options));

function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.end(text));
    socket.setEncoding('utf8').on('data', (d) => (out += d)).on('close', () => resolve(out)).on('error', reject);
  });
}

function get(port: number, headers: Record<string, string>, path = '/v1/models'): Promise<number> {
  return new Promise((resolve, reject) => {
    http.get({ host: '127.0.0.1', port, path, headers }, (r) => (r.resume(), resolve(r.statusCode ?? 0))).on('error', reject);
  });
}

describe('a stranger', () => {
  it('that_rebinds_a_name_to_loopback_is_refused', async () => {
    const w = await open();
    for (const host of ['evil.example', `evil.example:${w.proxy.port}`, '127.0.0.1', '127.0.0.1:1', `127.0.0.1:${w.proxy.port}.evil.example`]) {
      expect([400, 403]).toContain(await get(w.proxy.port, { host }));
    }
    expect(w.upstream.requests).toEqual([]);
  });
  it('that_is_a_web_page_is_refused', async () => {
    const w = await open();
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) expect(await get(w.proxy.port, { ...headers, host: `127.0.0.1:${w.proxy.port}` })).toBe(403);
    expect(w.upstream.requests).toEqual([]);
  });
  it('finds_us_on_loopback_only', async () => {
    const w = await open();
    const others = Object.values((await import('node:os')).networkInterfaces()).flat().filter((i) => i !== undefined && !i.internal && i.family === 'IPv4');
    for (const other of others) await expect(fetch(`http://${other?.address}:${w.proxy.port}/occasio/health`)).rejects.toThrow();
    expect((await fetch(`${w.proxy.url}/occasio/health`)).status).toBe(200);
  });
});

describe('a request that is not ours to send', () => {
  it.each([['POST', '/v1/files'], ['POST', '/v1/messages/batches'], ['DELETE', '/v1/messages'], ['GET', '/'], ['POST', '/v1/complete'], ['POST', '/v1/messages/../files']])('%s_%s_is_refused_by_name', async (method, path) => {
    const w = await open();
    const response = await fetch(w.proxy.url + path, { method, ...(method === 'POST' ? { body: '{}' } : {}) });
    expect(response.status).toBe(404);
    expect(await response.text()).toContain(new URL(path, 'http://x').pathname);
    expect(w.upstream.requests).toEqual([]);
  });
  it.each([
    ['an absolute URI', (port: number) => `GET http://evil.example/v1/models HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`],
    ['two lengths', (port: number) => `POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n`],
    ['a double slash', (port: number) => `GET //evil.example/v1/models HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`],
    ['a connect', (port: number) => `CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`],
    ['h2c', (port: number) => `GET /v1/responses HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`],
  ])('%s_reaches_no_other_host', async (_, text) => {
    const w = await open();
    const answer = await raw(w.proxy.port, text(w.proxy.port));
    expect(answer === '' || /^HTTP\/1\.1 4\d\d/.test(answer), answer.slice(0, 200)).toBe(true);
    expect(w.upstream.requests).toEqual([]);
  });
  it('a_compressed_body_is_refused_because_it_cannot_be_judged', async () => {
    const w = await open();
    const response = await fetch(`${w.proxy.url}/v1/messages`, { method: 'POST', headers: { 'content-encoding': 'gzip' }, body: 'x' });
    expect([response.status, await response.text()]).toEqual([402, expect.stringContaining('compressed')]);
    expect(w.upstream.requests).toEqual([]);
  });
  const bodies: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['not JSON', '{"messages":[', /not JSON/],
    ['a name twice', '{"model":"a","model":"b","messages":[]}', /twice/],
    ['an escaped name twice', '{"model":"a","mod\\u0065l":"b","messages":[]}', /twice/],
    ['10,000 deep', `{"messages":[{"role":"user","content":${'['.repeat(10_000)}${']'.repeat(10_000)}}]}`, /deep/],
    ['bad UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), /UTF-8/],
    ['a byte order mark', '\ufeff{"messages":[]}', /byte order mark/],
  ];
  it.each(bodies)('%s_is_a_402_that_says_so_and_has_its_row', async (_, body, says) => {
    const w = await open();
    const response = await fetch(`${w.proxy.url}/v1/messages`, { method: 'POST', body: body as BodyInit });
    expect([response.status, await response.text()]).toEqual([402, expect.stringMatching(says)]);
    expect(w.upstream.requests).toEqual([]);
    await w.stop();
    expect(w.rows().filter((row) => row.kind === 'request')).toMatchObject([{ event_type: 'blocked', status: 402 }]);
  });
  it('a_100_MB_line_is_refused_while_it_comes_and_the_next_request_works', async () => {
    const w = await open();
    const chunk = 'x'.repeat(1 << 20);
    let sent = 0;
    const body = new ReadableStream({ pull: (c) => (sent++ < 100 ? c.enqueue(new TextEncoder().encode(chunk)) : c.close()) });
    const status = await fetch(`${w.proxy.url}/v1/messages`, { method: 'POST', body, duplex: 'half' } as RequestInit).then((r) => r.status, () => 'closed');
    expect([402, 'closed']).toContain(status);
    expect(await w.client().prompt('Hi.')).toBe('Hi.');
    expect(w.upstream.asked).toHaveLength(1);
  });
});

describe('what a client may say', () => {
  it('no_header_turns_judging_or_recording_off', async () => {
    const w = await open({ script: [say('', use('Read', { file_path: '.env' })), say('No.')], files: { '.env': 'K=1\n' } });
    const client = w.client({ headers: { 'x-occasio-preset': 'off', 'x-no-guardrails': '1', 'x-claude-code-agent-id': 'main', 'cache-control': 'no-store', 'x-occasio-policy': 'none' } });
    await client.prompt('Go.');
    expect(client.ran[0]?.name).toBe('occasio_denied__path-denied');
    await w.stop();
    expect(w.calls()).toHaveLength(1);
  });
  it('a_session_id_that_is_no_name_is_not_taken_for_one', async () => {
    const w = await open();
    await w.client({ session: '../../evil' }).prompt('Hi.');
    await w.stop();
    expect(w.rows()[0]).toMatchObject({ session_id: 'unknown' });
  });
});

describe('starting', () => {
  it('on_a_port_in_use_says_which', async () => {
    const w = await open();
    await expect(openDoor({ occasioHome: `${w.home}-2`, upstream: w.upstream.url, preset: 'balanced', cwd: w.cwd, port: w.proxy.port, notice: () => undefined })).rejects.toThrow(/Cannot listen on "127.0.0.1:\d+": the port is in use/);
  });
  it('with_a_policy_that_does_not_parse_is_fatal', async () => {
    await expect(createWorld({ script: [say('Hi.')], policy: 'version: 1\ndeny_pats: [".env"]\n' })).rejects.toThrow(/line 2, column 1/);
  });
});
