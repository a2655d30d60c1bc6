/**
 * The input of a tool_use, from what the upstream sent: the start block's `input` member and the joined `partial_json`
 * deltas. Clients differ in which of the two they run when both are given, and in how they read a text that is not JSON;
 * such a call has a fault, and so no meaning but a refusal.
 */

import { depthOf, MAX_INPUT_DEPTH, parseJson, valueOf } from './json.ts';
import type { JsonNode } from './json.ts';
import type { Input, ToolUse } from './events.ts';

export type InputRead = Pick<ToolUse, 'inputText' | 'input' | 'fault'>;

/** Input joined from deltas; `given` is the start block's input, standing in `text`. */
export function inputOfDeltas(text: string, given: JsonNode | undefined, deltas: string): InputRead {
  if (deltas === '') return inputOfNode(text, given);
  if (!isEmpty(text, given)) return { inputText: deltas, input: undefined, fault: 'input-not-json' };
  const parsed = parseJson(deltas, MAX_INPUT_DEPTH);
  if (!parsed.ok) return { inputText: deltas, input: undefined, fault: 'input-not-json' };
  return { inputText: deltas, ...objectOf(deltas, parsed.root) };
}

/** Input that stands whole in a block. Absent, null, "" and {} are the empty input. */
export function inputOfNode(text: string, node: JsonNode | undefined): InputRead {
  if (node === undefined || isEmpty(text, node)) return { inputText: '', input: {}, fault: null };
  const inputText = text.slice(node.start, node.end);
  if (depthOf(node) > MAX_INPUT_DEPTH) return { inputText, input: undefined, fault: 'input-not-json' };
  return { inputText, ...objectOf(text, node) };
}

function isEmpty(text: string, node: JsonNode | undefined): boolean {
  if (node === undefined || node.kind === 'null') return true;
  if (node.kind === 'object') return node.members.length === 0;
  return node.kind === 'string' && text.slice(node.start, node.end) === '""';
}

function objectOf(text: string, node: JsonNode): Pick<ToolUse, 'input' | 'fault'> {
  if (node.kind !== 'object') return { input: undefined, fault: 'input-not-object' };
  return { input: valueOf(text, node) as Input, fault: null };
}
