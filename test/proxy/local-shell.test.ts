/** `tools: { shell_bash: { action: LOCAL } }`: simple commands are answered by the proxy, every other one is the agent's. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { answeredHere } from '../../host/gate/answered.ts';
import type { Call } from '../../host/gate/call.ts';
import { compilePolicy, decide, parsePolicy } from '../../host/policy/index.ts';
import type { Judged } from '../../host/policy/types.ts';
import { loadCore } from '../support/core.ts';
import { fakeDisk } from '../support/disk.ts';
import { exampleSecret } from '../support/secrets.ts';
import { say, use, type Turn } from '../support/upstream.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

let worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.reverse()) await world.close();
  worlds = [];
});

const POLICY = 'version: 1\ntools:\n  shell_bash: { action: LOCAL, classifier: bash-allowlist }\n  todo_write: { action: LOCAL }\n  todo_read: { action: LOCAL }\ndeny_paths: [".env"]\ndeny_commands: ["git push"]\n';
const FILES = { '.env': 'DB_PASSWORD=hunter2-very-secret\n', 'notes.txt': 'alpha\nbeta\n', 'src/a.ts': 'const a = 1;\n' };

/** The commands one after the other, one a turn; what the model read of each, with its row. */
async function play(commands: readonly (string | Record<string, unknown>)[], options: Partial<WorldOptions> = {}, prepare?: (world: World) => void): Promise<{ readonly world: World; readonly rows: readonly Record<string, unknown>[]; readonly results: readonly { readonly content?: unknown; readonly is_error?: boolean }[]; readonly ran: readonly string[]; readonly script: readonly Turn[]; readonly messages: ReturnType<World['client']>['messages'] }> {
  const turns: Turn[] = commands.map((command) => say('', typeof command === 'string' ? use('Bash', { command }) : use(String(command['tool'] ?? 'Bash'), command['input'] as Parameters<typeof use>[1])));
  const script = [...turns, say('Done.')];
  const world = await createWorld({ script, files: FILES, policy: POLICY, ...options });
  worlds.push(world);
  prepare?.(world);
  const client = world.client();
  expect(await client.prompt('Go.')).toBe('Done.');
  expect(world.upstream.problems).toEqual([]);
  await world.stop();
  const messages = world.upstream.asked.at(-1)?.body?.['messages'] as { role: string; content: { type?: string; content?: unknown; is_error?: boolean }[] | string }[];
  const results = messages.flatMap(({ content }) => (Array.isArray(content) ? content.filter((block) => block.type === 'tool_result') : []));
  return { world, rows: world.calls().filter((row) => row['direction'] === 'inbound'), results, ran: client.ran.map(({ name }) => name), script, messages: client.messages };
}

const isLocal = (name: string): boolean => name.startsWith('occasio_local__');

/** A repository in the world's folder; git takes nothing from this machine's configuration. */
function repository(world: World, more: readonly (readonly string[])[] = []): void {
  const env = { HOME: world.home, PATH: '/usr/bin:/bin', GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.org' };
  for (const args of [['init', '-q', '-b', 'main'], ['add', '.'], ['commit', '-q', '-m', 'one'], ...more]) expect(spawnSync('git', args, { cwd: world.cwd, env }).status).toBe(0);
}

describe('a simple command', () => {
  it('is_answered_here_and_recorded_so', async () => {
    const { rows, results, ran, world } = await play(['cat notes.txt', 'ls', "find . -name '*.ts'", 'wc -l notes.txt', 'echo hi there', 'cat nope', 'test -f nope']);
    expect(ran.every(isLocal)).toBe(true);
    expect(results.map(({ content }) => content)).toEqual(['alpha\nbeta', 'notes.txt\nsrc', './src/a.ts', '2 notes.txt', 'hi there', 'Exit code 1\ncat: nope: No such file or directory', '(Bash completed with no output)']);
    expect(results.map(({ is_error }) => is_error === true)).toEqual([false, false, false, false, false, true, false]);
    for (const row of rows) expect(row).toMatchObject({ action: 'LOCAL', reason: 'native-handleable', executor: 'builtin:shell', result_kind: 'local', tool_name: 'shell_bash', rule: 'tools.shell_bash' });
    expect(rows.map((row) => (row['judged'] as Judged).shell?.local)).toEqual(['cat', 'ls', 'find', 'wc', 'echo', 'cat', 'test']);
    expect(world.upstream.leaks(['hunter2-very-secret'])).toEqual([]);
  });

  it('every_recorded_decision_is_the_decision_of_its_judged', async () => {
    const { rows } = await play(['cat notes.txt', 'npm test', 'cat .env', 'cd src && ls', 'cat a | head', 'git status']);
    const parsed = parsePolicy(loadCore(), new TextEncoder().encode(POLICY));
    if (!parsed.ok) throw new Error('the policy parses');
    const policy = compilePolicy(loadCore(), parsed.document, 'balanced');
    for (const row of rows) expect(decide(policy, row['judged'] as unknown as Judged)).toMatchObject({ action: row['action'], reason: row['reason'] });
    expect(rows.map((row) => row['action'])).toEqual(['LOCAL', 'PASS', 'BLOCK', 'LOCAL', 'PASS', 'PASS']);
  });

  it('that_the_policy_denies_is_refused_as_always', async () => {
    const { rows, world } = await play(['cat .env', 'head -n 1 ./.env notes.txt', 'cat .e*', 'cd src && cat ../.env', 'git show HEAD:.env', 'git push', 'wc -c .env']);
    expect(rows.map((row) => row['action'])).toEqual(Array.from({ length: 7 }, () => 'BLOCK'));
    expect(world.upstream.leaks(['hunter2-very-secret'])).toEqual([]);
  });

  it('does_not_show_what_is_denied_beside_what_was_asked_for', async () => {
    const { results, rows } = await play(['ls -a', 'find . -type f'], { links: { 'innocent.txt': '.env' } });
    expect(results.map(({ content }) => content)).toEqual(['.\n..\nnotes.txt\nsrc', './notes.txt\n./src/a.ts']);
    expect(rows.map((row) => row['action'])).toEqual(['LOCAL', 'LOCAL']);
  });

  it('has_its_secrets_redacted', async () => {
    const key = exampleSecret();
    const { results, world } = await play(['cat key.txt', 'echo done'], { files: { ...FILES, 'key.txt': `key = ${key}\n` } });
    expect(String(results[0]?.content)).toMatch(/\[REDACTED:/);
    expect(world.upstream.leaks([key])).toEqual([]);
  });
});

describe('any other command', () => {
  it('passes_as_not_handled', async () => {
    const commands = ['npm test', 'cat notes.txt | head', 'cat notes.txt > copy', 'ls; ls', 'tail -f notes.txt', 'find . -delete', 'pwd', 'git commit -m x', 'git status', 'cat /dev/null'];
    const { rows, ran, results } = await play(commands);
    for (const [i, row] of rows.entries()) expect([commands[i], row['action'], row['reason'], (row['judged'] as Judged).shell?.local]).toEqual([commands[i], 'PASS', 'tool_not_handled', undefined]);
    expect(ran.some(isLocal)).toBe(false);
    expect(results[0]?.content).toBe('ran: npm test');
  });

  it('so_does_one_that_is_not_waited_for', async () => {
    const input = { command: 'cat notes.txt' };
    const { rows } = await play([{ input: { ...input, run_in_background: true } }, { tool: 'Monitor', input: { ...input, description: 'd' } }, { input: { ...input, stdin: 'x' } }, { input: { ...input, description: 'd', timeout: 5, run_in_background: false } }]);
    expect(rows.map((row) => row['action'])).toEqual(['PASS', 'PASS', 'PASS', 'LOCAL']);
  });

  it('where_the_shell_is_only_the_agent_knows_after_a_cd_that_it_ran', async () => {
    const { rows, results, world } = await play(['cd src && ls', 'cat notes.txt', 'cd src && npm test', 'cat a.ts', 'cd /nowhere/at/all && ls', 'echo x']);
    expect(rows.map((row) => row['action'])).toEqual(['LOCAL', 'LOCAL', 'PASS', 'PASS', 'LOCAL', 'LOCAL']);
    expect(results[0]?.content).toBe(`a.ts\nShell cwd was reset to ${world.cwd}`);
    expect(results[4]?.content).toBe('Exit code 1\nbash: line 1: cd: /nowhere/at/all: No such file or directory');
  });

  it('the_same_in_a_fresh_proxy_that_goes_on', async () => {
    for (const [earlier, action] of [['cd src && ls', 'LOCAL'], ['cd src && npm test', 'PASS']] as const) {
      const first = await play([earlier]);
      const script = [...first.script, say('', use('Bash', { command: 'wc -l notes.txt' })), say('Done again.')];
      const world = await createWorld({ script, after: first.world, issued: first.world.upstream.issued, policy: POLICY });
      worlds.push(world);
      const client = world.client({ messages: first.messages });
      expect(await client.prompt('On.')).toBe('Done again.');
      expect(client.ran.map(({ name }) => isLocal(name))).toEqual([action === 'LOCAL']);
    }
  });
});

describe('limits of the policy', () => {
  it.each([
    ['max_local_matches: 1', 'ls', 'notes.txt\n[occasio: cut at 1 matches]'],
    ['max_local_result_bytes: 4', 'cat notes.txt', 'alph\n[occasio: cut at 4 bytes]'],
    ['max_local_depth: 1', 'find', '.\n./notes.txt\n./src\n[occasio: cut at depth 1]'],
  ])('%s', async (limit, command, answer) => {
    const { results } = await play([command], { policy: `${POLICY}limits: {${limit}}\n` });
    expect(results[0]?.content).toBe(answer);
  });

  it('a_listing_with_times_is_answered_but_where_files_have_more_than_it_could_show', async () => {
    const { rows } = await play(['ls -la']);
    expect(rows[0]?.['action']).toBe(existsSync('/sys/fs/selinux/enforce') ? 'PASS' : 'LOCAL');
    const call: Call = { id: 'a', tool: 'shell_bash', class: 'shell', paths: [], command: { text: 'ls -la', shell: 'bash' }, plain: true, strings: [], bytes: new Uint8Array(), inputs: {}, fault: null };
    const home = '/Users/dev';
    const place = { cwd: home, home, door: 'wire', direction: 'inbound' } as const;
    expect(await answeredHere(fakeDisk('posix', home, {}), call, place, [])).toBe('ls');
    expect(await answeredHere(fakeDisk('darwin', home, {}), call, place, [])).toBeNull();
    expect(await answeredHere(fakeDisk('posix', home, { '/sys/fs/selinux/enforce': {} }), call, place, [])).toBeNull();
  });
});

describe('git', () => {
  it('is_answered_on_a_plain_repository_without_what_is_denied', async () => {
    const { results, rows, world } = await play(['git status -s', 'git diff', 'git log -p', 'git log --oneline', 'git branch'], {}, (w) => {
      repository(w);
      appendFileSync(join(w.cwd, 'notes.txt'), 'gamma\n');
      appendFileSync(join(w.cwd, '.env'), 'MORE=hunter3-very-secret\n');
    });
    expect(rows.map((row) => row['action'])).toEqual(['LOCAL', 'LOCAL', 'LOCAL', 'LOCAL', 'LOCAL']);
    expect(results[0]?.content).toBe(' M notes.txt\n[occasio: files that the policy denies are left out]');
    expect(results[1]?.content).toContain('+gamma');
    expect(results[4]?.content).toBe('* main');
    expect(world.upstream.leaks(['hunter2-very-secret', 'hunter3-very-secret'])).toEqual([]);
  });

  it.each([['a filter', ['config', 'filter.x.clean', 'touch started']], ['fsmonitor', ['config', 'core.fsmonitor', 'touch started']], ['an include', ['config', 'include.path', 'x']]] as const)('is_the_agent_s_where_the_repository_has_%s', async (_, config) => {
    const { rows } = await play(['git status', 'cat notes.txt'], {}, (w) => repository(w, [config]));
    expect(rows.map((row) => row['action'])).toEqual(['PASS', 'LOCAL']);
  });
});

describe('a list of things to do', () => {
  it('is_kept_for_its_session', async () => {
    const todos = [{ content: 'a', status: 'pending', activeForm: 'Doing a' }];
    const { rows, results } = await play([{ tool: 'TodoRead', input: {} }, { tool: 'TodoWrite', input: { todos } }, { tool: 'TodoRead', input: {} }, { tool: 'TodoWrite', input: { todos: 'x' } }]);
    expect(rows.map((row) => `${String(row['action'])} ${String(row['executor'])}`)).toEqual(['LOCAL builtin:todo-read', 'LOCAL builtin:todo-write', 'LOCAL builtin:todo-read', 'LOCAL builtin:todo-write']);
    expect(results[0]?.content).toBe('[]');
    expect(JSON.parse(String(results[2]?.content))).toEqual(todos);
    expect(results[3]?.is_error).toBe(true);
  });
});
