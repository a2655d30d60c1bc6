/** Ways around a rule, by the whole line: each was open once, or is a class that an attacker tries first. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { compilePolicy, decide, parsePolicy, templateText } from '../../host/policy/index.ts';
import type { Judged } from '../../host/policy/types.ts';
import { loadCore } from '../../host/runtime/core.ts';
import { say, use, type Block, type Turn } from '../support/upstream.ts';
import { exampleSecret } from '../support/secrets.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  if (world !== undefined) expectReplays(world);
  await world?.close();
  world = undefined;
});

/** Whatever was tried: what was judged gives the recorded decision again. */
function expectReplays(w: World): void {
  const { core } = loadCore();
  let policy: ReturnType<typeof compilePolicy> | undefined;
  for (const row of w.rows()) {
    if (row.kind === 'policy_loaded') {
      const hash = (row['tool_inputs'] as { policy_hash: string }).policy_hash;
      const parsed = parsePolicy(core, /^0+$/.test(hash) ? new TextEncoder().encode(templateText('dev-default')) : readFileSync(join(w.home, 'policies', `${hash}.yml`)));
      if (!parsed.ok) throw new Error('the stored policy does not parse');
      policy = compilePolicy(core, parsed.document, 'balanced');
    }
    if (row.kind !== 'tool_call' || policy === undefined) continue;
    const decision = decide(policy, row['judged'] as unknown as Judged);
    expect([decision.action, decision.reason], JSON.stringify(row['judged']).slice(0, 2000)).toEqual([row['action'], row['reason']]);
  }
}
const open = async (options: WorldOptions): Promise<World> => (world = await createWorld(options));

const SECRET = 'hunter2-very-secret';
const FILES = { '.env': `DB_PASSWORD=${SECRET}\nplain line\n`, 'notes.txt': 'alpha\n', 'src/a.ts': 'const a = 1;\n', 'vault/key.txt': `${SECRET}\n` };
const RULES = 'version: 1\ndeny_paths: [".env", "${cwd}/vault/key.txt"]\ndeny_commands: ["git push"]\nredact_secrets_in_tool_results: true\n';
const answers = (text: string) => ({ Read: () => ({ text }), Grep: () => ({ text }), Bash: () => ({ text }), Glob: () => ({ text }) });

/** Plays one turn of calls and gives what each became. */
async function played(blocks: readonly Block[], options: Partial<WorldOptions> = {}): Promise<{ w: World; names: string[]; told: string }> {
  const w = await open({ script: [say('', ...blocks), say('Done.')], files: FILES, policy: RULES, tools: { ...answers('ok'), mcp__shell__run: () => ({ text: 'ok' }) }, ...options });
  const client = w.client();
  expect(await client.prompt('Go.')).toBe('Done.');
  expect(w.upstream.problems).toEqual([]);
  return { w, names: client.ran.map((call) => call.name), told: JSON.stringify(w.upstream.asked.at(-1)?.body) };
}

describe('a path that the agent trims before it opens it', () => {
  it.each([' .env', '.env ', '.env\n', '\t.env', '\ufeff.env', '.env\u00a0', '\u2003./.env\r\n'])('%j_is_denied', async (file_path) => {
    const { names } = await played([use('Read', { file_path }), use('Grep', { pattern: 'x', path: file_path }), use('Edit', { file_path, old_string: 'a', new_string: 'b' })]);
    expect(names).toEqual(Array.from({ length: 3 }, () => 'occasio_denied__path-denied'));
  });
  it('does_not_open_the_way_to_our_own_home', async () => {
    const w = await open({ script: [say('', use('Write', { file_path: ' ~/.bashrc\n', content: 'x' })), say('Done.')], files: FILES, policy: RULES });
    const client = w.client();
    await client.prompt('Go.');
    expect(client.ran[0]?.name).toBe('occasio_denied__self-protected');
  });
});

describe('a word that looks like a secret', () => {
  const pem = ['-----BEGIN ', 'PRIVATE KEY-----', 'k7Yb2QpX9vT4mW1sZ8uE6rJ3hN5gD0cLfKoVaIxBq3Zr5TyV9uWc'].join('');
  it.each([
    ['a denied command', `A='${pem}' git push origin main`, 'command-denied'],
    ['a denied command behind a wrapper', `env 'A=${pem}' git push origin main`, 'command-denied'],
    ['a way around us', `A='${pem}' ANTHROPIC_BASE_URL=http://127.0.0.2:1 claude -p hi`, 'self-protected-process'],
    ['the removal of our program', `A='${pem}' npm uninstall -g occasio`, 'self-protected-process'],
  ])('does_not_hide_%s', async (_, command, reason) => {
    const w = await open({ script: [say('', use('Bash', { command })), say('Done.')], files: FILES, policy: RULES, lenient: true });
    const client = w.client();
    await client.prompt('Go.');
    expect(client.ran.map((call) => call.name)).toEqual([`occasio_denied__${reason}`]);
    await w.stop();
    expect(JSON.stringify(w.rows())).not.toContain('k7Yb2QpX9vT4mW1sZ8uE6rJ3');
  });
});

describe('lines of a denied file in a result', () => {
  const ways: readonly (readonly [string, Block, string])[] = [
    ['before a match, without numbers', use('Grep', { pattern: 'plain', output_mode: 'content', '-n': false, '-B': 1 }), `.env-DB_PASSWORD=${SECRET}\n.env:plain line\nnotes.txt:plain`],
    ['before a match, with numbers', use('Grep', { pattern: 'plain', output_mode: 'content', '-B': 1 }), `.env-1-DB_PASSWORD=${SECRET}\n.env:2:plain line\nnotes.txt:1:plain`],
    ['after a match, in a folder', use('Bash', { command: 'grep -r -A1 plain .' }), `./.env:plain line\n./.env-DB_PASSWORD=${SECRET}\n--\n./notes.txt:plain`],
    ['under a heading', use('Bash', { command: 'rg -uu --heading plain' }), `.env\n1:DB_PASSWORD=${SECRET}\n2:plain line\n\nnotes.txt\n1:plain`],
    ['under a pretty heading', use('Bash', { command: 'rg -uup plain' }), `.env\n1:DB_PASSWORD=${SECRET}\n\nnotes.txt\n1:plain`],
    ['in a diff', use('Bash', { command: 'git diff' }), `diff --git a/.env b/.env\nindex 1..2 100644\n--- a/.env\n+++ b/.env\n@@ -1 +1 @@\n-DB_PASSWORD=${SECRET}\n+x\ndiff --git a/notes.txt b/notes.txt\n@@ -1 +1 @@\n-x\n+plain`],
    ['in a log', use('Bash', { command: 'git log -p' }), `commit 1\n\n    words\n\ndiff --git a/.env b/.env\nnew file mode 100644\n@@ -0,0 +1 @@\n+DB_PASSWORD=${SECRET}\n\ncommit 2\n\n    plain`],
    ['in a combined diff', use('Bash', { command: 'git show' }), `commit 1\n\ndiff --cc .env\n@@@ -1 -1 +1 @@@\n++DB_PASSWORD=${SECRET}\n\ncommit 2\n\n    plain`],
    ['under a name of head', use('Bash', { command: 'find . -type f | xargs head' }), `==> ./.env <==\nDB_PASSWORD=${SECRET}\n\n==> ./notes.txt <==\nplain`],
  ];
  it.each(ways)('%s_do_not_reach_the_model', async (_, call, text) => {
    const { w, told } = await played([call], { tools: answers(text) });
    expect(w.upstream.leaks([SECRET])).toEqual([]);
    expect(told).toContain('plain');
    expect(told).toContain('withheld');
  });
  it('do_not_take_lines_of_other_files_along', async () => {
    const text = ['.env', '.env:1:x', '.envrc.md:1:.env:', 'src/.env.ts', 'secrets-of-trade.md:3:a', 'plain'].join('\n');
    const { told } = await played([use('Grep', { pattern: 'x', output_mode: 'content' })], { tools: answers(text) });
    for (const kept of ['.envrc.md', 'src/.env.ts', 'secrets-of-trade.md', 'plain']) expect(told).toContain(kept);
  });
});

describe('an image of a denied file that the agent puts into the context', () => {
  const block = (type: string) => ({ type, source: { type: 'base64', media_type: 'image/png', data: 'ZGVuaWVkIGNvbnRlbnQ=' }, cache_control: { type: 'ephemeral' } });
  const called = (path: string) => ({ type: 'text', text: `<system-reminder>\nCalled the Read tool with the following input: {"file_path":"${path}"}\n</system-reminder>` });
  const read = (text: string) => ({ type: 'text', text: `<system-reminder>\nResult of calling the Read tool:\n${text}\n</system-reminder>` });
  const sent = async (content: (at: string) => unknown[]): Promise<string> => {
    const w = await open({ script: [say('Fine.')], files: FILES, lenient: true, policy: 'version: 1\ndeny_paths: ["private"]\n' });
    await (await w.client({ messages: [{ role: 'user', content: content(w.cwd) }] } as never).post()).text();
    return JSON.stringify(w.upstream.asked[0]?.body);
  };
  it.each([
    ['behind the call', (at: string) => [called(`${at}/private/a.png`), block('image')]],
    ['behind several calls', (at: string) => [called(`${at}/b.png`), called(`${at}/private/a.png`), block('image')]],
    ['a document behind its result', (at: string) => [called(`${at}/private/a.pdf`), read('PDF file read'), block('document')]],
  ])('%s_does_not_go_up', async (_, content) => {
    const told = await sent(content);
    expect(told).not.toContain('ZGVuaWVkIGNvbnRlbnQ=');
    expect(told).toContain('ephemeral');
  });
  it.each([
    ['that is allowed', (at: string) => [called(`${at}/b.png`), block('image')]],
    ['that the person pastes afterwards', (at: string) => [called(`${at}/private/a.png`), read('1\tx'), block('image')]],
  ])('one_%s_does', async (_, content) => expect(await sent(content)).toContain('ZGVuaWVkIGNvbnRlbnQ='));
});

describe('a folder that is taken whole', () => {
  it.each([
    'grep -rh hunter2 .', 'grep -rhoE "[a-z0-9-]+" src . | sort', 'grep --recursive --no-filename x .', "grep -rh --include='.e*' x .", "grep -rh --include='*' x .", 'rg -uuI x', 'git grep -h x',
    'cp -r . /tmp/copy && cat /tmp/copy/notes.txt', 'cp -r vault v2 && cat v2/key.txt', 'ln -s vault v2 && cat v2/key.txt', 'ln -s "$PWD/vault" v2', 'tar czf /tmp/a.tgz .', 'zip -r a.zip src .', 'rsync -a ./ /tmp/copy', 'diff -r . src', 'mv vault v2', 'cp -r v* /tmp/copy',
  ])('by_%s_is_denied_with_what_it_holds', async (command) => {
    const { names } = await played([use('Bash', { command })]);
    expect(names).toEqual(['occasio_denied__path-denied']);
  });
  it.each(['grep -rn x .', 'grep -rh x src', "grep -rh --include='*.ts' x .", 'cp -r src /tmp/copy', 'tar czf /tmp/a.tgz src', 'cp notes.txt /tmp/copy', 'mv notes.txt src/', 'diff -r src /tmp/copy', 'ls -la .'])('without_a_denied_file_%s_passes', async (command) => {
    const { names } = await played([use('Bash', { command })]);
    expect(names).toEqual(['Bash']);
  });
});

describe('a tool of another server', () => {
  it.each([[{ command: 'cat .env' }], [{ cmd: 'wc -c < .env' }], [{ args: { script: 'cat ./.env | base64' } }], [{ commands: ['ls', 'cat .env'] }], [{ code: 'print(open(".env").read())\nx = 1' }]])('that_runs_%j_is_denied', async (input) => {
    const { names } = await played([use('mcp__shell__run', input)]);
    expect(names).toEqual(['occasio_denied__path-denied']);
  });
  it('that_runs_a_denied_command_is_denied', async () => {
    const { names } = await played([use('mcp__shell__run', { command: 'true; git push' })]);
    expect(names).toEqual(['occasio_denied__command-denied']);
  });
  it('that_only_speaks_of_a_file_is_not', async () => {
    const { names } = await played([use('mcp__shell__run', { body: 'Do not read the .env file, please.', command: 'ls' })]);
    expect(names).toEqual(['mcp__shell__run']);
  });
});

describe('PowerShell', () => {
  it.each(['gc .\\.env', 'Get-Content ".\\.env"', 'type src\\..\\.env', "[IO.File]::ReadAllText('.env')"])('%s_is_denied', async (command) => {
    const { names } = await played([use('PowerShell', { command })]);
    expect(names).toHaveLength(1);
    expect(names[0]).toMatch(/^occasio_denied__(path-denied|command-unparsable)$/);
  });
});

describe('folders that a session has been in', () => {
  const cds = (n: number): Block[] => Array.from({ length: n }, (_, i) => use('Bash', { command: `(cd d${i} && ls)` }));
  it('are_not_forgotten_by_naming_many_others', async () => {
    const { names } = await played([use('Bash', { command: 'cd vault' }), ...cds(20), use('Bash', { command: 'cat key.txt' })]);
    expect(names.at(-1)).toBe('occasio_denied__path-denied');
  });
  it('do_not_make_everyday_paths_unreadable', async () => {
    const { names } = await played([...cds(12), use('Read', { file_path: 'notes.txt' }), use('Bash', { command: 'cat src/a.ts' })]);
    expect(names.slice(-2)).toEqual(['Read', 'Bash']);
  });
});

describe('what was answered here', () => {
  it('is_judged_again_when_the_policy_changes', async () => {
    const local = 'version: 1\ntools: { read_file: { action: LOCAL } }\n';
    const w = await open({ script: [say('', use('Read', { file_path: 'vault/key.txt' })), say('One.'), say('Two.')], files: FILES, policy: local });
    const client = w.client();
    expect(await client.prompt('Go.')).toBe('One.');
    expect(client.ran[0]?.name).toBe('occasio_local__Read');
    const before = w.upstream.asked.length;
    writeFileSync(join(w.home, 'policy.yml'), `${local}deny_paths: ["vault"]\n`);
    expect(await client.prompt('And?')).toBe('Two.');
    expect(w.upstream.problems).toEqual([]);
    expect(w.upstream.leaks([SECRET]).filter((leak) => leak.request >= before)).toEqual([]);
  });
});

describe('names longer than a row', () => {
  const long = 'a/'.repeat(1_000_000);
  it.each([['Read', { file_path: long }], ['Glob', { pattern: long }], ['WebFetch', { url: `https://x/${long}`, prompt: 'p' }], ['NotebookEdit', { notebook_path: long }], ['mcp__fs__read', { path: long }], ['Bash', { command: `cat ${long}` }]])('in_%s_are_decided_and_recorded', async (name, input) => {
    const w = await open({ script: [{ ...say('', use(name, input)), chunk: 100_000 }], files: FILES, policy: RULES, tools: answers('ok') });
    const client = w.client();
    client.messages.push({ role: 'user', content: 'Go.' });
    expect(await (await client.post()).text()).not.toContain('event: error');
    await w.stop();
    expect(w.calls()).toHaveLength(1);
    expect(w.rows().filter((row) => row.kind === 'run_start')).toHaveLength(1);
  });
  it('of_a_model_an_id_or_a_tool_do_not_end_the_run', async () => {
    const w = await open({ script: [{ ...say('Hi.'), stopReason: long }], files: FILES });
    const client = w.client();
    client.messages.push({ role: 'user', content: 'Hi.' });
    for (const more of [{ model: long }, { tools: [{ type: 'web_search_20250305', name: long }] }]) await (await client.post(undefined, more)).text();
    await w.stop();
    expect(w.rows().filter((row) => row.kind === 'run_start')).toHaveLength(1);
    expect(w.rows().filter((row) => row.kind === 'request').length).toBeGreaterThanOrEqual(1);
    expect(w.notices.filter((line) => !line.startsWith('no price is known'))).toEqual([]);
  });
});

describe('a limit of the round', () => {
  it('is_not_reset_by_counting_tokens', async () => {
    const holder: { w?: World } = {};
    const tools = { Bash: async () => (await (await fetch(`${holder.w?.proxy.url}/v1/messages/count_tokens`, { method: 'POST', headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', 'x-api-key': 'dummy-key-for-loopback', 'x-claude-code-session-id': 'session-1' }, body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'How long?' }] }) })).text(), { text: 'ok' }) };
    const script: Turn[] = [...Array.from({ length: 4 }, (_, i) => say('', use('Bash', { command: `ls ${i}` }))), say('Done.')];
    const w = (holder.w = await open({ script, files: FILES, tools, policy: 'version: 1\nlimits: { max_bash_calls_per_round: 2 }\n' }));
    const client = w.client();
    await client.prompt('Go.');
    expect(client.ran.map((call) => call.name)).toEqual(['Bash', 'Bash', 'occasio_denied__limit-bash-calls', 'occasio_denied__limit-bash-calls']);
  });
});

describe('a policy that goes away while it is in force', () => {
  it.each([
    ['deleted', (path: string) => rmSync(path)],
    ['a folder', (path: string) => (rmSync(path), mkdirSync(path))],
    ['a link to nothing', (path: string) => (rmSync(path), symlinkSync('/nonexistent', path))],
    ['a link to zeros without end', (path: string) => (rmSync(path), symlinkSync('/dev/zero', path))],
    ['larger than a policy', (path: string) => writeFileSync(path, '#'.repeat(300_000))],
    ['empty', (path: string) => writeFileSync(path, '')],
  ])('%s_does_not_open_what_it_denied', async (_, change) => {
    const w = await open({ script: [say('', use('Read', { file_path: 'notes.txt' })), say('Done.')], files: FILES, policy: 'version: 1\ndeny_paths: ["notes.txt"]\n' });
    await w.client({ session: 'first' }).prompt('Go.');
    change(join(w.home, 'policy.yml'));
    const client = w.client({ session: 'second' });
    await client.prompt('Go.');
    expect(client.ran[0]?.name).toBe('occasio_denied__path-denied');
    expect(w.notices.length).toBeGreaterThan(0);
  });
});

describe('a secret', () => {
  const key = exampleSecret();
  const post = async (content: unknown, more: Record<string, unknown> = {}): Promise<World> => {
    const w = await open({ script: [say('Fine.')], files: FILES, policy: RULES, lenient: true });
    const messages = [
      { role: 'user', content: 'Go.' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'Read', input: { file_path: 'notes.txt' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content }] },
    ];
    expect((await w.client({ messages } as never).post(undefined, more)).status).toBe(200);
    return w;
  };
  it.each([
    ['a document', [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: key }, title: key }]],
    ['a search result', [{ type: 'search_result', source: key, title: key, content: [{ type: 'text', text: key }] }]],
    ['a block of tomorrow', [{ type: 'table', rows: [{ [key]: key }] }]],
  ])('in_%s_within_a_result_does_not_reach_the_model', async (_, content) => {
    expect((await post(content)).upstream.leaks([key])).toEqual([]);
  });
  it.each([
    ['the system text', { system: [{ type: 'text', text: key }] }],
    ['a description of a tool', { tools: [{ name: 'x', description: key, input_schema: { type: 'object', properties: {} } }] }],
    ['an unknown member', { tomorrow: { [key]: key } }],
  ])('in_%s_does_not_reach_the_model', async (_, more) => {
    expect((await post('ok', more)).upstream.leaks([key])).toEqual([]);
  });
  it('in_a_key_file_with_line_numbers_does_not_reach_the_model', async () => {
    const line = 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7KQm2XvL0pRz4TnY';
    const pem = [['-----BEGIN ', 'PRIVATE KEY-----'].join(''), line, line, ['-----END ', 'PRIVATE KEY-----'].join('')];
    for (const text of [pem.map((l, i) => `${i + 1}\t${l}`), pem.map((l, i) => `     ${i + 1}→${l}`), pem.slice(0, 3).map((l, i) => `     ${i + 1}\t${l}`), pem.map((l, i) => `key.txt:${i + 1}:${l}`), pem.map((l) => `+${l}`)]) {
      expect((await post(text.join('\n'))).upstream.leaks([line]), text[1]).toEqual([]);
      await world?.close();
    }
    world = undefined;
  });
});
