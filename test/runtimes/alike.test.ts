/** What one runtime does, all do; what one wrote, all verify. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../support/command.ts';
import { given, source, type Runtime } from './runtimes.ts';

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-alike-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(runtime: Runtime, file: string, ...args: readonly string[]): Ran {
  const done = spawnSync(runtime.program, [...runtime.words, file, ...args], { cwd: folder, encoding: 'utf8', timeout: 60_000, env: { ...process.env, TMPDIR: folder, OCCASIO_HOME: join(folder, 'unused') } });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

interface Demo {
  readonly ok: boolean;
  readonly chain: string;
  readonly decisions: readonly { readonly asked: string; readonly action: string; readonly reason: string; readonly why: string; readonly direction: string }[];
  readonly model: object;
}

const runtimes = given();
/** Each way to run the program: the bundle everywhere, the sources where the runtime reads them. */
const ways = runtimes.flatMap((runtime) => [{ name: `${runtime.name}, built`, runtime, file: bundle }, ...(runtime.sources ? [{ name: `${runtime.name}, from source`, runtime, file: source }] : [])]);
const demos = new Map<string, Demo>();

describe.each(ways)('$name', ({ name, runtime, file }) => {
  it('names_the_runtime', () => {
    const ran = run(runtime, file, '--version', '--json');
    expect([ran.code, ran.err]).toEqual([0, '']);
    const said = (JSON.parse(ran.out) as { runtime: string }).runtime;
    expect(said.startsWith(runtime.says), said).toBe(true);
    expect(said.endsWith(runtime.version), said).toBe(true);
  });

  it('plays_the_demo_and_names_itself_in_the_record', () => {
    mkdirSync(join(folder, 'unused'), { recursive: true });
    const ran = run(runtime, file, 'demo', '--json');
    expect([ran.code, ran.err.replace(/^Kept: .*\n/, '')]).toEqual([0, '']);
    const demo = JSON.parse(ran.out) as Demo;
    expect(demo.ok).toBe(true);
    demos.set(name, demo);
    const first = JSON.parse(readFileSync(demo.chain, 'utf8').split('\n')[0] ?? '') as { kind: string; runtime: string };
    expect(first).toMatchObject({ kind: 'run_start', runtime: expect.stringContaining(runtime.says) });
  });
});

describe('all of them', () => {
  beforeAll(() => expect(demos.size).toBe(ways.length));

  it('decide_alike', () => {
    const [first, ...rest] = [...demos.values()].map(({ decisions, model }) => ({ decisions: decisions.map(({ asked, action, reason, why, direction }) => ({ asked, action, reason, why, direction })), model }));
    expect(first?.decisions.length).toBeGreaterThan(10);
    for (const other of rest) expect(other).toEqual(first);
  });

  it('write_rows_of_the_same_members_in_the_same_order', () => {
    const shape = (chain: string): string[] => readFileSync(chain, 'utf8').trimEnd().split('\n').map((line) => Object.entries(JSON.parse(line) as object).map(([name, value]) => (name === 'kind' ? String(value) : name)).join(' '));
    const [first, ...rest] = [...demos.values()].map((demo) => shape(demo.chain));
    for (const other of rest) expect(other).toEqual(first);
  });

  it.each(runtimes.map((one) => [one.name, one] as const))('are_verified_by_%s_byte_for_byte_alike', (_, runtime) => {
    const mine = [...demos.entries()].map(([name, demo]) => {
      const ran = run(runtime, bundle, 'audit', 'verify', demo.chain, '--json');
      return [name, ran.code, ran.out];
    });
    const [reference] = runtimes;
    const theirs = [...demos.entries()].map(([name, demo]) => [name, 0, run(reference as Runtime, bundle, 'audit', 'verify', demo.chain, '--json').out]);
    expect(mine).toEqual(theirs);
  });

  it('find_the_same_fault_in_a_run_that_was_changed', () => {
    const [demo] = demos.values();
    const changed = join(dirname(demo?.chain ?? ''), 'changed.jsonl');
    const text = readFileSync(demo?.chain ?? '', 'utf8');
    spawnSync('sh', ['-c', 'cat > "$1"', 'sh', changed], { input: text.replace('"action":"BLOCK"', '"action":"PASS"') });
    const verdicts = runtimes.map((runtime) => {
      const ran = run(runtime, bundle, 'audit', 'verify', changed, '--json');
      return [ran.code, ran.out];
    });
    expect(verdicts[0]?.[0]).toBe(1);
    for (const verdict of verdicts) expect(verdict).toEqual(verdicts[0]);
    for (const runtime of runtimes) {
      const { code, out } = run(runtime, bundle, 'audit', 'verify', changed, '--json', '--jobs', '3');
      expect([runtime.name, code, out]).toEqual([runtime.name, ...(verdicts[0] ?? [])]);
    }
  });
});
