/** From a tool_use on the wire to what the gate is asked: names and members by the wire's table, faults in the gate's words. */
import type { Call, CallPath } from '../gate/call.ts';
import { mayBePath } from '../gate/facts.ts';
import type { Writing } from '../policy/index.ts';
import type { InputFault } from '../policy/types.ts';
import type { Json } from '../../verifiers/formats/row.ts';
import type { Input, ToolUse } from '../wire/events.ts';
import type { InjectedFile } from '../wire/injected.ts';
import { argumentsOf, MEMBERS, type Arguments } from '../wire/names.ts';
import { isReserved } from '../wire/substitute.ts';
import { withWriting, writingOf } from '../wire/writing.ts';

/** What a redaction leaves behind. It is turned back only in the text that a file tool writes; no call may carry it anywhere else. */
const PLACEHOLDER = '[REDACTED:';
/** Strings of an unknown tool's input that are looked at as paths; a call with more is refused. */
const MAX_STRINGS = 500;

/** A call that comes down from the model. */
export function modelCall(use: ToolUse): Call {
  const input = use.input ?? {};
  const call = callOf(use.id, use.name, input, new TextEncoder().encode(use.inputText));
  const writing = use.fault === null ? writingOf(use.name, input) : null;
  const rest = writing === null ? call.strings : stringsIn(withWriting(use.name, input, emptied(writing)));
  const fault = use.fault ?? (isReserved(use.name) ? 'reserved-name' : (call.fault ?? placeholderFault(rest)));
  return { ...call, ...(writing === null ? {} : { writing }), fault };
}

/** A call that history brings: it has been made, so only what it reached for is judged. */
export function historyCall(id: string, name: string, input: Input): Call {
  const call = callOf(id, name, input, new TextEncoder().encode(`${name}\n${JSON.stringify(input)}`));
  return isReserved(name) ? { ...call, fault: 'reserved-name' } : call;
}

/** A file, or a command's output, that the agent put into the context by itself. */
export function contextCall(file: InjectedFile): Call {
  return {
    id: null,
    tool: 'context',
    class: 'context',
    paths: file.path === null ? [] : [{ text: file.path, access: file.access, glob: false }],
    command: file.command === null ? null : { text: file.command, shell: 'bash' },
    strings: [],
    bytes: new TextEncoder().encode(JSON.stringify([file.path, file.access, file.command])),
    inputs: file.path === null ? {} : { path: file.path },
    // A content that does not say where it comes from may come from anywhere.
    fault: file.path === null && file.command === null ? 'resolve-failed' : null,
  };
}

function callOf(id: string, name: string, input: Input, bytes: Uint8Array): Call {
  const known = argumentsOf(name, input);
  const strings = stringsIn(input);
  const paths: readonly CallPath[] = known.class === 'other' ? possiblePaths(input, '') : [...known.paths, ...known.urls.map(urlPath)];
  const commands = known.class === 'other' ? commandLines(input).map((text) => ({ text, shell: 'bash' as const })) : known.commands;
  // One line after the other is what an unknown tool may run; a known one runs one.
  const command = commands.length === 0 ? null : { text: commands.map((c) => c.text).join('\n'), shell: commands[0]?.shell ?? 'bash' };
  return {
    id,
    tool: known.tool,
    class: known.class,
    paths,
    command,
    ...(isPlain(name, input) ? { plain: true } : {}),
    ...(known.class === 'other' ? { programs: textsUnder(input, MEMBERS.program, false) } : {}),
    strings,
    bytes,
    inputs: recorded(known),
    fault: faultOf(known, strings.length),
  };
}

/** A shell's command that is run once and waited for. */
function isPlain(name: string, input: Input): boolean {
  return (name === 'Bash' || name === 'PowerShell') && Object.keys(input).every((member) => /^(?:command|description|timeout)$/.test(member) || (member === 'run_in_background' && input[member] === false));
}

/** Any string of an unknown tool's input may be a path; one under a telling name is taken for one. */
function possiblePaths(value: unknown, member: string): CallPath[] {
  if (typeof value === 'string') return mayBePath(value) ? [{ text: value, access: MEMBERS.path.test(member) ? 'read' : 'mention', glob: false }] : [];
  if (Array.isArray(value)) return value.flatMap((v) => possiblePaths(v, member));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, v]) => [...possiblePaths(name, ''), ...possiblePaths(v, name)]);
}

/** A file URL names a file; another is mentioned, as one may lead to ourselves. */
function urlPath(url: string): CallPath {
  const text = url.trim();
  return { text, access: /^file:/i.test(text) ? 'read' : 'mention', glob: false };
}

function faultOf(known: Arguments, strings: number): InputFault | null {
  // Two commands under one name in two spellings: which of them runs is the agent's secret.
  if (known.missing !== null || known.commands.length > 1) return 'input-missing-member';
  return known.class === 'other' && strings > MAX_STRINGS ? 'input-too-large' : null;
}

function emptied(writing: Writing): Writing {
  return writing.kind === 'whole' ? { kind: 'whole', text: '' } : { kind: 'edit', steps: writing.steps.map((step) => ({ ...step, from: '', to: '' })) };
}

function placeholderFault(strings: readonly string[]): InputFault | null {
  return strings.some((text) => text.includes(PLACEHOLDER)) ? 'placeholder-in-input' : null;
}

/** Texts under such members. A single plain word is the name of an action (`view`, `create`), not a command line. */
function commandLines(input: Input): string[] {
  return textsUnder(input, MEMBERS.command, false).filter((text) => !/^[A-Za-z][A-Za-z_-]*$/.test(text));
}

function textsUnder(value: unknown, members: RegExp, under: boolean): string[] {
  if (typeof value === 'string') return under ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((v) => textsUnder(v, members, under));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, v]) => textsUnder(v, members, members.test(name)));
}

/** What the row says of the input: of a shell nothing, of a search not its pattern, of a file not its content. */
function recorded(known: Arguments): { readonly [name: string]: Json } {
  if (known.class === 'shell' || known.class === 'other') return {};
  const path = known.paths.find((p) => !p.glob)?.text;
  const glob = known.paths.find((p) => p.glob)?.text;
  const name = known.tool === 'find_files' ? 'pattern' : 'glob';
  const url = known.urls[0];
  return { ...(glob === undefined ? {} : { [name]: shown(glob) }), ...(path === undefined ? {} : { path: shown(path) }), ...(url === undefined ? {} : { url: shown(url) }) };
}

/** Characters of a path or URL that a row shows; all of it is committed to. */
const MAX_SHOWN = 4096;

function shown(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}

/** Every string of a value, names of members too. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, v]) => [name, ...stringsIn(v)]);
}
