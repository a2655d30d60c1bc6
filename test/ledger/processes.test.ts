/** Several processes on one home, and processes that die while they write. */
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditHome } from '../../host/ledger/index.ts';
import { createOps } from '../../host/runtime/node.ts';
import { runtime } from '../support/command.ts';
import { codes, core, home, scratch, seeded, verify } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'occasio-writer-'));
const program = join(folder, 'writer.mjs');

beforeAll(async () => {
  const entry = fileURLToPath(new URL('writer.ts', import.meta.url));
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', format: 'esm', target: 'es2022', logLevel: 'error' });
  copyFileSync(fileURLToPath(new URL('../../dist/core.wasm', import.meta.url)), join(folder, 'core.wasm'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Writer {
  readonly child: ChildProcess;
  /** Rows that each run had on disk when it last said so. */
  readonly promised: Map<string, number>;
  readonly ended: Promise<number | null>;
}

function writer(home: string, runs: number, rows: number, limit = 'unlimited'): Writer {
  const child = spawn('bash', ['-c', 'trap "" XFSZ; ulimit -f "$1"; shift; exec "$@"', 'bash', limit, ...runtime, program, home, String(runs), String(rows)], {
    stdio: ['ignore', 'pipe', limit === 'unlimited' ? 'inherit' : 'pipe'],
  });
  const promised = new Map<string, number>();
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    const lines = said.split('\n');
    said = lines.pop() ?? '';
    for (const line of lines) promised.set(line.split(' ')[0] as string, Number(line.split(' ')[1]));
  });
  return { child, promised, ended: new Promise((resolve) => child.on('close', resolve)) };
}

describe('several processes', () => {
  it('four_that_write_a_thousand_rows_each_keep_their_own_runs_and_one_unbroken_index', async () => {
    const at = scratch();
    const writers = [1, 2, 3, 4].map(() => writer(at.home, 10, 100));
    expect(await Promise.all(writers.map((w) => w.ended))).toEqual([0, 0, 0, 0]);
    const audit = await auditHome(createOps(), core, verify, at.home);
    expect(codes(audit)).toEqual([]);
    expect(audit.word).toBe('self-consistent');
    expect(audit.runs.length).toBe(40);
    expect(audit.runs.every((r) => r.word === 'self-consistent' && r.actions['PASS'] === 100)).toBe(true);
    expect(audit.entries).toBe(120);
    at.remove();
  }, 40_000);

  it('four_that_make_a_home_at_once_agree_on_its_key', async () => {
    const at = scratch();
    const keys = await Promise.all([1, 2, 3, 4].map(async () => Buffer.from((await home(at)).key).toString('hex')));
    expect(new Set(keys).size).toBe(1);
    at.remove();
  });
});

describe('a disk that is full', () => {
  it('ends_the_run_with_an_error_and_keeps_every_durable_row', async () => {
    const at = scratch();
    // The limit on a file's size stands for the end of the disk: one short write, then none. Its signal, which a full disk
    // does not send, is ignored, as Node ignores it by itself.
    const w = writer(at.home, 1, 1000, '20');
    let said = '';
    w.child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    expect(await w.ended).not.toBe(0);
    expect(said).toContain('Cannot write the record');
    expect(said).toContain('the file may not grow any further');
    const [[id, rows]] = [...w.promised] as [[string, number]];
    const bytes = readFileSync(join(at.home, 'runs', `${id}.jsonl`));
    const verdict = await verify([bytes], { runId: id });
    expect([bytes.length, codes(verdict)]).toEqual([20 * 1024, ['torn-line']]);
    expect(verdict.rows).toBeGreaterThanOrEqual(rows);
    expect(rows).toBeGreaterThan(10);
    at.remove();
  });
});

describe('a process that is killed', () => {
  const seed = 20_260_301;
  it(`loses_nothing_that_was_durable (seed ${seed})`, async () => {
    const random = seeded(seed);
    const at = scratch();
    const promised = new Map<string, number>();
    for (let n = 0; n < 24; n++) {
      const w = writer(at.home, 3, 400);
      await new Promise((resolve) => w.child.stdout?.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, random() * 60));
      w.child.kill('SIGKILL');
      await w.ended;
      for (const [id, rows] of w.promised) promised.set(id, rows);
    }
    expect(promised.size).toBeGreaterThanOrEqual(24);
    for (const [id, rows] of promised) {
      const verdict = await verify([readFileSync(join(at.home, 'runs', `${id}.jsonl`))], { runId: id });
      expect(codes(verdict).filter((code) => code !== 'torn-line'), id).toEqual([]);
      expect(verdict.rows, id).toBeGreaterThanOrEqual(rows);
    }
    // The next start says of each what became of it.
    await home(at);
    const audit = await auditHome(createOps(), core, verify, at.home);
    expect(codes(audit)).toEqual([]);
    const entries = readdirSync(join(at.home, 'index')).filter((f) => f.endsWith('.json')).map((f) => readFileSync(join(at.home, 'index', f), 'utf8'));
    const ended = (kind: string): string[] => entries.map((e) => JSON.parse(e) as { kind: string; run_id: string }).filter((e) => e.kind === kind).map((e) => e.run_id);
    expect([...ended('run_closed'), ...ended('run_lost')].sort()).toEqual(ended('run_opened').sort());
    expect(ended('run_lost').length).toBeGreaterThan(0);
    at.remove();
  }, 40_000);
});
