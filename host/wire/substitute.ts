/**
 * What takes the place of a refused or locally answered tool_use: the same id, a name no agent has, and an input that says
 * what stood there.
 *
 *     name   occasio_denied__<reason>  |  occasio_local__<tool>        label: [A-Za-z0-9_-]{1,48}
 *     input  {"tool":…,"input":{…},"reason":…,"mac":…}
 *
 * The agent answers an unknown tool with an error and goes on; in later requests the original is put back. The history that
 * comes back is attacker-controlled: only a good `mac`, or an id that we stored, makes a substitute ours.
 */

import { bug } from '../../verifiers/formats/error.ts';
import { foldCase } from './anthropic-types.ts';
import { splice } from './bytes.ts';
import type { Edit, Input, Substitute } from './events.ts';
import { memberOf } from './json.ts';
import type { JsonNode } from './json.ts';

export interface SubstituteBody {
  /** The model's own name for the tool, and its input. */
  readonly tool: string;
  readonly input: Input;
  readonly reason: string;
  /** Lower-case hex HMAC-SHA-256 of `macText`. */
  readonly mac: string;
}

export interface ReadSubstitute {
  readonly kind: 'denied' | 'local';
  /** The reason code or the tool, as the name has it. */
  readonly label: string;
  /** Null where the agent lost or changed the input's form: then only the id can tell. */
  readonly sealed: SubstituteBody | null;
}

const NAME = /^occasio_(denied|local)__([A-Za-z0-9_-]{1,48})$/;

export function deniedName(reason: string): string {
  return `occasio_denied__${label(reason)}`;
}

export function localName(tool: string): string {
  return `occasio_local__${label(tool)}`;
}

function label(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 48) || '_';
}

export function parseSubstitute(name: string, input: Input): ReadSubstitute | null {
  const match = NAME.exec(name);
  if (match === null) return null;
  const kind = match[1] === 'local' ? 'local' : 'denied';
  return { kind, label: match[2] ?? '', sealed: readBody(input) };
}

function readBody(from: Input): SubstituteBody | null {
  const own = (name: string): unknown => (Object.hasOwn(from, name) ? from[name] : undefined);
  const [tool, input, reason, mac] = [own('tool'), own('input'), own('reason'), own('mac')];
  if (typeof tool !== 'string' || typeof reason !== 'string' || typeof mac !== 'string' || !/^[0-9a-f]{64}$/.test(mac)) return null;
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null;
  return { tool, input: input as Input, reason, mac };
}

/** True for a name that only we may give: one that begins as ours do, letter case, width and invisible characters aside. */
export function isReserved(name: string): boolean {
  const plain = foldCase(name.normalize('NFKC').replace(/[\p{C}\p{Z}]/gu, ''));
  return plain.startsWith('occasio_denied') || plain.startsWith('occasio_local');
}

/** The text whose UTF-8 `mac` covers: canonical JSON (RFC 8785) of what the substitute says and of where it stands. */
export function macText(of: { readonly tool_use_id: string; readonly name: string } & Omit<SubstituteBody, 'mac'>): string {
  const { tool_use_id, name, tool, input, reason } = of;
  return canonical({ tool_use_id, name, tool, input, reason });
}

/** Values come from JSON.parse: no cycle, nothing but JSON. A lone surrogate stays the escape that JSON.stringify makes of it. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = value as { readonly [name: string]: unknown };
  return `{${Object.keys(members).sort().map((name) => `${JSON.stringify(name)}:${canonical(members[name])}`).join(',')}}`;
}

/** A content block (or an event that holds it) with another name and input; every other member stays. */
export function substituteBlock(text: string, whole: JsonNode, block: JsonNode, name: string, input: string): string {
  const nameNode = memberOf(block, 'name') ?? bug('a tool_use without a name');
  const inputNode = memberOf(block, 'input');
  const at = (node: { readonly start: number; readonly end: number }, json: string): Edit => ({
    span: { start: node.start - whole.start, end: node.end - whole.start },
    json,
  });
  const edits = [at(nameNode, JSON.stringify(name))];
  if (inputNode === undefined) edits.push(at({ start: nameNode.end, end: nameNode.end }, `,"input":${input}`));
  else edits.push(at(inputNode, input));
  return splice(text.slice(whole.start, whole.end), edits);
}

/** The frames of a substitute in a stream; `root` is the content_block_start that it replaces, standing in `text`. */
export function substituteFrames(text: string, root: JsonNode, index: number, by: Substitute): string {
  const block = memberOf(root, 'content_block') ?? bug('a held block without content_block');
  // Data of several lines becomes one: within JSON an unescaped line end is white space.
  const start = substituteBlock(text, root, block, by.name, '{}').replace(/[\r\n]+/g, ' ');
  return blockFrames(start, index, { type: 'input_json_delta', partial_json: JSON.stringify(by.input) });
}

/** Words in the place of a call that may never be passed, so that the positions of the blocks behind it stay. */
export function leftOutBlock(fault: string): string {
  return JSON.stringify({ type: 'text', text: `[occasio: a tool call was left out: ${fault}]` });
}

export function leftOutFrames(index: number, fault: string): string {
  const start = { type: 'content_block_start', index, content_block: { type: 'text', text: '' } };
  return blockFrames(JSON.stringify(start), index, { type: 'text_delta', text: `[occasio: a tool call was left out: ${fault}]` });
}

function blockFrames(start: string, index: number, delta: object): string {
  return [
    ['content_block_start', start],
    ['content_block_delta', JSON.stringify({ type: 'content_block_delta', index, delta })],
    ['content_block_stop', JSON.stringify({ type: 'content_block_stop', index })],
  ].map(([event, data]) => `event: ${event}\ndata: ${data}\n\n`).join('');
}
