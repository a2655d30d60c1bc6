/** What a request may hold beside its messages, and what it may not. */
import { afterEach, describe, expect, it } from 'vitest';
import { exampleSecret } from '../support/secrets.ts';
import { say, use, type Turn } from '../support/upstream.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});
const open = async (options: WorldOptions): Promise<World> => (world = await createWorld(options));
const FILES = { 'notes.txt': 'alpha\n' };

describe('what a request may hold', () => {
  it('a_key_in_the_schema_of_a_tool_goes_up_redacted', async () => {
    const key = exampleSecret();
    const w = await open({ script: [say('Hi.')], files: FILES });
    const client = w.client();
    client.messages.push({ role: 'user', content: 'Hi.' });
    await (await client.post(undefined, { tools: [{ name: 'T', description: 'd', input_schema: { type: 'object', properties: { a: { type: 'string', description: `use ${key}` } } } }] })).text();
    expect(w.upstream.leaks([key])).toEqual([]);
  });
  it('a_result_that_is_neither_text_nor_blocks_is_refused', async () => {
    const w = await open({ script: [say('Hi.')], files: FILES });
    const messages = [{ role: 'user', content: 'Go.' }, { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_o', name: 'Read', input: { file_path: 'notes.txt' } }] }, { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_o', content: { text: 'hunter2' } }] }];
    expect((await w.client({ messages: messages as never }).post()).status).toBe(402);
    expect(w.upstream.asked).toEqual([]);
  });
  it('a_side_request_without_tools_does_not_reset_the_limits_of_a_round', async () => {
    const holder: { w?: World } = {};
    const side = async () => {
      const client = holder.w?.client({ messages: [{ role: 'user', content: 'Name this session.' }] });
      await (await client?.post())?.text();
      return { text: 'ok' };
    };
    const ask = (at: { messages: readonly unknown[]; body: unknown; assistantTurns: number }): Turn => (at.messages.length === 1 && (at.body as { tools?: unknown }).tools === undefined ? say('A title.') : at.assistantTurns < 4 ? say('', use('Bash', { command: `ls ${at.assistantTurns}` })) : say('Done.'));
    const w = (holder.w = await open({ script: ask as never, files: FILES, tools: { Bash: side }, policy: 'version: 1\nlimits: { max_bash_calls_per_round: 2 }\n' }));
    const client = w.client();
    client.messages.push({ role: 'user', content: 'Go.' });
    const names: string[] = [];
    for (let turn = 0; turn < 4; turn++) {
      const answer = await (await client.post(undefined, { tools: [{ name: 'Bash', input_schema: { type: 'object' } }], stream: false })).json() as { content: { type: string; id: string; name: string }[] };
      const call = answer.content.find((block) => block.type === 'tool_use');
      if (call === undefined) break;
      names.push(call.name);
      if (call.name === 'Bash') await side();
      client.messages.push({ role: 'assistant', content: answer.content }, { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'ok' }] });
    }
    expect(names).toEqual(['Bash', 'Bash', 'occasio_denied__limit-bash-calls', 'occasio_denied__limit-bash-calls']);
  });
});
