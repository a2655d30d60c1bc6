/**
 * A streamed answer of Anthropic Messages. The stream is attacker-controlled, and so is its chunking.
 *
 *     message_start  (content_block_start  content_block_delta*  content_block_stop)*  message_delta  message_stop
 *
 * Everything is passed as it is but a tool_use block: it is held from its content_block_start to its content_block_stop,
 * because a client runs the tool at that moment, and then offered whole. What follows a held block waits with it, in order;
 * `ping` and comments go out at once. Blocks that overlap a held one leave after it, one by one, each with its own bytes.
 *
 * A stream that different clients could read differently is broken: nothing more of it is passed.
 */

import { errorEvent } from './anthropic-error.ts';
import { inputOfDeltas } from './anthropic-input.ts';
import type { InputRead } from './anthropic-input.ts';
import { issue, MAX_HELD_BYTES, noteMessage, openLog, readBlock, summarize } from './anthropic-message.ts';
import type { ReaderOptions } from './anthropic-message.ts';
import { noteUsage } from './anthropic-usage.ts';
import { concatBytes, encodeText } from './bytes.ts';
import type { ResponseEvent, ResponseReader, Substitute, ToolUse } from './events.ts';
import { readEvent } from './anthropic-event.ts';
import type { StreamEvent } from './anthropic-event.ts';
import { memberOf, textOf } from './json.ts';
import { createFramer } from './sse.ts';
import type { Frame } from './sse.ts';
import { leftOutFrames, substituteFrames } from './substitute.ts';

/** Blocks that may begin while another is held. The API sends one after the other. */
const MAX_OVERLAP = 64;

interface Held {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly start: StreamEvent;
  readonly repeated: boolean;
  raws: Uint8Array[];
  deltas: string[];
  bytes: number;
  tooLarge: boolean;
}

interface Stream {
  readonly options: ReaderOptions;
  readonly log: ReturnType<typeof openLog>;
  out: ResponseEvent[];
  loose: Uint8Array[];
  held: Held | null;
  waiting: StreamEvent[];
  waitingBytes: number;
  waitingStarts: number;
  broken: boolean;
  /** Messages begun, and whether one is in progress. */
  messages: number;
  inMessage: boolean;
  /** Blocks begun in this message; whether their indices were 0, 1, 2, …; whether a tool_use was among them. */
  blocks: number;
  sequential: boolean;
  tools: boolean;
  /** Type of each block in progress that is not held. */
  open: Map<number, string>;
}

export function readStream(options: ReaderOptions = {}): ResponseReader {
  const framer = createFramer();
  const s: Stream = {
    options, log: openLog(), out: [], loose: [], held: null, waiting: [], waitingBytes: 0, waitingStarts: 0, broken: false,
    messages: 0, inMessage: false, blocks: 0, sequential: true, tools: false, open: new Map(),
  };
  const read = (frames: readonly Frame[]): readonly ResponseEvent[] => {
    for (const frame of frames) if (!s.broken) onFrame(s, frame);
    flush(s);
    const events = s.out;
    s.out = [];
    return events;
  };
  return {
    push: (chunk) => (s.broken ? [] : read(framer.push(chunk))),
    end() {
      if (s.broken) return [];
      const events = read(framer.end().frames);
      // A held block that never stopped, and what waits behind it, is dropped; so is a frame cut short.
      if (s.held !== null) s.log.complete = false;
      s.broken = true;
      return events;
    },
    holding: () => s.held !== null,
    summary: () => summarize(s.log),
  };
}

function onFrame(s: Stream, frame: Frame): void {
  if (frame.fault !== null) return breakOff(s, frame.fault);
  if (frame.idle) return pass(s, frame.raw);
  const event = readEvent(frame);
  if (typeof event === 'string') return breakOff(s, event);
  if (event.type === 'ping') return pass(s, frame.raw);
  handle(s, event);
}

function handle(s: Stream, event: StreamEvent): void {
  const { held } = s;
  if (held === null) return apply(s, event);
  if (event.index === held.index) {
    if (event.type === 'content_block_start') return breakOff(s, 'a content block begins twice');
    return feed(s, held, event);
  }
  if (event.type === 'message_stop' || event.type === 'message_start') return breakOff(s, 'a message ends inside a tool_use block');
  if (event.type === 'content_block_start' && ++s.waitingStarts > MAX_OVERLAP) return breakOff(s, `more than ${MAX_OVERLAP} content blocks overlap`);
  s.waiting.push(event);
  s.waitingBytes += event.raw.length;
  if (s.waitingBytes > MAX_HELD_BYTES) breakOff(s, `more than ${MAX_HELD_BYTES} bytes wait behind a tool_use block`);
}

/** An event while nothing is held. */
function apply(s: Stream, event: StreamEvent): void {
  switch (event.type) {
    case 'message_start':
      return beginMessage(s, event);
    case 'content_block_start':
      return beginBlock(s, event);
    case 'content_block_delta': {
      const type = event.index === null ? undefined : s.open.get(event.index);
      if (type === undefined) return breakOff(s, 'a delta has no content block');
      const delta = textOf(event.text, memberOf(memberOf(event.root, 'delta'), 'type'));
      if (delta === 'input_json_delta' && (type === 'text' || type === 'thinking' || type === 'redacted_thinking')) return breakOff(s, 'a block of words has a tool input');
      return pass(s, event.raw);
    }
    case 'content_block_stop':
      if (event.index === null || !s.open.delete(event.index)) return breakOff(s, 'a stop has no content block');
      return pass(s, event.raw);
    case 'message_delta':
      s.log.stopReason = textOf(event.text, memberOf(memberOf(event.root, 'delta'), 'stop_reason')) ?? s.log.stopReason;
      noteUsage(s.log.usage, event.text, memberOf(event.root, 'usage'), true);
      return pass(s, event.raw);
    case 'message_stop':
      s.inMessage = false;
      s.log.complete = s.messages > 0;
      return pass(s, event.raw);
    case 'error':
    case 'ping':
    case 'end-mark':
      return pass(s, event.raw);
    default:
      if (s.options.refuseUnknown === true) return breakOff(s, 'an event has an unknown type');
      s.log.unscanned.add(event.type.slice(0, 256));
      return pass(s, event.raw);
  }
}

function beginMessage(s: Stream, event: StreamEvent): void {
  if (s.inMessage) return breakOff(s, 'a message begins inside another');
  const message = memberOf(event.root, 'message');
  const content = memberOf(message, 'content');
  // Clients take what stands here for the first blocks of the message.
  if (content !== undefined && !(content.kind === 'array' && content.items.length === 0)) return breakOff(s, 'message_start holds content');
  s.messages++;
  s.inMessage = true;
  s.blocks = 0;
  s.sequential = true;
  s.tools = false;
  s.open.clear();
  s.log.complete = false;
  noteMessage(s.log, event.text, message, false);
  pass(s, event.raw);
}

function beginBlock(s: Stream, event: StreamEvent): void {
  if (!s.inMessage) return breakOff(s, 'a content block stands outside a message');
  if (event.index === null) return breakOff(s, 'a content block has no index');
  if (s.open.has(event.index)) return breakOff(s, 'a content block begins twice');
  const block = memberOf(event.root, 'content_block');
  const head = readBlock(s.log, event.text, block, s.options.refuseUnknown === true);
  if (typeof head === 'string') return breakOff(s, head);
  s.sequential &&= event.index === s.blocks;
  s.blocks++;
  s.tools ||= head.tool !== null;
  if (s.tools && !s.sequential) return breakOff(s, 'a message with a tool_use does not count its blocks 0, 1, 2, …');
  if (head.tool === null) {
    s.open.set(event.index, head.type);
    return pass(s, event.raw);
  }
  if (s.messages > 1) return breakOff(s, 'a tool_use stands in a second message of one answer');
  const { id, name } = head.tool;
  s.held = { index: event.index, id, name, start: event, repeated: issue(s.log, id, s.options), raws: [event.raw], deltas: [], bytes: event.raw.length, tooLarge: false };
}

/** A delta or the stop of the held block. */
function feed(s: Stream, held: Held, event: StreamEvent): void {
  held.bytes += event.raw.length;
  if (held.bytes > MAX_HELD_BYTES) {
    held.tooLarge = true;
    held.raws = [];
    held.deltas = [];
  } else held.raws.push(event.raw);
  if (event.type === 'content_block_stop') return release(s, held);
  const delta = memberOf(event.root, 'delta');
  const piece = textOf(event.text, memberOf(delta, 'partial_json'));
  if (event.type !== 'content_block_delta' || textOf(event.text, memberOf(delta, 'type')) !== 'input_json_delta' || piece === undefined) {
    return breakOff(s, 'a tool_use block has something else than its input');
  }
  if (!held.tooLarge) held.deltas.push(piece);
}

function release(s: Stream, held: Held): void {
  const { start } = held;
  const block = memberOf(start.root, 'content_block');
  const input: InputRead = held.tooLarge
    ? { inputText: '', input: undefined, fault: 'held-too-large' }
    : inputOfDeltas(start.text, memberOf(block, 'input'), held.deltas.join(''));
  const fault = held.repeated ? 'repeated-id' : input.fault;
  const use: ToolUse = { id: held.id, name: held.name, ...input, fault };
  flush(s);
  s.out.push({
    kind: 'tool_use',
    use,
    // What may never be passed is not there to be passed.
    pass: fault === 'repeated-id' || fault === 'held-too-large' ? encodeText(leftOutFrames(held.index, fault)) : concatBytes(held.raws),
    substitute: (by: Substitute) => encodeText(substituteFrames(start.text, start.root, held.index, by)),
  });
  s.held = null;
  const waiting = s.waiting;
  s.waiting = [];
  s.waitingBytes = s.waitingStarts = 0;
  for (const event of waiting) if (!s.broken) handle(s, event);
}

function pass(s: Stream, bytes: Uint8Array): void {
  s.loose.push(bytes);
}

function flush(s: Stream): void {
  if (s.loose.length === 0) return;
  s.out.push({ kind: 'bytes', bytes: concatBytes(s.loose) });
  s.loose = [];
}

function breakOff(s: Stream, why: string): void {
  if (s.broken) return;
  flush(s);
  s.broken = true;
  s.held = null;
  s.waiting = [];
  s.log.complete = false;
  s.out.push({ kind: 'broken', why, bytes: errorEvent(`occasio: this answer was stopped: ${why}`) });
}
