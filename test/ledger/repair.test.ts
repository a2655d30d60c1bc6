/** A repair cuts what is torn and nothing else, keeps the whole, says so, and may be killed at any step. */
import { spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditHome, repairFile, repairIndex } from '../../host/ledger/index.ts';
import type { Ops } from '../../host/ops.ts';
import { createOps } from '../../host/runtime/node.ts';
import { runtime } from '../support/command.ts';
import { chained, rows, text } from '../legacy/original.ts';
import { call, codes, core, home, openRun, scratch, verify, type Scratch } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'occasio-repairer-'));
const program = join(folder, 'repairer.mjs');
const template = scratch();
let ids: string[];
let at: Scratch;
const path = (...parts: string[]): string => join(at.home, ...parts);
const run = (n: number): string => path('runs', `${ids[n]}.jsonl`);
const names = (): string[] => readdirSync(path('index')).filter((name) => /^\d{12}\.json$/.test(name));
const entries = (): { [name: string]: unknown }[] => names().map((name) => JSON.parse(readFileSync(path('index', name), 'utf8')) as { [name: string]: unknown });
const newest = (): string => path('index', names().at(-1) ?? '');
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const audit = () => auditHome(createOps(), core, verify, at.home);

/** Another process than the one that wrote the runs, which has ended. */
const real = createOps();
const later: Ops = { ...real, alive: (pid) => pid !== process.pid && real.alive(pid), host: { ...real.host, pid: process.pid + 1_000_000 } };

/** Three runs: two closed, the last one open. */
beforeAll(async () => {
  const entry = fileURLToPath(new URL('repairer.ts', import.meta.url));
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', format: 'esm', target: 'es2022', logLevel: 'error' });
  copyFileSync(fileURLToPath(new URL('../../dist/core.wasm', import.meta.url)), join(folder, 'core.wasm'));
  const of = await home(template);
  ids = [];
  for (let n = 0; n < 3; n++) {
    const one = await openRun(of);
    for (let c = 0; c < 3; c++) one.append(call(c));
    await one.durable();
    if (n < 2) await one.close('exit');
    ids.push(one.id);
  }
});
beforeEach(() => {
  at = scratch();
  cpSync(template.home, at.home, { recursive: true });
});
afterEach(() => at.remove());
afterAll(() => {
  template.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('a torn last line', () => {
  it('is_cut_kept_and_recorded', async () => {
    const before = readFileSync(run(2));
    appendFileSync(run(2), '{"ts":"2026');
    const torn = readFileSync(run(2));
    const repair = await repairFile(later, core, at.home, run(2));
    expect(repair).toEqual({ file: `runs/${ids[2]}.jsonl`, backup: `runs/${ids[2]}.jsonl.bak`, bytes_before: before.length + 11, bytes_after: before.length, cut_sha256: sha(new TextEncoder().encode('{"ts":"2026')) });
    expect(readFileSync(run(2))).toEqual(before);
    expect(readFileSync(`${run(2)}.bak`)).toEqual(torn);
    expect(entries().at(-1)).toMatchObject({ kind: 'repair', run_id: ids[2], ...repair });
    const verdict = await audit();
    expect([verdict.word, codes(verdict)]).toEqual(['open', []]);
    expect(verdict.checks).toContainEqual({ check: 'entries', result: 'ok', code: 'repaired', entry: names().length - 1, run_id: ids[2] });
    expect(statSync(run(2)).mode & 0o777).toBe(0o600);
  });

  it('repaired_again_is_left_as_it_is', async () => {
    appendFileSync(run(2), 'x');
    await repairFile(later, core, at.home, run(2));
    const after = readdirSync(at.home, { recursive: true });
    expect(await repairFile(later, core, at.home, run(2))).toBe(null);
    expect(readdirSync(at.home, { recursive: true })).toEqual(after);
  });

  it.each([
    ['of_one_byte', 'x'],
    ['of_a_row_that_lacks_its_line_feed', ''],
    ['of_nul_bytes', '\0'.repeat(5000)],
    ['of_more_than_a_piece', 'x'.repeat(3_000_000)],
  ])('%s_goes_and_every_whole_row_stays', async (_, tail) => {
    const whole = readFileSync(run(2), 'utf8');
    writeFileSync(run(2), tail === '' ? whole.slice(0, -1) : whole + tail);
    await repairFile(later, core, at.home, run(2));
    expect(readFileSync(run(2), 'utf8') === (tail === '' ? whole.slice(0, whole.lastIndexOf('\n', whole.length - 2) + 1) : whole)).toBe(true);
  });

  it('of_a_closed_run_goes_and_a_cut_below_its_end_is_still_found', async () => {
    truncateSync(run(0), statSync(run(0)).size - 5);
    await repairFile(later, core, at.home, run(0));
    expect((await audit()).runs.flatMap((r) => codes(r))).toContain('head-rows');
  });

  it('beside_the_copy_of_an_earlier_repair_gets_a_copy_of_its_own', async () => {
    const file = join(at.folder, 'pipeline-events.jsonl');
    const good = text(chained(rows()));
    for (const tail of ['a', 'bb']) {
      writeFileSync(file, good + tail);
      await repairFile(later, core, at.home, file);
      rmSync(join(at.folder, 'x'), { force: true });
    }
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe(`${good}a`);
    expect(readFileSync(`${file}.2.bak`, 'utf8')).toBe(`${good}bb`);
    expect(readFileSync(file, 'utf8')).toBe(good);
    expect(entries().slice(-2).map((e) => [e['file'], e['backup']])).toEqual([[file, `${file}.bak`], [file, `${file}.2.bak`]]);
  });

  it('of_the_original_is_recorded_in_a_home_that_it_makes', async () => {
    const file = join(at.folder, 'pipeline-events.jsonl');
    writeFileSync(file, 'torn');
    const other = join(at.folder, 'other');
    expect(await repairFile(later, core, other, file)).toMatchObject({ file, bytes_before: 4, bytes_after: 0 });
    expect(readdirSync(join(other, 'index'))).toEqual(['000000000000.json']);
    expect(statSync(other).mode & 0o777).toBe(0o700);
  });
});

describe('a repair refuses', () => {
  const refused = async (file: string, ops: Ops, found: RegExp): Promise<void> => {
    const before = existsSync(file) && statSync(file).isFile() ? sha(readFileSync(file)) : null;
    const index = names();
    await expect(repairFile(ops, core, at.home, file)).rejects.toThrow(found);
    if (before !== null) expect(sha(readFileSync(file))).toBe(before);
    expect(names()).toEqual(index);
  };

  it('a_run_that_a_live_process_writes', async () => {
    appendFileSync(run(2), 'x');
    await refused(run(2), { ...later, alive: () => true }, /the process that writes it runs/);
  });

  it('a_run_of_another_machine', async () => {
    appendFileSync(run(2), 'x');
    await refused(run(2), { ...later, host: { ...later.host, hostId: 'e'.repeat(64) } }, /on another machine/);
  });

  it('a_run_that_no_entry_names_while_its_first_row_names_a_live_process', async () => {
    const file = path('runs', 'unnamed.jsonl');
    writeFileSync(file, `${JSON.stringify({ kind: 'run_start', pid: 1, ...(real.host.hostId === null ? {} : { host_id: real.host.hostId }), ...(real.host.bootId === null ? {} : { boot_id: real.host.bootId }) })}\nx`);
    await refused(file, { ...later, alive: () => true }, /the process that writes it runs/);
    expect(await repairFile({ ...later, alive: () => false }, core, at.home, file)).not.toBe(null);
  });

  it('a_run_without_any_row_while_a_proxy_runs', async () => {
    const file = path('runs', 'unnamed.jsonl');
    writeFileSync(file, 'x');
    writeFileSync(path('proxies', '1.json'), JSON.stringify({ pid: 1, port: 1, started_at: 'x', token_file: 'x' }));
    await refused(file, { ...later, alive: () => true }, /a proxy runs on this home/);
  });

  it.each([
    ['a_link', () => (symlinkSync(run(0), path('runs', 'link.jsonl')), path('runs', 'link.jsonl')), /it is a link/],
    ['a_folder', () => (mkdirSync(path('runs', 'd.jsonl')), path('runs', 'd.jsonl')), /it is a folder/],
    ['what_is_not_there', () => path('runs', 'none.jsonl'), /does not exist/],
    ['what_has_no_line_feed_for_a_long_way', () => (writeFileSync(path('big'), new Uint8Array(16 * 1_048_576 + 1).fill(120)), path('big')), /no line feed/],
  ])('%s', async (_, make, found) => {
    await refused(make(), later, found);
  });

  it('a_file_that_grows_meanwhile', async () => {
    appendFileSync(run(2), 'x');
    const ops: Ops = { ...later, files: { ...later.files, createAppend: async (file) => (appendFileSync(run(2), 'y'), later.files.createAppend(file)) } };
    await expect(repairFile(ops, core, at.home, run(2))).rejects.toThrow(/it changed meanwhile/);
    expect(readFileSync(run(2), 'utf8')).toMatch(/\nxy$/);
    expect(entries().at(-1)?.['kind']).not.toBe('repair');
  });
});

describe('a damaged index', () => {
  const damage: readonly (readonly [name: string, spoil: () => void])[] = [
    ['an_altered_newest_entry', () => writeFileSync(newest(), readFileSync(newest(), 'utf8').replace(/"session_id":"[^"]*"/, '"session_id":"s"'))],
    ['an_empty_newest_entry', () => truncateSync(newest(), 0)],
    ['a_newest_entry_of_garbage', () => writeFileSync(newest(), '\0'.repeat(300))],
    ['a_huge_newest_entry', () => writeFileSync(newest(), 'x'.repeat(2_000_000))],
    ['three_damaged_entries', () => names().slice(-3).forEach((name) => writeFileSync(path('index', name), 'x'))],
    ['nothing_but_damaged_entries', () => names().forEach((name) => writeFileSync(path('index', name), 'x'))],
    ['a_copy_at_the_last_number', () => copyFileSync(newest(), path('index', '999999999999.json'))],
  ];

  it.each(damage)('of_%s_goes_on_and_says_so', async (_, spoil) => {
    const before = names().length;
    spoil();
    const spoilt = names();
    const kept = spoilt.map((name) => sha(readFileSync(path('index', name))));
    await expect(home(at, later).then(openRun)).rejects.toMatchObject({ name: 'OccasioError' });
    const repairs = await repairIndex(later, core, at.home);
    expect(repairs.length).toBeGreaterThan(0);
    for (const repair of repairs) {
      const bytes = readFileSync(path(repair.backup));
      expect(kept).toContain(sha(bytes));
      expect([repair.cut_sha256, repair.bytes_before, repair.bytes_after]).toEqual([sha(bytes), bytes.length, 0]);
    }
    expect(names()).toEqual(Array.from({ length: Math.max(before, names().length) }, (__, n) => `${String(n).padStart(12, '0')}.json`));
    const index = (await audit()).checks.filter((c) => c.check === 'index');
    expect(index).toEqual([{ check: 'index', result: 'ok', code: null, entry: null, run_id: null }]);
    expect(await repairIndex(later, core, at.home)).toEqual([]);
    await (await openRun(await home(at, later))).close('exit');
  });

  it('does_not_hide_that_the_entry_of_a_run_is_gone', async () => {
    writeFileSync(newest(), 'x');
    await repairIndex(later, core, at.home);
    const verdict = await audit();
    expect(verdict.checks).toContainEqual({ check: 'indexed', result: 'failed', code: 'run-not-indexed', entry: null, run_id: ids[2] });
    expect(verdict.checks.find((c) => c.code === 'repaired')).toMatchObject({ result: 'ok' });
  });

  it('in_the_middle_is_left_for_the_audit', async () => {
    writeFileSync(path('index', '000000000001.json'), 'x');
    expect(await repairIndex(later, core, at.home)).toEqual([]);
    expect(codes(await audit())).toContain('entry-form');
  });

  it.each([
    ['a_proxy_runs', () => writeFileSync(path('proxies', '1.json'), JSON.stringify({ pid: 1, port: 1, started_at: 'x', token_file: 'x' }))],
    ['a_run_is_written', () => undefined],
  ])('is_not_touched_while_%s', async (_, prepare) => {
    prepare();
    appendFileSync(newest(), 'x');
    writeFileSync(path('index', `${String(names().length).padStart(12, '0')}.json`), 'x');
    renameSync(newest(), path('spoilt'));
    copyFileSync(path('spoilt'), path('index', `${String(names().length).padStart(12, '0')}.json`));
    const before = names().map((name) => readFileSync(path('index', name), 'utf8'));
    // The open run's own entry must hold for its writer to be known.
    writeFileSync(path('index', names().at(-2) ?? ''), readFileSync(join(template.home, 'index', names().at(-2) ?? '')));
    before[before.length - 2] = readFileSync(path('index', names().at(-2) ?? ''), 'utf8');
    await expect(repairIndex({ ...later, alive: () => true }, core, at.home)).rejects.toMatchObject({ code: 'ledger' });
    expect(names().map((name) => readFileSync(path('index', name), 'utf8'))).toEqual(before);
  });
});

describe('a repair that is killed', () => {
  function killed(file: string, step: number): Promise<string | number | null> {
    const child = spawn(runtime[0], [...runtime.slice(1), program, at.home, file, String(step)], { stdio: ['ignore', 'ignore', 'inherit'] });
    return new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)));
  }
  const repaired = () => entries().filter((entry) => entry['kind'] === 'repair');

  it.each([
    ['a_run', () => (appendFileSync(run(0), '{"torn'), run(0))],
    ['a_chain_of_the_original', () => (writeFileSync(path('pipeline-events.jsonl'), `${text(chained(rows()))}torn`), path('pipeline-events.jsonl'))],
  ])('at_any_step_of_%s_is_finished_by_the_next', async (_, spoil) => {
    const file = spoil();
    const torn = readFileSync(file);
    for (let step = 0; ; step++) {
      const ended = await killed(file, step);
      if (ended === 0) {
        expect(step).toBeGreaterThan(4);
        break;
      }
      expect(ended).toBe('SIGKILL');
      // Whatever was cut stands beside it and is recorded.
      const now = readFileSync(file);
      if (now.length < torn.length) expect([readFileSync(`${file}.bak`), repaired().length]).toEqual([torn, 1]);
      else expect(now).toEqual(torn);
    }
    expect(readFileSync(file).length).toBe(torn.lastIndexOf(10) + 1);
    expect(readFileSync(`${file}.bak`)).toEqual(torn);
    expect(repaired().length).toBe(1);
    expect(readdirSync(join(file, '..')).filter((name) => name.endsWith('.repair') || name.endsWith('.2.bak'))).toEqual([]);
    expect(codes(await audit())).toEqual([]);
  }, 60_000);

  it.each([
    ['three_damaged_entries', (): void => names().slice(-3).forEach((name) => writeFileSync(path('index', name), 'x')), 3],
    ['a_copy_at_the_last_number', (): void => copyFileSync(newest(), path('index', '999999999999.json')), 1],
  ])('at_any_step_of_an_index_with_%s_is_finished_by_the_next', async (_, spoil, times) => {
    rmSync(run(2));
    // The run that is open has a live writer: this process.
    for (const name of names().slice(-1)) rmSync(path('index', name));
    spoil();
    for (let step = 0; ; step++) {
      const ended = await killed('-', step);
      if (ended === 0) break;
      expect(ended).toBe('SIGKILL');
    }
    expect(repaired().length).toBe(times);
    expect((await audit()).checks.filter((c) => c.check === 'index').map((c) => c.code)).toEqual([null]);
    expect(await repairIndex(later, core, at.home)).toEqual([]);
  }, 60_000);
});
