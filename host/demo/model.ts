/**
 * The scripted model: a stand-in for a Messages API. It takes its next turn from the conversation it is sent (the turn after
 * the last call of its own that it finds there), so it works for any agent, and keeps all it was sent for a look afterwards.
 */
import { answerJson, answerStream, type Block } from './answer.ts';
import type { DemoTurn } from './scene.ts';

export interface ScriptedModel {
  answer(request: Request): Promise<Response>;
  /** Bodies of all requests, in order. */
  readonly received: readonly string[];
}

interface Body {
  readonly stream?: boolean;
  readonly tools?: readonly unknown[];
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
}

/** `before` runs when a turn is asked for, before it is given. */
export function createModel(turns: readonly DemoTurn[], before: (turn: DemoTurn) => Promise<void>): ScriptedModel {
  const received: string[] = [];
  return {
    received,
    async answer(request) {
      const { pathname } = new URL(request.url);
      if (request.method !== 'POST' || !pathname.endsWith('/v1/messages')) return pathname.endsWith('/count_tokens') ? Response.json({ input_tokens: 100 }) : new Response(null, { status: 404 });
      const text = await request.text();
      received.push(text);
      const body = JSON.parse(text) as Body;
      // Agents ask for titles and the like beside the conversation; those requests offer no tools.
      const turn = (body.tools?.length ?? 0) === 0 ? { say: 'Orders', calls: [] } : nextTurn(turns, body);
      await before(turn);
      const blocks: Block[] = [{ type: 'text', text: turn.say }, ...turn.calls.map(({ id, name, input }): Block => ({ type: 'tool_use', id, name, input }))];
      return body.stream === true ? answerStream(blocks, received.length) : answerJson(blocks, received.length);
    },
  };
}

function nextTurn(turns: readonly DemoTurn[], body: Body): DemoTurn {
  const ids = new Set<string>();
  for (const message of body.messages ?? []) {
    if (message.role !== 'assistant' || !Array.isArray(message.content)) continue;
    for (const block of message.content as readonly { readonly type?: unknown; readonly id?: unknown }[]) {
      if (block.type === 'tool_use' && typeof block.id === 'string') ids.add(block.id);
    }
  }
  const last = turns.findLastIndex((turn) => turn.calls.some((call) => ids.has(call.id)));
  return turns[last + 1] ?? { say: 'That is all.', calls: [] };
}
