/**
 * `occasio demo`: the real proxy, policy, gate and ledger between a scripted agent and a scripted model, in a scratch folder
 * with real files; then the record it wrote, checked by the code of `audit verify`.
 */
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAgent } from '../demo/agent.ts';
import { createModel } from '../demo/model.ts';
import { setScene, type Scene } from '../demo/scene.ts';
import type { PlayAgent, Stage } from '../demo/stage.ts';
import type { Ops } from '../ops.ts';
import { fileFault } from '../runtime/fault.ts';
import { createOps } from '../runtime/node.ts';
import { startProxy, type Summary } from '../runtime/start.ts';
import { oneOf } from './args.ts';
import { checkRun } from './audit-check.ts';
import type { Command } from './command.ts';
import { playClaude } from './demo-claude.ts';
import { demoReport, printDemo, type DemoReport } from './demo-report.ts';
import { createStage } from './demo-stage.ts';
import { document, line, type Io } from './print.ts';

const agents = ['scripted', 'claude'] as const;

export const demo: Command = {
  name: 'demo',
  summary: 'see it work in a few seconds: no key, no network, no change to your files',
  options: {
    agent: { value: 'A', of: agents, says: "scripted (default), or claude: the Claude Code found on the PATH in the scripted agent's place; the model stays scripted" },
    keep: { says: 'leave the scratch folder and print its path' },
    json: { says: 'the report as one JSON document; implies --keep ("chain" is the run\'s file, "home" the scratch home)' },
  },
  says: `Starts the real proxy on 127.0.0.1 between an agent and a model that ship with the package, plays a short session in a
scratch folder, prints what was asked, decided and why, and verifies the record.`,
  exit: '0 all went as the policy says and the record verifies, 1 something did not, 2 wrong use',
  examples: ['occasio demo'],
  async run({ flags, values }, io) {
    const agent = oneOf(values.get('agent'), agents, 'scripted');
    const keep = flags.has('keep') || flags.has('json');
    const scratch = await scratchFolder();
    try {
      const report = await play(io, scratch, agent);
      if (flags.has('json')) document(io, report);
      else printDemo(io, report);
      if (keep) line(flags.has('json') ? io.err : io.out, `Kept: ${scratch}`);
      return report.ok ? 0 : 1;
    } finally {
      if (!keep) await rm(scratch, { recursive: true, force: true });
    }
  },
};

async function scratchFolder(): Promise<string> {
  try {
    return await realpath(await mkdtemp(join(tmpdir(), 'occasio-demo-')));
  } catch (error) {
    throw fileFault('make a scratch folder in', tmpdir(), 'unwritable', error);
  }
}

async function play(io: Io, scratch: string, agent: (typeof agents)[number]): Promise<DemoReport> {
  const ops = createOps();
  const [home, project] = [join(scratch, 'home'), join(scratch, 'project')];
  await mkdir(home, { mode: 0o700 });
  await mkdir(project, { mode: 0o700 });
  const stage = createStage(ops, project, join(home, 'policy.yml'));
  const scene = await setScene(stage);
  const model = createModel(scene.turns, async (turn) => {
    if (turn.editsPolicy === true) await stage.write(stage.policyPath, scene.policyEdited);
  });
  const upstream = await stage.listen((request) => model.answer(request));
  try {
    const running = await startProxy({ occasioHome: home, upstream: upstream.url, preset: 'balanced', cwd: project, port: 0, notice: (text) => line(io.err, `occasio: ${text}`) });
    let summary: Summary;
    try {
      await (await playerOf(io, ops, stage, agent, scratch))(running.url, scene.prompt);
    } finally {
      summary = await running.stop('exit');
    }
    return await conclude(scene, model.received, home, project, summary.runs.map((r) => r.path));
  } finally {
    await upstream.close();
  }
}

async function playerOf(io: Io, ops: Ops, stage: Stage, agent: (typeof agents)[number], scratch: string): Promise<PlayAgent> {
  if (agent === 'claude') return playClaude(io, ops, scratch, stage.project);
  return createAgent(stage, `demo-${Array.from(stage.random(8), (b) => b.toString(16).padStart(2, '0')).join('')}`);
}

async function conclude(scene: Scene, received: readonly string[], home: string, project: string, runs: readonly string[]): Promise<DemoReport> {
  const [chain] = runs;
  if (chain === undefined) throw new Error('bug: the demo made no run');
  const ops = createOps();
  const verdict = await checkRun(ops, chain);
  const rows = new TextDecoder().decode(await ops.files.read(chain, 64 * 1024 * 1024)).split('\n').filter((l) => l !== '');
  return demoReport(scene, received, { home, project, chain, verdict, rows: rows.map((l) => JSON.parse(l) as { readonly kind: string }) });
}
