/**
 * What one response says of itself, and the order its events must keep. Clients differ in how they join events into blocks:
 * by index, by position in a list, by "the block in progress". A tool call is passed only where all of them see the same
 * call: its message counts its blocks 0, 1, 2, …, each index is started once, and every delta and stop has a block.
 * A message of words alone may count as it likes.
 */

import { caseVariant, isKnownType, resemblesToolUse, SERVER_CALLS, WORDS } from './anthropic-types.ts';
import { nextMessage, noteUsage, openUsage, usageOf } from './anthropic-usage.ts';
import type { UsageLog } from './anthropic-usage.ts';
import type { ResponseSummary } from './events.ts';
import { memberOf, textOf } from './json.ts';
import type { JsonNode } from './json.ts';

export interface ReaderOptions {
  /** Break off at a block or event type that this version does not know, instead of recording it. */
  readonly refuseUnknown?: boolean;
  /** Ids of tool calls that the conversation holds already: one that comes again is a repeated id. */
  readonly knownIds?: ReadonlySet<string>;
}

export const MAX_HELD_BYTES = 8 * 1024 * 1024;
/** Longest id or name of a tool call. */
export const MAX_NAME = 256;

export interface MessageLog {
  model: string | null;
  messageId: string | null;
  stopReason: string | null;
  complete: boolean;
  /** Ids of the tool calls, in the order they came. */
  readonly issued: Set<string>;
  readonly unscanned: Set<string>;
  readonly upstream: Set<string>;
  readonly usage: UsageLog;
}

export function openLog(): MessageLog {
  return {
    model: null,
    messageId: null,
    stopReason: null,
    complete: false,
    issued: new Set(),
    unscanned: new Set(),
    upstream: new Set(),
    usage: openUsage(),
  };
}

export function summarize(log: MessageLog): ResponseSummary {
  return {
    message_id: log.messageId,
    model: log.model,
    stop_reason: log.stopReason,
    tool_use_ids: [...log.issued],
    unscanned: [...log.unscanned],
    executed_upstream: [...log.upstream],
    ...usageOf(log.usage),
    complete: log.complete,
  };
}

/** Takes in what a message says of itself; `whole`: it is not the `message` of message_start but all of the answer. */
export function noteMessage(log: MessageLog, text: string, message: JsonNode | undefined, whole: boolean): void {
  log.model = textOf(text, memberOf(message, 'model')) ?? log.model;
  log.messageId = textOf(text, memberOf(message, 'id')) ?? log.messageId;
  log.stopReason = textOf(text, memberOf(message, 'stop_reason')) ?? log.stopReason;
  nextMessage(log.usage);
  noteUsage(log.usage, text, memberOf(message, 'usage'), whole);
}

export interface BlockHead {
  readonly type: string;
  readonly tool: { readonly id: string; readonly name: string } | null;
}

/** Reads the head of a content block and records what nobody will judge. A string says why the block cannot be passed. */
export function readBlock(log: MessageLog, text: string, block: JsonNode | undefined, refuseUnknown: boolean): BlockHead | string {
  const type = textOf(text, memberOf(block, 'type'));
  if (type === undefined) return 'a content block has no type';
  const variant = caseVariant(block);
  if (variant !== undefined) return 'a content block has a member that differs from a known one only in case';
  if (resemblesToolUse(type)) return 'a content block has a type that differs from tool_use only in writing';
  if (type === 'tool_use') {
    const id = textOf(text, memberOf(block, 'id')) ?? '';
    const name = textOf(text, memberOf(block, 'name')) ?? '';
    if (id === '' || name === '' || id.length > MAX_NAME || name.length > MAX_NAME) return `a tool_use has no id or name of 1 to ${MAX_NAME} characters`;
    return { type, tool: { id, name } };
  }
  if (SERVER_CALLS.has(type)) log.upstream.add((textOf(text, memberOf(block, 'name')) ?? 'unnamed').slice(0, MAX_NAME));
  else if (!WORDS.has(type)) {
    if (refuseUnknown && !isKnownType(type)) return 'a content block has an unknown type';
    log.unscanned.add(type.slice(0, MAX_NAME));
  }
  return { type, tool: null };
}

/** Counts an issued call; true when its id was there before. */
export function issue(log: MessageLog, id: string, options: ReaderOptions): boolean {
  const repeated = log.issued.has(id) || options.knownIds?.has(id) === true;
  log.issued.add(id);
  return repeated;
}
