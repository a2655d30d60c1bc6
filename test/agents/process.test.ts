/** `occasio claude` is the agent's process to whoever started it: stdin, stdout, exit code and signals are the agent's. */
import { readdirSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { createUpstream, say, use, type Script, type Upstream } from '../support/upstream.ts';
import { eventsOf, runClaude, type Run, type RunOptions } from './claude.ts';
import { versions } from './install.ts';
import { expectGoverned, expectRecorded, rowsOf } from './record.ts';
import { createWorld, denied, type World } from './world.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(script: Script): Promise<Upstream> {
  const upstream = await createUpstream({ script });
  cleanups.push(() => upstream.close());
  return upstream;
}

/** Processes that work in the folder, by what the system tells; none where it tells nothing. */
function processesIn(folder: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readlinkSync(`/proc/${entry}/cwd`) === folder;
    } catch (error) {
      if (!['ENOENT', 'EACCES', 'ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      return false; // gone meanwhile, or another user's
    }
  });
}

const ways = ['nothing', 'occasio'] as const;
/** As a shell tells it: 128 + n for signal n. */
const ends = (run: Run): object => ({ code: run.signal === null ? run.code : 128 + constants.signals[run.signal], timedOut: run.timedOut });

describe.each(versions)('Claude Code %s', (version) => {
  function world(files: Readonly<Record<string, string>> = {}): World {
    const made = createWorld(version, files);
    cleanups.push(() => made.remove());
    return made;
  }

  /** The same session bare and governed, each in a world of its own. */
  async function both(script: Script, options: Partial<RunOptions>, files: Readonly<Record<string, string>> = {}): Promise<{ w: World; upstream: Upstream; run: Run }[]> {
    const out = [];
    for (const through of ways) out.push(await session(through, script, options, files));
    return out;
  }

  async function session(through: (typeof ways)[number], script: Script, options: Partial<RunOptions>, files: Readonly<Record<string, string>>): Promise<{ w: World; upstream: Upstream; run: Run }> {
    const w = world(files);
    const upstream = await start(script);
    return { w, upstream, run: await runClaude(w, { upstream, through, args: ['do the task'], ...options }) };
  }

  it('the prompt may come on stdin, as text and as stream-json', async () => {
    const script: Script = (ask) => say(`heard ${/out of the pipe/.test(ask.firstText)}`);
    const typed = JSON.stringify({ type: 'user', message: { role: 'user', content: [{ type: 'text', text: 'words out of the pipe' }] } });
    const w = world();
    const upstream = await start(script);
    const text = await runClaude(w, { upstream, through: 'occasio', args: [], stdin: 'words out of the pipe' });
    expectGoverned(w, upstream, text);
    expect(eventsOf(text).at(-1)?.['result']).toBe('heard true');
    const json = await runClaude(w, { upstream, through: 'occasio', plain: true, args: ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'], stdin: `${typed}\n` });
    expect({ ...ends(json), heard: json.stdout.includes('heard true') }).toEqual({ code: 0, timedOut: false, heard: true });
  });

  it('stdout holds what the agent wrote and nothing else; one line of ours goes to stderr', async () => {
    const [bare, governed] = await both([say('', use('Bash', { command: 'echo hi', description: 'x' })), say('done')], {});
    const shape = (run: Run | undefined): unknown => (run === undefined ? undefined : eventsOf(run).map((event) => `${String(event['type'])} ${String(event['subtype'] ?? '')}`));
    expect(shape(governed?.run)).toEqual(shape(bare?.run));
    expect(governed?.run.stderr.trim().split('\n').length).toBe(1);
    expect(governed?.run.stderr).toMatch(/occasio/i);
    expect(readdirSync(`${governed?.w.occasioHome}/proxies`)).toEqual([]);
  });

  const codes: readonly [string, Script, Partial<RunOptions>][] = [
    ['a whole session', [say('done')], {}],
    ['--version', [say('done')], { plain: true, args: ['--version'] }],
    ['an unknown option', [say('done')], { plain: true, args: ['-p', '--no-such-option', 'x'] }],
    ['an upstream that answers 402', [{ status: { code: 402 } }], {}],
    ['an upstream that answers 403', [{ status: { code: 403 } }], {}],
    ['a limit of turns', (ask) => say('', use('Bash', { command: `echo ${ask.assistantTurns}`, description: 'x' })), { args: ['do the task', '--max-turns', '2'] }],
  ];
  it.each(codes)('the exit code is the agent\'s: %s', async (_name, script, options) => {
    const [bare, governed] = await both(script, options);
    expect(ends(governed?.run as Run)).toEqual(ends(bare?.run as Run));
    expect(governed?.upstream.asked.length).toBe(bare?.upstream.asked.length);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('%s reaches the agent, the run is closed and verifies', async (signal) => {
    const seen: unknown[] = [];
    for (const through of ways) {
      const w = world();
      let pid = 0;
      const turn = { ...say('a word that goes on and on'), fault: { cut: { at: 4, how: 'hang' as const } } };
      const upstream = await start(() => (setTimeout(() => process.kill(pid, signal), 400), turn));
      const run = await runClaude(w, { upstream, through, args: ['do the task'], started: (id) => (pid = id), limitMs: 20_000 });
      seen.push(ends(run));
      expect(processesIn(w.project)).toEqual([]);
      if (through === 'occasio') {
        expectRecorded(w, upstream);
        expect(rowsOf(w).at(-1)?.kind).toBe('run_end');
        expect(upstream.asked[0]?.clientGone).toBe(true);
      }
    }
    expect(seen[1]).toEqual(seen[0]);
  });

  it('killed outright: what was decided is on record, and the next session goes on', async () => {
    const w = world();
    let pid = 0;
    const script: Script = (ask) => {
      if (ask.assistantTurns === 0) return say('', use('Bash', { command: 'cat .env; echo hi', description: 'x' }), use('Read', { file_path: w.path('notes.txt') }));
      if (ask.index === 1) setTimeout(() => process.kill(pid, 'SIGKILL'), 100);
      return ask.index === 1 ? { ...say('a word'), fault: { cut: { at: 4, how: 'hang' } } } : say('done');
    };
    const upstream = await start(script);
    const run = await runClaude(w, { upstream, through: 'occasio', args: ['do the task'], started: (id) => (pid = id), env: { CLAUDE_CODE_MAX_RETRIES: '0' } });
    expect(run.signal).toBe('SIGKILL');
    expectRecorded(w, upstream);
    expectGoverned(w, upstream, await runClaude(w, { upstream, through: 'occasio', args: ['go on', '--continue'] }));
    expect(upstream.leaks(denied)).toEqual([]);
  });

  it.each(['.claude/settings.json', '.claude/settings.local.json'])("a project's own base URL in %s is found before the agent starts", async (name) => {
    const detour = await start([say('the detour answered', use('Read', { file_path: '/dev/null' })), say('done')]);
    const files = { [name]: JSON.stringify({ env: { ANTHROPIC_BASE_URL: detour.url } }) };
    const [bare, governed] = await both([say('done')], {}, files);
    expect([bare?.run.code, bare?.upstream.asked.length, detour.asked.length]).toEqual([0, 0, 2]);
    expect(governed?.run.code).not.toBe(0);
    expect(governed?.run.stderr).toContain(name);
    expect([governed?.upstream.asked.length, detour.asked.length]).toEqual([0, 2]);
  });

  const proxies: readonly [string, (url: string) => Readonly<Record<string, string>>][] = [
    ['HTTP_PROXY', (url) => ({ HTTP_PROXY: url })],
    ['HTTPS_PROXY and an empty NO_PROXY', (url) => ({ HTTPS_PROXY: url, NO_PROXY: '', no_proxy: '' })],
  ];
  it.each(proxies)("a project's settings cannot lead around: %s", async (_name, env) => {
    const detour = await start([say('done')]);
    const files = { '.claude/settings.json': JSON.stringify({ env: env(detour.url) }) };
    const bare = await session('nothing', [say('done')], {}, files);
    expect([bare.upstream.asked.length, detour.asked.length > 0]).toEqual([0, true]);
    const before = detour.asked.length;
    const governed = await session('occasio', [say('done')], {}, files);
    expect(detour.asked.length).toBe(before);
    if (governed.run.code === 0) expectGoverned(governed.w, governed.upstream, governed.run);
    else expect(governed.run.stderr).toContain('.claude/settings.json');
  });

  it('an upstream that is not there: a clear error, and nothing is lost', async () => {
    const w = world();
    const upstream = await createUpstream({ script: [say('done')] });
    await upstream.close();
    const run = await runClaude(w, { upstream, through: 'occasio', args: ['look at @.env'], env: { CLAUDE_CODE_MAX_RETRIES: '0' } });
    expect(run.timedOut).toBe(false);
    expect(run.code).not.toBe(0);
    expect(upstream.leaks(denied)).toEqual([]);
    expectRecorded(w, upstream);
  });
});
