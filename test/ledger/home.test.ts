/** What a home must be, and what lies beside the runs. */
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StoredResult } from '../../host/ledger/index.ts';
import { createOps } from '../../host/runtime/node.ts';
import { home, openRun, scratch, type Scratch } from './support.ts';

let at: Scratch;
beforeEach(() => {
  at = scratch();
});
afterEach(() => at.remove());
const path = (...parts: string[]): string => join(at.home, ...parts);

describe('a home is refused', () => {
  const unfit: readonly (readonly [name: string, make: () => void, says: string])[] = [
    ['that_is_a_symbolic_link', () => (mkdirSync(path('..', 'real'), { mode: 0o700 }), symlinkSync(path('..', 'real'), at.home)), 'symbolic link'],
    ['that_is_a_link_to_nowhere', () => symlinkSync('/nowhere', at.home), 'symbolic link'],
    ['that_is_a_file', () => writeFileSync(at.home, ''), 'no folder'],
    ['that_its_group_can_write', () => (mkdirSync(at.home), chmodSync(at.home, 0o770)), 'others can write'],
    ['that_everybody_can_write', () => (mkdirSync(at.home), chmodSync(at.home, 0o777)), 'others can write'],
    ['whose_runs_are_a_symbolic_link', () => (mkdirSync(at.home, { mode: 0o700 }), mkdirSync(path('..', 'real')), symlinkSync(path('..', 'real'), path('runs'))), 'symbolic link'],
    ['whose_index_everybody_can_write', () => (mkdirSync(at.home, { mode: 0o700 }), mkdirSync(path('index')), chmodSync(path('index'), 0o777)), 'others can write'],
    ['whose_key_others_can_read', () => key(32, 0o644), 'others can read'],
    ['whose_key_is_too_short', () => key(31, 0o600), '31 bytes'],
    ['whose_key_is_too_long', () => key(33, 0o600), '33 bytes'],
    ['whose_key_is_empty', () => key(0, 0o600), '0 bytes'],
    ['whose_key_is_a_link', () => (key(32, 0o600), renameSync(path('keys/install.key'), path('k')), symlinkSync(path('k'), path('keys/install.key'))), 'no regular file'],
    ['whose_key_is_a_folder', () => (mkdirSync(path('keys/install.key'), { recursive: true, mode: 0o700 })), 'no regular file'],
  ];

  function key(bytes: number, mode: number): void {
    mkdirSync(path('keys'), { recursive: true, mode: 0o700 });
    writeFileSync(path('keys/install.key'), new Uint8Array(bytes), { mode });
    chmodSync(path('keys/install.key'), mode);
  }

  it.each(unfit)('%s', async (_, make, says) => {
    make();
    await expect(home(at)).rejects.toMatchObject({ code: 'home', message: expect.stringMatching(new RegExp(`^Cannot keep the record in ".*": .*${says}`)) });
  });

  it('that_belongs_to_somebody_else', async () => {
    mkdirSync(at.home, { mode: 0o700 });
    const ops = createOps();
    const other = { ...ops, host: { ...ops.host, user: (ops.host.user ?? 0) + 1 } };
    await expect(home(at, other)).rejects.toMatchObject({ code: 'home', message: expect.stringContaining('belongs to user') });
  });

  it('that_cannot_be_made', async () => {
    writeFileSync(path('..', 'file'), '');
    const below = { ...at, home: path('..', 'file', 'home') };
    await expect(home(below)).rejects.toMatchObject({ code: expect.stringMatching(/not-found|unwritable/) });
  });
});

describe('a home', () => {
  it('keeps_its_key', async () => {
    const { key } = await home(at);
    expect(key.length).toBe(32);
    expect(new Set(key).size).toBeGreaterThan(8);
    expect((await home(at)).key).toEqual(key);
  });

  it('notes_a_folder_above_it_that_others_can_write', async () => {
    chmodSync(at.folder, 0o777);
    expect((await home(at)).notes.join()).toContain(at.folder);
    chmodSync(at.folder, 0o1777);
    expect((await home(at)).notes).toEqual([]);
  });

  it('holds_no_drafts_when_all_is_written', async () => {
    const of = await home(at);
    await (await openRun(of)).close('exit');
    await of.results.put('toolu_1', stored);
    for (const folder of ['index', 'policies', 'results', 'keys', 'proxies']) expect(readdirSync(path(folder)).filter((n) => n.startsWith('.')), folder).toEqual([]);
  });
});

const stored: StoredResult = { tool_use_id: 'toolu_1', tool: 'Grep', input: { pattern: 'é' }, content: 'a\n\u2028b', is_error: false, reason: 'native-handleable', local: true, secrets_redacted: 2 };

describe('results', () => {
  it('come_back_as_they_were_after_a_restart', async () => {
    await (await home(at)).results.put('toolu_1', stored);
    expect(await (await home(at)).results.get('toolu_1')).toEqual(stored);
    expect(statSync(path('results', readdirSync(path('results'))[0] ?? '')).mode & 0o777).toBe(0o600);
  });

  it('of_an_id_that_is_unknown_damaged_or_a_path_are_lost_not_wrong', async () => {
    const { results } = await home(at);
    expect(await results.get('toolu_2')).toBe(null);
    await results.put('../../x', { ...stored, tool_use_id: '../../x' });
    expect(existsSync(path('..', 'x.json'))).toBe(false);
    expect(await results.get('../../x')).toMatchObject({ content: stored.content });
    await results.put('toolu_1', stored);
    const file = path('results', readdirSync(path('results')).find((n) => readFileSync(path('results', n), 'utf8').includes('toolu_1')) ?? '');
    for (const damage of ['', '{', '[]', '{"tool_use_id":"toolu_1"}', JSON.stringify({ ...stored, tool_use_id: 'toolu_9' }), JSON.stringify({ ...stored, content: 1 })]) {
      writeFileSync(file, damage);
      expect(await results.get('toolu_1'), damage).toBe(null);
    }
  });

  it('go_after_thirty_days', async () => {
    const { results } = await home(at);
    await results.put('toolu_1', stored);
    await results.put('toolu_2', { ...stored, tool_use_id: 'toolu_2' });
    const now = Date.now();
    const old = path('results', readdirSync(path('results')).find((n) => readFileSync(path('results', n), 'utf8').includes('toolu_1')) ?? '');
    utimesSync(old, (now - 31 * 86_400_000) / 1000, (now - 31 * 86_400_000) / 1000);
    expect(await results.expire(now)).toBe(1);
    expect(await results.get('toolu_1')).toBe(null);
    expect(await results.get('toolu_2')).not.toBe(null);
  });
});

describe('proxies', () => {
  it('are_listed_while_they_run_with_a_token_only_the_user_reads', async () => {
    const { proxies } = await home(at);
    const away = await proxies.register(4711);
    const [entry] = await proxies.list();
    expect(entry).toMatchObject({ pid: process.pid, port: 4711 });
    expect(readFileSync(entry?.token_file ?? '', 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(entry?.token_file ?? '').mode & 0o777).toBe(0o600);
    await away();
    expect(await proxies.list()).toEqual([]);
    expect(readdirSync(path('proxies'))).toEqual([]);
  });

  it('that_are_gone_or_are_none_are_not_listed_and_are_cleared', async () => {
    const { proxies } = await home(at);
    writeFileSync(path('proxies/4194304.json'), JSON.stringify({ pid: 4194304, port: 1, started_at: '', token_file: '' }));
    writeFileSync(path(`proxies/${process.ppid}.json`), 'nonsense');
    expect(await proxies.list()).toEqual([]);
    await proxies.register(1);
    expect(existsSync(path('proxies/4194304.json'))).toBe(false);
  });
});
