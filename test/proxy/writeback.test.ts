/** A secret that the model never sees stays in the file that the model edits. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { say, think, use, type Ask, type Turn } from '../support/upstream.ts';
import { exampleSecret } from '../support/secrets.ts';
import type { Tools } from './client.ts';
import { createWorld, realTools, type World, type WorldOptions } from './world.ts';

let worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.reverse()) await world.close();
  worlds = [];
});

const KEY = exampleSecret();
const FILE = `region: eu\n  token: ${KEY}\nport: 3000 tcp\n`;

/** Edit as Claude Code has it: the text must be found, once unless all are meant. */
const editor = (cwd: string): Tools => ({
  ...realTools(cwd),
  Edit: (input) => {
    const path = join(cwd, String(input['file_path']));
    const text = readFileSync(path, 'utf8');
    const [from, to] = [String(input['old_string']), String(input['new_string'])];
    const count = text.split(from).length - 1;
    if (count === 0 || (count > 1 && input['replace_all'] !== true)) return { text: `<tool_use_error>found ${count} times\nString: ${from}</tool_use_error>`, isError: true };
    return realTools(cwd)['Write']?.({ file_path: path, content: text.split(from).join(to) }) ?? { text: 'no Write' };
  },
});

async function open(options: WorldOptions): Promise<{ world: World; client: ReturnType<World['client']> }> {
  const world = await createWorld({ files: { 'config.yml': FILE }, ...options });
  worlds.push(world);
  return { world, client: world.client({ tools: editor(world.cwd) }) };
}

/** What the model does once it has seen the placeholder. */
const afterRead = (next: (mark: string) => readonly Turn[]) => (ask: Ask): Turn => {
  if (ask.assistantTurns === 0) return say('', use('Read', { file_path: 'config.yml' }));
  const mark = /\[REDACTED:[a-z0-9-]+:[a-z2-7]{10}\]/.exec(JSON.stringify(ask.body))?.[0] ?? 'no placeholder';
  return next(mark)[ask.assistantTurns - 1] ?? say('Done.');
};

const onDisk = (world: World, name = 'config.yml'): string => readFileSync(join(world.cwd, name), 'utf8');
const historyOf = (world: World, at = -1): unknown => world.upstream.asked.at(at)?.body?.['messages'];

describe('a placeholder that the model writes', () => {
  const ways: readonly (readonly [string, boolean])[] = [['in a stream', true], ['in one piece', false]];
  it.each(ways)('is_the_secret_on_disk_and_a_placeholder_upstream_%s', async (_, stream) => {
    const { world } = await open({
      script: afterRead((mark) => [
        say('I edit.', think('near the key'), use('Edit', { file_path: 'config.yml', old_string: `  token: ${mark}\nport: 3000`, new_string: `  token: ${mark}\n  user: me\nport: 4000` })),
        say('', use('Write', { file_path: 'config.yml', content: `# new\n  token: ${mark}\n` })),
      ]),
    });
    const client = world.client({ tools: editor(world.cwd), stream });
    expect(await client.prompt('Go.')).toBe('Done.');
    expect(client.ran.map(({ name }) => name)).toEqual(['Read', 'Edit', 'Write']);
    expect(client.ran[1]?.input).toEqual({ file_path: 'config.yml', old_string: `  token: ${KEY}\nport: 3000`, new_string: `  token: ${KEY}\n  user: me\nport: 4000` });
    expect(onDisk(world)).toBe(`# new\n  token: ${KEY}\n`);
    // The upstream checks that history is what it issued, byte for byte.
    expect(world.upstream.problems).toEqual([]);
    expect(world.upstream.leaks([KEY])).toEqual([]);
    await world.stop();
    const inbound = world.calls().filter((row) => row['direction'] === 'inbound');
    expect(inbound).toMatchObject([{ action: 'PASS' }, { action: 'TRANSFORM', reason: 'secret-restored', judged: { restored: 2 } }, { action: 'TRANSFORM', judged: { restored: 1 } }]);
    const record = readdirSync(join(world.home, 'runs')).map((name) => readFileSync(join(world.home, 'runs', name), 'utf8')).join('');
    expect(record).not.toContain(KEY);
    expect(record).toContain('input_commit');
  });

  it('is_redacted_the_same_after_a_restart_without_any_store', async () => {
    const script = afterRead((mark) => [say('', use('Edit', { file_path: 'config.yml', old_string: `  token: ${mark}`, new_string: `  token: ${mark}\n  kept: yes` }), use('Read', { file_path: 'config.yml' }))]);
    const { world: first, client } = await open({ script });
    expect(await client.prompt('Go.')).toBe('Done.');
    const before = JSON.stringify(historyOf(first)).slice(0, -1);
    await first.stop();
    rmSync(join(first.home, 'results'), { recursive: true, force: true });
    const second = await createWorld({ script: [say('Again.')], after: first, issued: first.upstream.issued });
    worlds.push(second);
    expect(await second.client({ messages: structuredClone(client.messages) }).prompt('And now?')).toBe('Again.');
    expect(JSON.stringify(historyOf(second)).startsWith(before)).toBe(true);
    expect([second.upstream.leaks([KEY]), second.upstream.problems]).toEqual([[], []]);
    expect(onDisk(second)).toContain(`${KEY}\n  kept: yes`);
  });

  const refusals: readonly (readonly [string, string, (mark: string) => ReturnType<typeof use>])[] = [
    ['in a command', 'placeholder-in-input', (mark) => use('Bash', { command: `echo ${mark}` })],
    ['in a path', 'placeholder-in-input', (mark) => use('Write', { file_path: `${mark}.txt`, content: 'x' })],
    ['in another member', 'placeholder-in-input', (mark) => use('Edit', { file_path: 'config.yml', old_string: 'region: eu\n', new_string: 'x\n', note: mark })],
    ['as the name of a member', 'placeholder-in-input', (mark) => use('Write', { file_path: 'config.yml', content: 'x', [mark]: 1 })],
    ['for another tool', 'placeholder-in-input', (mark) => use('mcp__files__write', { path: 'config.yml', content: mark })],
    ['in an edit of the wrong form', 'placeholder-in-input', (mark) => use('Edit', { file_path: 'config.yml', old_string: [mark], new_string: mark })],
    ['for another file', 'placeholder-unknown', (mark) => use('Write', { file_path: 'other.yml', content: `  token: ${mark}\n` })],
    ['for a file that is not there', 'placeholder-unknown', (mark) => use('Write', { file_path: 'new.yml', content: `  token: ${mark}\n` })],
    ['for a folder', 'placeholder-unknown', (mark) => use('Write', { file_path: '.', content: `  token: ${mark}\n` })],
    ['forged', 'placeholder-unknown', (mark) => use('Write', { file_path: 'config.yml', content: `  token: ${mark.slice(0, -4)}aaa]\n` })],
    ['for a denied file', 'path-denied', (mark) => use('Write', { file_path: 'secret.env', content: `  token: ${mark}\n` })],
    ['by a link to a denied file', 'path-denied', (mark) => use('Write', { file_path: 'link.yml', content: `  token: ${mark}\n` })],
    ['within a line of its own', 'secret-cut', (mark) => use('Edit', { file_path: 'config.yml', old_string: `  token: ${mark}`, new_string: `echo ${mark}` })],
    ['not at all, but a guess of the value', 'secret-cut', () => use('Edit', { file_path: 'config.yml', old_string: KEY.slice(0, 12), new_string: 'x' })],
    ['not at all, but a wrong guess', 'secret-cut', () => use('Edit', { file_path: 'config.yml', old_string: `${KEY.slice(0, 11)}-`, new_string: 'x' })],
  ];
  it.each(refusals)('is_refused_%s', async (_, reason, call) => {
    const { world, client } = await open({
      files: { 'config.yml': FILE, 'other.yml': 'a: 1\n', 'secret.env': `  token: ${KEY}\n` },
      links: { 'link.yml': 'secret.env' },
      policy: 'version: 1\ndeny_paths: ["*.env"]\n',
      script: afterRead((mark) => [say('', call(mark))]),
    });
    expect(await client.prompt('Go.')).toBe('Done.');
    expect(client.ran[1]?.name).toBe(`occasio_denied__${reason}`);
    expect([onDisk(world), world.upstream.problems]).toEqual([FILE, []]);
    await world.stop();
    expect(world.calls().filter((row) => row['direction'] === 'inbound').at(-1)).toMatchObject({ action: 'BLOCK', reason });
  });

  it('is_turned_back_through_a_link_and_in_a_cell_of_a_notebook', async () => {
    const cells = (source: string): string => JSON.stringify({ cells: [{ id: 'c1', source: ['import os\n', `  token: ${KEY}\n`] }, { id: 'c2', source }] });
    const { world, client } = await open({
      files: { 'config.yml': FILE, 'n.ipynb': cells('x') },
      links: { 'link.yml': 'config.yml' },
      script: afterRead((mark) => [
        say('', use('Write', { file_path: 'link.yml', content: `  token: ${mark}\n` })),
        say('', use('NotebookEdit', { notebook_path: 'n.ipynb', cell_id: 'c1', new_source: `  token: ${mark}\nx = 1` })),
      ]),
    });
    expect(await client.prompt('Go.')).toBe('Done.');
    expect(onDisk(world)).toBe(`  token: ${KEY}\n`);
    expect(client.ran[2]?.input).toMatchObject({ cell_id: 'c1', new_source: `  token: ${KEY}\nx = 1` });
    expect([world.upstream.leaks([KEY]), world.upstream.problems]).toEqual([[], []]);
  });

  it('is_not_found_in_words_or_thinking', async () => {
    const { world, client } = await open({ script: afterRead((mark) => [say(`The key is ${mark}.`, think(`it is ${mark}`))]) });
    expect(await client.prompt('Go.')).toContain('The key is [REDACTED:');
    expect(JSON.stringify(client.messages.at(-1))).not.toContain(KEY);
    expect(world.upstream.leaks([KEY])).toEqual([]);
  });

  it.each([
    ['redact_secrets_in_tool_results: false\n', 'balanced', 'placeholder-in-input'],
    ['block_secrets_in_tool_results: true\n', 'balanced', 'placeholder-in-input'],
    ['', 'off', 'placeholder-in-input'],
    ['', 'strict', 'placeholder-in-input'],
  ] as const)('is_refused_where_it_could_not_be_redacted_again_%s%s', async (member, preset, reason) => {
    const { client } = await open({ preset, policy: `version: 1\n${member}`, script: [say('', use('Write', { file_path: 'config.yml', content: `[REDACTED:github-token:${'a'.repeat(10)}]` })), say('Done.')] });
    expect(await client.prompt('Go.')).toBe('Done.');
    expect(client.ran[0]?.name).toBe(`occasio_denied__${reason}`);
  });
});

describe('an edit without a placeholder', () => {
  it('of_another_line_is_passed_as_it_came', async () => {
    const { world, client } = await open({ script: afterRead(() => [say('', use('Edit', { file_path: 'config.yml', old_string: 'region: eu', new_string: 'region: us' }))]) });
    expect(await client.prompt('Go.')).toBe('Done.');
    expect(onDisk(world)).toBe(FILE.replace('eu', 'us'));
    await world.stop();
    expect(world.calls().filter((row) => row['direction'] === 'inbound').map((row) => row['action'])).toEqual(['PASS', 'PASS']);
  });

  it('two_edits_of_a_file_with_a_secret_go_one_after_the_other', async () => {
    const edit = (from: string, to: string): ReturnType<typeof use> => use('Edit', { file_path: 'config.yml', old_string: from, new_string: to });
    const { world, client } = await open({ script: afterRead(() => [say('', edit('region: eu', 'region: us'), edit('port: 3000', 'port: 1')), say('', edit('port: 3000', 'port: 2'))]) });
    expect(await client.prompt('Go.')).toBe('Done.');
    expect(client.ran.map(({ name }) => name)).toEqual(['Read', 'Edit', 'occasio_denied__edit-pending', 'Edit']);
    expect(onDisk(world)).toBe(FILE.replace('eu', 'us').replace('3000', '2'));
  });

  it('a_file_without_secrets_is_edited_as_ever', async () => {
    const { world, client } = await open({ files: { 'config.yml': 'a\nb\n' }, script: [say('', use('Edit', { file_path: 'config.yml', old_string: 'a', new_string: 'x' }), use('Edit', { file_path: 'config.yml', old_string: 'b', new_string: 'y' })), say('Done.')] });
    expect(await client.prompt('Go.')).toBe('Done.');
    expect(onDisk(world)).toBe('x\ny\n');
  });
});
