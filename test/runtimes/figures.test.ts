/**
 * What each runtime costs, printed: start of the program, start of the proxy until it tells its address, time to first byte
 * added to a streamed turn that passes, memory. The bounds are wide, as the machine may be busy: they find what is broken.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bundle } from '../support/command.ts';
import { given, type Runtime } from './runtimes.ts';
import { lacking } from '../support/lacking.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-figures-')));
const server = http.createServer((request, response) => void request.resume().on('end', () => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(ANSWER))).listen(0, '127.0.0.1');
await once(server, 'listening');
const upstream = (server.address() as AddressInfo).port;
const agent = new http.Agent({ keepAlive: true });
const table: string[] = [];

afterAll(() => {
  console.log(`runtimes: medians\n${table.join('\n')}`);
  agent.destroy();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const event = (type: string, more: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const ANSWER =
  event('message_start', { message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, usage: { input_tokens: 1, output_tokens: 1 } } }) +
  event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } }) +
  event('message_stop', {});
const HISTORY = Array.from({ length: 20 }, (_, n) => ({ role: n % 2 === 0 ? 'user' : 'assistant', content: `message ${n} ${'of some length '.repeat(20)}` }));
const BODY = JSON.stringify({ model: 'm', max_tokens: 10, stream: true, messages: [...HISTORY, { role: 'user', content: 'Go.' }] });

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Milliseconds until the first byte of the answer; the rest is read too. */
function firstByte(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const request = http.request({ host: '127.0.0.1', port, agent, path: '/v1/messages', method: 'POST', headers: { 'content-type': 'application/json' } }, (answer) => {
      let first = 0;
      answer.on('data', () => (first ||= performance.now() - began)).on('end', () => resolve(first)).on('error', reject);
    });
    request.on('error', reject).end(BODY);
  });
}

async function startedProxy(runtime: Runtime): Promise<{ port: number; took: number; memory: () => number; end: () => Promise<void> }> {
  const home = join(folder, runtime.name);
  mkdirSync(home, { mode: 0o700 });
  const began = performance.now();
  const child = spawn(runtime.program, [...runtime.words, bundle, 'proxy', '--upstream', `http://127.0.0.1:${upstream}`], { env: { ...process.env, OCCASIO_HOME: home }, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  let out = '';
  for await (const part of child.stdout.setEncoding('utf8')) if ((out += String(part)).includes('\n')) break;
  const took = performance.now() - began;
  return {
    port: Number(/:(\d+)\n/.exec(out)?.[1]),
    took,
    memory: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    async end() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

describe.skipIf(lacking(process.platform !== 'linux', 'memory is read from /proc, which Linux has'))('the cost of', () => {
  it.each(given().map((one) => [one.name, one] as const))('%s', async (_, runtime) => {
    const starts = Array.from({ length: 7 }, () => {
      const began = performance.now();
      expect(spawnSync(runtime.program, [...runtime.words, bundle, '--version']).status).toBe(0);
      return performance.now() - began;
    });
    const proxy = await startedProxy(runtime);
    const [straight, through]: [number[], number[]] = [[], []];
    for (let n = 0; n < 250; n++) {
      const one = await firstByte(upstream);
      const other = await firstByte(proxy.port);
      if (n < 50) continue;
      straight.push(one);
      through.push(other);
    }
    const added = median(through) - median(straight);
    const memory = proxy.memory();
    await proxy.end();
    const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`.padStart(8);
    table.push(`  ${`${runtime.name} ${runtime.version}`.padEnd(20)} --version ${ms(median(starts))}   proxy ready ${ms(proxy.took)}   first byte + ${ms(added)}   memory ${memory.toFixed(0).padStart(4)} MB`);
    expect(median(starts)).toBeLessThan(5000);
    expect(added).toBeLessThan(50);
    expect(memory).toBeLessThan(600);
  });
});
