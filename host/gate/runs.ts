/**
 * Sessions and their runs: a run opens at the first sight of a session, is replaced by a successor when it can no longer be
 * written, and closes when the session is idle or the proxy stops. The session id is attacker-controlled text.
 */
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { GitStateRow, PolicyLoadedRow, RowContext, RunStartRow } from '../../verifiers/formats/row.ts';
import type { Home, Run } from '../ledger/index.ts';
import type { Ops } from '../ops.ts';
import type { Policy } from '../policy/index.ts';
import type { Preset } from '../policy/types.ts';
import type { InForce, PolicySource } from './policy-source.ts';
import { newSession, nothingIssued, sharedMemory, type Session } from './session.ts';

export interface RunSetting {
  readonly ops: Ops;
  readonly home: Home;
  readonly source: PolicySource;
  readonly version: string;
  readonly coreSha256: string;
  readonly preset: Preset;
  readonly cwd: string;
  /** What the checkout of `cwd` is, for the rows that a run begins and ends with; left out, there are none. */
  readonly checkout?: (phase: 'run_start' | 'run_end', policy: Policy) => Promise<GitStateRow>;
}

export interface Runs {
  /** The session's state, its run open and writable, the text of the policy kept. */
  enter(id: string, context: RowContext, policy: InForce): Promise<Session>;
  closeIdle(): Promise<void>;
  closeAll(reason: 'exit' | 'stop'): Promise<void>;
  /** Every run that was opened here, closed ones included. */
  all(): readonly { readonly run: Run; readonly sessionId: string }[];
}

/** Sessions open at one time; a client that invents ids gets an error, not our memory. */
const MAX_SESSIONS = 256;
const IDLE_MS = 30 * 60_000;
/** A session unseen for so long may be closed to make place for another. */
const QUIET_MS = 5 * 60_000;
/** How long closing waits for requests under way. */
const SETTLE_MS = 2_000;

export function createRuns(setting: RunSetting): Runs {
  const sessions = new Map<string, Promise<Session>>();
  const shared = sharedMemory();
  const opened: { run: Run; sessionId: string }[] = [];

  async function open(id: string, context: RowContext, policy: InForce, previousRun: string | null): Promise<Run> {
    const run = await setting.home.openRun({
      context,
      start: startRow(setting, policy, previousRun),
      policy: loadedRow(setting.source.path, policy),
      policyText: policy.text,
    });
    opened.push({ run, sessionId: id });
    // Before anything is let through: what the agent changes comes after it.
    if (setting.checkout !== undefined) run.append(await setting.checkout('run_start', policy.policy));
    return run;
  }

  async function close(run: Run, reason: 'idle' | 'exit' | 'stop', state: GitStateRow | undefined): Promise<void> {
    try {
      if (state !== undefined && !run.dead) run.append(state);
    } finally {
      await run.close(reason);
    }
  }

  async function checkoutNow(): Promise<GitStateRow | undefined> {
    return setting.checkout?.('run_end', (await setting.source.current()).policy);
  }

  async function first(id: string, context: RowContext, policy: InForce): Promise<Session> {
    return newSession(id, await open(id, context, policy, null), policy.hash, setting.ops.monotonic(), shared);
  }

  /** One successor for a dead run, however many requests find it dead. */
  const renewals = new Map<Session, Promise<void>>();
  async function renew(session: Session, context: RowContext, policy: InForce): Promise<void> {
    session.run = await open(session.id, context, policy, session.run.id);
    session.issued = nothingIssued();
    session.policyHash = policy.hash;
  }

  /** One after the other; a run that cannot be closed keeps no other from it, and is named when all were. */
  async function closeEach(runs: readonly Run[], reason: 'exit' | 'stop' | 'idle'): Promise<void> {
    if (runs.length === 0) return;
    const state = await checkoutNow();
    const failures: unknown[] = [];
    for (const run of runs) await close(run, reason, state).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }

  /** Makes place for one more session: the one longest unseen goes, if it is quiet for a while. */
  async function closeStalest(id: string): Promise<void> {
    const open = await Promise.all([...sessions].map(async ([key, pending]) => [key, await pending] as const));
    const quiet = open.filter(([, session]) => session.busy === 0 && setting.ops.monotonic() - session.seen >= QUIET_MS);
    const [stalest] = quiet.sort(([, a], [, b]) => a.seen - b.seen);
    if (stalest === undefined) throw tooMany(id);
    sessions.delete(stalest[0]);
    await close(stalest[1].run, 'idle', await checkoutNow());
  }

  return {
    async enter(id, context, policy) {
      let pending = sessions.get(id);
      if (pending === undefined) {
        if (sessions.size >= MAX_SESSIONS) await closeStalest(id);
        pending = first(id, context, policy);
        sessions.set(id, pending);
        pending.catch(() => sessions.delete(id));
      }
      const session = await pending;
      session.seen = setting.ops.monotonic();
      if (session.run.dead) {
        const renewal = renewals.get(session) ?? renew(session, context, policy).finally(() => renewals.delete(session));
        renewals.set(session, renewal);
        await renewal;
      }
      // Durable before any row that names it.
      if (session.policyHash !== policy.hash) await setting.home.policies.put(policy.text);
      return session;
    },
    async closeIdle() {
      const now = setting.ops.monotonic();
      const idle: Run[] = [];
      for (const [id, pending] of sessions) {
        const session = await pending;
        if (session.busy > 0 || now - session.seen < IDLE_MS) continue;
        sessions.delete(id);
        idle.push(session.run);
      }
      await closeEach(idle, 'idle');
    },
    async closeAll(reason) {
      const open = await Promise.allSettled(sessions.values());
      sessions.clear();
      // Requests that were cut off still have their rows to write.
      const deadline = setting.ops.monotonic() + SETTLE_MS;
      while (open.some((one) => one.status === 'fulfilled' && one.value.busy > 0) && setting.ops.monotonic() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await closeEach(open.flatMap((one) => (one.status === 'fulfilled' && !one.value.run.dead ? [one.value.run] : [])), reason);
    },
    all: () => opened,
  };
}

function startRow(setting: RunSetting, policy: InForce, previousRun: string | null): RunStartRow {
  const host = setting.ops.host;
  return {
    kind: 'run_start',
    version: setting.version,
    core_sha256: setting.coreSha256,
    runtime: host.runtime,
    ...(host.hostId === null ? {} : { host_id: host.hostId }),
    ...(host.bootId === null ? {} : { boot_id: host.bootId }),
    pid: host.pid,
    preset: setting.preset,
    cwd: setting.cwd,
    ...(previousRun === null ? {} : { previous_run: previousRun }),
    ...(policy.template === null ? {} : { template: policy.template.name, template_hash: policy.template.hash }),
  };
}

export function loadedRow(path: string, policy: InForce): PolicyLoadedRow {
  return {
    kind: 'policy_loaded',
    tool_name: 'policy_loaded',
    tool_inputs: { policy_hash: policy.hash, policy_path: path, version: 1 },
    action: 'INFO',
    reason: 'policy-loaded',
    policy_source: policy.source,
  };
}

function tooMany(id: string): OccasioError {
  return new OccasioError({
    code: 'ledger',
    cannot: 'open a run for session',
    thing: id,
    found: `${MAX_SESSIONS} sessions are open`,
    next: 'End sessions that are no longer used, or start the proxy again.',
  });
}
