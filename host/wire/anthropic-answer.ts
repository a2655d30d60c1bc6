/**
 * An answer of Anthropic Messages in one JSON document ("stream": false; clients ask so again, silently, when a stream fails,
 * and run the tools in it). The same reader as for a stream: it gathers the body, and at its end yields the bytes between the
 * tool_use blocks and the blocks, in order. A document without `content` (an error, a token count) is passed untouched.
 */

import { errorBody } from './anthropic-error.ts';
import { inputOfNode } from './anthropic-input.ts';
import { issue, MAX_HELD_BYTES, noteMessage, openLog, readBlock, summarize } from './anthropic-message.ts';
import type { BlockHead, MessageLog, ReaderOptions } from './anthropic-message.ts';
import { caseVariant, hidesToolUse } from './anthropic-types.ts';
import { concatBytes, decodeText, encodeText } from './bytes.ts';
import type { ResponseEvent, ResponseReader } from './events.ts';
import { memberOf, parseJson } from './json.ts';
import type { JsonNode } from './json.ts';
import { leftOutBlock, substituteBlock } from './substitute.ts';

export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export function readJsonAnswer(options: ReaderOptions = {}): ResponseReader {
  const log = openLog();
  let chunks: Uint8Array[] = [];
  let size = 0;
  let over = false;
  const broken = (why: string): readonly ResponseEvent[] => {
    over = true;
    chunks = [];
    log.complete = false;
    return [{ kind: 'broken', why, bytes: errorBody(`occasio: this answer was stopped: ${why}`) }];
  };
  return {
    push(chunk) {
      if (over) return [];
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) return broken(`it is larger than ${MAX_ANSWER_BYTES} bytes`);
      chunks.push(chunk.slice());
      return [];
    },
    end() {
      if (over || size === 0) return [];
      const body = concatBytes(chunks);
      const text = decodeText(body);
      if (text === undefined) return broken('it is not UTF-8');
      const parsed = parseJson(text);
      if (!parsed.ok) return broken(parsed.fault.code === 'duplicate-name' ? 'it names a member twice' : 'it is not JSON');
      over = true;
      chunks = [];
      const events = readMessage(log, text, body, parsed.root, options);
      return typeof events === 'string' ? broken(events) : events;
    },
    // No sign of life may stand in a JSON document.
    holding: () => false,
    summary: () => summarize(log),
  };
}

function readMessage(log: MessageLog, text: string, body: Uint8Array, root: JsonNode, options: ReaderOptions): readonly ResponseEvent[] | string {
  if (caseVariant(root) !== undefined) return 'it has a member that differs from a known one only in case';
  noteMessage(log, text, root, true);
  const around = root.kind === 'object' ? { ...root, members: root.members.filter(({ name }) => name !== 'content') } : root;
  if (hidesToolUse(text, around)) return 'a tool_use stands where none belongs';
  const content = memberOf(root, 'content');
  if (content === undefined) {
    log.complete = true;
    return [{ kind: 'bytes', bytes: body }];
  }
  if (content.kind !== 'array') return 'its content is not a list';
  const events: ResponseEvent[] = [];
  let at = 0;
  for (const block of content.items) {
    const head = readBlock(log, text, block, options.refuseUnknown === true);
    if (typeof head === 'string') return head;
    if (hidesToolUse(text, block)) return 'a tool_use stands where none belongs';
    if (head.tool === null) continue;
    events.push({ kind: 'bytes', bytes: encodeText(text.slice(at, block.start)) });
    events.push(heldBlock(log, text, block, head.tool, options));
    at = block.end;
  }
  log.complete = true;
  const rest = at === 0 ? body : encodeText(text.slice(at));
  events.push({ kind: 'bytes', bytes: rest });
  return events;
}

function heldBlock(log: MessageLog, text: string, block: JsonNode, tool: NonNullable<BlockHead['tool']>, options: ReaderOptions): ResponseEvent {
  const repeated = issue(log, tool.id, options);
  const pass = encodeText(text.slice(block.start, block.end));
  const tooLarge = pass.length > MAX_HELD_BYTES;
  const input = tooLarge ? { inputText: '', input: undefined, fault: 'held-too-large' as const } : inputOfNode(text, memberOf(block, 'input'));
  const fault = repeated ? 'repeated-id' : input.fault;
  return {
    kind: 'tool_use',
    use: { id: tool.id, name: tool.name, ...input, fault },
    pass: fault === 'repeated-id' || fault === 'held-too-large' ? encodeText(leftOutBlock(fault)) : pass,
    substitute: (by) => encodeText(substituteBlock(text, block, block, by.name, JSON.stringify(by.input))),
  };
}
