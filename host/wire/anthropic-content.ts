/**
 * The content of a request's messages, block by block, as items for a judge. Known blocks give the texts a person or a tool
 * wrote; of an unknown block every string is an item, and its type is recorded as unscanned. Thinking is signed by the
 * upstream and never an item; encoded data (images, PDF) is recorded as unscanned. All of it is attacker-controlled.
 */

import { CONTENT, SERVER_CALLS, SERVER_RESULTS, WORDS } from './anthropic-types.ts';
import { utf8Length } from './bytes.ts';
import type { Attachment, Edit, Input, RequestItem, Span, TextPart } from './events.ts';
import { memberOf, textOf, valueOf } from './json.ts';
import type { JsonNode } from './json.ts';

export type Role = 'system' | 'user' | 'assistant';

export interface Intake {
  readonly text: string;
  readonly items: RequestItem[];
  readonly attachments: Attachment[];
  readonly unscanned: Set<string>;
  /** What does not have the form of the protocol: the body is refused. */
  fault: { readonly at: number; readonly what: string } | null;
}

/** A `content` (or `system`) value: a string or a list of blocks. */
export function takeContent(to: Intake, role: Role, content: JsonNode): void {
  if (content.kind === 'string') return addTexts(to, role, partsOf(to.text, content));
  if (content.kind !== 'array') return misfit(to, content, 'content is neither text nor a list of blocks');
  for (const block of content.items) takeBlock(to, role, block);
}

function takeBlock(to: Intake, role: Role, block: JsonNode): void {
  const type = textOf(to.text, memberOf(block, 'type'));
  if (type === undefined) return misfit(to, block, 'a content block has no type');
  if (type === 'tool_use') return takeToolUse(to, block);
  if (type === 'tool_result') return takeToolResult(to, block);
  if (type === 'thinking' || type === 'redacted_thinking') {
    to.unscanned.add(type);
    return;
  }
  if (type === 'image' || (type === 'document' && !isReadable(to, block))) to.attachments.push({ before: to.items.length, replace: (text) => replaceBlock(to.text, block, text) });
  addTexts(to, role, blockTexts(to, type, block));
}

function isReadable(to: Intake, block: JsonNode): boolean {
  const type = textOf(to.text, memberOf(memberOf(block, 'source'), 'type'));
  return type === 'text' || type === 'content';
}

function replaceBlock(text: string, block: JsonNode, by: string): Edit {
  const breakpoint = memberOf(block, 'cache_control');
  const kept = breakpoint === undefined ? '' : `,"cache_control":${text.slice(breakpoint.start, breakpoint.end)}`;
  return { span: spanOf(block), json: `{"type":"text","text":${JSON.stringify(by)}${kept}}` };
}

function takeToolUse(to: Intake, block: JsonNode): void {
  const { text } = to;
  const idNode = memberOf(block, 'id');
  const nameNode = memberOf(block, 'name');
  const inputNode = memberOf(block, 'input');
  const id = textOf(text, idNode);
  const name = textOf(text, nameNode);
  if (id === undefined || name === undefined || nameNode === undefined || inputNode?.kind !== 'object') {
    return misfit(to, block, 'a tool_use has no id, name or input object');
  }
  to.items.push({
    kind: 'tool_use',
    id,
    name,
    input: valueOf(text, inputNode) as Input,
    nameSpan: spanOf(nameNode),
    inputSpan: spanOf(inputNode),
    strings: leaves(text, inputNode, NO_SKIP),
  });
}

function takeToolResult(to: Intake, block: JsonNode): void {
  const toolUseId = textOf(to.text, memberOf(block, 'tool_use_id'));
  if (toolUseId === undefined) return misfit(to, block, 'a tool_result has no tool_use_id');
  const content = memberOf(block, 'content');
  const parts: TextPart[] = [];
  if (content?.kind === 'array') for (const inner of content.items) parts.push(...resultTexts(to, inner));
  else if (content?.kind === 'string') parts.push(...partsOf(to.text, content));
  else if (content !== undefined && content.kind !== 'null') return misfit(to, content, 'the content of a tool_result is neither text nor a list of blocks');
  to.items.push({
    kind: 'tool_result',
    toolUseId,
    isError: memberOf(block, 'is_error')?.kind === 'true',
    parts,
    bytes: content === undefined ? 0 : utf8Length(to.text, content.start, content.end),
    replace: (text, isError) => replaceResult(to.text, block, text, isError),
  });
}

function resultTexts(to: Intake, block: JsonNode): readonly TextPart[] {
  const type = textOf(to.text, memberOf(block, 'type'));
  if (type === undefined) {
    misfit(to, block, 'a content block has no type');
    return [];
  }
  return blockTexts(to, type, block);
}

/** Members whose strings are no content: names of the protocol, and values the upstream signed or encoded. */
const STRUCTURE: ReadonlySet<string> = new Set(['type', 'cache_control']);
const SEALED: ReadonlySet<string> = new Set([...STRUCTURE, 'id', 'tool_use_id', 'file_id', 'encrypted_content', 'encrypted_index', 'signature', 'media_type']);
const NO_SKIP: ReadonlySet<string> = new Set();

/** The texts of a block that is neither tool_use nor tool_result nor thinking. */
function blockTexts(to: Intake, type: string, block: JsonNode): readonly TextPart[] {
  const { text } = to;
  const part = (name: string): readonly TextPart[] => partsOf(text, memberOf(block, name));
  switch (type) {
    case 'text':
      if (memberOf(block, 'citations')?.kind === 'array') to.unscanned.add('citations');
      return part('text');
    case 'image':
      to.unscanned.add(type);
      return [];
    case 'document':
      return [...part('title'), ...part('context'), ...documentTexts(to, memberOf(block, 'source'))];
    case 'search_result':
      return [...part('source'), ...part('title'), ...nestedTexts(to, memberOf(block, 'content'))];
    case 'tool_reference':
      return [];
    case 'compaction':
      return part('content');
    default:
      if (SERVER_CALLS.has(type)) return leaves(text, memberOf(block, 'input'), NO_SKIP);
      if (SERVER_RESULTS.has(type)) return leaves(text, memberOf(block, 'content'), SEALED);
      to.unscanned.add(type.slice(0, 256));
      return WORDS.has(type) || CONTENT.has(type) ? [] : leaves(text, block, STRUCTURE);
  }
}

/** {type:"text",data} and {type:"content",content} are read; base64, url and file are not. */
function documentTexts(to: Intake, source: JsonNode | undefined): readonly TextPart[] {
  const type = textOf(to.text, memberOf(source, 'type'));
  if (type === 'text') return partsOf(to.text, memberOf(source, 'data'));
  if (type === 'content') return nestedTexts(to, memberOf(source, 'content'));
  to.unscanned.add('document');
  return [];
}

function nestedTexts(to: Intake, content: JsonNode | undefined): readonly TextPart[] {
  if (content?.kind === 'array') return content.items.flatMap((block) => resultTexts(to, block));
  return partsOf(to.text, content);
}

/** A name of letters alone, as programs write them: too many to be judged one by one, and no secret. */
const PLAIN_NAME = /^[a-z][A-Za-z_-]{0,31}$/;

/** Every string below a value, in order, names of members that are no plain words too; but nothing under the names in `skip`. */
export function leaves(text: string, node: JsonNode | undefined, skip: ReadonlySet<string>): readonly TextPart[] {
  const found: TextPart[] = [];
  const walk = (at: JsonNode): void => {
    if (at.kind === 'string') found.push(...partsOf(text, at));
    else if (at.kind === 'array') at.items.forEach(walk);
    else if (at.kind === 'object') {
      for (const { name, key, value } of at.members) {
        if (skip.has(name)) continue;
        if (!PLAIN_NAME.test(name)) found.push({ span: spanOf(key), text: name });
        walk(value);
      }
    }
  };
  if (node !== undefined) walk(node);
  return found;
}

export function partsOf(text: string, node: JsonNode | undefined): readonly TextPart[] {
  const value = textOf(text, node);
  return value === undefined || node === undefined ? [] : [{ span: spanOf(node), text: value }];
}

export function addTexts(to: Intake, role: Role, parts: readonly TextPart[]): void {
  for (const part of parts) to.items.push({ kind: 'text', role, part });
}

export function misfit(to: Intake, node: JsonNode, what: string): void {
  to.fault ??= { at: node.start, what };
}

export function spanOf(node: JsonNode): Span {
  return { start: node.start, end: node.end };
}

/**
 * Edits that put a text and a flag in the place of a result. A cache breakpoint inside the content stays, so that a refusal
 * does not move what the upstream has cached.
 */
function replaceResult(text: string, block: JsonNode, by: string, isError: boolean): readonly Edit[] {
  const content = memberOf(block, 'content');
  const flag = memberOf(block, 'is_error');
  const anchor = memberOf(block, 'tool_use_id');
  const json = contentOf(text, content, by);
  const edits: Edit[] = [];
  let added = '';
  if (content === undefined) added += `,"content":${json}`;
  else edits.push({ span: spanOf(content), json });
  if (flag === undefined) added += isError ? ',"is_error":true' : '';
  else edits.push({ span: spanOf(flag), json: String(isError) });
  if (added !== '' && anchor !== undefined) edits.push({ span: { start: anchor.end, end: anchor.end }, json: added });
  return edits;
}

function contentOf(text: string, content: JsonNode | undefined, by: string): string {
  const blocks = content?.kind === 'array' ? content.items : [];
  const breakpoint = blocks.map((block) => memberOf(block, 'cache_control')).findLast((node) => node !== undefined && node.kind !== 'null');
  if (breakpoint === undefined) return JSON.stringify(by);
  return `[{"type":"text","text":${JSON.stringify(by)},"cache_control":${text.slice(breakpoint.start, breakpoint.end)}}]`;
}
