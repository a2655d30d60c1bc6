import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { chooseUpstream } from '../../host/cli/upstream.ts';
import { createOps } from '../../host/runtime/node.ts';
import { fakeIo } from './io.ts';
import { newPlace } from './run.ts';

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => void server.close()));

async function listening(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

const choose = (home: string, given?: string, inherited?: string): Promise<string> =>
  chooseUpstream(fakeIo(inherited === undefined ? {} : { ANTHROPIC_BASE_URL: inherited }).io, createOps(), home, given);

describe('the upstream', () => {
  it('is_the_option_else_the_environment_else_the_public_one', async () => {
    const { occasioHome } = newPlace();
    expect(await choose(occasioHome)).toBe('https://api.anthropic.com');
    expect(await choose(occasioHome, undefined, 'https://gateway.example/team/x/')).toBe('https://gateway.example/team/x');
    expect(await choose(occasioHome, 'https://other.example', 'https://gateway.example')).toBe('https://other.example');
  });

  it.each([
    ['a server that says something else', (_, response) => response.end('{"status":"ok"}')],
    ['a server that says no JSON', (_, response) => response.end('<html>'.repeat(10_000))],
    ['a server that hangs up', (request) => request.socket.destroy()],
    ['a server that hangs up in the middle', (_, response) => (response.write('{"occ'), setTimeout(() => response.destroy(), 50))],
    ['a server that says our name with an error', (_, response) => response.writeHead(404).end('{"occasio":"1"}')],
  ] satisfies [string, RequestListener][])('may_be_%s', async (_, answer) => {
    const url = `http://127.0.0.1:${await listening(answer)}`;
    expect(await choose(newPlace().occasioHome, url)).toBe(url);
  });

  it('may_be_an_address_where_nobody_listens_yet', async () => {
    expect(await choose(newPlace().occasioHome, 'http://127.0.0.1:9')).toBe('http://127.0.0.1:9');
  });

  it('that_never_answers_is_given_up_on', async () => {
    const url = `http://localhost:${await listening(() => undefined)}`;
    expect(await choose(newPlace().occasioHome, url)).toBe(url);
  });

  it('is_never_ourselves_by_answer_or_by_the_home', async () => {
    const port = await listening((_, response) => response.end('{"occasio":"1.0.0","pid":1}'));
    await expect(choose(newPlace().occasioHome, undefined, `http://127.0.0.1:${port}/team`)).rejects.toThrow(/ANTHROPIC_BASE_URL is a proxy of ours/);
    const { occasioHome } = newPlace();
    mkdirSync(join(occasioHome, 'proxies'), { recursive: true });
    const entry = { pid: process.pid, port: 9, started_at: '2026-01-01T00:00:00.000Z', token_file: join(occasioHome, 'proxies', 'x') };
    writeFileSync(join(occasioHome, 'proxies', `${process.pid}.json`), `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    await expect(choose(occasioHome, 'http://127.0.0.1:9')).rejects.toThrow(/--upstream is a proxy of ours/);
    writeFileSync(join(occasioHome, 'proxies', `${process.pid}.json`), 'nonsense');
    expect(await choose(occasioHome, 'http://127.0.0.1:9')).toBe('http://127.0.0.1:9');
  });
});
