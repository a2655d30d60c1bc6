/** Who asks, and what for: read from headers and body, which are attacker-controlled and decide nothing but where a row stands. */
import { hex } from '../../verifiers/formats/hex.ts';
import type { Caller } from '../gate/turn.ts';
import type { Ops } from '../ops.ts';
import { identify } from '../wire/anthropic-request.ts';
import type { RequestView } from '../wire/events.ts';

export function callerOf(ops: Ops, request: Request, view: RequestView | null): Caller {
  const who = view === null ? null : identify(view, (name) => request.headers.get(name));
  const agent = (request.headers.get('user-agent') ?? '').startsWith('claude-cli/') ? 'claude-code' : 'unknown';
  return {
    sessionId: who?.sessionId ?? 'unknown',
    agentId: who?.agentId ?? null,
    agent,
    protocol: 'anthropic-messages',
    door: 'wire',
    requestId: hex(ops.random(8)),
  };
}

/** A prompt of the person, not an answer to calls: nothing after the model's last words answers a call. */
export function startsRound(view: RequestView): boolean {
  for (let i = view.items.length - 1; i >= 0; i--) {
    const item = view.items[i];
    if (item?.kind === 'tool_result') return false;
    if (item?.kind === 'tool_use' || (item?.kind === 'text' && item.role === 'assistant')) return true;
  }
  return true;
}

/** Counting tokens asks the model nothing. */
export function isCount(request: Request): boolean {
  return new URL(request.url).pathname.endsWith('/count_tokens');
}
