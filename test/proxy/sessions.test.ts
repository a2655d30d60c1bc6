/** Sessions: forked, compacted, slow, under a policy that changes or breaks meanwhile. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { say, use } from '../support/upstream.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

let worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.reverse()) await world.close();
  worlds = [];
});
const open = async (options: WorldOptions): Promise<World> => {
  const world = await createWorld(options);
  worlds.push(world);
  return world;
};
const SECRET = 'DB_PASSWORD=hunter2-very-secret';
const FILES = { '.env': `${SECRET}\n`, 'notes.txt': 'alpha\n' };
const LOCAL = 'version: 1\ntools: { read_file: { action: LOCAL } }\ndeny_paths: [".env"]\n';
const script = [say('', use('Read', { file_path: '.env' }), use('Read', { file_path: 'notes.txt' })), say('First done.'), say('Second done.')];

describe('a session', () => {
  it('forked_through_a_fresh_proxy_is_a_run_of_its_own_and_legal', async () => {
    const first = await open({ script, files: FILES, policy: LOCAL });
    const client = first.client();
    await client.prompt('Go.');
    await first.stop();
    const second = await open({ script, after: first, issued: first.upstream.issued });
    const fork = second.client({ session: 'session-2', messages: structuredClone(client.messages) });
    expect(await fork.prompt('Another way?')).toBe('Second done.');
    expect(second.upstream.problems).toEqual([]);
    await second.stop();
    const starts = second.rows().filter((row) => row.kind === 'run_start');
    expect(starts.map((row) => row['session_id'])).toEqual(['session-1', 'session-2']);
    expect(second.rows().filter((row) => row.kind === 'tool_result' && row['session_id'] === 'session-2')).toMatchObject([{ carried_in: true }, { carried_in: true }]);
  });

  it('asked_to_sum_up_gives_the_model_its_own_history', async () => {
    const world = await open({ script: [script[0] as never, say('A summary.')], files: FILES, policy: LOCAL });
    const client = world.client();
    client.messages.push({ role: 'user', content: 'Go.' });
    const answer = await client.post();
    await answer.text();
    const ids = [...world.upstream.issued.tools.keys()];
    // The agent's compaction: its whole history, then results and the order to sum up in one turn.
    const rows = world.rows().filter((row) => row.kind === 'tool_call');
    expect(rows).toHaveLength(2);
    const history = await world.client().prompt('Go.');
    expect(history).toBe('A summary.');
    const last = world.upstream.asked.at(-1)?.body?.['messages'] as { role: string; content: unknown }[];
    const messages = [...structuredClone(world.upstream.asked.at(-1)?.body?.['messages'] as never[])] as { role: string; content: { type: string; text?: string }[] }[];
    messages.at(-1)?.content.push({ type: 'text', text: 'CRITICAL: Respond with TEXT ONLY. Do NOT call any tools.' });
    const again = world.client({ messages: messages as never });
    expect((await again.post()).status).toBe(200);
    expect(world.upstream.problems).toEqual([]);
    expect(world.upstream.leaks([SECRET])).toEqual([]);
    expect(last.length).toBe(3);
    expect(ids.length).toBeGreaterThan(0);
  });

  it('waits_for_a_slow_upstream', async () => {
    const world = await open({ script: [{ ...(script[0] as object), fault: { delayMs: 300, eventDelayMs: 10 } }, say('Done.')], files: FILES, policy: LOCAL });
    expect(await world.client().prompt('Go.')).toBe('Done.');
    expect(world.upstream.problems).toEqual([]);
  });

  it('that_starts_in_many_requests_at_once_is_one_run', async () => {
    const world = await open({ script: () => say('Hi.'), files: FILES });
    await Promise.all(Array.from({ length: 16 }, (_, i) => world.client({ agentId: `agent-${i}` }).prompt('Hi.')));
    await world.stop();
    expect(world.rows().filter((row) => row.kind === 'run_start')).toHaveLength(1);
    expect(world.rows().filter((row) => row.kind === 'request')).toHaveLength(16);
  });
});

describe('a policy that changes meanwhile', () => {
  const twice = [say('', use('Read', { file_path: 'notes.txt' })), say('', use('Read', { file_path: 'notes.txt' })), say('Done.')];
  const played = async (edit: (home: string) => void, policy?: string): Promise<World> => {
    let world: World | undefined;
    const tools = { Read: () => (edit(world?.home ?? ''), { text: '1\talpha' }) };
    world = await open({ script: twice, files: FILES, tools, ...(policy === undefined ? {} : { policy }) });
    expect(await world.client().prompt('Go.')).toBe('Done.');
    await world.stop();
    return world;
  };
  const write = (text: string) => (home: string) => writeFileSync(join(home, 'policy.yml'), text);

  it('holds_for_the_next_call', async () => {
    const world = await played(write('version: 1\ndeny_paths: ["notes.txt"]\n'), 'version: 1\n');
    expect(world.calls().map((row) => [row['direction'], row['action']])).toEqual([['inbound', 'PASS'], ['outbound', 'BLOCK'], ['inbound', 'BLOCK']]);
    expect(world.rows().filter((row) => row.kind === 'policy_loaded')).toHaveLength(2);
  });
  it.each([
    ['does not parse', write('version: 1\ndeny_paths: [')],
    ['is larger than a policy may be', write(`version: 1\n#${'x'.repeat(300_000)}\n`)],
    ['is taken away', (home: string) => rmSync(join(home, 'policy.yml'), { force: true })],
    ['is a folder', (home: string) => (rmSync(join(home, 'policy.yml'), { force: true, recursive: true }), mkdirSync(join(home, 'policy.yml')))],
  ])('and_%s_leaves_the_last_good_one_in_force', async (_, edit) => {
    const world = await played(edit, 'version: 1\ndeny_paths: [".env"]\n');
    expect(world.calls().map((row) => row['action'])).toEqual(['PASS', 'PASS']);
    expect(world.rows().filter((row) => row.kind === 'policy_loaded')).toHaveLength(1);
    expect(world.notices.filter((line) => line.includes('stays in force'))).toHaveLength(1);
  });
});
