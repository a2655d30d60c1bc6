/**
 * One event of a streamed answer. Some clients go by the `event` field, some by the `type` in the data, some by both: an
 * event is read only where they agree.
 */

import { caseVariant, hidesToolUse } from './anthropic-types.ts';
import { memberOf, parseJson, textOf, valueOf } from './json.ts';
import type { JsonNode } from './json.ts';
import type { Frame } from './sse.ts';

export interface StreamEvent {
  readonly raw: Uint8Array;
  /** `end-mark` for the `[DONE]` that some gateways add, and for a frame without data. */
  readonly type: string;
  readonly index: number | null;
  /** The data, and its value. */
  readonly text: string;
  readonly root: JsonNode;
}

const NOTHING: JsonNode = { kind: 'null', start: 0, end: 0 };

/** The event of a frame, or why it has none that all clients agree on. */
export function readEvent(frame: Frame): StreamEvent | string {
  const { raw, data } = frame;
  if (data === null || data.trim() === '') return frame.event === null || frame.event === '' || frame.event === 'ping' ? bare(raw) : 'an event has no data';
  if (data === '[DONE]') return bare(raw);
  const parsed = parseJson(data);
  if (!parsed.ok) return parsed.fault.code === 'duplicate-name' ? 'an event names a member twice' : 'an event is not JSON';
  const { root } = parsed;
  if (root.kind !== 'object') return 'an event is not an object';
  const typeNode = memberOf(root, 'type');
  const named = frame.event === null || frame.event === '' ? undefined : frame.event;
  // An error's data has no type at some gateways.
  const type = typeNode === undefined && named === 'error' ? 'error' : textOf(data, typeNode);
  if (type === undefined) return 'an event has no type';
  if (named !== undefined && named !== type) return 'an event has two names';
  for (const node of [root, memberOf(root, 'delta'), memberOf(root, 'message')]) {
    if (caseVariant(node) !== undefined) return 'an event has a member that differs from a known one only in case';
  }
  // The one place for a call is the block that a content_block_start begins.
  const elsewhere = root.members.filter(({ name }) => name !== 'content_block' || type !== 'content_block_start');
  if (hidesToolUse(data, { ...root, members: elsewhere }) || hidesToolUse(data, memberOf(root, 'content_block'))) return 'a tool_use stands where none belongs';
  return { raw, type, index: indexOf(data, memberOf(root, 'index')), text: data, root };
}

function bare(raw: Uint8Array): StreamEvent {
  return { raw, type: 'end-mark', index: null, text: '', root: NOTHING };
}

function indexOf(text: string, node: JsonNode | undefined): number | null {
  if (node?.kind !== 'number') return null;
  const written = text.slice(node.start, node.end);
  return /^(?:0|[1-9][0-9]{0,8})$/.test(written) ? (valueOf(text, node) as number) : null;
}
