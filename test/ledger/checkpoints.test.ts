/** Checkpoints of a run while it is written. */
import { appendFileSync, copyFileSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditHome, type Home, type Run } from '../../host/ledger/index.ts';
import { createOps } from '../../host/runtime/node.ts';
import { checkCheckpoint } from '../../verifiers/formats/checkpoint.ts';
import { rootOf } from '../core/tree-oracle.ts';
import { call, codes, core, home, openRun, scratch, verify, type Scratch } from './support.ts';

let at: Scratch;
let of: Home;
beforeEach(async () => {
  at = scratch();
  of = await home(at);
});
afterEach(() => at.remove());

type Entry = { readonly kind: string; readonly size: number; readonly root: string; readonly note: string; readonly reason: string };
const entries = (kind: string): Entry[] => readdirSync(join(at.home, 'index')).filter((name) => /^\d{12}\.json$/.test(name)).sort().map((name) => JSON.parse(readFileSync(join(at.home, 'index', name), 'utf8')) as Entry).filter((entry) => entry.kind === kind);
const hashes = (run: Run): string[] => readFileSync(run.path, 'utf8').trimEnd().split('\n').map((line) => (JSON.parse(line) as { hash: string }).hash);
const write = (run: Run, rows: number): void => {
  for (let n = 0; n < rows; n++) run.append(call(n));
};
const until = async (holds: () => boolean): Promise<void> => {
  for (let n = 0; n < 400 && !holds(); n++) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('a run', () => {
  it('has_a_checkpoint_at_every_thousand_rows_and_at_its_end', async () => {
    const run = await openRun(of);
    write(run, 2500);
    await run.close('exit');
    const all = hashes(run);
    expect(entries('checkpoint').map((entry) => [entry.size, entry.root])).toEqual([1000, 2000, 2503].map((size) => [size, rootOf(all.slice(0, size))]));
    for (const { note, size } of entries('checkpoint')) expect(checkCheckpoint(core, new TextEncoder().encode(note), [of.device.publicKey])).toMatchObject({ ok: true, checkpoint: { runId: run.id, size } });
    const verdict = await auditHome(createOps(), core, verify, at.home);
    expect([verdict.word, codes(verdict), verdict.covered[run.id]]).toEqual(['self-consistent', [], { signed: 2503, outside: 0 }]);
  });

  it('that_ends_right_at_a_checkpoint_has_no_second_one', async () => {
    const run = await openRun(of);
    write(run, 997);
    await run.close('exit');
    expect(entries('checkpoint').map((entry) => entry.size)).toEqual([1000]);
  });

  it('that_is_open_is_told_how_far_it_is_covered', async () => {
    const run = await openRun(of);
    write(run, 1200);
    await run.durable();
    await until(() => entries('checkpoint').length === 1);
    const verdict = await auditHome(createOps(), core, verify, at.home);
    expect(verdict.checks).toContainEqual({ check: 'checkpoints', result: 'ok', code: 'rows-uncovered', entry: null, run_id: run.id });
    expect(verdict.covered[run.id]).toEqual({ signed: 1000, outside: 0 });
  });

  it.each([
    ['altered', (run: Run): void => writeFileSync(run.path, readFileSync(run.path, 'utf8').replace('"PASS"', '"BLOC"'))],
    ['altered_and_hashed_anew', (run: Run): void => writeFileSync(run.path, readFileSync(run.path, 'utf8').replace(/"hash":"([0-9a-f]{64})"\}\n$/, `"hash":"${'d'.repeat(64)}"}\n`))],
    ['cut', (run: Run): void => truncateSync(run.path, 5000)],
    ['appended_to_by_another', (run: Run): void => appendFileSync(run.path, '{"a":1}\n')],
    ['deleted', (run: Run): void => rmSync(run.path)],
    ['replaced', (run: Run): void => (copyFileSync(run.path, `${run.path}.x`), truncateSync(`${run.path}.x`, 9000), renameSync(`${run.path}.x`, run.path))],
  ])('whose_file_is_%s_stops_and_the_index_says_so', async (_, attack) => {
    const run = await openRun(of);
    write(run, 900);
    await run.durable();
    attack(run);
    write(run, 200);
    await until(() => run.dead);
    expect(() => run.append(call(1))).toThrow(/it is not what was written to it/);
    expect(entries('checkpoint')).toEqual([]);
    await run.close('exit');
    expect(entries('run_lost').map((entry) => entry.reason)).toEqual(['file-differs']);
  });

  it('whose_file_is_altered_before_its_end_is_not_closed_in_silence', async () => {
    const run = await openRun(of);
    write(run, 5);
    await run.durable();
    truncateSync(run.path, 2000);
    await expect(run.close('exit')).rejects.toThrow(/it is not what was written to it/);
    expect([entries('run_closed').length, entries('run_lost').map((entry) => entry.reason)]).toEqual([0, ['file-differs']]);
  });
});
