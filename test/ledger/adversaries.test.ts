/** The table of `spec/verify.md`: who does what to a home, and whether it is found, by whom. Each cell is a case. */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditHome, readDevice, rotateDevice, type Device, type HomeVerdict } from '../../host/ledger/index.ts';
import { createOps } from '../../host/runtime/node.ts';
import { rootOf } from '../../verifiers/formats/tree.ts';
import type { Row } from '../formats/cases.ts';
import { testKey } from '../support/ed25519.ts';
import { fitted, forgeIndex, forgeRun, noteOf, type Signer } from './forge.ts';
import { call, codes, core, home, openRun, scratch, verify, type Scratch } from './support.ts';

const ops = createOps();
const template = scratch();
let at: Scratch;
let ids: string[];
let device: Device;
/** The note of the last run, as a witness keeps it. */
let held: Uint8Array;
const victim = (): string => ids[1] ?? '';

beforeAll(async () => {
  const of = await home(template);
  device = of.device;
  ids = [];
  for (let n = 0; n < 2; n++) {
    const run = await openRun(of);
    for (let c = 0; c < 6; c++) run.append(call(c, c === 3 ? 'BLOCK' : 'PASS'));
    await run.close('exit');
    ids.push(run.id);
  }
  const entries = readdirSync(join(template.home, 'index')).sort().map((name) => JSON.parse(readFileSync(join(template.home, 'index', name), 'utf8')) as Row);
  held = new TextEncoder().encode(String(entries.filter((entry) => entry['kind'] === 'checkpoint').at(-1)?.['note']));
});
beforeEach(() => {
  at = scratch();
  cpSync(template.home, at.home, { recursive: true });
});
afterEach(() => at.remove());
afterAll(() => template.remove());

const audit = (options: Parameters<typeof auditHome>[4] = {}): Promise<HomeVerdict> => auditHome(ops, core, verify, at.home, { keys: [device.publicKey], ...options });
/** What the home's checkpoints say stands in each run's verdict as well. */
const found = (verdict: HomeVerdict): string[] => [...codes(verdict), ...verdict.runs.flatMap((run) => codes({ checks: run.checks.filter((one) => one.check !== 'checkpoint') }))];

/** Rows from the end go; the last that stays becomes the end. */
const cut = (rows: Row[]): readonly Row[] => {
  const kept = rows.slice(0, 5);
  return [...kept, { ...rows.at(-1), counts: { run_start: 1, policy_loaded: 1, tool_call: 3, PASS: 3 } }];
};
/** A refusal becomes a permission, and the count of it. */
const whitewash = (rows: Row[]): readonly Row[] => rows.map((row) => (row['kind'] === 'run_end' ? { ...row, counts: { run_start: 1, policy_loaded: 1, tool_call: 6, PASS: 6 } } : row['action'] === 'BLOCK' ? { ...row, action: 'PASS', result_kind: 'pass' } : row));
const forge = (change: (rows: Row[]) => readonly Row[], signer: Signer | null): void => {
  const hashes = forgeRun(at.home, victim(), change);
  forgeIndex(at.home, (entries) => fitted(entries, victim(), hashes, signer));
};
const erase = (): void => {
  rmSync(join(at.home, 'runs', `${victim()}.jsonl`));
  forgeIndex(at.home, (entries) => entries.filter((entry) => entry['run_id'] !== victim()));
};
/** The run is made to look as if it had never ended. */
const reopen = (change: (rows: Row[]) => readonly Row[]): void => {
  const hashes = forgeRun(at.home, victim(), (rows) => change(rows).slice(0, -1));
  forgeIndex(at.home, (entries) => fitted(entries, victim(), hashes, null).filter((entry) => entry['run_id'] !== victim() || entry['kind'] === 'run_opened'));
};

describe('a home as it was written', () => {
  it('holds_for_who_trusts_the_key_and_for_who_holds_its_checkpoint', async () => {
    for (const options of [{}, { held: [held] }]) {
      const verdict = await audit(options);
      expect([verdict.word, found(verdict)]).toEqual(['self-consistent', []]);
      expect(verdict.covered[victim()]).toEqual({ signed: 9, outside: 'held' in options ? 9 : 0 });
    }
  });
});

describe('without the device key, but with every file', () => {
  const stranger = testKey(7);
  it.each([
    ['tail_cut', (): void => forge(cut, null), 'checkpoint-missing'],
    ['tail_cut_that_keeps_the_checkpoint', (): void => forgeIndex(at.home, (entries) => {
      const hashes = forgeRun(at.home, victim(), cut);
      const checkpoint = entries.find((entry) => entry['run_id'] === victim() && entry['kind'] === 'checkpoint');
      return fitted(entries, victim(), hashes, null).flatMap((entry) => (entry['run_id'] === victim() && entry['kind'] === 'run_closed' ? [checkpoint ?? {}, entry] : [entry]));
    }), 'checkpoint-rows'],
    ['re_forge', (): void => forge(whitewash, null), 'checkpoint-missing'],
    ['re_forge_signed_by_another_key', (): void => forge(whitewash, stranger), 'checkpoint-key'],
    ['re_forge_with_the_checkpoint_of_another_run', (): void => {
      const hashes = forgeRun(at.home, victim(), whitewash);
      forgeIndex(at.home, (entries) => {
        const other = entries.find((entry) => entry['kind'] === 'checkpoint' && entry['run_id'] === ids[0]);
        return fitted(entries, victim(), hashes, device).map((entry) => (entry['kind'] === 'checkpoint' && entry['run_id'] === victim() ? { ...other, run_id: victim() } : entry));
      });
    }, 'checkpoint-origin'],
    ['a_root_that_the_note_does_not_say', (): void => forgeIndex(at.home, (entries) => entries.map((entry) => (entry['kind'] === 'checkpoint' ? { ...entry, root: 'c'.repeat(64) } : entry))), 'checkpoint-differs'],
    ['a_signature_of_zeros', (): void => forgeIndex(at.home, (entries) => entries.map((entry) => (entry['kind'] === 'checkpoint' ? { ...entry, note: String(entry['note']).replace(/[A-Za-z0-9+/]{60}=\n$/, `${'A'.repeat(60)}=\n`) } : entry))), 'checkpoint-signature'],
    ['a_key_that_was_never_followed', (): void => forgeIndex(at.home, (entries) => [...entries, { ts: '2026-03-01T12:00:00.000Z', event_id: 'x', kind: 'key_rotate', from_key: Buffer.from(device.publicKey).toString('hex'), to_key: Buffer.from(stranger.publicKey).toString('hex'), from_signature: 'AAAA', to_signature: 'AAAA' }]), 'rotate-signature'],
  ])('%s_is_found', async (_, attack, code) => {
    attack();
    const verdict = await audit();
    expect([verdict.word, found(verdict)]).toEqual(['failed', [code]]);
    expect(Object.keys(verdict.covered)).toContain(victim());
  });

  it.each([
    ['deletion_with_its_entries', erase, 'self-consistent'],
    ['tail_cut_of_a_run_passed_off_as_open', (): void => reopen(cut), 'open'],
    ['re_forge_of_a_run_passed_off_as_open', (): void => reopen(whitewash), 'open'],
  ])('%s_is_not_found_here_and_is_by_a_checkpoint_held_elsewhere', async (_, attack, word) => {
    attack();
    const verdict = await audit();
    expect([verdict.word, found(verdict)]).toEqual([word, []]);
    expect((await audit({ held: [held] })).word).toBe('failed');
  });

  it('a_device_key_put_in_the_place_of_ours_is_found_by_who_knows_ours', async () => {
    writeFileSync(join(at.home, 'keys', 'device.pem'), stranger.pem);
    forge(whitewash, stranger);
    const believed = await auditHome(ops, core, verify, at.home);
    expect(found(believed)).toEqual(['checkpoint-key']);
    forgeIndex(at.home, (entries) => entries.filter((entry) => entry['run_id'] === victim()));
    rmSync(join(at.home, 'runs', `${ids[0]}.jsonl`));
    expect((await auditHome(ops, core, verify, at.home)).word).toBe('self-consistent');
    expect(found(await audit())).toEqual(['checkpoint-key']);
  });
});

describe('with the device key and every file', () => {
  const attacks = [
    ['tail_cut', (): void => forge(cut, device), 'checkpoint-rows'],
    ['re_forge', (): void => forge(whitewash, device), 'checkpoint-root'],
    ['deletion', erase, 'held-run-missing'],
  ] as const;

  it.each(attacks)('%s_is_not_found_here', async (_, attack) => {
    attack();
    const verdict = await audit();
    expect([verdict.word, found(verdict)]).toEqual(['self-consistent', []]);
  });

  it.each(attacks)('%s_is_found_by_what_the_witness_kept', async (_, attack, code) => {
    attack();
    const verdict = await audit({ held: [held] });
    expect([verdict.word, found(verdict)]).toEqual(['failed', [code]]);
  });

  it('rows_after_what_the_witness_kept_are_not_vouched_for', async () => {
    const early = new TextEncoder().encode(noteOf(device, victim(), 4, rootOfFirst(4)));
    forge((rows) => rows.map((row, n) => (n >= 4 && row['kind'] === 'tool_call' ? { ...row, action: 'PASS', result_kind: 'pass' } : row['kind'] === 'run_end' ? { ...row, counts: { run_start: 1, policy_loaded: 1, tool_call: 6, PASS: 6 } } : row)), device);
    const verdict = await audit({ held: [early] });
    expect([verdict.word, verdict.covered[victim()]]).toEqual(['self-consistent', { signed: 9, outside: 4 }]);
  });

  it('a_checkpoint_that_nobody_trusted_signed_is_no_evidence', async () => {
    const other = testKey(8);
    expect(found(await audit({ held: [new TextEncoder().encode(noteOf(other, victim(), 4, rootOfFirst(4)))] }))).toEqual(['checkpoint-key']);
    expect(found(await audit({ held: [new TextEncoder().encode('words')] }))).toEqual(['checkpoint-form']);
  });
});

function rootOfFirst(n: number): Uint8Array {
  const rows = readFileSync(join(template.home, 'runs', `${victim()}.jsonl`), 'utf8').split('\n').slice(0, n);
  return rootOf(core, core.treeLeaves(new Uint8Array(Buffer.from(rows.map((row) => (JSON.parse(row) as { hash: string }).hash).join(''), 'hex'))));
}

describe('a rotated key', () => {
  it('keeps_what_the_old_one_signed_good_for_who_trusts_either', async () => {
    const of = await home(at);
    const next = await rotateDevice(ops, core, at.home, of.index);
    expect(next.id).not.toBe(device.id);
    expect((await readDevice(ops, core, join(at.home, 'keys', 'device.pem'))).id).toBe(next.id);
    await (await openRun(await home(at))).close('exit');
    for (const key of [device, next]) expect(found(await audit({ keys: [key.publicKey] }))).toEqual([]);
    expect(found(await audit({ keys: [testKey(9).publicKey] }))).toEqual(['checkpoint-key']);
  });

  it('signs_no_more_afterwards', async () => {
    const of = await home(at);
    await rotateDevice(ops, core, at.home, of.index);
    // A process that still has the old key in memory.
    await (await openRun(of)).close('exit');
    expect(found(await audit())).toEqual(['key-retired']);
  });

  it('that_was_cut_off_at_any_step_is_finished_by_the_next_start', async () => {
    for (let step = 0; ; step++) {
      let n = 0;
      const dies = <A extends unknown[], R>(real: (...args: A) => Promise<R>) => (...args: A): Promise<R> => (n++ === step ? Promise.reject(new Error('killed')) : real(...args));
      const dying = { ...ops, files: { ...ops.files, createExclusive: dies(ops.files.createExclusive), move: dies(ops.files.move) } };
      const of = await home(at, dying).catch(() => null);
      const ended = of === null ? 'killed' : await rotateDevice(dying, core, at.home, of.index).then(() => 'done', () => 'killed');
      const again = await home(at);
      const entries = readdirSync(join(at.home, 'index')).map((name) => JSON.parse(readFileSync(join(at.home, 'index', name), 'utf8')) as Row).filter((entry) => entry['kind'] === 'key_rotate');
      expect(entries.at(-1)?.['to_key'] ?? Buffer.from(device.publicKey).toString('hex')).toBe(Buffer.from(again.device.publicKey).toString('hex'));
      expect(new Set(entries.map((entry) => entry['to_key'])).size).toBe(entries.length);
      expect(readdirSync(join(at.home, 'keys')).filter((name) => name.includes('next'))).toEqual([]);
      if (ended === 'done') break;
    }
    expect(found(await audit())).toEqual([]);
  });
});
