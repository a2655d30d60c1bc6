/** History that was looked through is not looked through again, and whatever makes a difference makes it all the same. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { exampleSecret } from '../support/secrets.ts';
import { say } from '../support/upstream.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});
const open = async (options: Partial<WorldOptions> = {}): Promise<World> => (world = await createWorld({ script: [say('Yes.')], lenient: true, ...options }));
const call = (id: string, name: string, input: object) => ({ role: 'assistant', content: [{ type: 'tool_use', id, name, input }] });
const result = (id: string, text: string) => ({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: text }] });

/** Sends each history after the other in one session; the bodies as the model got them. */
async function sent(w: World, ...histories: readonly (readonly object[])[]): Promise<string[]> {
  for (const messages of histories) await (await w.client({ messages: [...messages] as never }).post()).text();
  return w.upstream.asked.map(({ raw }) => new TextDecoder().decode(raw));
}

describe('a text that came before', () => {
  const GO = { role: 'user', content: 'Go on with PROJECT-77, please.' };

  it('is_judged_again_under_another_policy', async () => {
    const w = await open();
    await sent(w, [GO], [GO]);
    writeFileSync(join(w.home, 'policy.yml'), 'version: 1\ndeny_patterns: { internal: "PROJECT-[0-9]+" }\n', { mode: 0o600 });
    expect((await sent(w, [GO])).map((body) => body.includes('PROJECT-77'))).toEqual([true, true, false]);
  });

  it('as_the_input_of_a_call_is_judged_as_a_file_of_the_context', async () => {
    const w = await open();
    const text = `Contents of ${w.cwd}/.env:\n\nK=hunter2`;
    const history = [{ role: 'user', content: 'Go.' }, call('toolu_1', 'Task', { prompt: text }), result('toolu_1', 'ok')];
    const bodies = await sent(w, history, [...history, { role: 'user', content: text }], [{ role: 'user', content: text }]);
    expect(bodies.map((body) => body.split('hunter2').length - 1)).toEqual([1, 1, 0]);
  });

  it('as_a_result_is_judged_again_when_the_history_says_what_call_it_was_of', async () => {
    const w = await open();
    const listing = result('toolu_1', 'a.ts\n.env\nb.ts');
    const bodies = await sent(w, [GO, listing], [GO, listing], [GO, call('toolu_1', 'Bash', { command: 'ls -a' }), listing], [GO, call('toolu_1', 'Bash', { command: 'ls -a' }), listing]);
    expect(bodies.map((body) => body.includes('.env'))).toEqual([true, true, false, false]);
    expect(bodies[3]).toBe(bodies[2]);
  });

  it('beside_a_secret_that_is_new_leaves_it_to_be_found', async () => {
    const w = await open();
    const key = exampleSecret();
    const bodies = await sent(w, [GO, { role: 'user', content: 'b' }], [GO, { role: 'user', content: `b ${key}` }, { role: 'user', content: 'b' }]);
    expect(bodies.map((body) => body.includes(key))).toEqual([false, false]);
    expect(bodies[1]).toContain('[REDACTED:');
  });
});
