/** What the policy lets through goes through untouched, in both directions, whatever shape it has. */
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { say, think, use, type Turn } from '../support/upstream.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});
const open = async (options: WorldOptions): Promise<World> => (world = await createWorld(options));

const FILES = { 'notes.txt': 'alpha\nbeta\n', 'src/a.ts': 'export const a = 1;\n' };
const SCRIPT: readonly Turn[] = [
  say('I look at the notes.', think('where to begin'), use('Read', { file_path: 'notes.txt' })),
  say('Two at once.', use('Read', { file_path: 'src/a.ts' }), use('Bash', { command: 'ls -la' })),
  say('Done.'),
];

async function play(options: Partial<WorldOptions> & { script?: WorldOptions['script'] } = {}, stream = true): Promise<World> {
  const w = await open({ script: SCRIPT, files: FILES, ...options });
  const client = w.client({ stream });
  expect(await client.prompt('Look around.')).toBe('Done.');
  expect(w.upstream.problems).toEqual([]);
  client.answers.forEach((answer, i) => expect(Buffer.from(answer).equals(Buffer.from(w.upstream.asked[i]?.answer ?? [])), `answer ${i}`).toBe(true));
  w.upstream.asked.forEach((request, i) => {
    const sent = { model: 'claude-opus-5-5', max_tokens: 1024, metadata: { user_id: JSON.stringify({ session_id: 'session-1' }) }, messages: client.messages.slice(0, 1 + 2 * i), ...(stream ? { stream: true } : {}) };
    expect(new TextDecoder().decode(request.raw), `request ${i}`).toBe(JSON.stringify(sent));
  });
  return w;
}

describe('a conversation that passes', () => {
  it('is_byte_identical_on_both_sides_streamed', async () => {
    const w = await play();
    await w.stop();
    const kinds = w.rows().map((row) => row.kind);
    expect(kinds.slice(0, 2)).toEqual(['run_start', 'policy_loaded']);
    expect(kinds.filter((k) => k === 'request')).toHaveLength(3);
    expect(kinds.filter((k) => k === 'tool_result')).toHaveLength(3);
    expect(w.calls().map((row) => [row['tool_name'], row['action']])).toEqual([['read_file', 'PASS'], ['read_file', 'PASS'], ['shell_bash', 'PASS']]);
    expect(kinds.at(-1)).toBe('run_end');
  });
  it('is_byte_identical_on_both_sides_in_one_answer', async () => {
    await play({}, false);
  });
  it.each([['\r\n'], ['\r']] as const)('keeps_line_ends_%j', async (eol) => {
    await play({ script: SCRIPT.map((turn) => ({ ...turn, fault: { eol } })) });
  });
  it('keeps_the_stream_when_events_are_left_out', async () => {
    await play({ script: SCRIPT.map((turn) => ({ ...turn, fault: { omit: ['ping', 'message_stop', 'usage'] } })) });
  });
  it.each([1, 2, 3, 7, 64])('does_not_mind_chunks_of_%i_bytes', async (pieceBytes) => {
    await play({ script: SCRIPT.map((turn) => ({ ...turn, fault: { pieceBytes } })) });
  });
  it('takes_an_answer_that_is_compressed_though_we_asked_for_plain', async () => {
    const w = await open({
      script: () => ({ status: { code: 200, headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, body: new Uint8Array(gzipSync('{"type":"message","id":"msg_1","role":"assistant","model":"m","content":[{"type":"text","text":"plain"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}')) } }),
    });
    expect(await w.client({ stream: false }).prompt('Hi.')).toBe('plain');
  });
  it('keeps_a_path_prefix_of_upstream_and_of_client', async () => {
    const w = await open({ script: [say('Hi.')], prefix: '/team/x' });
    expect(await w.client({ base: `${w.proxy.url}` }).prompt('Hi.')).toBe('Hi.');
    expect(w.upstream.asked[0]?.url).toBe('/team/x/v1/messages?beta=true');
  });
  it('sends_headers_on_and_keeps_hop_by_hop_ones', async () => {
    const w = await open({ script: [say('Hi.')] });
    await w.client({ headers: { 'anthropic-beta': 'a,b', 'x-custom': 'v' } }).prompt('Hi.');
    const names = Object.fromEntries(w.upstream.asked[0]?.headers.map(([n, v]) => [n.toLowerCase(), v]) ?? []);
    expect(names).toMatchObject({ 'anthropic-beta': 'a,b', 'x-custom': 'v', 'x-api-key': 'dummy-key-for-loopback', 'anthropic-version': '2023-06-01', host: `127.0.0.1:${w.upstream.port}` });
  });
  it('passes_counting_of_tokens_models_and_probes', async () => {
    const w = await open({ script: [say('Hi.')] });
    const client = w.client();
    client.messages.push({ role: 'user', content: 'How long is this?' });
    expect(await (await client.post('/v1/messages/count_tokens')).json()).toHaveProperty('input_tokens');
    expect((await fetch(`${w.proxy.url}/v1/models`)).status).toBe(200);
    expect((await fetch(`${w.proxy.url}/api/hello`, { method: 'HEAD' })).status).toBe(200);
  });
});
