/**
 * A request body of Anthropic Messages (messages and count_tokens alike), taken apart for a judge and put together again.
 *
 *     {"model":…,"system":text|[block…],"messages":[{"role":…,"content":text|[block…]}…],"tools":[{"name","description"}…],…}
 *
 * Items stand in the order of the body. An edit replaces a value where it stands; every other byte goes on as it came, so
 * the same edits in the next request leave the upstream's cached prefix as it was. Content is attacker-controlled.
 */

import { addTexts, leaves, misfit, partsOf, spanOf, takeContent } from './anthropic-content.ts';
import type { Intake, Role } from './anthropic-content.ts';
import { runsUpstream, SETTINGS } from './anthropic-types.ts';
import { badUtf8Offset, decodeText, encodeText, splice, utf8Length } from './bytes.ts';
import type { OfferedServerTool, RequestFault, RequestParse, RequestView } from './events.ts';
import { memberOf, parseJson, textOf, valueOf } from './json.ts';
import type { JsonFault, JsonNode } from './json.ts';

export function parseRequest(body: Uint8Array): RequestParse {
  const text = decodeText(body);
  if (text === undefined) return refuse('utf8', badUtf8Offset(body), 'the body is not UTF-8');
  const parsed = parseJson(text);
  if (!parsed.ok) return refuse(FAULTS[parsed.fault.code], utf8Length(text, 0, parsed.fault.at), WORDS[parsed.fault.code]);
  const { root } = parsed;
  if (root.kind !== 'object') return refuse('shape', 0, 'the body is not an object');
  const to: Intake = { text, items: [], attachments: [], unscanned: new Set(), fault: null };
  const offered: OfferedServerTool[] = [];
  for (const { name, value } of root.members) {
    if (name === 'system') takeContent(to, 'system', value);
    else if (name === 'messages') takeMessages(to, value);
    else if (name === 'tools') takeTools(to, value, offered);
    else if (name === 'mcp_servers') takeConnectors(to, value, offered);
    else if (!SETTINGS.has(name)) takeUnknown(to, name, value);
  }
  if (to.fault !== null) return refuse('shape', utf8Length(text, 0, to.fault.at), to.fault.what);
  const userId = textOf(text, memberOf(memberOf(root, 'metadata'), 'user_id'));
  const toolList = memberOf(root, 'tools');
  const view: RequestView = {
    offersTools: toolList?.kind === 'array' && toolList.items.length > 0,
    model: textOf(text, memberOf(root, 'model')) ?? null,
    stream: memberOf(root, 'stream')?.kind === 'true',
    maxTokens: countOf(text, memberOf(root, 'max_tokens')),
    speed: textOf(text, memberOf(root, 'speed')) ?? null,
    inferenceGeo: textOf(text, memberOf(root, 'inference_geo')) ?? null,
    sessionId: userId === undefined ? null : sessionOf(userId),
    agentId: null,
    items: to.items,
    attachments: to.attachments,
    offered,
    unscanned: [...to.unscanned],
    edit: (edits) => (edits.length === 0 ? body : encodeText(splice(text, edits))),
  };
  return { ok: true, view };
}

/** Who asks: the headers of a request come first, then what its body says. `header` gives a header's value by lower-case name. */
export function identify(view: RequestView, header: (name: string) => string | null | undefined): { readonly sessionId: string | null; readonly agentId: string | null } {
  return {
    sessionId: identifier(header('x-claude-code-session-id')) ?? view.sessionId,
    agentId: identifier(header('x-claude-code-agent-id')) ?? view.agentId,
  };
}

function takeMessages(to: Intake, messages: JsonNode): void {
  if (messages.kind !== 'array') return misfit(to, messages, 'messages is not a list');
  for (const message of messages.items) {
    const role = textOf(to.text, memberOf(message, 'role'));
    const content = memberOf(message, 'content');
    if (role === undefined || content === undefined) misfit(to, message, 'a message has no role or content');
    else takeContent(to, asRole(role), content);
  }
}

function asRole(role: string): Role {
  return role === 'assistant' || role === 'system' ? role : 'user';
}

function takeTools(to: Intake, tools: JsonNode, offered: OfferedServerTool[]): void {
  if (tools.kind === 'null') return;
  if (tools.kind !== 'array') return misfit(to, tools, 'tools is not a list');
  for (const tool of tools.items) {
    addTexts(to, 'system', partsOf(to.text, memberOf(tool, 'description')));
    const schema = memberOf(tool, 'input_schema');
    if (schema !== undefined) addTexts(to, 'system', leaves(to.text, schema, new Set(['type', '$schema'])));
    const type = textOf(to.text, memberOf(tool, 'type')) ?? 'custom';
    const name = textOf(to.text, memberOf(tool, 'name')) ?? textOf(to.text, memberOf(tool, 'mcp_server_name')) ?? '';
    if (runsUpstream(type)) offered.push({ type, name, span: spanOf(tool) });
  }
}

function takeConnectors(to: Intake, servers: JsonNode, offered: OfferedServerTool[]): void {
  if (servers.kind === 'null') return;
  if (servers.kind !== 'array') return misfit(to, servers, 'mcp_servers is not a list');
  for (const server of servers.items) {
    const name = textOf(to.text, memberOf(server, 'name')) ?? '';
    offered.push({ type: 'mcp_server', name, span: spanOf(server) });
  }
}

/** A member that this version does not know: its strings are judged, and it is recorded. */
function takeUnknown(to: Intake, name: string, value: JsonNode): void {
  const parts = leaves(to.text, value, new Set(['type']));
  if (parts.length === 0) return;
  to.unscanned.add(`member ${name.slice(0, 200)}`);
  addTexts(to, 'system', parts);
}

/** `metadata.user_id` is JSON text with a session_id, or (older) `user_…_session_<uuid>`. */
function sessionOf(userId: string): string | null {
  const parsed = parseJson(userId, 4);
  if (parsed.ok) return identifier(textOf(userId, memberOf(parsed.root, 'session_id')));
  return identifier(/_session_([0-9A-Fa-f-]{36})$/.exec(userId)?.[1]);
}

function countOf(text: string, node: JsonNode | undefined): number | null {
  const value = node?.kind === 'number' ? Number(valueOf(text, node)) : -1;
  return Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function identifier(text: string | null | undefined): string | null {
  return typeof text === 'string' && /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/.test(text) ? text : null;
}

const FAULTS: { readonly [code in JsonFault['code']]: RequestFault['code'] } = {
  syntax: 'not-json',
  bom: 'not-json',
  'duplicate-name': 'duplicate-name',
  depth: 'depth',
  'too-many': 'shape',
};

const WORDS: { readonly [code in JsonFault['code']]: string } = {
  syntax: 'the body is not JSON',
  bom: 'the body begins with a byte order mark',
  'duplicate-name': 'an object of the body names a member twice',
  depth: 'the body is nested too deep',
  'too-many': 'the body holds too many values',
};

function refuse(code: RequestFault['code'], offset: number, what: string): RequestParse {
  return { ok: false, fault: { code, offset, what } };
}
