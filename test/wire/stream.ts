/** Streams of Anthropic Messages for the tests of this room, and ways to read them. */

import type { ResponseEvent, ResponseReader, Substitute, ToolUse } from '../../host/wire/events.ts';

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

export type Event = { readonly type: string; readonly [name: string]: unknown };

export const frame = (event: Event, name = event.type): string => `event: ${name}\ndata: ${JSON.stringify(event)}\n\n`;

export const start = (message: object = {}): Event => ({
  type: 'message_start',
  message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'model-1', content: [], stop_reason: null, usage: { input_tokens: 10, output_tokens: 1 }, ...message },
});
export const blockStart = (index: number, block: object): Event => ({ type: 'content_block_start', index, content_block: block });
export const delta = (index: number, d: object): Event => ({ type: 'content_block_delta', index, delta: d });
export const json = (index: number, partial_json: string): Event => delta(index, { type: 'input_json_delta', partial_json });
export const stop = (index: number): Event => ({ type: 'content_block_stop', index });
export const ping: Event = { type: 'ping' };
export const end = (stop_reason = 'tool_use'): readonly Event[] => [
  { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 20 } },
  { type: 'message_stop' },
];

export const words = (index: number, said: string): readonly Event[] => [blockStart(index, { type: 'text', text: '' }), delta(index, { type: 'text_delta', text: said }), stop(index)];

export const tool = (index: number, id: string, name: string, ...pieces: string[]): readonly Event[] => [
  blockStart(index, { type: 'tool_use', id, name, input: {} }),
  ...pieces.map((piece) => json(index, piece)),
  stop(index),
];

export const stream = (...events: readonly (Event | readonly Event[])[]): string => events.flat().map((event) => frame(event as Event)).join('');

/** Everything a reader yields for the bytes, in pieces of the given size. */
export function drain(reader: ResponseReader, bytes: Uint8Array, size = bytes.length || 1): readonly ResponseEvent[] {
  const events: ResponseEvent[] = [];
  for (let at = 0; at < bytes.length; at += size) events.push(...reader.push(bytes.slice(at, at + size)));
  events.push(...reader.end());
  return events;
}

/** What a client gets when `decide` answers each call: undefined passes it. */
export function outcome(events: readonly ResponseEvent[], decide: (use: ToolUse) => Substitute | undefined = () => undefined): string {
  return events.map((event) => {
    if (event.kind !== 'tool_use') return text(event.bytes);
    const by = decide(event.use);
    return text(by === undefined ? event.pass : event.substitute(by));
  }).join('');
}

export const uses = (events: readonly ResponseEvent[]): readonly ToolUse[] => events.flatMap((event) => (event.kind === 'tool_use' ? [event.use] : []));
export const broken = (events: readonly ResponseEvent[]): string | null => events.flatMap((event) => (event.kind === 'broken' ? [event.why] : []))[0] ?? null;

/** Small seeded generator (mulberry32): a failure names its seed. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
