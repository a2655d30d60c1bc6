import { copyFileSync, cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { newPlace, occasio, type Place } from './run.ts';

let place: Place;
let chain: string;
let text: string;

beforeAll(async () => {
  const report = JSON.parse((await occasio(newPlace(), ['demo', '--json'])).out) as { readonly home: string; readonly chain: string };
  place = { ...newPlace(), occasioHome: report.home };
  chain = report.chain;
  text = readFileSync(chain, 'utf8');
}, 60_000);

/** A copy of the home in which the run's file has these bytes. */
function altered(bytes: string): Place {
  const copy = newPlace();
  cpSync(place.occasioHome, copy.occasioHome, { recursive: true });
  writeFileSync(join(copy.occasioHome, 'runs', basename(chain)), bytes);
  return copy;
}

describe('occasio audit verify', () => {
  it.each([
    ['its_file', () => [chain]],
    ['its_id', () => [basename(chain, '.jsonl')]],
    ['nothing_for_the_newest', () => []],
    ['all', () => ['--all']],
  ])('takes_%s', async (_, args) => {
    const ran = await occasio(place, ['audit', 'verify', ...args()]);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(/self-consistent/);
  });

  it('prints_a_verdict_without_anything_of_this_machine_in_json', async () => {
    const ran = await occasio(place, ['audit', 'verify', chain, '--json']);
    const verdict = JSON.parse(ran.out) as { readonly word: string; readonly rows: number };
    expect(verdict).toMatchObject({ word: 'self-consistent', rows: text.trimEnd().split('\n').length });
    expect(ran.out).not.toContain(place.occasioHome);
  });

  const rows = (): string[] => text.trimEnd().split('\n');
  it.each([
    ['a_changed_row', () => text.replace('"action":"BLOCK"', '"action":"PASS"'), /altered/],
    ['a_dropped_row', () => rows().filter((_, i) => i !== 5).join('\n') + '\n', /does not follow/],
    ['two_rows_that_changed_places', () => rows().map((r, i, all) => (i === 4 ? all[5] : i === 5 ? all[4] : r)).join('\n') + '\n', /does not follow/],
    ['a_torn_last_line', () => text.slice(0, -20), /ends within this line/],
    ['a_row_after_the_end', () => `${text}{"a":1}\n`, /row/],
    ['white_space_in_a_row', () => text.replace('"action":', '"action": '), /not in the one form/],
    ['an_empty_file', () => '', /no row/],
    ['a_file_of_no_rows', () => 'words\n', /not JSON/],
  ])('%s_is_found_and_named', async (_, make, message) => {
    const copy = altered(make());
    const ran = await occasio(copy, ['audit', 'verify', join(copy.occasioHome, 'runs', basename(chain))]);
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(message);
    expect(ran.out).toMatch(/^failed: /m);
    expect((await occasio(copy, ['audit', 'verify', '--all'])).code).toBe(1);
  });

  it('a_run_whose_end_is_not_written_is_open_and_exits_0', async () => {
    const copy = newPlace();
    writeFileSync(join(copy.cwd, basename(chain)), rows().slice(0, -1).join('\n') + '\n');
    const ran = await occasio(copy, ['audit', 'verify', basename(chain)]);
    expect([ran.code, /^open: /m.test(ran.out)]).toEqual([0, true]);
  });

  it('but_where_the_index_says_that_it_was_closed_its_end_was_cut_off', async () => {
    const copy = altered(rows().slice(0, -1).join('\n') + '\n');
    for (const args of [[], ['--all']]) {
      const ran = await occasio(copy, ['audit', 'verify', ...args]);
      expect([ran.code, ran.out]).toEqual([1, expect.stringMatching(/than the index names/)]);
    }
  });

  it('a_deleted_run_and_an_altered_policy_are_found_by_all', async () => {
    const gone = altered('');
    rmSync(join(gone.occasioHome, 'runs', basename(chain)));
    expect(await occasio(gone, ['audit', 'verify', '--all'])).toMatchObject({ code: 1, out: expect.stringMatching(/its file is gone/) });
    const changed = altered(text);
    const [policy] = readdirSync(join(changed.occasioHome, 'policies'));
    writeFileSync(join(changed.occasioHome, 'policies', policy ?? ''), 'version: 1\n');
    expect(await occasio(changed, ['audit', 'verify', '--all'])).toMatchObject({ code: 1, out: expect.stringMatching(/policy it names was altered/) });
  });

  it('a_run_under_the_name_of_another_is_found', async () => {
    const copy = newPlace();
    copyFileSync(chain, join(copy.cwd, '00000000-0000-4000-8000-000000000000.jsonl'));
    const ran = await occasio(copy, ['audit', 'verify', '00000000-0000-4000-8000-000000000000.jsonl']);
    expect([ran.code, ran.out]).toEqual([1, expect.stringMatching(/another run/)]);
    copyFileSync(chain, join(copy.cwd, 'evidence.jsonl'));
    expect((await occasio(copy, ['audit', 'verify', 'evidence.jsonl'])).code).toBe(0);
  });

  it.each([
    ['absent', /no file, and no run/],
    ['.', /Cannot/],
  ])('%s_cannot_be_read', async (word, message) => {
    const ran = await occasio(newPlace(), ['audit', 'verify', word]);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toMatch(message);
  });

  it('a_home_without_a_record_says_where_it_begins', async () => {
    expect(await occasio(newPlace(), ['audit', 'verify'])).toMatchObject({ code: 2, err: expect.stringMatching(/there is no record.*occasio claude/) });
  });

  it('fits_a_narrow_terminal', async () => {
    const copy = altered(text.replace('"action":"BLOCK"', '"action":"PASS"'));
    const ran = await occasio(copy, ['audit', 'verify'], { env: { COLUMNS: '70' } });
    expect(Math.max(...ran.out.split('\n').slice(1, -3).map((l) => l.length))).toBeLessThanOrEqual(70);
  });
});
