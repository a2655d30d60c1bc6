/**
 * One scripted answer of the Messages API, as a message, as events, and as bytes with faults.
 *
 *   event: content_block_start\n
 *   data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n
 *   \n
 *
 * Members stand in the order in which the public API sends them.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

export interface ToolUse {
  readonly type: 'tool_use';
  /** Made up, unique in this upstream, when absent. */
  readonly id?: string;
  readonly name: string;
  readonly input: JsonObject;
  /** Streamed in place of the JSON of `input`: broken, duplicate names, odd spacing. */
  readonly json?: string;
}

export type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  | ToolUse
  /** Anything else goes out whole in its content_block_start: server tools, types of tomorrow. */
  | { readonly type: 'other'; readonly block: JsonObject };

export interface Fault {
  /** Stop before event k: an orderly end, a reset, or silence until the client leaves. */
  readonly cut?: { readonly at: number; readonly how: 'end' | 'destroy' | 'hang' };
  /** Before event k wait for this promise, with a ping every `pingMs` when given. */
  readonly hold?: { readonly at: number; readonly until: () => Promise<unknown>; readonly pingMs?: number };
  /** An SSE `error` event in place of event k, then the end. */
  readonly error?: { readonly at: number; readonly type: string; readonly message: string };
  /** Event names left out. `usage` leaves the usage members out. */
  readonly omit?: readonly string[];
  readonly eol?: '\n' | '\r\n' | '\r';
  /** Milliseconds before the headers, and between events. */
  readonly delayMs?: number;
  readonly eventDelayMs?: number;
  /** The body is written in pieces of this many bytes, whatever they cut through. */
  readonly pieceBytes?: number;
  /** Exactly these bytes as the body, 200 and text/event-stream. */
  readonly raw?: string | Uint8Array;
}

export interface Turn {
  readonly blocks?: readonly Block[];
  /** tool_use when a tool_use is among the blocks, else end_turn. */
  readonly stopReason?: string;
  readonly usage?: JsonObject;
  /** Characters a delta; 16 unless told. */
  readonly chunk?: number;
  /** Used when the request accepts it. */
  readonly encoding?: 'gzip' | 'br' | 'deflate';
  /** An HTTP answer in place of a message. */
  readonly status?: { readonly code: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: Json | Uint8Array };
  readonly fault?: Fault;
  /** `status` and `fault` hold for the first so many requests that get this very object; then it is answered well. */
  readonly times?: number;
}

export interface Message {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly JsonObject[];
  readonly stop_reason: string;
  readonly stop_sequence: null;
  readonly usage: JsonObject;
}

export type Event = JsonObject & { readonly type: string };

const USAGE: JsonObject = {
  input_tokens: 100,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 20,
  service_tier: 'standard',
};

/** Short forms for scripts: say('text', use('Read', {file_path: '/x'})) */
export const use = (name: string, input: JsonObject, id?: string): ToolUse => ({ type: 'tool_use', name, input, ...(id === undefined ? {} : { id }) });
export const think = (thinking: string, signature = btoa(`signature of ${thinking}`)): Block => ({ type: 'thinking', thinking, signature });
export const say = (text: string, ...blocks: readonly Block[]): Turn => ({ blocks: [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...blocks] });

/** `id` is asked for a message id and for each tool_use without one. */
export function toMessage(turn: Turn, model: string, id: (prefix: string) => string): { message: Message; streamed: readonly (string | undefined)[] } {
  const blocks = turn.blocks ?? [];
  const content = blocks.map((block): JsonObject => {
    if (block.type === 'other') return block.block;
    if (block.type === 'tool_use') return { type: 'tool_use', id: block.id ?? id('toolu_'), name: block.name, input: block.input };
    return { ...block };
  });
  const message: Message = {
    id: id('msg_'),
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: turn.stopReason ?? (content.some((block) => block['type'] === 'tool_use') ? 'tool_use' : 'end_turn'),
    stop_sequence: null,
    usage: { ...USAGE, ...turn.usage },
  };
  return { message, streamed: blocks.map((block) => (block.type === 'tool_use' ? block.json : undefined)) };
}

function pieces(text: string, size: number): string[] {
  const out: string[] = [];
  for (let at = 0; at < text.length; at += size) out.push(text.slice(at, at + size));
  return out;
}

function blockEvents(index: number, block: JsonObject, json: string | undefined, size: number): Event[] {
  const start = (content_block: JsonObject): Event => ({ type: 'content_block_start', index, content_block });
  const delta = (value: JsonObject): Event => ({ type: 'content_block_delta', index, delta: value });
  const stop: Event = { type: 'content_block_stop', index };
  const type = String(block['type']);
  if (type === 'text') {
    const texts = pieces(String(block['text']), size).map((text) => delta({ type: 'text_delta', text }));
    return [start({ type: 'text', text: '' }), ...texts, stop];
  }
  if (type === 'thinking') {
    const thoughts = pieces(String(block['thinking']), size).map((thinking) => delta({ type: 'thinking_delta', thinking }));
    const signature = delta({ type: 'signature_delta', signature: block['signature'] ?? '' });
    return [start({ type: 'thinking', thinking: '', signature: '' }), ...thoughts, signature, stop];
  }
  if (type === 'tool_use') {
    const inputs = ['', ...pieces(json ?? JSON.stringify(block['input']), size)].map((partial_json) => delta({ type: 'input_json_delta', partial_json }));
    return [start({ ...block, input: {} }), ...inputs, stop];
  }
  return [start(block), stop];
}

/** The events of a message, a ping after the first block's start as the public API sends it. */
export function toEvents(message: Message, streamed: readonly (string | undefined)[], chunk = 16, omit: readonly string[] = []): Event[] {
  const bare = omit.includes('usage');
  const opening = { ...message, content: [], stop_reason: null, usage: { ...message.usage, output_tokens: 1 } };
  const events: Event[] = [{ type: 'message_start', message: bare ? without(opening, 'usage') : opening }];
  message.content.forEach((block, index) => {
    const own = blockEvents(index, block, streamed[index], chunk);
    if (index === 0) own.splice(1, 0, { type: 'ping' });
    events.push(...own);
  });
  const closing = { stop_reason: message.stop_reason, stop_sequence: null };
  const usage = bare ? {} : { usage: { output_tokens: message.usage['output_tokens'] ?? 0 } };
  events.push({ type: 'message_delta', delta: closing, ...usage }, { type: 'message_stop' });
  return events.filter((event) => !omit.includes(event.type));
}

const without = (value: JsonObject, name: string): JsonObject => Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));

export const frame = (event: Event, eol = '\n'): string => `event: ${event.type}${eol}data: ${JSON.stringify(event)}${eol}${eol}`;
