/** What can be done to a home after the fact, and that it is found. */
import { copyFileSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditHome, homeSentenceOf, indexedExpectation, type Home, type HomeVerdict } from '../../host/ledger/index.ts';
import type { Ops } from '../../host/ops.ts';
import { createOps } from '../../host/runtime/node.ts';
import { formatVerdict } from '../../verifiers/formats/verdict.ts';
import { chained, type Row } from '../formats/cases.ts';
import { call, codes, core, home, openRun, scratch, verify, type Scratch } from './support.ts';

let at: Scratch;
let of: Home;
let ids: string[];
const path = (...parts: string[]): string => join(at.home, ...parts);
const entry = (n: number): string => path('index', `${String(n).padStart(12, '0')}.json`);
const file = (n: number): string => path('runs', `${ids[n]}.jsonl`);
const audit = (): Promise<HomeVerdict> => auditHome(createOps(), core, verify, at.home);

const template = scratch();

/** Entries 0 to 8: three runs, opened, signed and closed in turn. Made once; each test spoils a copy. */
beforeAll(async () => {
  const first = await home(template);
  ids = [];
  for (let n = 0; n < 3; n++) {
    const run = await openRun(first);
    for (let c = 0; c < 3; c++) run.append(call(c));
    await run.close('exit');
    ids.push(run.id);
  }
});
beforeEach(async () => {
  at = scratch();
  cpSync(template.home, at.home, { recursive: true });
  of = await home(at);
});
afterAll(() => template.remove());
afterEach(() => at.remove());

function edit(file: string, from: string | RegExp, to: string): void {
  const before = readFileSync(file, 'utf8');
  expect(before).toMatch(from);
  writeFileSync(file, before.replace(from, to));
}

const attacks: readonly (readonly [name: string, attack: () => void, found: string, of: 'home' | 'run'])[] = [
  ['a_deleted_run', () => rmSync(file(1)), 'run-deleted', 'home'],
  ['all_runs_deleted', () => [0, 1, 2].forEach((n) => rmSync(file(n))), 'run-deleted', 'home'],
  ['a_run_deleted_with_the_entry_that_opened_it', () => (rmSync(file(1)), rmSync(entry(3))), 'entry-missing', 'home'],
  ['a_deleted_entry', () => rmSync(entry(2)), 'entry-missing', 'home'],
  ['a_deleted_first_entry', () => rmSync(entry(0)), 'entry-missing', 'home'],
  ['a_deleted_index', () => [0, 1, 2, 3, 4, 5, 6, 7, 8].forEach((n) => rmSync(entry(n))), 'run-not-indexed', 'home'],
  ['entries_that_moved_up_to_close_a_gap', () => [3, 4, 5, 6, 7, 8].forEach((n) => renameSync(entry(n), entry(n - 1))), 'entry-seq', 'home'],
  ['entries_that_changed_places', () => (renameSync(entry(2), path('x')), renameSync(entry(3), entry(2)), renameSync(path('x'), entry(3))), 'entry-link', 'home'],
  ['an_altered_entry', () => edit(entry(2), '"rows":6', '"rows":5'), 'entry-hash', 'home'],
  ['an_entry_of_two_lines', () => writeFileSync(entry(1), readFileSync(entry(1), 'utf8') + readFileSync(entry(2), 'utf8')), 'entry-form', 'home'],
  ['an_entry_without_its_line_feed', () => truncateSync(entry(8), readFileSync(entry(8)).length - 1), 'entry-form', 'home'],
  ['an_empty_entry', () => truncateSync(entry(8), 0), 'entry-form', 'home'],
  ['an_entry_that_is_a_folder', () => (rmSync(entry(8)), mkdirSync(entry(8))), 'entry-form', 'home'],
  ['a_number_far_ahead', () => copyFileSync(entry(8), entry(999_999_999_999)), 'entry-missing', 'home'],
  ['a_closed_run_without_its_end', () => truncateSync(file(0), readFileSync(file(0), 'utf8').lastIndexOf('{"ts"')), 'head-rows', 'run'],
  ['a_closed_run_that_is_empty', () => truncateSync(file(0), 0), 'empty', 'run'],
  ['a_run_in_the_place_of_another', () => copyFileSync(file(1), file(0)), 'run-id', 'run'],
  ['a_run_that_was_added', () => writeFileSync(path('runs', 'added.jsonl'), readFileSync(file(0))), 'run-not-indexed', 'home'],
  ['a_run_that_became_a_link', () => (renameSync(file(0), path('elsewhere')), symlinkSync(path('elsewhere'), file(0))), 'run-is-no-file', 'home'],
  ['an_altered_policy', () => edit(path('policies', '09bfcc6a14b83e2192b8673677725c84883ee9cd0c70e45c9ec09daa8f2b2847.yml'), 'version', 'Version'), 'policy-differs', 'home'],
  ['a_deleted_policy', () => rmSync(path('policies', '09bfcc6a14b83e2192b8673677725c84883ee9cd0c70e45c9ec09daa8f2b2847.yml')), 'policy-missing', 'home'],
];

describe('an audit', () => {
  it('of_a_home_as_it_was_written_is_self_consistent', async () => {
    const verdict = await audit();
    expect(verdict).toMatchObject({ word: 'self-consistent', entries: 9 });
    expect(verdict.runs.map((r) => r.run_id)).toEqual([...ids].sort());
    expect(verdict.checks.map((c) => [c.check, c.result, c.code])).toEqual(['index', 'entries', 'present', 'indexed', 'checkpoints', 'policies'].map((c) => [c, 'ok', null]));
    expect(verdict.runs[0]?.checks.find((c) => c.check === 'head')).toMatchObject({ result: 'ok', code: null });
  });

  it.each(attacks)('finds_%s', async (_, attack, found, where) => {
    attack();
    const verdict = await audit();
    expect(verdict.word).toBe('failed');
    expect(where === 'home' ? codes(verdict) : verdict.runs.flatMap((r) => codes(r))).toContain(found);
    for (const finding of verdict.checks) expect(homeSentenceOf(finding)).not.toBe('');
  });

  it('names_nothing_of_this_machine_and_is_canonical', async () => {
    rmSync(entry(2));
    const text = new TextDecoder().decode(formatVerdict(core, await audit()));
    expect(text).not.toContain(at.folder);
    expect(text).not.toContain(String(process.pid));
    expect(new TextDecoder().decode(formatVerdict(core, await audit()))).toBe(text);
  });

  it('finds_a_run_rewritten_from_genesis_by_its_first_hash', async () => {
    const other = await openRun(of);
    const rows = readFileSync(other.path, 'utf8').trimEnd().split('\n').map((line) => {
      const { prev_hash, hash, ...row } = JSON.parse(line.replaceAll(other.id, ids[0] ?? '')) as Row;
      expect([typeof prev_hash, typeof hash]).toEqual(['string', 'string']);
      return row;
    });
    writeFileSync(file(0), chained(rows).map((line) => `${line}\n`).join(''));
    expect((await audit()).runs.flatMap((r) => codes(r))).toContain('first-hash');
  });

  it('calls_a_running_run_open', async () => {
    await openRun(of);
    expect((await audit()).word).toBe('open');
  });

  it('notes_a_run_that_was_cut_off_while_it_opened', async () => {
    const rows = readFileSync(file(0), 'utf8').split('\n');
    const id = '11111111-2222-4333-8444-555555555555';
    for (const text of ['', (rows[0] ?? '').slice(0, 99)]) {
      writeFileSync(path('runs', `${id}.jsonl`), text);
      const verdict = await audit();
      expect(verdict.word).toBe('self-consistent');
      expect(verdict.checks).toContainEqual({ check: 'indexed', result: 'ok', code: 'never-used', entry: null, run_id: id });
      expect(verdict.runs.length).toBe(3);
    }
  });

  it('of_one_run_knows_its_head', async () => {
    const expected = await indexedExpectation(createOps(), core, at.home, ids[0] ?? '');
    expect(expected).toMatchObject({ rows: 6 });
    expect((await verify([readFileSync(file(0))], expected)).word).toBe('self-consistent');
    expect(await indexedExpectation(createOps(), core, at.home, 'unknown')).toEqual({});
  });

  it('of_a_home_that_is_not_there_is_an_error', async () => {
    await expect(auditHome(createOps(), core, verify, path('nowhere'))).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the index', () => {
  it.each([
    ['is_altered', () => edit(entry(8), '"rows":6', '"rows":7')],
    ['is_empty', () => truncateSync(entry(8), 0)],
    ['claims_a_number_beyond_2_53', () => edit(entry(8), '"seq":8', '"seq":9007199254740993')],
    ['has_the_last_number', () => copyFileSync(entry(8), entry(999_999_999_999))],
  ])('does_not_go_on_from_a_newest_entry_that_%s', async (_, attack) => {
    attack();
    const again = await home(at);
    await expect(openRun(again)).rejects.toMatchObject({ code: 'ledger' });
  });

  it('goes_on_after_entries_of_others', async () => {
    const other = await home(at);
    const first = await openRun(of);
    const second = await openRun(other);
    await first.close('idle');
    await second.close('stop');
    const verdict = await audit();
    expect([verdict.word, verdict.entries, codes(verdict)]).toEqual(['self-consistent', 15, []]);
  });

  const here = createOps();
  const host = (change: Partial<Ops['host']>, alive = false): Ops => ({ ...here, alive: () => alive, host: { ...here.host, hostId: 'a'.repeat(64), bootId: 'b'.repeat(64), pid: 1, ...change } });
  it.each([
    ['of_a_process_that_is_gone', host({ pid: 2 }), ['run_lost']],
    ['of_a_boot_that_is_over', host({ bootId: 'c'.repeat(64) }, true), ['run_lost']],
    ['of_a_process_that_runs', host({ pid: 2 }, true), []],
    ['of_this_very_process', host({}), []],
    ['of_another_machine', host({ hostId: 'd'.repeat(64), pid: 2 }), []],
  ])('says_once_that_the_run_is_lost_or_nothing_%s', async (_, second, said) => {
    await openRun(await home(at, host({})));
    await home(at, second);
    await home(at, second);
    const kinds = [10, 11, 12].flatMap((n) => {
      try {
        return [(JSON.parse(readFileSync(entry(n), 'utf8')) as { kind: string }).kind];
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOENT') return [];
        throw error;
      }
    });
    expect(kinds).toEqual(said);
  });
});
