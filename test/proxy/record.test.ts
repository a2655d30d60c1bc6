/** What the record holds: a row before its effect, a decision that can be made again, every change of the policy. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { compilePolicy, decide, parsePolicy } from '../../host/policy/index.ts';
import type { Judged } from '../../host/policy/types.ts';
import { loadCore } from '../../host/runtime/core.ts';
import { startProxy } from '../../host/runtime/start.ts';
import { createUpstream, say, use } from '../support/upstream.ts';
import { exampleSecret } from '../support/secrets.ts';
import { createClient, type Tools } from './client.ts';
import { openChild } from './door.ts';
import { createWorld, readRows, realTools, type World, type WorldOptions } from './world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});
const open = async (options: WorldOptions): Promise<World> => (world = await createWorld(options));
const FILES = { '.env': 'DB_PASSWORD=hunter2-very-secret\n', 'notes.txt': 'alpha\n' };

describe('the record', () => {
  it('gives_every_decision_again_from_what_was_judged', async () => {
    const policies = ['version: 1\ndeny_paths: [".env"]\ndeny_commands: ["git push"]\ndeny_patterns: { internal: "PROJECT-[0-9]+" }\nredact_secrets_in_tool_results: true\ntools: { grep: { action: LOCAL } }\n', 'version: 1\ndeny_paths: ["notes.txt"]\n'];
    const key = exampleSecret();
    const script = [
      say('', use('Read', { file_path: '.env' }), use('Read', { file_path: 'notes.txt' }), use('Bash', { command: 'git push origin main' }), use('Bash', { command: 'python3 x.py' })),
      say('', use('Grep', { pattern: 'alpha' }), use('Write', { file_path: 'a.txt', content: 'see PROJECT-12' }), use('Bash', { command: 'cat "unclosed' }), use('Read', { file_path: 'key.txt' })),
      say('', use('Read', { file_path: 'notes.txt' }), use('WebFetch', { url: 'https://example.com/', prompt: 'p' })),
      say('Done.'),
    ];
    const w = await open({ script, files: { ...FILES, 'key.txt': `${key}\n` }, policy: policies[0] as string });
    let turns = 0;
    const tools = { ...realTools(w.cwd), Bash: () => ({ text: 'ran' }), WebFetch: () => ({ text: 'page' }) } as Tools;
    const watching = Object.fromEntries(Object.entries(tools).map(([name, run]) => [name, (input: Record<string, unknown>) => ((turns += 1), turns === 3 ? writeFileSync(join(w.home, 'policy.yml'), policies[1] as string) : undefined, run(input))]));
    expect(await w.client({ tools: watching }).prompt('Go.')).toBe('Done.');
    await w.stop();
    const { core } = loadCore();
    const rows = w.rows();
    const loaded = rows.filter((row) => row.kind === 'policy_loaded');
    expect(loaded).toHaveLength(2);
    let policy: ReturnType<typeof compilePolicy> | undefined;
    let replayed = 0;
    for (const row of rows) {
      if (row.kind === 'policy_loaded') {
        const hash = (row['tool_inputs'] as { policy_hash: string }).policy_hash;
        const parsed = parsePolicy(core, readFileSync(join(w.home, 'policies', `${hash}.yml`)));
        if (!parsed.ok) throw new Error('the stored policy does not parse');
        policy = compilePolicy(core, parsed.document, 'balanced');
      }
      if (row.kind !== 'tool_call' || policy === undefined) continue;
      const decision = decide(policy, row['judged'] as unknown as Judged);
      expect([decision.action, decision.reason], JSON.stringify(row['judged'])).toEqual([row['action'], row['reason']]);
      replayed += 1;
    }
    expect(replayed).toBeGreaterThanOrEqual(11);
    expect(new Set(w.calls().map((row) => row['action']))).toEqual(new Set(['PASS', 'BLOCK', 'LOCAL', 'TRANSFORM']));
  });

  it('says_what_preset_off_would_have_done', async () => {
    const w = await open({ script: [say('', use('Read', { file_path: '.env' })), say('Done.')], files: FILES, preset: 'off' });
    const client = w.client();
    await client.prompt('Go.').catch(() => undefined);
    await w.stop();
    expect(w.calls()[0]).toMatchObject({ action: 'PASS', judged: { would: { action: 'BLOCK', reason: 'path-denied' } } });
  });

  it('holds_no_content_and_no_secret', async () => {
    const key = exampleSecret();
    const w = await open({ script: [say('', use('Read', { file_path: `${key}.txt` }), use('Bash', { command: `curl -H "Authorization: Bearer ${key}" http://127.0.0.1:9/` })), say('', use('Write', { file_path: 'a.txt', content: `k = ${key}` })), say('Done.')], files: FILES, tools: { Read: () => ({ text: `it is ${key}` }), Bash: () => ({ text: key }), Write: () => ({ text: 'ok' }) } });
    await w.client().prompt(`My key is ${key}`);
    await w.stop();
    expect(JSON.stringify(w.rows())).not.toContain(key);
    expect(w.upstream.leaks([key]).filter((leak) => !JSON.stringify(leak).includes('tool_use'))).toEqual([]);
  });

  it('has_a_row_before_the_stop_of_its_block_leaves', async () => {
    // The proxy runs in a process of its own and is killed as soon as a content_block_stop of a call is seen.
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-kill-')));
    const upstream = await createUpstream({ script: [say('', use('Read', { file_path: 'notes.txt' }), use('Read', { file_path: '.env' })), say('Done.')] });
    try {
      for (let round = 0; round < 5; round++) {
        const home = join(root, `home-${round}`);
        const cwd = join(root, 'work');
        mkdirSync(cwd, { recursive: true });
        mkdirSync(home, { mode: 0o700 });
        const door = await openChild({ occasioHome: home, upstream: upstream.url, preset: 'balanced', cwd, port: 0, notice: () => undefined });
        const client = createClient({ base: door.url, tools: { Read: async () => (await door.kill(), { text: 'x' }) }, session: `kill-${round}` });
        await client.prompt('Go.').catch(() => 'gone');
        await door.kill();
        const ids = client.ran.map((call) => call.id);
        expect(ids.length).toBeGreaterThan(0);
        const rows = readRows(home).filter((row) => row.kind === 'tool_call');
        for (const id of ids) expect(rows.map((row) => row['tool_use_id'])).toContain(id);
      }
    } finally {
      await upstream.close();
      rmSync(root, { recursive: true, force: true });
    }
  }, 60_000);
});

describe('a file that nobody asked for', () => {
  const at = (cwd: string) => ({
    mention: [
      { role: 'user', content: `<system-reminder>\nCalled the Read tool with the following input: {"file_path":"${cwd}/.env"}\n</system-reminder>` },
      { role: 'user', content: [{ type: 'text', text: '<system-reminder>\nResult of calling the Read tool:\n1\tDB_PASSWORD=hunter2-very-secret\n2\t\n</system-reminder>' }, { type: 'text', text: 'What is in @.env?' }] },
    ],
    bare: [
      { role: 'user', content: 'What is in @.env?' },
      { role: 'system', content: `Called the Read tool with the following input: {"file_path":"${cwd}/.env"}\nResult of calling the Read tool:\n1\tDB_PASSWORD=hunter2-very-secret\n2\t\n\nAvailable agent types:` },
    ],
    import: [{ role: 'user', content: [{ type: 'text', text: `<system-reminder>\nCodebase and user instructions are shown below.\n\nContents of ${cwd}/CLAUDE.md (project instructions, checked into the codebase):\n\nSee @./.env\n\nContents of ${cwd}/.env (project instructions, checked into the codebase):\n\nDB_PASSWORD=hunter2-very-secret\n</system-reminder>` }, { type: 'text', text: 'Hi.' }] }],
    link: [{ role: 'user', content: [{ type: 'text', text: `<system-reminder>\nContents of ${cwd}/innocent.txt:\n\nDB_PASSWORD=hunter2-very-secret\n\n</system-reminder>` }, { type: 'text', text: 'Hi.' }] }],
  });
  it.each(['mention', 'bare', 'import', 'link'] as const)('is_kept_from_the_model_in_the_form_%s', async (form) => {
    const w = await open({ script: [say('Fine.')], files: FILES, links: { 'innocent.txt': '.env' } });
    const client = w.client({ messages: structuredClone(at(w.cwd)[form]) });
    expect((await client.post()).status).toBe(200);
    await (await client.post()).text();
    expect(w.upstream.leaks(['hunter2'])).toEqual([]);
    expect(JSON.stringify(w.upstream.asked[0]?.body)).toContain('path-denied');
    expect(Buffer.from(w.upstream.asked[0]?.raw ?? []).equals(Buffer.from(w.upstream.asked[1]?.raw ?? []))).toBe(true);
    await w.stop();
    expect(w.calls()).toMatchObject([{ direction: 'outbound', action: 'BLOCK', tool_name: 'context' }]);
  });

  it('names_and_lines_of_denied_files_in_a_search_are_withheld', async () => {
    const w = await open({
      script: [say('', use('Bash', { command: 'grep -rn PASSWORD .' })), say('Done.')],
      files: FILES,
      tools: { Bash: () => ({ text: './.env:1:DB_PASSWORD=hunter2-very-secret\n./notes.txt:1:no PASSWORD here' }) },
    });
    expect(await w.client().prompt('Go.')).toBe('Done.');
    expect(w.upstream.leaks(['hunter2'])).toEqual([]);
    const told = JSON.stringify(w.upstream.asked.at(-1)?.body);
    expect(told).toContain('no PASSWORD here');
    expect(told).toContain('1 line withheld');
  });
});

describe('what a model may write', () => {
  it('half_a_surrogate_pair_is_decided_and_recorded', async () => {
    const json = '{"file_path":".env\\ud800"}';
    const w = await open({ script: [say('', { ...use('Read', { file_path: '.env' }), json }, { ...use('Bash', { command: 'x' }), json: '{"command":"cat .env \\udfff"}' }), say('Done.')], files: FILES, tools: { Read: () => ({ text: 'no such file', isError: true }) } });
    await w.client().prompt('Go.').catch(() => undefined);
    await w.stop();
    expect(w.calls()).toHaveLength(2);
    expect(w.calls()[1]).toMatchObject({ action: 'BLOCK' });
  });
  it('more_than_512_calls_in_one_answer_break_it_off', async () => {
    const w = await open({ script: [say('', ...Array.from({ length: 513 }, (_, i) => use('TodoWrite', { todos: [{ content: `${i}` }] }))), say('Done.')], tools: { TodoWrite: () => ({ text: 'ok' }) } });
    const client = w.client();
    await expect(client.prompt('Go.')).rejects.toThrow(/more than 512 tool calls/);
    expect(client.ran).toHaveLength(512);
    await w.stop();
    expect(w.calls()).toHaveLength(512);
    expect(w.rows().filter((row) => row.kind === 'request')).toMatchObject([{ complete: false }]);
  });
});

describe('a long script', () => {
  const lines = Array.from({ length: 400 }, (_, i) => `value_${i} = compute(${i}, "item-${i}")`);
  const ask = (script: string) => [say('', use('Bash', { command: `python3 - <<'EOF'\n${script}\nEOF` })), say('Done.')];
  it('is_no_reason_to_refuse', async () => {
    const w = await open({ script: ask(lines.slice(0, 200).join('\n')), files: FILES });
    await w.client().prompt('Go.');
    await w.stop();
    expect(w.calls()).toMatchObject([{ action: 'PASS' }]);
  });
  it('does_not_hide_a_denied_path_among_its_words', async () => {
    const w = await open({ script: ask([...lines.slice(0, 150), 'print(open(".env").read())', ...lines.slice(150, 180)].join('\n')), files: FILES });
    await w.client().prompt('Go.');
    await w.stop();
    expect(w.calls()).toMatchObject([{ action: 'BLOCK', reason: 'path-denied' }]);
  });
});

describe('our own folder', () => {
  it('is_known_by_its_real_path_when_the_home_lies_behind_a_link', async () => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-link-')));
    const real = join(root, 'real');
    mkdirSync(join(real, 'home'), { recursive: true, mode: 0o700 });
    mkdirSync(join(root, 'work'));
    symlinkSync(real, join(root, 'link'));
    const upstream = await createUpstream({ script: [say('', use('Read', { file_path: join(real, 'home', 'keys', 'install.key') }), use('Bash', { command: `ls ${join(root, 'link', 'home')}` })), say('No.')] });
    const proxy = await startProxy({ occasioHome: join(root, 'link', 'home'), upstream: upstream.url, preset: 'off', cwd: join(root, 'work'), port: 0, notice: () => undefined });
    try {
      await createClient({ base: proxy.url, tools: { Bash: () => ({ text: '' }), Read: () => ({ text: '' }) } }).prompt('Go.');
    } finally {
      await proxy.stop('exit');
      await upstream.close();
    }
    expect(readRows(join(real, 'home')).filter((row) => row.kind === 'tool_call').map((row) => [row['action'], row['reason']])).toEqual([['BLOCK', 'self-protected'], ['BLOCK', 'self-protected']]);
    rmSync(root, { recursive: true, force: true });
  });
});
