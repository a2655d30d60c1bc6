/** The original's chain: what holds, what is named as not covered, what fails. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../../host/runtime/core.ts';
import { legacySentenceOf } from '../../verifiers/legacy/sentences.ts';
import { verifyLegacy, type LegacyVerdict } from '../../verifiers/legacy/verify.ts';
import { lacking } from '../support/lacking.ts';
import { chained, hashOf, rows, text, toolCall, type Row } from './original.ts';

const { core } = loadCore();
const good = chained(rows());
const verify = (file: string | Uint8Array): Promise<LegacyVerdict> => verifyLegacy(core, [typeof file === 'string' ? new TextEncoder().encode(file) : file]);

type Found = readonly (readonly [code: string, result: string, rows: readonly (number | null)[]])[];
const found = (verdict: LegacyVerdict): Found => {
  const codes = [...new Set(verdict.checks.map((c) => c.code))].filter((code) => code !== null && code !== 'float' && code !== 'no-expectation');
  return codes.map((code) => {
    const own = verdict.checks.filter((c) => c.code === code);
    return [code ?? '', own[0]?.result ?? '', own.map((c) => c.position?.row ?? null)];
  });
};
const lines = (change: (all: string[]) => string[] | void): string => {
  const all = [...good];
  return text(change(all) ?? all);
};
const forged = (change: (all: Row[]) => Row[] | void): string => {
  const all = rows();
  return text(chained(change(all) ?? all));
};
const bare = (n = 0): string => JSON.stringify(toolCall(n, 's-0', 'r-0'));
const swap = (all: string[], n: number, from: string | RegExp, to: string): void => {
  const before = all[n] ?? '';
  all[n] = before.replace(from, to);
  expect(all[n]).not.toBe(before);
};
/** A row as another printer writes the same value, and the rows after it chained to its hash. */
const respaced = (line: string): string => line.replaceAll('":', '": ');

const cases: readonly (readonly [name: string, file: string, word: string, findings: Found])[] = [
  ['as_it_was_written', text(good), 'self-consistent', []],
  ['rows_without_a_hash_before_the_chain_are_named', text([bare(), bare(), ...good]), 'self-consistent', [['before-chain', 'not checked', [0, 1]]]],
  ['rows_without_any_hash_are_all_named', text([bare(1), bare(2)]), 'self-consistent', [['before-chain', 'not checked', [0, 1]]]],
  ['a_row_put_in_without_a_hash', lines((l) => { l.splice(4, 0, bare(3)); }), 'failed', [['hash-missing', 'failed', [4]]]],
  ['a_row_demoted_by_taking_its_hashes_away', lines((l) => { swap(l, 4, /,"prev_hash":"[0-9a-f]{64}","hash":"[0-9a-f]{64}"/, ''); }), 'failed', [['hash-missing', 'failed', [4]], ['link-mismatch', 'failed', [5]]]],
  ['a_row_demoted_and_the_rest_chained_around_it', text([...good.slice(0, 4), bare(4), ...chained(rows().slice(5), hashOf(good[3]))]), 'failed', [['hash-missing', 'failed', [4]]]],
  ['a_changed_row', lines((l) => swap(l, 4, '"BLOCK"', '"PASS"')), 'failed', [['hash-mismatch', 'failed', [4]]]],
  ['a_changed_cost', lines((l) => swap(l, 5, '"cost":5e-7', '"cost":5e-8')), 'failed', [['hash-mismatch', 'failed', [5]]]],
  ['a_dropped_row', lines((l) => { l.splice(4, 1); }), 'failed', [['link-mismatch', 'failed', [4]]]],
  ['two_rows_that_changed_places', lines((l) => { [l[3], l[4]] = [l[4] ?? '', l[3] ?? '']; }), 'failed', [['link-mismatch', 'failed', [3]], ['fork', 'failed', [4, 5]], ['clock-went-back', 'ok', [4]]]],
  ['a_chain_that_begins_later', text(good.slice(2)), 'failed', [['not-genesis', 'failed', [0]]]],
  ['a_chain_that_begins_anew', text([...good.slice(0, 3), ...chained(rows().slice(3))]), 'failed', [['restart', 'failed', [3]]]],
  ['two_writers_at_once', text([...good.slice(0, 4), ...chained([toolCall(4, 's-9', 'r-9')], hashOf(good[2])), ...good.slice(4)]), 'failed', [['fork', 'failed', [4, 5]]]],
  ['a_row_in_another_spelling_of_the_same_value_is_named', lines((l) => { l[4] = respaced(l[4] ?? ''); }), 'self-consistent', [['not-minimal', 'not checked', [4]]]],
  ['a_hash_that_is_not_last_is_named', lines((l) => { const { hash, ...rest } = JSON.parse(l[4] ?? '') as Row; l[4] = JSON.stringify({ hash, ...rest }); }), 'self-consistent', [['not-minimal', 'not checked', [4]]]],
  ['a_member_behind_the_hash', lines((l) => swap(l, 4, /\}$/, ',"note":1}')), 'failed', [['hash-mismatch', 'failed', [4]]]],
  ['a_member_that_stands_twice', lines((l) => swap(l, 4, '"action":"BLOCK"', '"action":"PASS","action":"BLOCK"')), 'failed', [['duplicate-name', 'failed', [4]], ['link-mismatch', 'failed', [5]]]],
  ['a_row_of_another_kind_is_named', forged((r) => { r[4] = { ...r[4], kind: 'weather' }; }), 'self-consistent', [['unknown-kind', 'not checked', [4]]]],
  ['a_row_of_no_kind_is_named', forged((r) => { delete (r[4] as Row)['kind']; }), 'self-consistent', [['kind-form', 'not checked', [4]]]],
  ['a_clock_that_went_back_is_noted', forged((r) => { (r[4] as Row)['ts'] = '2025-11-03T08:00:00.000Z'; }), 'self-consistent', [['clock-went-back', 'ok', [4]]]],
  ['a_time_in_another_form_is_named', forged((r) => { (r[4] as Row)['ts'] = 'yesterday'; }), 'self-consistent', [['time-form', 'not checked', [4]]]],
  ['a_torn_last_line', text(good).slice(0, -30), 'failed', [['torn-line', 'failed', [8]]]],
  ['a_tail_of_nul_bytes', `${text(good)}${'\0'.repeat(40)}`, 'failed', [['torn-line', 'failed', [9]]]],
  ['an_empty_file', '', 'failed', [['empty', 'failed', [0]]]],
  ['an_empty_line', lines((l) => { l.splice(3, 0, ''); }), 'failed', [['empty-line', 'failed', [3]]]],
  ['a_line_that_is_no_json', lines((l) => { l.splice(3, 0, 'words'); }), 'failed', [['not-json', 'failed', [3]]]],
  ['a_line_that_is_no_object', lines((l) => { l.splice(3, 0, '[1]'); }), 'failed', [['not-object', 'failed', [3]]]],
];

describe('a chain of the original', () => {
  it.each(cases)('%s', async (_, file, word, findings) => {
    const verdict = await verify(file);
    expect({ word: verdict.word, found: found(verdict) }).toEqual({ word, found: findings });
    for (const finding of verdict.checks) expect(legacySentenceOf(finding)).not.toBe('');
  });

  it('counts_sessions_runs_and_what_is_covered', async () => {
    const verdict = await verify(text([bare(), ...good]));
    expect(verdict).toMatchObject({ rows: 10, covered: 9, sessions: 3, runs: 4, first_hash: hashOf(good[0]), last_hash: hashOf(good[8]), actions: { PASS: 2, BLOCK: 1, LOCAL: 1 } });
    expect(verdict.kinds).toEqual({ policy_loaded: 3, tool_call: 4, request: 2, git_state: 1 });
    expect(verdict.found).toEqual({ 'before-chain': 1, float: 2, 'no-expectation': 1 });
  });

  it('is_the_same_in_pieces_of_any_size_and_names_nothing_of_this_machine', async () => {
    const bytes = new TextEncoder().encode(text([bare(1), ...good]).slice(0, -3));
    const whole = JSON.stringify(await verify(bytes));
    for (const size of [1, 7, 600]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size));
      expect(JSON.stringify(await verifyLegacy(core, pieces))).toBe(whole);
    }
    expect(whole).not.toContain(process.cwd());
  });

  it('cannot_be_made_to_list_or_remember_without_end', async () => {
    const many = Array.from({ length: 3000 }, (_, n) => `{"kind":"k${n}","session_id":"${n}"}`);
    const verdict = await verify(text(many));
    expect(verdict.checks.length).toBeLessThan(600);
    expect(verdict.found['before-chain']).toBe(3000);
    expect(Object.keys(verdict.kinds).length).toBeLessThanOrEqual(101);
  });
});

const python = spawnSync('python3', ['--version']).status === 0;

describe.skipIf(lacking(!python, 'no python3: the walker in Python was not asked'))('a walker in Python', () => {
  it('agrees_on_rows_without_floats_and_says_where_it_differs_with_them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'occasio-legacy-'));
    const whole = rows().filter((row) => row['kind'] !== 'request');
    const paths = [['without', text(chained(whole))], ['with', text(good)]].map(([name, content]) => {
      const path = join(folder, name ?? '');
      writeFileSync(path, content ?? '');
      return path;
    });
    const ran = spawnSync('python3', [fileURLToPath(new URL('../support/walker.py', import.meta.url)), ...paths], { encoding: 'utf8' });
    rmSync(folder, { recursive: true, force: true });
    // Python prints 5e-7 as 5e-07: the reason for hashing bytes as they stand.
    expect(ran.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['ok', 'bad', '']);
  });
});
