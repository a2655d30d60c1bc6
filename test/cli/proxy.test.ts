import { describe, expect, it } from 'vitest';
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { newPlace, occasio } from './run.ts';

const port = (text: string): number => Number(/127\.0\.0\.1:(\d+)/.exec(text)?.[1]);

describe('occasio proxy', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('prints_the_address_alone_and_ends_well_on_%s', async (signal) => {
    let health = 0;
    const ran = await occasio(newPlace(), ['proxy'], {
      started: (child) => child.onOut(async (text) => {
        if (!text.includes('\n') || health !== 0) return;
        health = 1;
        health = (await fetch(`http://127.0.0.1:${port(text)}/occasio/health`)).status;
        child.kill(signal);
      }),
    });
    expect(ran.out).toMatch(/^export ANTHROPIC_BASE_URL=http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(ran.err).toMatch(/listening on .*\n.*no request came/);
    expect([ran.code, health]).toEqual([0, 200]);
  });

  it('takes_the_port_it_is_given_and_says_when_it_is_in_use', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const taken = (server.address() as AddressInfo).port;
    const ran = await occasio(newPlace(), ['proxy', '--port', String(taken)]);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toMatch(/the port is in use.*Leave --port out/);
    const json = await occasio(newPlace(), ['proxy', '--port', String(taken), '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ error: { code: 'port' } });
    await new Promise((done) => server.close(done));
    const free = await occasio(newPlace(), ['proxy', '--port', String(taken), '--cwd', '.', '--json'], { started: (child) => child.onOut((text) => text.includes('}') && child.kill('SIGTERM')) });
    expect(JSON.parse(free.out)).toMatchObject({ port: taken, url: `http://127.0.0.1:${taken}`, upstream: 'https://api.anthropic.com', preset: 'balanced' });
  });

  it('says_what_is_wrong_with_an_unfit_home', async () => {
    const place = newPlace();
    const ran = await occasio({ ...place, occasioHome: `${place.cwd}/../user/file` }, ['proxy', '--preset', 'lax']);
    expect(ran.code).toBe(2);
    expect(ran.err).toMatch(/--preset lax.*no such value.*balanced, strict or off/);
    expect((await occasio({ ...place, occasioHome: 'relative' }, ['proxy'])).err).toMatch(/relative path/);
  });

  it('says_once_that_others_can_look_into_the_home', async () => {
    const place = newPlace();
    mkdirSync(place.occasioHome);
    chmodSync(place.occasioHome, 0o755);
    const ran = await occasio(place, ['proxy'], { started: (child) => child.onOut((text) => text.includes('\n') && child.kill('SIGTERM')) });
    expect(ran.err.match(/Others can list/g)).toHaveLength(1);
  });
});
