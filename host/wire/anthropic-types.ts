/**
 * Anthropic Messages: the block types and body members that are known, as data, and what each means for a judge. A type that
 * is not here is passed, its strings are judged, and its name is recorded as unscanned.
 */

import { memberOf, textOf } from './json.ts';
import type { JsonNode } from './json.ts';

/** Blocks of the model's own words. They are passed; thinking is signed and is never edited. */
export const WORDS: ReadonlySet<string> = new Set(['text', 'thinking', 'redacted_thinking']);

/** Tool calls that ran, or will run, in the upstream and not at the client. */
export const SERVER_CALLS: ReadonlySet<string> = new Set(['server_tool_use', 'mcp_tool_use']);

/** Blocks that carry what such a call gave. */
export const SERVER_RESULTS: ReadonlySet<string> = new Set([
  'web_search_tool_result',
  'web_fetch_tool_result',
  'code_execution_tool_result',
  'bash_code_execution_tool_result',
  'text_editor_code_execution_tool_result',
  'tool_search_tool_result',
  'mcp_tool_result',
]);

/** Other blocks that a request may hold. */
export const CONTENT: ReadonlySet<string> = new Set([
  'tool_use',
  'tool_result',
  'image',
  'document',
  'search_result',
  'tool_reference',
  'container_upload',
  'compaction',
]);

/** Tools of the API's own definition that the client executes: their calls come down as tool_use. All other types run upstream. */
const CLIENT_TOOL = /^(?:custom|(?:bash|text_editor|computer|memory)_[0-9]{8})$/;

export function runsUpstream(toolType: string): boolean {
  return !CLIENT_TOOL.test(toolType);
}

/** Members of a request body that hold no text of a conversation. */
export const SETTINGS: ReadonlySet<string> = new Set([
  'model', 'max_tokens', 'stream', 'temperature', 'top_p', 'top_k', 'stop_sequences', 'tool_choice', 'metadata', 'thinking',
  'context_management', 'output_config', 'output_format', 'service_tier', 'container', 'betas', 'speed', 'inference_geo',
  'anthropic_version', 'anthropic_beta', 'cache_control',
]);

/** True for a type named above: what `unscanned` lists beyond these is unknown to this version. */
export function isKnownType(type: string): boolean {
  return WORDS.has(type) || SERVER_CALLS.has(type) || SERVER_RESULTS.has(type) || CONTENT.has(type) || type === 'citations' || type === 'member safeguards';
}

/** Members that steer a reader of a response. */
const STEERING: ReadonlySet<string> = new Set(['type', 'index', 'content_block', 'delta', 'message', 'content', 'id', 'name', 'input', 'partial_json']);

/**
 * A member whose name is one of those but for letter case: some readers match names without regard to case, the last one
 * winning. Undefined when there is none.
 */
export function caseVariant(node: JsonNode | undefined): string | undefined {
  if (node?.kind !== 'object') return undefined;
  return node.members.find(({ name }) => !STEERING.has(name) && STEERING.has(foldCase(name)))?.name;
}

/** A type that is `tool_use` but for case, spaces or separators: nothing real sends it, a lenient reader might run it. */
export function resemblesToolUse(type: string): boolean {
  return type !== 'tool_use' && foldCase(type).replace(/[^a-z]/g, '') === 'tooluse';
}

/**
 * True when a tool_use, or what resembles one, stands somewhere below the value: in a place where this version looks for none
 * and some client might. Inputs of tools are the model's own words and not looked into.
 */
export function hidesToolUse(text: string, node: JsonNode | undefined): boolean {
  if (node?.kind === 'array') return node.items.some((item) => isToolUse(text, item) || hidesToolUse(text, item));
  if (node?.kind !== 'object') return false;
  return node.members.some(({ name, value }) => name !== 'input' && (isToolUse(text, value) || hidesToolUse(text, value)));
}

function isToolUse(text: string, node: JsonNode): boolean {
  const type = textOf(text, memberOf(node, 'type'));
  return type !== undefined && (type === 'tool_use' || resemblesToolUse(type));
}

/** Simple case folding, the long s and the Kelvin sign included. */
export function foldCase(text: string): string {
  return text.toUpperCase().toLowerCase();
}
