/**
 * The gate: resolve -> decide -> append. The only caller of `decide`, the only writer of tool_call rows. A door takes its
 * protocol apart, asks here, and does what it is told.
 */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import type { RequestRow, ToolResultRow } from '../../verifiers/formats/row.ts';
import type { Ops } from '../ops.ts';
import { decide, maskSecrets, scanContent, type Policy } from '../policy/index.ts';
import type { Judged, JudgedPath } from '../policy/types.ts';
import { append } from './append.ts';
import type { Call } from './call.ts';
import { gatherFacts, type World } from './facts.ts';
import { physicalPath } from './resolve.ts';
import { callRow } from './rows.ts';
import { decided, mayTouch } from './ruling.ts';
import { createRuns, type Runs } from './runs.ts';
import { addDirectories, countersOf, dropAbsent, type Counters } from './session.ts';
import type { Caller, GateSetting, Ruling, Turn } from './turn.ts';
import { writeBack } from './writeback.ts';

export interface Gate {
  readonly runs: Runs;
  enter(caller: Caller): Promise<Turn>;
}

export async function createGate(setting: GateSetting): Promise<Gate> {
  const runs = createRuns(setting);
  const self = { home: await physicalPath(setting.ops, setting.home.path), pid: setting.ops.host.pid, port: setting.port };
  return {
    runs,
    async enter(caller) {
      const inForce = await setting.source.current();
      const context = { session_id: caller.sessionId, agent: caller.agent, protocol: caller.protocol };
      const session = await runs.enter(caller.sessionId, context, inForce);
      await dropAbsent(session, isThere(setting.ops));
      const world = worldOf(setting, inForce.policy, self);
      return { setting, caller, session, inForce, world };
    },
  };
}

/** What gathering facts needs, under one policy. */
export function worldOf(setting: Pick<GateSetting, 'ops' | 'core' | 'shell'>, policy: Policy, self: Judged['self']): World {
  return {
    ops: setting.ops,
    core: setting.core,
    shell: setting.shell,
    mask: (text) => maskSecrets(setting.core, policy, text),
    self,
    mattering(judged) {
      const said = (paths: readonly JudgedPath[]): string => JSON.stringify(decide(policy, { ...judged, paths }));
      const without = said([]);
      return (path) => said([path]) !== without;
    },
  };
}

/** Bytes of an input that are kept as they are, where an input is remembered. */
const MAX_NAME = 512;

/** A new prompt of the person: the counters of the round begin again. */
export function beginRound(turn: Turn): void {
  turn.session.rounds.delete(turn.caller.agentId ?? '');
  turn.session.writing.clear();
}

/** Decides a tool_use of the model. The row is durable when the promise resolves. */
export async function judgeCall(turn: Turn, call: Call): Promise<Ruling> {
  const counters = countersOf(turn.session, turn.caller.agentId);
  const asked = await rule(turn, call, 'inbound', counted(turn.setting.core, turn.inForce.policy, call, counters));
  const ruling = await writeBack(turn, call, asked);
  if (call.id !== null) turn.session.issued.set(call.id, true);
  const commit = turn.session.run.commitInput(call.bytes);
  const row = append(turn, callRow(turn, call, ruling, 'inbound', { input_commit: commit.commit }));
  await commit.record(row.seq, call.id ?? '');
  await turn.session.run.durable();
  return ruling;
}

/** Judges a tool_use that history brings: decided before, or carried in from elsewhere. No row: only what is changed has one. */
export async function judgeHistory(turn: Turn, call: Call): Promise<Ruling> {
  const key = `${call.id ?? ''} ${turn.inForce.hash} ${nameOf(turn, call.bytes)}`;
  const before = turn.session.decided.get(key);
  if (before !== undefined) return before;
  const ruling = await rule(turn, call, 'outbound', {});
  turn.session.decided.set(key, ruling);
  return ruling;
}

/** Stands for the bytes in a key: short ones for themselves, as history brings them with each request. */
function nameOf(turn: Turn, bytes: Uint8Array): string {
  return bytes.length <= MAX_NAME ? `=${new TextDecoder().decode(bytes)}` : hex(turn.setting.core.sha256(bytes));
}

/** Whether LOCAL code may touch what it has found. No row: the call has one. */
export const mayOpen = mayTouch;

/** What one answer of LOCAL code may use. */
export function localLimits(turn: Turn): { readonly bytes: number; readonly matches: number; readonly depth: number; readonly milliseconds: number } {
  const { limits } = turn.inForce.policy.document;
  return { bytes: limits.max_local_result_bytes, matches: limits.max_local_matches, depth: limits.max_local_depth, milliseconds: limits.max_local_milliseconds };
}

async function rule(turn: Turn, call: Call, direction: 'inbound' | 'outbound', more: Partial<Judged>): Promise<Ruling> {
  const place = { cwd: turn.setting.cwd, home: turn.setting.ops.host.home, door: turn.caller.door, direction };
  const facts = await gatherFacts(turn.world, call, place, [...turn.session.directories]);
  const ruling = decided(turn, { ...facts.judged, ...more });
  if (facts.directories.length === 0 || ruling.decision.action === 'LOCAL' || (await wasAnswered(turn, call))) return ruling;
  const kept = await addDirectories(turn.session, facts.directories, isThere(turn.setting.ops));
  return kept ? ruling : decided(turn, { ...facts.judged, fault: 'input-too-large', ...more });
}

/** It was answered here, so the agent's shell never ran it: a `cd` in it has moved nobody. */
async function wasAnswered(turn: Turn, call: Call): Promise<boolean> {
  return call.id !== null && (await turn.setting.home.results.get(call.id))?.local === true;
}

function isThere(ops: Ops): (folder: string) => Promise<boolean> {
  return async (folder) => {
    try {
      const stat = await ops.files.stat(folder);
      return stat !== null && (stat.kind === 'folder' || stat.kind === 'link');
    } catch (e) {
      // What may not be looked at may be there.
      if (e instanceof OccasioError) return true;
      throw e;
    }
  };
}

/** What a call of the model adds to its facts: itself to the counters of its round, and the labels of the deny_patterns that its input meets. */
export function counted(core: Core, policy: Policy, call: Call, counters: Counters): Pick<Judged, 'counters' | 'patterns'> {
  counters.tool_calls += 1;
  if (call.class === 'shell') counters.bash_calls += 1;
  const patterns = [...new Set(call.strings.flatMap((text) => scanContent(core, policy, text).patterns))].sort();
  return { counters: { ...counters }, ...(patterns.length === 0 ? {} : { patterns }) };
}

/** The one row of a tool_result: written before the result goes up, durable before the answer comes down. */
export function noteResult(turn: Turn, id: string, facts: Pick<ToolResultRow, 'is_error' | 'bytes' | 'secrets_redacted'>): void {
  if (turn.session.answered.has(id)) return;
  turn.session.answered.set(id, true);
  append(turn, {
    kind: 'tool_result',
    direction: 'outbound',
    tool_use_id: id,
    ...(turn.caller.agentId === null ? {} : { agent_id: turn.caller.agentId }),
    request_id: turn.caller.requestId,
    door: turn.caller.door,
    ...facts,
    carried_in: !turn.session.issued.has(id),
  });
}

export type RequestFacts = Omit<RequestRow, 'kind' | 'direction' | 'cwd' | 'request_id' | 'agent_id'>;

export function noteRequest(turn: Turn, facts: RequestFacts): void {
  append(turn, {
    kind: 'request',
    direction: 'outbound',
    cwd: turn.setting.cwd,
    request_id: turn.caller.requestId,
    ...(turn.caller.agentId === null ? {} : { agent_id: turn.caller.agentId }),
    ...facts,
  });
}
