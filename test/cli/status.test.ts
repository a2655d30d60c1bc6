import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { status } from '../../host/cli/status.ts';
import { createUpstream, say, use } from '../support/upstream.ts';
import { createClient } from '../proxy/client.ts';
import { call as run, fakeIo } from './io.ts';
import { newPlace, occasio, type Place } from './run.ts';

type Row = Record<string, unknown>;

const DEAD = 2_000_000_000;
const start = (more: Row = {}): Row => ({ ts: '2026-03-01T12:00:00.000Z', session_id: 's', agent: 'claude-code', kind: 'run_start', pid: DEAD, preset: 'balanced', cwd: '/project', ...more });
const call = (action: string, more: Row = {}): Row => ({ ts: '2026-03-01T12:00:01.000Z', kind: 'tool_call', action, ...more });
const request = (cost_basis: string, more: Row = {}): Row => ({ ts: '2026-03-01T12:00:02.000Z', kind: 'request', event_type: 'cloud_sent', cost_basis, ...more });
const end: Row = { ts: '2026-03-01T12:00:03.000Z', kind: 'run_end', reason: 'exit', counts: {} };

/** A home with these runs, the first the oldest. Its hashes are none: status is no check. */
function home(runs: Readonly<Record<string, readonly (Row | string)[]>>, policy?: string): Place {
  const place = newPlace();
  const folder = join(place.occasioHome, 'runs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  Object.entries(runs).forEach(([id, rows], i) => {
    const path = join(folder, `${id}.jsonl`);
    writeFileSync(path, rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''));
    utimesSync(path, 1_700_000_000 + i, 1_700_000_000 + i);
  });
  if (policy !== undefined) writeFileSync(join(place.occasioHome, 'policy.yml'), policy);
  return place;
}

const json = async (place: Place, ...more: string[]): Promise<Row & { runs: Row[]; total: Row }> => JSON.parse((await occasio(place, ['status', '--json', ...more])).out);

describe('occasio status', () => {
  it('shows_runs_newest_first_with_what_was_decided_and_spent', async () => {
    const place = home({
      old: [start(), call('PASS'), request('usage', { cost_microusd: 1_500_000 }), end],
      cut: [start({ host_id: 'f'.repeat(64) }), call('BLOCK'), call('LOCAL'), call('TRANSFORM', { secrets_redacted: 2 }), request('bound', { cost_microusd: 20_500 }), request('unpriced'), request('usage', { event_type: 'budget_exceeded', cost_microusd: 0 })],
    }, 'version: 1\n');
    const ran = await occasio(place, ['status']);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).toBe(
      [
        'Home:    ~/.occasio',
        `Policy:  ~/.occasio/policy.yml (sha256 ${createHash('sha256').update('version: 1\n').digest('hex').slice(0, 16)})`,
        'Proxies: none runs',
        '',
        'Run  State   Started (UTC)     Tool calls                               Secrets  Spent',
        'cut  open    2026-03-01 12:00  0 passed, 1 local, 1 blocked, 1 changed  2        $0.00 + up to $0.0205 (1 cut) + 1 unpriced',
        'old  closed  2026-03-01 12:00  1 passed                                 0        $1.50',
        '',
        '2 runs: 1 passed, 1 local, 1 blocked, 1 changed; secrets redacted: 2; requests: 4, refused: 1; spent $1.50 + up to $0.0205 (1 cut) + 1 unpriced',
        '',
      ].join('\n'),
    );
    expect(await json(place)).toMatchObject({
      more: 0,
      policy: { source: 'user', template: null },
      runs: [{ run_id: 'cut', state: 'open', rows: 7, requests: 3, refused: 1, spent_microusd: 0, bound_microusd: 20_500, bounded: 1, unpriced: 1 }, { run_id: 'old', state: 'closed', last_at: '2026-03-01T12:00:03.000Z' }],
      total: { tool_calls: 4, secrets_redacted: 2, spent_microusd: 1_500_000 },
    });
  });

  it.each([
    ['closed', [start(), end]],
    ['lost', [start(), call('PASS')]],
    ['unreadable', ['{"kind":"run_sta']],
    ['unreadable', [call('PASS')]],
    ['unreadable', []],
  ] as const)('a_run_is_%s', async (state, rows) => {
    // Lost is said of a process of this machine that is gone: the rows name it as this machine's own runs do.
    const host = await (thisHost ??= ownHost());
    const text = rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row['kind'] === 'run_start' ? { ...row, ...host } : row)}\n`).join('');
    const made = newPlace();
    mkdirSync(join(made.occasioHome, 'runs'), { recursive: true });
    writeFileSync(join(made.occasioHome, 'runs', 'it.jsonl'), text);
    expect((await json(made)).runs).toMatchObject([{ run_id: 'it', state }]);
  });

  it('shows_the_running_proxy_its_open_run_and_its_spend_then_that_it_closed', async () => {
    const place = newPlace();
    const upstream = await createUpstream({ script: [say('', use('Bash', { command: 'git status' })), say('done')] });
    const seen: { live?: Row & { runs: Row[] }; text?: string } = {};
    const ran = await occasio(place, ['proxy', '--upstream', upstream.url, '--budget', '2.5', '--json'], {
      started: (child) => child.onOut(async (out) => {
        if (!out.includes('}') || seen.text !== undefined) return;
        seen.text = '';
        const { url } = JSON.parse(out) as { url: string };
        await createClient({ base: url, tools: { Bash: () => ({ text: 'clean' }) } }).prompt('Go.');
        seen.live = await json(place);
        seen.text = (await occasio(place, ['status'])).out;
        child.kill('SIGTERM');
      }),
    });
    await upstream.close();
    expect(JSON.parse(ran.out)).toMatchObject({ budget_microusd: 2_500_000 });
    expect(ran.err).toMatch(/budget \$2\.50\. Stop[^]*1 tool call \(1 passed, 0 blocked\), \$0\.0016 spent\. Check the record/);
    expect(seen.live).toMatchObject({ proxies: [{ pid: expect.any(Number), port: expect.any(Number) }], runs: [{ state: 'open', tool_calls: 1, passed: 1, spent_microusd: 1_600, agent: 'claude-code' }] });
    expect(JSON.stringify(seen.live)).not.toContain('token');
    expect(seen.text).toMatch(/^Proxies: pid \d+ on 127\.0\.0\.1:\d+ since \d{4}-\d\d-\d\d \d\d:\d\d$/m);
    expect(await json(place)).toMatchObject({ proxies: [], runs: [{ state: 'closed', spent_microusd: 1_600 }] });
  });

  it('lists_ten_runs_and_all_with_all', async () => {
    const place = home(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`run-${i}`, [start(), end]])));
    const ids = (found: { runs: Row[] }): unknown[] => found.runs.map((run) => run['run_id']);
    expect(ids(await json(place))).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map((i) => `run-${i}`));
    expect((await json(place))['more']).toBe(2);
    expect(ids(await json(place, '--all'))).toHaveLength(12);
    expect((await occasio(place, ['status'])).out).toContain('10 runs of 12, all with --all: no tool calls');
  });

  it('a_home_without_a_record_says_where_it_begins_and_is_not_made', async () => {
    const place = newPlace();
    const ran = await occasio(place, ['status']);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(/built-in dev-default, as there is no .*policy\.yml\. Write one with: occasio init\n/);
    expect(ran.out).toMatch(/There is no record yet\. It begins with: occasio claude\n$/);
    // A runtime may keep a cache of its own there.
    expect(readdirSync(place.home)).not.toContain('.occasio');
    expect(await json(place)).toMatchObject({ policy: { source: 'default', template: 'dev-default' }, proxies: [], runs: [], more: 0 });
  });

  it('a_policy_that_is_not_usable_is_said_and_the_rest_shown', async () => {
    const place = home({ it: [start(), end] }, 'version: 1\nversion: 2\n');
    const ran = await occasio(place, ['status']);
    expect([ran.code, /^Policy: .*policy\.yml is not usable: line 2.*occasio policy validate$/m.test(ran.out), /^it /m.test(ran.out)]).toEqual([0, true, true]);
    expect(await json(place)).toMatchObject({ policy: { error: { code: 'policy' } } });
  });

  it('rows_of_an_attacker_neither_break_nor_steer_the_terminal', async () => {
    const evil = '\u001b]0;x\u0007\u202e';
    const place = home({ it: [start({ agent: evil, cwd: evil, session_id: evil }), call('__proto__'), call(evil), call('BLOCK', { secrets_redacted: 1e300 }), request('usage', { cost_microusd: -5 }), request('usage', { cost_microusd: '7' }), request('usage', { cost_microusd: Number.MAX_SAFE_INTEGER }), request('usage', { cost_microusd: Number.MAX_SAFE_INTEGER }), 'no row', end] });
    writeFileSync(join(place.occasioHome, 'runs', `${evil}.jsonl`), '');
    mkdirSync(join(place.occasioHome, 'runs', 'folder.jsonl'));
    const ran = await occasio(place, ['status']);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect((await json(place)).runs).toMatchObject([{ run_id: 'it', state: 'closed', tool_calls: 3, blocked: 1, spent_microusd: Number.MAX_SAFE_INTEGER }]);
  });

  it.each([[['status', 'x'], /one word too many/], [['status', '--al'], /Did you mean "--all"\?/]])('%j_is_wrong_use', async (args, message) => {
    const ran = await occasio(newPlace(), args);
    expect([ran.code, ran.out, message.test(ran.err)]).toEqual([2, '', true]);
  });

  it('a_home_that_cannot_be_read_exits_2_in_one_form', async () => {
    const place = newPlace();
    writeFileSync(place.occasioHome, 'a file');
    const ran = await occasio(place, ['status', '--json']);
    expect(ran.code).toBe(2);
    expect(JSON.parse(ran.out)).toMatchObject({ error: { code: 'home', found: 'it is no folder' } });
    expect((await occasio({ ...place, occasioHome: 'relative' }, ['status'])).err).toMatch(/relative path/);
  });

  it.each([60, 80])('fits_a_terminal_of_%i_columns_coloured_unless_told_otherwise', async (columns) => {
    const place = home({ '3f0c9a52-7d1e-4b6a-9c58-2e4f6a8b0c1d': [start(), call('PASS'), call('BLOCK'), request('bound', { cost_microusd: 123_456 }), end] });
    const env = { OCCASIO_HOME: place.occasioHome, HOME: place.home };
    const shown = fakeIo(env, true, columns);
    const plain = fakeIo({ ...env, NO_COLOR: '1' }, true, columns);
    expect([await run(status, [], shown.io), await run(status, [], plain.io)]).toEqual([0, 0]);
    expect(shown.out()).toContain('\u001b[1mRun');
    expect(plain.out()).not.toContain('\u001b');
    const long = plain.out().split('\n').filter((l) => l.length > columns && !l.includes(place.occasioHome));
    expect(long).toEqual([]);
  });
});

let thisHost: Promise<Row> | undefined;
/** Members by which a run names the machine it was written on: of a run that was really written. */
async function ownHost(): Promise<Row> {
  const place = newPlace();
  await occasio(place, ['proxy'], {
    started: (child) => child.onOut(async (out) => {
      const url = /=(http:\S+)/.exec(out)?.[1];
      if (url === undefined) return;
      await fetch(`${url}/v1/messages`, { method: 'POST', body: '{' });
      child.kill('SIGTERM');
    }),
  });
  const [name] = readdirSync(join(place.occasioHome, 'runs')).filter((n) => !n.includes('.inputs.'));
  const row = JSON.parse(readFileSync(join(place.occasioHome, 'runs', name ?? ''), 'utf8').split('\n')[0] ?? '') as Row;
  return { ...(row['host_id'] === undefined ? {} : { host_id: row['host_id'] }), ...(row['boot_id'] === undefined ? {} : { boot_id: row['boot_id'] }) };
}
