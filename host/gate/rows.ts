/** The tool_call row of a ruling, `spec/row.md`. Nothing of the input enters but what the facts and `inputs` hold. */
import type { Json, ToolCallRow } from '../../verifiers/formats/row.ts';
import type { Direction } from '../policy/types.ts';
import type { Call } from './call.ts';
import type { Ruling, Turn } from './turn.ts';

const KIND = { PASS: 'pass', LOCAL: 'local', BLOCK: 'block', TRANSFORM: 'transform' } as const;

export function callRow(
  turn: Turn,
  call: Pick<Call, 'id' | 'tool' | 'inputs'>,
  { judged, decision }: Ruling,
  direction: Direction,
  more: Pick<ToolCallRow, 'input_commit' | 'secrets_redacted'>,
): ToolCallRow {
  const inputs = maskedInputs(turn, call.inputs);
  return {
    kind: 'tool_call',
    direction,
    tool_name: call.tool,
    ...(Object.keys(inputs).length === 0 ? {} : { tool_inputs: inputs }),
    action: decision.action,
    reason: decision.reason,
    policy_source: turn.inForce.source,
    ...(decision.executor === undefined ? {} : { executor: decision.executor }),
    ...(decision.transform === undefined ? {} : { transform: decision.transform }),
    result_kind: KIND[decision.action],
    ...(more.secrets_redacted === undefined ? {} : { secrets_redacted: more.secrets_redacted }),
    ...(call.id === null ? {} : { tool_use_id: call.id }),
    ...(turn.caller.agentId === null ? {} : { agent_id: turn.caller.agentId }),
    request_id: turn.caller.requestId,
    door: turn.caller.door,
    ...(decision.rule === null ? {} : { rule: decision.rule }),
    judged: judged as unknown as { readonly [name: string]: Json },
    ...(more.input_commit === undefined ? {} : { input_commit: more.input_commit }),
  };
}

/** A secret inside a path is masked, and the row says so. */
function maskedInputs(turn: Turn, inputs: Call['inputs']): { readonly [name: string]: Json } {
  const out: Record<string, Json> = {};
  let masked = false;
  for (const [name, value] of Object.entries(inputs)) {
    const kept = typeof value === 'string' ? turn.world.mask(value) : value;
    masked ||= kept !== value;
    out[name] = kept;
  }
  return masked ? { ...out, path_masked: true } : out;
}
