/** `occasio audit verify --legacy` and `occasio audit repair`, as a user sees them. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { chained, rows, text, toolCall } from '../legacy/original.ts';
import { newPlace, occasio, type Place } from './run.ts';

let place: Place;
const good = text(chained(rows()));
const bare = `${JSON.stringify(toolCall(0, 's-0', 'r-0'))}\n`;
const original = (bytes: string): string => {
  mkdirSync(place.occasioHome, { recursive: true, mode: 0o700 });
  const path = join(place.occasioHome, 'pipeline-events.jsonl');
  writeFileSync(path, bytes);
  return path;
};

beforeEach(() => {
  place = newPlace();
});

describe('occasio audit verify --legacy', () => {
  it('takes_the_file_of_the_home_or_the_one_it_is_given', async () => {
    const path = original(bare.repeat(3) + good);
    for (const args of [[], [path]]) {
      const ran = await occasio(place, ['audit', 'verify', '--legacy', ...args]);
      expect([ran.code, ran.err]).toEqual([0, '']);
      expect(ran.out).toMatch(/nothing covers it \(3 rows: 0, 1, 2\)/);
      expect(ran.out).toMatch(/^self-consistent: 9 of 12 rows are covered by a hash of their bytes; 3 sessions, 4 runs$/m);
    }
  });

  it('exits_1_for_a_changed_row_and_names_it', async () => {
    original(good.replace('"BLOCK"', '"PASS"'));
    const ran = await occasio(place, ['audit', 'verify', '--legacy']);
    expect([ran.code, ran.out]).toEqual([1, expect.stringMatching(/failed +row 4, byte \d+: the row was altered/)]);
    expect(JSON.parse((await occasio(place, ['audit', 'verify', '--legacy', '--json'])).out)).toMatchObject({ verdict: 'occasio-legacy-verdict/v1', word: 'failed', rows: 9 });
  });

  it.each([
    ['a_file_that_is_not_there', ['audit', 'verify', '--legacy', 'none']],
    ['nothing_in_the_home', ['audit', 'verify', '--legacy']],
    ['all', ['audit', 'verify', '--legacy', '--all']],
  ])('exits_2_for_%s', async (_, args) => {
    expect(await occasio(place, args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^occasio: Cannot /) });
  });
});

describe('occasio audit repair', () => {
  it('mends_a_home_keeps_what_it_cut_and_has_nothing_to_do_afterwards', async () => {
    const { home } = JSON.parse((await occasio(place, ['demo', '--json'])).out) as { readonly home: string };
    const at: Place = { ...place, occasioHome: home };
    const [run] = readdirSync(join(home, 'runs')).filter((name) => /^[^.]+\.jsonl$/.test(name));
    appendFileSync(join(home, 'runs', run ?? ''), '{"ts":"2026');
    const newest = readdirSync(join(home, 'index')).sort().at(-1) ?? '';
    writeFileSync(join(home, 'index', newest), 'x');
    expect((await occasio(at, ['audit', 'verify', '--all'])).code).toBe(1);
    const ran = await occasio(at, ['audit', 'repair', '--json']);
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(JSON.parse(ran.out)).toMatchObject({ repaired: [{ file: `index/${newest}`, bytes_before: 1 }, { file: `runs/${run}`, cut_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }], refused: [] });
    expect(readFileSync(join(home, 'runs', `${run}.bak`), 'utf8')).toMatch(/\{"ts":"2026$/);
    expect(existsSync(join(home, 'index', `${newest}.bak`))).toBe(true);
    const verified = await occasio(at, ['audit', 'verify', '--all']);
    expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/a repair cut what it names/) });
    expect(await occasio(at, ['audit', 'repair'])).toMatchObject({ code: 0, out: 'Nothing to repair: every chain ends with a whole row.\n' });
  }, 40_000);

  it('mends_the_file_it_is_given', async () => {
    const path = original(`${good}torn`);
    const ran = await occasio(place, ['audit', 'repair', path]);
    expect([ran.code, ran.out]).toEqual([0, expect.stringMatching(/pipeline-events\.jsonl +repaired +4 of \d+ bytes cut/)]);
    expect(readFileSync(path, 'utf8')).toBe(good);
    expect(await occasio(place, ['audit', 'repair', path])).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to repair/) });
  });

  it.each([
    ['what_is_not_there', ['audit', 'repair', 'none'], /Cannot repair "none": no file, and no run/],
    ['a_home_without_a_record', ['audit', 'repair'], /there is no record/],
    ['an_option_of_verify', ['audit', 'repair', '--all'], /no such option/],
  ])('exits_2_for_%s', async (_, args, said) => {
    expect(await occasio(place, args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(said) });
  });
});
