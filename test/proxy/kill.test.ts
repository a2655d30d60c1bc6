/**
 * SIGKILL under load: whatever the moment, no call was released to a client without its row, every run reads up to a torn last
 * line at most, and the next start says in the index what became of it. OCCASIO_KILLS and OCCASIO_SEED replay a run.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditHome } from '../../host/ledger/index.ts';
import type { AppendFile, Ops } from '../../host/ops.ts';
import { createOps } from '../../host/runtime/node.ts';
import { startProxy, type StartOptions } from '../../host/runtime/start.ts';
import { codes, core, scratch, seeded, verify, type Scratch } from '../ledger/support.ts';
import { converse } from '../support/crowd.ts';
import { createModel } from '../support/model.ts';
import { openChild } from './door.ts';

const kills = Number(process.env['OCCASIO_KILLS'] ?? 20);
const seed = Number(process.env['OCCASIO_SEED'] ?? Date.now() % 1_000_000);
const CONVERSATIONS = 8;
const SESSIONS = 4;
/** Longer than all the conversations take, so that some kills come after them. */
const WITHIN_MS = 700;

interface Stage {
  readonly at: Scratch;
  readonly options: StartOptions;
  readonly model: Awaited<ReturnType<typeof createModel>>;
  remove(): Promise<void>;
}

async function open(): Promise<Stage> {
  const at = scratch();
  const cwd = join(at.folder, 'work');
  mkdirSync(join(cwd, 'src'), { recursive: true });
  writeFileSync(join(cwd, 'src/index.ts'), 'const a = 1;\n');
  const model = await createModel();
  const options = { occasioHome: at.home, upstream: model.url, preset: 'balanced', cwd, port: 0, notice: () => undefined } as const;
  return { at, options, model, remove: async () => (await model.close(), at.remove()) };
}

const runsOf = (home: string): string[] => readdirSync(join(home, 'runs')).filter((name) => name.endsWith('.jsonl') && !name.endsWith('.inputs.jsonl'));
/** tool_use ids of whole tool_call rows. */
const recorded = (text: string): string[] => text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>).filter((row) => row['kind'] === 'tool_call').map((row) => String(row['tool_use_id']));
const entriesOf = (home: string) => readdirSync(join(home, 'index')).filter((name) => name.endsWith('.json')).map((name) => JSON.parse(readFileSync(join(home, 'index', name), 'utf8')) as { kind: string; run_id: string; pid?: number });

/** Eight conversations through `base`, until they end or the proxy does; the ids that clients got. */
function crowd(base: string, name: string): { readonly released: Set<string>; readonly over: Promise<unknown>; leave(): void } {
  const released = new Set<string>();
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONVERSATIONS });
  const one = (i: number) => converse({ base, session: `${name}-${i % SESSIONS}`, name: `${name}-${i}`, turns: 6, agent, released: (id) => released.add(id) });
  return { released, over: Promise.all(Array.from({ length: CONVERSATIONS }, (_, i) => one(i))), leave: () => agent.destroy() };
}

describe('a proxy that is killed', () => {
  it(`at_any_moment_has_released_nothing_without_its_row (${kills} kills, seed ${seed})`, async () => {
    const stage = await open();
    const { home } = stage.at;
    const random = seeded(seed);
    let [released, torn] = [0, 0];
    for (let n = 0; n < kills; n++) {
      const proxy = await openChild(stage.options);
      const before = new Set(runsOf(home));
      const { pid } = proxy;
      const load = crowd(proxy.url, `kill-${n}`);
      const after = random() * WITHIN_MS;
      await new Promise((resolve) => setTimeout(resolve, after));
      await proxy.kill();
      await load.over;
      load.leave();
      const label = `kill ${n} after ${after.toFixed(1)} ms, seed ${seed}`;
      const ids = new Set<string>();
      for (const file of runsOf(home).filter((name) => !before.has(name))) {
        const bytes = readFileSync(join(home, 'runs', file));
        const verdict = await verify([bytes], { runId: file.slice(0, -6) });
        torn += codes(verdict).includes('torn-line') ? 1 : 0;
        // A run whose first row was not whole yet has none; nothing can have been released then.
        expect(codes(verdict).filter((code) => code !== 'torn-line' && code !== 'empty'), `${label}: ${file}`).toEqual([]);
        for (const id of recorded(bytes.toString())) ids.add(id);
      }
      for (const id of load.released) expect(ids.has(id), `${label}: ${id} was released without a row`).toBe(true);
      released += load.released.size;
      // Whoever opens the home next says of each of its runs that it is lost.
      if (n % 5 === 4 || n === kills - 1) {
        await (await openChild(stage.options)).stop();
        const entries = entriesOf(home);
        const ended = new Set(entries.filter((e) => e.kind === 'run_lost' || e.kind === 'run_closed').map((e) => e.run_id));
        for (const e of entries.filter((entry) => entry.kind === 'run_opened' && entry.pid === pid)) expect(ended.has(e.run_id), `${label}: the index leaves ${e.run_id} open`).toBe(true);
      }
    }
    expect(released).toBeGreaterThan(kills);
    const audit = await auditHome(createOps(), core, verify, home);
    expect(codes(audit).filter((code) => code !== 'torn-line')).toEqual([]);
    const lost = entriesOf(home).filter((e) => e.kind === 'run_lost').length;
    console.log(`${kills} kills, seed ${seed}: ${released} calls released, ${runsOf(home).length} runs, ${lost} lost, ${torn} with a torn last line`);
    await stage.remove();
  }, 60_000 + kills * 5_000);
});

describe('a call', () => {
  it('is_not_released_before_an_fsync_that_covers_its_row', async () => {
    const stage = await open();
    const durable = new Set<string>();
    const proxy = await startProxy({ ...stage.options, ops: { ...createOps(), files: lazyFiles(createOps(), durable) } });
    const early: string[] = [];
    const agent = new http.Agent({ keepAlive: true });
    const one = (i: number) => converse({ base: proxy.url, session: `s-${i % SESSIONS}`, name: `c-${i}`, turns: 5, agent, released: (id) => void (durable.has(id) || early.push(id)) });
    const outcomes = await Promise.all(Array.from({ length: CONVERSATIONS }, (_, i) => one(i)));
    agent.destroy();
    await proxy.stop('stop');
    expect(outcomes.every((outcome) => outcome.failure === null)).toBe(true);
    expect([early, durable.size]).toEqual([[], CONVERSATIONS * 5]);
    await stage.remove();
  });
});

/** A disk whose fsync takes a while, and which notes what an fsync that began after the write has covered. */
function lazyFiles(ops: Ops, durable: Set<string>): Ops['files'] {
  const createAppend = async (path: string): Promise<AppendFile> => {
    const file = await ops.files.createAppend(path);
    let text = '';
    return {
      write(bytes) {
        file.write(bytes);
        text += new TextDecoder().decode(bytes);
      },
      async sync() {
        const covered = path.endsWith('.inputs.jsonl') ? '' : text;
        await new Promise((resolve) => setTimeout(resolve, 8));
        await file.sync();
        for (const id of recorded(covered)) durable.add(id);
      },
      close: () => file.close(),
    };
  };
  return { ...ops.files, createAppend };
}
