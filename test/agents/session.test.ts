/** Work goes on under Occasio: what is allowed arrives, a refusal is an answer the agent lives with, history stays true. */
import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createUpstream, say, think, threads, use, type JsonObject, type Script, type Upstream } from '../support/upstream.ts';
import { eventsOf, runClaude, type Run } from './claude.ts';
import { versions } from './install.ts';
import { expectGoverned, expectRecorded, issuedIds, rowsOf } from './record.ts';
import { allowed, createWorld, denied, type World } from './world.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(script: Script, more: Partial<Parameters<typeof createUpstream>[0]> = {}): Promise<Upstream> {
  const upstream = await createUpstream({ ...more, script });
  cleanups.push(() => upstream.close());
  return upstream;
}

const bash = (command: string): ReturnType<typeof use> => use('Bash', { command, description: 'a step' });
const go = (w: World, upstream: Upstream, ...args: string[]): Promise<Run> => runClaude(w, { upstream, through: 'occasio', args: args.length > 0 ? args : ['do the task'] });

/** The tool_results of the last request, in order, with the text of each. */
function resultsOf(upstream: Upstream): { id: string; isError: boolean; text: string }[] {
  const messages = (upstream.asked.at(-1)?.body?.['messages'] ?? []) as JsonObject[];
  const blocks = messages.flatMap((message) => (Array.isArray(message['content']) ? (message['content'] as JsonObject[]) : []));
  return blocks.filter((block) => block['type'] === 'tool_result').map((block) => ({ id: String(block['tool_use_id']), isError: block['is_error'] === true, text: JSON.stringify(block['content']) }));
}

const blocked = (w: World): number => rowsOf(w).filter((row) => row.kind === 'tool_call' && row.direction === 'inbound' && row.action === 'BLOCK').length;

describe.each(versions)('Claude Code %s', (version) => {
  function world(files: Readonly<Record<string, string>> = {}): World {
    const made = createWorld(version, files);
    cleanups.push(() => made.remove());
    return made;
  }

  it('an allowed file arrives by Read and by cat, and the last word of the model is the result', async () => {
    const w = world();
    const upstream = await start([say('', use('Read', { file_path: w.path('notes.txt') }), bash('cat notes.txt')), say('both were read')]);
    const run = await go(w, upstream);
    expectGoverned(w, upstream, run);
    for (const line of allowed) expect(upstream.leaks([line]).filter((leak) => leak.where.includes('content')).length).toBe(2);
    expect(eventsOf(run).at(-1)).toMatchObject({ type: 'result', result: 'both were read', permission_denials: [] });
    expect(rowsOf(w).filter((row) => row.kind === 'tool_call').map((row) => row.action)).toEqual(['PASS', 'PASS']);
    expect(upstream.asked.length).toBe(2);
  });

  it('Edit after Read, and Write, change the files', async () => {
    const w = world();
    const path = w.path('notes.txt');
    const upstream = await start([
      say('', use('Read', { file_path: path })),
      say('', use('Edit', { file_path: path, old_string: allowed[0], new_string: 'edited' })),
      say('', use('Write', { file_path: w.path('new.txt'), content: 'written\n' })),
      say('done'),
    ]);
    expectGoverned(w, upstream, await go(w, upstream));
    expect([w.read('notes.txt'), w.read('new.txt')]).toEqual([`edited\n${allowed[1]}\n`, 'written\n']);
  });

  it('a denied file is not written either', async () => {
    const w = world();
    const before = w.read('.env');
    const upstream = await start([say('', use('Write', { file_path: w.path('.env'), content: 'mine' }), bash('echo mine > .env'), bash('sed -i s/ALPHA/X/ .env')), say('done')]);
    expectGoverned(w, upstream, await go(w, upstream));
    expect(w.read('.env')).toBe(before);
    expect(blocked(w)).toBe(3);
  });

  it('a turn that mixes refused and allowed calls, with thinking before them', async () => {
    const w = world();
    const upstream = await start([
      say('four', think('which files are there'), use('Read', { file_path: w.path('notes.txt') }), use('Read', { file_path: w.path('.env') }), bash('cat notes.txt'), bash('cat .env')),
      say('and again', think('one more'), bash('cat .env')),
      say('done'),
    ]);
    expectGoverned(w, upstream, await go(w, upstream));
    expect(upstream.leaks(denied)).toEqual([]);
    const results = resultsOf(upstream);
    expect(results.map((result) => result.isError).sort()).toEqual([false, false, true, true, true]);
    expect(results.filter((result) => !result.isError).every((result) => result.text.includes(allowed[1]))).toBe(true);
    expect(results.filter((result) => result.isError).every((result) => !/No such tool|occasio_denied/.test(result.text))).toBe(true);
    expect(blocked(w)).toBe(3);
  });

  it('twelve refused in a row, then twelve at once', async () => {
    const w = world();
    const one = use('Read', { file_path: w.path('.env') });
    const upstream = await start((ask) => (ask.assistantTurns < 12 ? say(`try ${ask.assistantTurns}`, one) : ask.assistantTurns === 12 ? say('all', ...Array.from({ length: 12 }, () => one)) : say('I give up')));
    const run = await go(w, upstream);
    expectGoverned(w, upstream, run);
    expect([upstream.asked.length, blocked(w), issuedIds(upstream).length]).toEqual([14, 24, 24]);
    expect(upstream.leaks(denied)).toEqual([]);
  });

  it.each([['in the foreground', false], ['in the background', true]])('subagents side by side, %s', async (_name, background) => {
    const w = world();
    const sub = (name: string): Script => [say(name, use('Read', { file_path: w.path('.env') }), bash('cat notes.txt')), say(name, bash('cat .env')), say(`${name} is done`)];
    const both = ['ALPHA', 'BRAVO'].map((name) => use('Agent', { description: name, prompt: `SUBTASK-${name}`, run_in_background: background }));
    const upstream = await start(threads([/SUBTASK-ALPHA/, sub('alpha')], [/SUBTASK-BRAVO/, sub('bravo')], [/./, [say('two', ...both, bash('cat .env')), say('done')]]));
    expectGoverned(w, upstream, await go(w, upstream));
    expect(upstream.leaks(denied)).toEqual([]);
    expect(upstream.leaks([allowed[0]]).length).toBeGreaterThanOrEqual(2);
    expect(blocked(w)).toBe(5);
    const agents = new Set(upstream.asked.map((seen) => seen.headers.find(([name]) => name.toLowerCase() === 'x-claude-code-agent-id')?.[1]));
    expect(agents.size).toBe(3);
  });

  it('resume and fork through a fresh proxy: the history holds the names and inputs that the model gave', async () => {
    const w = world();
    const script: Script = (ask) => (/\bagain\b/.test(ask.lastText) ? say('once more', think('again'), bash('cat .env')) : ask.assistantTurns === 0 ? say('one', think('hm'), use('Read', { file_path: w.path('.env') }), bash('cat notes.txt')) : say('done'));
    const upstream = await start(script);
    expectGoverned(w, upstream, await go(w, upstream, 'start'));
    expectGoverned(w, upstream, await go(w, upstream, 'again', '--continue'));
    expectGoverned(w, upstream, await go(w, upstream, 'again', '--continue', '--fork-session'));
    expect(upstream.leaks(denied)).toEqual([]);
    expect([issuedIds(upstream).length, blocked(w)]).toEqual([4, 3]);
  });

  it('resumed without Occasio after a refusal, the history is still legal', async () => {
    const w = world();
    const script: Script = [say('one', think('hm'), use('Read', { file_path: w.path('.env') }), bash('cat notes.txt')), say('done')];
    const governed = await start(script);
    expectGoverned(w, governed, await go(w, governed));
    const bare = await start(script, { issued: governed.issued, lenient: true });
    const run = await runClaude(w, { upstream: bare, through: 'nothing', args: ['and now?', '--continue'] });
    expect(run.code).toBe(0);
    expect(bare.asked.flatMap((seen) => seen.problems).map((problem) => problem.code)).toEqual(['altered']);
    expect(bare.leaks(denied)).toEqual([]);
  });

  it('a secret in an allowed file arrives redacted, the same in every later request', async () => {
    const key = ['AKIA', 'Q4ZT7M2XKD5NVWH3'].join('');
    const w = world({ 'config.ini': `region = eu\naws_access_key_id = ${key}\n` });
    const upstream = await start([say('', use('Read', { file_path: w.path('config.ini') })), say('', bash('cat config.ini')), say('done')]);
    expectGoverned(w, upstream, await go(w, upstream));
    expect(upstream.leaks([key])).toEqual([]);
    const placeholders = resultsOf(upstream).map((result) => /\[REDACTED:[^\]]+\]/.exec(result.text)?.[0]);
    expect(placeholders[0]).toBeDefined();
    expect(placeholders[1]).toBe(placeholders[0]);
  });

  it("Occasio's own folder is out of reach", async () => {
    const w = world();
    const upstream = await start([say('', use('Write', { file_path: `${w.occasioHome}/policy.yml`, content: 'version: 1\n' }), bash(`rm -rf ${w.occasioHome}`), bash(`cat ${w.occasioHome}/keys/install.key`)), say('done')]);
    expectGoverned(w, upstream, await go(w, upstream));
    expect(blocked(w)).toBe(3);
  });

  it('a policy that is edited holds from the next request on', async () => {
    const w = world({ '../../occasio/policy.yml': 'version: 1\ndeny_paths:\n  - .env\n' });
    const read = say('', use('Read', { file_path: w.path('notes.txt') }), bash('cat notes.txt'));
    const upstream = await start((ask) => {
      if (ask.assistantTurns === 1) w.write('../../occasio/policy.yml', 'version: 1\ndeny_paths:\n  - .env\n  - notes.txt\n');
      return [read, say('', bash('true')), read][ask.assistantTurns] ?? say('done');
    });
    expectGoverned(w, upstream, await go(w, upstream));
    expect(rowsOf(w).filter((row) => row.kind === 'policy_loaded').length).toBe(2);
    expect(rowsOf(w).filter((row) => row.kind === 'tool_call' && row.direction === 'inbound').map((row) => row.action)).toEqual(['PASS', 'PASS', 'PASS', 'BLOCK', 'BLOCK']);
  });

  it('preset off refuses nothing but what touches Occasio, and records it', async () => {
    const w = world();
    const upstream = await start([say('', bash('cat .env'), bash(`cat ${w.occasioHome}/keys/install.key`)), say('done')]);
    expectGoverned(w, upstream, await runClaude(w, { upstream, through: 'occasio', own: ['--preset', 'off'], args: ['do the task'] }));
    expect(upstream.leaks(denied).length).toBeGreaterThan(0);
    expect(rowsOf(w).filter((row) => row.kind === 'tool_call' && row.direction === 'inbound').map((row) => row.action)).toEqual(['PASS', 'BLOCK']);
  });

  it('preset strict refuses a command whose effect cannot be known', async () => {
    const w = world({ 'print.js': 'console.log(require("fs").readFileSync(".e" + "nv", "utf8"))\n' });
    const upstream = await start([say('', bash('node print.js')), say('done')]);
    expectGoverned(w, upstream, await runClaude(w, { upstream, through: 'occasio', own: ['--preset', 'strict'], args: ['do the task'] }));
    expect([upstream.leaks(denied), blocked(w)]).toEqual([[], 1]);
  });

  const faults: readonly [string, (denied: ReturnType<typeof use>) => Script][] = [
    ['gzip', (read) => [{ ...say('', read), encoding: 'gzip' as const }, say('done')]],
    ['brotli', (read) => [{ ...say('', read), encoding: 'br' as const }, say('done')]],
    ['CRLF', (read) => [{ ...say('', read), fault: { eol: '\r\n' as const } }, say('done')]],
    ['one byte at a time', (read) => [{ ...say('', read), fault: { pieceBytes: 1 } }, say('done')]],
    ['no ping, no message_stop, no usage', (read) => [{ ...say('', read), fault: { omit: ['ping', 'message_stop', 'usage'] } }, say('done')]],
    ['stop_reason end_turn beside a call', (read) => [{ ...say('', read), stopReason: 'end_turn' }, say('done')]],
    ['a cut before content, then the answer in one piece', (read) => [{ ...say('', read), fault: { cut: { at: 1, how: 'end' as const } }, times: 1 }, say('done')]],
  ];
  it.each(faults)('an upstream with %s: a refusal is still a refusal', async (_name, script) => {
    const w = world();
    const upstream = await start(script(use('Read', { file_path: w.path('.env') })));
    expectGoverned(w, upstream, await go(w, upstream));
    expect(upstream.leaks(denied)).toEqual([]);
    expect(blocked(w)).toBeGreaterThanOrEqual(1);
  });

  it('a stream that breaks off inside a call runs nothing and leaves a record that verifies', async () => {
    const w = world();
    const whole = say('a word', bash('touch ran.txt'));
    const upstream = await start((ask) => (ask.index === 0 ? { ...whole, fault: { cut: { at: 7, how: 'destroy' } } } : say('done')));
    await go(w, upstream);
    expect(upstream.problems).toEqual([]);
    expect(new TextDecoder().decode(upstream.asked[0]?.answer)).toContain('"type":"tool_use"');
    expect(existsSync(w.path('ran.txt'))).toBe(false);
    expectRecorded(w, upstream);
  });
});
