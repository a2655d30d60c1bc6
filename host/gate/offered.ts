/**
 * Tools that the upstream runs itself: no tool_use of theirs comes by to be decided, so they are decided when a request
 * offers them.
 */
import { append } from './append.ts';
import { refusalText } from './content.ts';
import { decided } from './ruling.ts';
import type { Ruling, Turn } from './turn.ts';
import { callRow } from './rows.ts';

export interface Offered {
  readonly type: string;
  readonly name: string;
}

/** Characters of a type or name that are judged and recorded; both are attacker-controlled. */
const MAX_NAME = 256;

/** The first offered tool that the policy refuses, or null. Each has its row, once a run. */
export function judgeOffered(turn: Turn, offered: readonly Offered[]): { readonly reason: string; readonly text: string } | null {
  let refusal: { reason: string; text: string } | null = null;
  for (const { type, name } of offered) {
    const tool = { type: type.slice(0, MAX_NAME), name: name.slice(0, MAX_NAME) };
    const ruling = decided(turn, {
      direction: 'outbound',
      door: turn.caller.door,
      tool: tool.name,
      class: 'server',
      flavour: turn.setting.ops.host.flavour,
      home: turn.setting.ops.host.home,
      cwd: turn.setting.cwd,
      self: turn.world.self,
    });
    noteOffered(turn, tool, ruling);
    if (ruling.decision.action === 'BLOCK') refusal ??= { reason: ruling.decision.reason, text: refusalText(ruling.decision.reason, tool.name) };
  }
  return refusal;
}

function noteOffered(turn: Turn, tool: Offered, ruling: Ruling): void {
  const key = `offered ${tool.type} ${tool.name} ${ruling.decision.action} ${turn.inForce.hash}`;
  if (turn.session.noted.has(key)) return;
  turn.session.noted.set(key, true);
  append(turn, callRow(turn, { id: null, tool: tool.name, inputs: { type: tool.type } }, ruling, 'outbound', {}));
}
