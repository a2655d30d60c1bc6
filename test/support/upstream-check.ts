/**
 * What the public Messages API refuses in a request, and what a faithful proxy must leave as the model gave it.
 *
 * A conversation is read turn by turn: messages of one role in a row are one turn. `system` messages may stand inside
 * `messages`, behind a user turn; none may come between a tool_use and its result.
 */
import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from './upstream-turn.ts';

export interface Problem {
  readonly code: ProblemCode;
  /** `messages[3].content[0]`, `headers.x-api-key`, … */
  readonly where: string;
  readonly detail: string;
}

export type ProblemCode =
  | 'json' // no JSON object in well-formed UTF-8, or a lone surrogate in a string
  | 'headers' // no credential, no anthropic-version
  | 'role' // an unknown role, first not user, last not user or system, system between a tool_use and its result
  | 'content' // neither a string nor a list of blocks, empty, or a block of the wrong form
  | 'unanswered' // a tool_use without a tool_result in the next user turn
  | 'twice' // an id used or answered twice
  | 'orphan' // a tool_result without a tool_use in the turn before
  | 'not-first' // a tool_result behind another block of its turn
  | 'foreign' // a tool_use id that this upstream never issued
  | 'altered' // another name or input than the model gave
  | 'thinking' // a thinking block changed, or gone from before the tool_use it led to
  | 'text' // text beside a tool_use that the model did not write
  | 'cache-control'; // more than four breakpoints

/** What this upstream has said so far: it outlives one server, so that a resumed session can be checked. */
export interface Issued {
  readonly tools: Map<string, { readonly name: string; readonly input: JsonObject; readonly message: readonly JsonObject[] }>;
  readonly thinking: Map<string, JsonObject>;
  readonly texts: Set<string>;
}

export const nothingIssued = (): Issued => ({ tools: new Map(), thinking: new Map(), texts: new Set() });

export function remember(issued: Issued, content: readonly JsonObject[]): void {
  for (const block of content) {
    if (block['type'] === 'tool_use') {
      issued.tools.set(String(block['id']), { name: String(block['name']), input: (block['input'] ?? {}) as JsonObject, message: content });
    }
    if (block['type'] === 'text') issued.texts.add(String(block['text']).trim());
    if (block['type'] === 'thinking') issued.thinking.set(String(block['signature']), block);
    if (block['type'] === 'redacted_thinking') issued.thinking.set(String(block['data']), block);
  }
}

interface Placed {
  readonly where: string;
  readonly block: JsonObject;
}
interface Part {
  readonly role: string;
  readonly where: string;
  readonly blocks: Placed[];
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

function blocksOf(message: JsonObject, where: string, problem: Report): Placed[] {
  const content = message['content'];
  if (typeof content === 'string') {
    if (content === '') problem('content', where, 'empty string');
    return [{ where, block: { type: 'text', text: content } }];
  }
  // A system message may be empty: Claude Code hangs a change of output_config on one.
  if (!Array.isArray(content) || (content.length === 0 && message['role'] !== 'system')) {
    problem('content', where, 'want a string or a list of blocks');
    return [];
  }
  return content.flatMap((block: unknown, index) => {
    const place = `${where}.content[${index}]`;
    if (!isObject(block) || typeof block['type'] !== 'string') return problem('content', place, 'a block without a type'), [];
    if (block['type'] === 'text' && (typeof block['text'] !== 'string' || block['text'] === '')) problem('content', place, 'text blocks must be non-empty');
    return [{ where: place, block }];
  });
}

type Report = (code: ProblemCode, where: string, detail: string) => void;

function parts(messages: readonly unknown[], problem: Report): Part[] {
  const out: Part[] = [];
  messages.forEach((message, index) => {
    const where = `messages[${index}]`;
    if (!isObject(message)) return problem('content', where, 'not an object');
    const role = String(message['role']);
    if (!['user', 'assistant', 'system'].includes(role)) problem('role', where, `unknown role ${role}`);
    const blocks = blocksOf(message, where, problem);
    const last = out.at(-1);
    if (last?.role === role) last.blocks.push(...blocks);
    else out.push({ role, where, blocks });
  });
  if (out[0]?.role !== 'user') problem('role', 'messages[0]', 'want a user message first');
  if (out.at(-1)?.role === 'assistant') problem('role', out.at(-1)?.where ?? '', 'ends with an assistant message');
  return out;
}

/** Claude Code writes the default of Edit's optional member into the history. */
const withDefaults = (name: string, input: unknown): unknown => (name === 'Edit' && isObject(input) ? { replace_all: false, ...input } : input);

function checkAssistant(part: Part, issued: Issued, problem: Report): void {
  for (const { where, block } of part.blocks) {
    if (block['type'] === 'thinking' || block['type'] === 'redacted_thinking') {
      const key = String(block['type'] === 'thinking' ? block['signature'] : block['data']);
      const { cache_control: _, ...plain } = block;
      if (!isDeepStrictEqual(issued.thinking.get(key), plain)) problem('thinking', where, `not as issued: ${JSON.stringify(block).slice(0, 120)}`);
    }
    if (block['type'] === 'tool_use') checkToolUse(part, where, block, issued, problem);
  }
  if (!part.blocks.some(({ block }) => issued.tools.has(String(block['id'])))) return;
  for (const { where, block } of part.blocks) {
    if (block['type'] === 'text' && !issued.texts.has(String(block['text']).trim())) problem('text', where, JSON.stringify(block['text']).slice(0, 120));
  }
}

function checkToolUse(part: Part, where: string, block: JsonObject, issued: Issued, problem: Report): void {
  const id = String(block['id']);
  const known = issued.tools.get(id);
  if (known === undefined) return problem('foreign', where, `${id} ${String(block['name'])}`);
  if (block['name'] !== known.name) problem('altered', where, `name ${String(block['name'])}, want ${known.name}`);
  else if (!isDeepStrictEqual(withDefaults(known.name, block['input']), withDefaults(known.name, known.input))) {
    problem('altered', where, `input ${JSON.stringify(block['input'])}, want ${JSON.stringify(known.input)}`);
  }
  for (const thought of known.message) {
    if (thought['type'] === 'thinking' && !part.blocks.some((placed) => placed.block['signature'] === thought['signature'])) {
      problem('thinking', where, 'the thinking before this tool_use is gone');
    }
  }
}

const typed = (part: Part | undefined, type: string): Placed[] => (part?.blocks ?? []).filter((placed) => placed.block['type'] === type);

function checkAnswers(all: readonly Part[], problem: Report): void {
  const used = new Set<string>();
  all.forEach((part, index) => {
    if (part.role !== 'assistant') return checkResults(part, all[index - 1], problem);
    const next = all[index + 1];
    const answered = new Set(typed(next?.role === 'user' ? next : undefined, 'tool_result').map((placed) => String(placed.block['tool_use_id'])));
    for (const { where, block } of typed(part, 'tool_use')) {
      const id = String(block['id']);
      if (used.has(id)) problem('twice', where, `tool_use id ${id}`);
      used.add(id);
      if (!answered.has(id)) problem('unanswered', where, `${id} ${String(block['name'])}`);
      if (next?.role === 'system') problem('role', next.where, 'a system message between a tool_use and its result');
    }
  });
}

function checkResults(part: Part, before: Part | undefined, problem: Report): void {
  const asked = new Set(typed(before?.role === 'assistant' ? before : undefined, 'tool_use').map((placed) => String(placed.block['id'])));
  const seen = new Set<string>();
  let other = false;
  for (const { where, block } of part.blocks) {
    if (block['type'] !== 'tool_result') other = true;
    else {
      const id = String(block['tool_use_id']);
      if (!asked.has(id)) problem('orphan', where, id);
      if (seen.has(id)) problem('twice', where, `tool_result for ${id}`);
      if (other) problem('not-first', where, id);
      if (block['is_error'] !== undefined && typeof block['is_error'] !== 'boolean') problem('content', where, 'is_error is no boolean');
      if (block['content'] !== undefined && typeof block['content'] !== 'string' && !Array.isArray(block['content'])) problem('content', where, 'neither string nor list');
      seen.add(id);
    }
  }
}

function breakpoints(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + breakpoints(one), 0);
  if (!isObject(value)) return 0;
  const inside = value['content'] === undefined ? 0 : breakpoints(value['content']);
  return inside + (isObject(value['cache_control']) ? 1 : 0);
}

/** All problems of one request body that has `messages`, in the order of the text. */
export function checkBody(body: JsonObject, issued: Issued): Problem[] {
  const problems: Problem[] = [];
  const problem: Report = (code, where, detail) => void problems.push({ code, where, detail });
  const messages = body['messages'];
  if (!Array.isArray(messages) || messages.length === 0) return [{ code: 'content', where: 'messages', detail: 'want a list of messages' }];
  const all = parts(messages, problem);
  for (const part of all) if (part.role === 'assistant') checkAssistant(part, issued, problem);
  checkAnswers(all, problem);
  const marks = breakpoints(body['system']) + breakpoints(body['tools']) + breakpoints(messages);
  if (marks > 4) problem('cache-control', 'body', `${marks} breakpoints`);
  return problems;
}
