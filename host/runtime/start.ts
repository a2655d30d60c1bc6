/** Puts the parts of a proxy together on this runtime and starts it: home, policy, gate, app, socket. */
import type { Core } from '../../core-wasm/core.ts';
import type { GitStateRow } from '../../verifiers/formats/row.ts';
import { openTally, type Tally } from '../cost/index.ts';
import { openHome, type Counts, type Home } from '../ledger/index.ts';
import { createGate, type Gate } from '../gate/gate.ts';
import { openPolicy } from '../gate/policy-source.ts';
import { plainRepository } from '../gate/repository.ts';
import { maskSecrets, type Policy } from '../policy/index.ts';
import type { Preset } from '../policy/types.ts';
import type { Ops } from '../ops.ts';
import { createApp } from '../proxy/app.ts';
import type { Arrival } from '../proxy/arrival.ts';
import { PATIENCE, type Patience } from '../proxy/patience.ts';
import type { ProxySetting } from '../proxy/setting.ts';
import { gitState, type Phase } from '../tools/git-state.ts';
import { loadCore } from './core.ts';
import { createOps } from './node.ts';
import { endConnections } from './send.ts';
import { listen, SERVE, type ServeLimits } from './serve.ts';
import { loadShell } from './shell.ts';
import { version } from './version.ts';

export interface StartOptions {
  readonly occasioHome: string;
  /** Base URL of the model's API; a path prefix is kept. */
  readonly upstream: string;
  readonly preset: Preset;
  readonly cwd: string;
  /** 0 for a free one. */
  readonly port: number;
  readonly notice: (line: string) => void;
  /** Micro-dollars for all sessions together; none when left out. */
  readonly budget?: number;
  /** This machine's, unless given. */
  readonly ops?: Ops;
  /** Other limits than those of docs/proxy.md. */
  readonly serve?: Partial<ServeLimits>;
  readonly patience?: Partial<Patience>;
  /** Runs say what the checkout of `cwd` was when they began and ended. */
  readonly checkout?: boolean;
}

export interface Running {
  readonly url: string;
  readonly port: number;
  readonly home: Home;
  /** Closes every run, then the socket. */
  stop(reason: 'exit' | 'stop'): Promise<Summary>;
}

export interface Summary {
  readonly runs: readonly { readonly id: string; readonly path: string; readonly session_id: string; readonly counts: Counts }[];
  readonly tool_calls: number;
  readonly passed: number;
  readonly local: number;
  readonly blocked: number;
  readonly transformed: number;
  readonly secrets_redacted: number;
  /** Bounds of answers that were cut included; requests without a price are not in it but in `unpriced`. */
  readonly spent_microusd: number;
  readonly unpriced: number;
}

/** Sessions that begin at the same moment look once. */
function checkoutOf(ops: Ops, core: Core, cwd: string): (phase: Phase, policy: Policy) => Promise<GitStateRow> {
  const looking = new Map<Phase, Promise<GitStateRow>>();
  return (phase, policy) => {
    const under = looking.get(phase);
    if (under !== undefined) return under;
    const state = gitState({ ops, core, cwd, repository: (folder) => plainRepository(ops, folder), mask: (text) => maskSecrets(core, policy, text) }, phase).finally(() => looking.delete(phase));
    looking.set(phase, state);
    return state;
  };
}

const IDLE_CHECK_MS = 60_000;

export async function startProxy(options: StartOptions): Promise<Running> {
  const ops = options.ops ?? createOps();
  const { core, sha256 } = loadCore();
  const home = await openHome(ops, core, options.occasioHome);
  for (const note of home.notes) options.notice(note);
  await home.results.expire(ops.now());
  const source = await openPolicy(ops, core, `${home.path}/policy.yml`, options.preset, options.notice);
  let handler: (request: Request, arrival: Arrival) => Promise<Response> | Response = () => new Response(null, { status: 503 });
  const listening = await listen((request, arrival) => handler(request, arrival), options.port, { ...SERVE, ...options.serve });
  const setting: ProxySetting = {
    ops, core, home, source, shell: loadShell, version, coreSha256: sha256, preset: options.preset, cwd: options.cwd,
    port: listening.port, upstream: options.upstream.replace(/\/+$/, ''), tally: openTally(options.budget ?? null), notice: options.notice, patience: { ...PATIENCE, ...options.patience },
    ...(options.checkout === true ? { checkout: checkoutOf(ops, core, options.cwd) } : {}),
  };
  const gate = await createGate(setting);
  const app = createApp(setting, gate);
  handler = (request, arrival) => app.fetch(request, arrival);
  const unregister = await home.proxies.register(listening.port);
  const idle = setInterval(() => void gate.runs.closeIdle().catch((e: unknown) => options.notice((e as Error).message)), IDLE_CHECK_MS);
  idle.unref();
  return {
    url: `http://127.0.0.1:${listening.port}`,
    port: listening.port,
    home,
    async stop(reason) {
      clearInterval(idle);
      await listening.close();
      try {
        await gate.runs.closeAll(reason);
      } finally {
        await unregister();
        endConnections();
      }
      return summarise(gate.runs.all(), setting.tally);
    },
  };
}

function summarise(runs: ReturnType<Gate['runs']['all']>, tally: Tally): Summary {
  const each = runs.map(({ run, sessionId }) => ({ id: run.id, path: run.path, session_id: sessionId, counts: run.counts }));
  const sum = (name: keyof Counts): number => each.reduce((total, r) => total + (r.counts[name] ?? 0), 0);
  return {
    runs: each,
    tool_calls: sum('tool_call'),
    passed: sum('PASS'),
    local: sum('LOCAL'),
    blocked: sum('BLOCK'),
    transformed: sum('TRANSFORM'),
    secrets_redacted: sum('secrets_redacted'),
    spent_microusd: tally.spent,
    unpriced: tally.unpriced,
  };
}
