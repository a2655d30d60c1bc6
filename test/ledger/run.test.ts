import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppendFile, Ops } from '../../host/ops.ts';
import { createOps } from '../../host/runtime/node.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { RowBody } from '../../verifiers/formats/row.ts';
import { call, codes, context, core, home, openRun, policyText, scratch, start, verify, writtenRun, type Scratch } from './support.ts';

let at: Scratch;
beforeEach(() => {
  at = scratch();
});
afterEach(() => at.remove());

/** The real machine, with another way to append. */
function opsWith(change: (file: AppendFile) => AppendFile): Ops {
  const real = createOps();
  return { ...real, files: { ...real.files, createAppend: async (path) => change(await real.files.createAppend(path)) } };
}

const rowsOf = (path: string): Record<string, unknown>[] => readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
const refusal = (action: () => unknown): OccasioError => {
  try {
    action();
  } catch (error) {
    if (error instanceof OccasioError) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

describe('a run', () => {
  it('is_a_whole_file_that_verifies_against_its_index_entry', async () => {
    const run = await writtenRun(at, 9);
    const entries = rowsOf(join(at.home, 'index/000000000001.json'));
    const { rows, last_hash } = entries[0] as { rows: number; last_hash: string };
    const verdict = await verify([readFileSync(run.path)], { runId: run.id, rows, lastHash: last_hash });
    expect(verdict).toMatchObject({ word: 'self-consistent', rows: 12, actions: { PASS: 6, BLOCK: 3 }, faults: 0 });
    expect(run.counts).toMatchObject({ tool_call: 9, PASS: 6, BLOCK: 3, secrets_redacted: 0 });
  });

  it('begins_with_two_durable_rows_before_the_index_names_it', async () => {
    const order: string[] = [];
    const real = opsWith((file) => ({ ...file, write: (b) => (order.push('write'), file.write(b)), sync: () => (order.push('sync'), file.sync()) }));
    const ops: Ops = { ...real, files: { ...real.files, createExclusive: (path, bytes) => (order.push(path.includes('/index/') ? 'index' : path.includes('/policies/') ? 'policy' : 'key'), real.files.createExclusive(path, bytes)) } };
    await openRun(await home(at, ops));
    expect(order).toEqual(['key', 'key', 'policy', 'write', 'write', 'sync', 'index']);
  });

  it('keeps_its_members_in_the_order_of_the_format', async () => {
    const run = await openRun(await home(at));
    const shuffled = Object.fromEntries(Object.entries(call(0)).reverse()) as unknown as RowBody;
    run.append(shuffled);
    const names = Object.keys(rowsOf(run.path)[2] ?? {});
    expect(names.join()).toBe('ts,event_id,session_id,run_id,agent,protocol,direction,kind,tool_name,tool_inputs,action,reason,policy_source,result_kind,seq,tool_use_id,request_id,door,judged,prev_hash,hash');
  });

  it('has_files_that_only_the_user_reads', async () => {
    const run = await openRun(await home(at));
    await run.commitInput(new Uint8Array([123, 125])).record(2, 'toolu_1');
    for (const path of [run.path, run.path.replace('.jsonl', '.inputs.jsonl'), join(at.home, 'keys/install.key')]) expect(statSync(path).mode & 0o777, path).toBe(0o600);
    for (const path of ['', 'runs', 'index', 'keys', 'policies', 'results', 'proxies']) expect(statSync(join(at.home, path)).mode & 0o777, path).toBe(0o700);
  });

  it('keeps_the_policy_text_under_its_hash', async () => {
    await openRun(await home(at));
    const hash = createHash('sha256').update(policyText).digest('hex');
    expect(new Uint8Array(readFileSync(join(at.home, 'policies', `${hash}.yml`)))).toEqual(policyText);
  });

  it('commits_to_an_input_that_can_be_shown_and_can_be_erased', async () => {
    const run = await openRun(await home(at));
    for (const input of [new TextEncoder().encode('{"path":"é"}'), new Uint8Array([0xff, 0x00])]) {
      const { commit, record } = run.commitInput(input);
      await record(7, 'toolu_7');
      const line = rowsOf(run.path.replace('.jsonl', '.inputs.jsonl')).at(-1) as { salt: string; input?: string; input_base64?: string };
      const back = line.input === undefined ? Buffer.from(line.input_base64 ?? '', 'base64') : Buffer.from(line.input);
      expect(createHash('sha256').update(Buffer.from(line.salt, 'base64')).update(back).digest('hex')).toBe(commit);
      expect(Buffer.from(line.salt, 'base64').length).toBe(16);
    }
    expect(run.commitInput(new Uint8Array(1)).commit).not.toBe(run.commitInput(new Uint8Array(1)).commit);
  });

  it('leaves_no_file_of_inputs_where_there_were_none', async () => {
    const run = await writtenRun(at, 1);
    expect(existsSync(run.path.replace('.jsonl', '.inputs.jsonl'))).toBe(false);
  });

  it('gives_nobody_its_first_and_last_row_to_write', async () => {
    const run = await openRun(await home(at));
    expect(() => run.append(start())).toThrow('bug:');
    expect(() => run.append({ kind: 'run_end', reason: 'exit', counts: {} })).toThrow('bug:');
  });

  it('syncs_only_what_is_not_durable_yet', async () => {
    let syncs = 0;
    const run = await openRun(await home(at, opsWith((file) => ({ ...file, sync: () => ((syncs += 1), file.sync()) }))));
    await run.durable();
    expect(syncs).toBe(1);
    run.append(call(1));
    await run.durable();
    await run.durable();
    expect(syncs).toBe(2);
  });

  it('closes_once', async () => {
    const run = await writtenRun(at, 0);
    await run.close('stop');
    expect(rowsOf(run.path).filter((r) => r['kind'] === 'run_end').length).toBe(1);
    expect(refusal(() => run.append(call(1))).code).toBe('ledger');
  });

  const bad: readonly [string, RowBody][] = [
    ['a_fraction', { ...call(0), judged: { n: 0.5 } } as RowBody],
    ['an_integer_beyond_2_53', { ...call(0), judged: { n: 2 ** 53 } } as RowBody],
    ['minus_infinity_in_a_count', { ...call(0), secrets_redacted: -Infinity } as RowBody],
    ['half_a_surrogate_pair', { ...call(0), tool_name: '\ud800' } as RowBody],
    ['a_member_called_proto', { ...call(0), judged: JSON.parse('{"__proto__":1}') as object } as RowBody],
    ['a_member_called_like_an_index', { ...call(0), judged: { 7: 1 } } as RowBody],
    ['a_judged_that_is_too_deep', { ...call(0), judged: JSON.parse(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`) as object } as RowBody],
    ['a_line_over_one_mebibyte', { ...call(0), judged: { text: 'x'.repeat(1_048_576) } } as RowBody],
    ['a_member_the_format_does_not_know', { ...call(0), weather: 'fine' } as unknown as RowBody],
    ['a_member_that_is_null', { ...call(0), reason: null } as unknown as RowBody],
    ['an_action_that_is_none', { ...call(0), action: 'ALLOW' } as unknown as RowBody],
    ['a_policy_hash_missing', { ...call(0), policy_source: undefined } as unknown as RowBody],
  ];
  it.each(bad)('refuses_%s_and_stays_as_it_was', async (_, row) => {
    const run = await openRun(await home(at));
    const before = readFileSync(run.path);
    expect(refusal(() => run.append(row)).code).toBe('row');
    expect(readFileSync(run.path)).toEqual(before);
    expect(run.dead).toBe(false);
    run.append(call(1));
    await run.close('exit');
    expect((await verify([readFileSync(run.path)])).word).toBe('self-consistent');
  });
});

describe('a run that cannot be written', () => {
  it.each([0, 1, 40])('is_dead_after_a_write_that_stopped_at_byte_%i_and_a_successor_follows', async (stopsAt) => {
    let full = false;
    const ops = opsWith((file) => ({
      ...file,
      write: (bytes) => {
        if (!full) return file.write(bytes);
        file.write(bytes.subarray(0, stopsAt));
        throw new OccasioError({ code: 'unwritable', cannot: 'write', thing: 'x', found: 'the disk is full' });
      },
    }));
    const of = await home(at, ops);
    const run = await openRun(of);
    run.append(call(1));
    full = true;
    expect(refusal(() => run.append(call(2)))).toMatchObject({ code: 'ledger', message: expect.stringContaining('the disk is full') });
    full = false;
    expect(run.dead).toBe(true);
    expect(refusal(() => run.append(call(3))).code).toBe('ledger');
    await expect(run.durable()).rejects.toMatchObject({ code: 'ledger' });

    const next = await openRun(of, run.id);
    await next.close('exit');
    expect(rowsOf(next.path)[0]).toMatchObject({ previous_run: run.id });
    expect((await verify([readFileSync(next.path)])).previous_run).toBe(run.id);
    const verdict = await verify([readFileSync(run.path)]);
    expect([verdict.rows, codes(verdict)]).toEqual([3, stopsAt === 0 ? [] : ['torn-line']]);
    expect(rowsOf(join(at.home, 'index/000000000002.json'))[0]).toMatchObject({ kind: 'run_lost', run_id: run.id, reason: 'write-failed' });
  });

  it('is_dead_when_its_inputs_cannot_be_kept', async () => {
    let made = 0;
    const run = await openRun(await home(at, opsWith((file) => (made++ === 0 ? file : { ...file, write: () => { throw new Error('ENOSPC'); } }))));
    await expect(run.commitInput(new Uint8Array(2)).record(2, 'toolu_1')).rejects.toMatchObject({ code: 'ledger' });
    expect(run.dead).toBe(true);
    await run.close('idle');
    expect(rowsOf(join(at.home, 'index/000000000001.json'))[0]).toMatchObject({ kind: 'run_lost', reason: 'write-failed' });
  });

  it('is_dead_after_an_fsync_that_failed_once', async () => {
    let fails = false;
    const ops = opsWith((file) => ({ ...file, sync: () => (fails ? Promise.reject(new Error('EIO')) : file.sync()) }));
    const run = await openRun(await home(at, ops));
    run.append(call(1));
    fails = true;
    await expect(run.durable()).rejects.toMatchObject({ code: 'ledger' });
    fails = false;
    expect(run.dead).toBe(true);
    expect(refusal(() => run.append(call(2))).code).toBe('ledger');
  });

  it('does_not_open_when_its_first_rows_cannot_be_made_durable', async () => {
    const of = await home(at, opsWith((file) => ({ ...file, sync: () => Promise.reject(new Error('EIO')) })));
    await expect(openRun(of)).rejects.toMatchObject({ code: 'ledger' });
    expect(existsSync(join(at.home, 'index/000000000000.json'))).toBe(false);
  });

  it('does_not_open_with_the_hash_of_another_policy', async () => {
    const of = await home(at);
    const policy = { kind: 'policy_loaded', tool_name: 'policy_loaded', tool_inputs: { policy_hash: '1'.repeat(64), policy_path: '/p', version: 1 }, action: 'INFO', reason: 'policy-loaded', policy_source: 'user' } as const;
    await expect(of.openRun({ context, start: start(), policy, policyText })).rejects.toThrow('bug:');
  });
});

describe('overlapping calls of durable', () => {
  it('wait_for_an_fsync_that_began_after_their_row', async () => {
    const run = await openRun(await home(at));
    const waits: Promise<void>[] = [];
    for (let n = 0; n < 50; n++) {
      run.append(call(n));
      waits.push(run.durable());
    }
    await Promise.all(waits);
    expect((await verify([readFileSync(run.path)])).rows).toBe(52);
    expect(core.sha256(new Uint8Array()).length).toBe(32);
  });
});
