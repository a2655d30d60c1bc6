/** A home that is not fit, a disk that fails under the proxy, a clock that jumps, two proxies on one home. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditHome } from '../../host/ledger/index.ts';
import type { AppendFile, Ops } from '../../host/ops.ts';
import { createOps } from '../../host/runtime/node.ts';
import { fileFault } from '../../host/runtime/fault.ts';
import { startProxy, type Running, type StartOptions } from '../../host/runtime/start.ts';
import { codes, core, scratch, seeded, verify, type Scratch } from '../ledger/support.ts';
import { lacking } from '../support/lacking.ts';
import { createUpstream, say, use, type Upstream } from '../support/upstream.ts';
import { createClient } from './client.ts';
import { openChild } from './door.ts';
import { readRows } from './world.ts';

const windows = process.platform === 'win32';
const noModes = 'Windows: no links without rights, no modes';
let at: Scratch;
let upstream: Upstream;
const proxies: Running[] = [];
beforeEach(async () => {
  at = scratch();
  mkdirSync(at.home, { mode: 0o700 });
  upstream = await createUpstream({ script: (ask) => (ask.assistantTurns < 4 ? say('', use('Read', { file_path: `notes-${ask.assistantTurns}.txt` })) : say('Done.')) });
});
afterEach(async () => {
  for (const proxy of proxies.splice(0)) await proxy.stop('stop');
  await upstream.close();
  at.remove();
});

async function open(more: Partial<StartOptions> = {}): Promise<Running> {
  const proxy = await startProxy({ occasioHome: at.home, upstream: upstream.url, preset: 'balanced', cwd: at.folder, port: 0, notice: () => undefined, ...more });
  proxies.push(proxy);
  return proxy;
}
const client = (proxy: { readonly url: string }, session = 's') => createClient({ base: proxy.url, session, tools: { Read: () => ({ text: 'x' }) } });
/** What the index says of runs; its checkpoints are left out. */
const entriesOf = () => readdirSync(join(at.home, 'index')).map((name) => JSON.parse(readFileSync(join(at.home, 'index', name), 'utf8')) as Record<string, unknown>).filter((entry) => entry['kind'] !== 'checkpoint');
const audit = () => auditHome(createOps(), core, verify, at.home);

describe('a home', () => {
  it.skipIf(lacking(windows, noModes))('that_is_a_symbolic_link_is_refused_at_start', async () => {
    const link = join(at.folder, 'link');
    symlinkSync(at.home, link);
    await expect(open({ occasioHome: link })).rejects.toMatchObject({ code: 'home', message: expect.stringContaining('symbolic link') });
  });

  it.skipIf(lacking(windows, noModes)).each(['', 'runs', 'index', 'keys'])('whose_folder_%s_others_can_write_is_refused_at_start', async (name) => {
    await (await open()).stop('stop');
    proxies.length = 0;
    chmodSync(join(at.home, name), 0o770);
    await expect(open()).rejects.toMatchObject({ code: 'home', message: expect.stringContaining('others can write in it (mode 0770)') });
  });

  // By the system's word and not by a mode: root may do whatever a mode says.
  it.each(['stat', 'read', 'list', 'replace', 'createExclusive', 'makeFolder'] as const)('in_which_the_system_permits_no_%s_is_refused_at_start', async (what) => {
    const ops = createOps();
    const files = { ...ops.files, [what]: (path: string) => Promise.reject(fileFault('use', path, 'unreadable', Object.assign(new Error('EACCES'), { code: 'EACCES' }))) };
    await expect(open({ ops: { ...ops, files } })).rejects.toMatchObject({ name: 'OccasioError', message: expect.stringContaining('permission denied') });
    expect(upstream.requests).toEqual([]);
  });

  it('whose_runs_are_taken_away_while_it_serves_lets_no_new_session_in', async () => {
    const proxy = await open();
    expect(await client(proxy, 'first').prompt('Go.')).toBe('Done.');
    const asked = upstream.asked.length;
    rmSync(join(at.home, 'runs'), { recursive: true });
    const second = client(proxy, 'second');
    expect(await second.prompt('Go.')).toMatch(/^402 .*Cannot make/);
    expect([second.ran, upstream.asked.length]).toEqual([[], asked]);
    proxies.length = 0;
    await expect(proxy.stop('stop')).rejects.toMatchObject({ code: 'ledger', message: expect.stringContaining('not what was written') });
  });

  it('in_which_one_run_was_changed_closes_the_others_and_says_which', async () => {
    const proxy = await open();
    for (const session of ['a', 'b', 'c']) expect(await client(proxy, session).prompt('Go.')).toBe('Done.');
    const first = String(readRows(at.home)[0]?.['run_id']);
    writeFileSync(join(at.home, 'runs', `${first}.jsonl`), '{}\n');
    proxies.length = 0;
    await expect(proxy.stop('stop')).rejects.toMatchObject({ code: 'ledger', message: expect.stringContaining(first) });
    expect(entriesOf().map((entry) => entry['kind']).filter((kind) => kind === 'run_closed')).toHaveLength(2);
    expect(readdirSync(join(at.home, 'proxies'))).toEqual([]);
  });

  it('whose_policy_cannot_be_read_any_more_keeps_the_last_one', async () => {
    writeFileSync(join(at.home, 'policy.yml'), 'version: 1\ndeny_paths: ["notes-1.txt"]\n');
    const proxy = await open();
    rmSync(join(at.home, 'policy.yml'));
    mkdirSync(join(at.home, 'policy.yml'));
    const one = client(proxy);
    expect(await one.prompt('Go.')).toBe('Done.');
    expect(one.ran.map((call) => call.name)).toEqual(['Read', 'occasio_denied__path-denied', 'Read', 'Read']);
  });
});

/** Every append file fails by `errno` at its n-th write or sync, and works again in the next file. */
function failing(how: 'write' | 'sync', errno: string, n: number): Ops {
  const ops = createOps();
  let count = 0;
  const fail = (path: string): void => {
    if (++count === n) throw fileFault('write', path, 'unwritable', Object.assign(new Error(errno), { code: errno }));
  };
  const createAppend = async (path: string): Promise<AppendFile> => {
    const file = await ops.files.createAppend(path);
    const rows = !path.endsWith('.inputs.jsonl');
    return {
      write: (bytes) => (rows && how === 'write' && fail(path), file.write(bytes)),
      sync: async () => (rows && how === 'sync' && fail(path), file.sync()),
      close: () => file.close(),
    };
  };
  return { ...ops, files: { ...ops.files, createAppend } };
}

describe('a disk that fails', () => {
  // Rows of a session here: start, policy, call, request, result, call, request, result. Of the row of a request the client has
  // its answer already, so that one goes on and the next request opens the successor.
  const cases = [
    ['write', 'EACCES', 5, /^402 .*Cannot write/],
    ['write', 'EROFS', 6, /error event.*Cannot write/],
    ['write', 'ENOSPC', 7, /^Done/],
    ['write', 'EIO', 8, /^402 .*Cannot write/],
    ['sync', 'EACCES', 3, /Cannot write/],
    ['sync', 'ENOSPC', 4, /Cannot write/],
    ['sync', 'EIO', 5, /Cannot write/],
  ] as const;
  it.each(cases)('at_a_%s_by_%s_passes_nothing_and_a_successor_names_the_run_that_broke (%i)', async (how, errno, n, words) => {
    const proxy = await open({ ops: failing(how, errno, n) });
    const first = client(proxy);
    const said = await first.prompt('Go.').catch((error: unknown) => String(error));
    expect(said).toMatch(words);
    const rows = () => readRows(at.home);
    for (const call of first.ran) expect(rows().some((row) => row.kind === 'tool_call' && row['tool_use_id'] === call.id), call.id).toBe(true);
    expect(await client(proxy).prompt('Go.')).toBe('Done.');
    await proxy.stop('stop');
    expect(rows().filter((row) => row.kind === 'run_start' && row['previous_run'] !== undefined)).toHaveLength(1);
    const entries = entriesOf();
    expect(entries.map((entry) => entry['kind']).sort()).toEqual(['run_closed', 'run_lost', 'run_opened', 'run_opened']);
    expect(entries.find((entry) => entry['kind'] === 'run_lost')).toMatchObject({ reason: 'write-failed' });
    expect(codes(await audit())).toEqual([]);
  });
});

describe('a clock', () => {
  const seed = 4711;
  it(`that_jumps_back_and_forth_leaves_rows_that_verify (seed ${seed})`, async () => {
    const random = seeded(seed);
    // Years in both directions, with every look.
    const proxy = await open({ ops: { ...createOps(), now: () => Math.floor(Date.UTC(2026, 0, 1) + (random() - 0.5) * 2e11) } });
    for (const session of ['a', 'b', 'c']) expect(await client(proxy, session).prompt('Go.')).toBe('Done.');
    await proxy.stop('stop');
    const stamps = readRows(at.home).map((row) => String(row['ts']));
    expect(stamps.some((ts, i) => i > 0 && ts < (stamps[i - 1] as string))).toBe(true);
    const verdict = await audit();
    // The order of rows is that of their numbers and hashes; a time of day is what the clock said.
    expect([verdict.word, codes(verdict)]).toEqual(['self-consistent', []]);
    expect(verdict.runs.map((run) => run.actions['PASS'])).toEqual([4, 4, 4]);
  });
});

describe('two proxies on one home', () => {
  it('serve_both_with_runs_of_their_own_and_one_index', async () => {
    const options = { occasioHome: at.home, upstream: upstream.url, preset: 'balanced', cwd: at.folder, port: 0, notice: () => undefined } as const;
    const [one, two] = await Promise.all([openChild(options), openChild(options)]);
    try {
      expect(readdirSync(join(at.home, 'proxies')).filter((name) => name.endsWith('.json')).sort()).toEqual([`${one.pid}.json`, `${two.pid}.json`].sort());
      const prompts = [one, two].flatMap((proxy) => ['same', 'same', 'own'].map((session, i) => client(proxy, session === 'own' ? `own-${proxy.pid}` : session).prompt(`Go ${proxy.pid} ${i}.`)));
      expect(await Promise.all(prompts)).toEqual(Array.from({ length: 6 }, () => 'Done.'));
    } finally {
      await Promise.all([one.stop(), two.stop()]);
    }
    const rows = readRows(at.home);
    const runs = rows.filter((row) => row.kind === 'run_start');
    // The session that both saw has a run at each.
    expect(runs.map((row) => [row['session_id'], row['pid']]).sort()).toEqual([[`own-${one.pid}`, one.pid], [`own-${two.pid}`, two.pid], ['same', one.pid], ['same', two.pid]].sort());
    expect(rows.filter((row) => row.kind === 'tool_call')).toHaveLength(24);
    const verdict = await audit();
    expect([verdict.word, codes(verdict), entriesOf().length, verdict.runs.length]).toEqual(['self-consistent', [], 8, 4]);
    expect(readdirSync(join(at.home, 'proxies'))).toEqual([]);
  }, 40_000);

  it('one_that_is_killed_does_not_trouble_the_other', async () => {
    const options = { occasioHome: at.home, upstream: upstream.url, preset: 'balanced', cwd: at.folder, port: 0, notice: () => undefined } as const;
    const killed = await openChild(options);
    const proxy = await open();
    expect(await client(killed, 'k').prompt('Go.')).toBe('Done.');
    await killed.kill();
    expect(await client(proxy, 'p').prompt('Go.')).toBe('Done.');
    await proxy.stop('stop');
    await (await open()).stop('stop');
    const entries = entriesOf();
    expect(entries.map((entry) => entry['kind']).sort()).toEqual(['run_closed', 'run_lost', 'run_opened', 'run_opened']);
    expect(codes(await audit())).toEqual([]);
  }, 40_000);
});
