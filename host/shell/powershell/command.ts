/** One command of a pipeline: which cmdlet or program it is, and what it would touch. */
import { runSimple } from '../bash/command.ts';
import { changeDirectory } from '../bash/state.ts';
import { plain, type Field } from '../bash/field.ts';
import { lookUp } from '../programs/index.ts';
import { aliases } from './aliases.ts';
import type { Argument, Redirect } from './arguments.ts';
import { bind, shown, type Bound, type Value } from './binding.ts';
import { cmdlets, inert, type Cmdlet } from './cmdlets.ts';
import { INTERPRETERS, RUNNERS } from './processes.ts';
import type { Reading } from './reading.ts';
import { emit, literals, mention, slashed, touch, writes } from './touch.ts';

/** What flows out of a command, as far as its text tells. */
export interface Stream {
  readonly texts: readonly string[] | null;
  /** Folders or files that it lists, with what the names are held to. */
  readonly roots: readonly Root[] | null;
}

interface Root {
  readonly text: string;
  readonly recursive: boolean;
  readonly filters: readonly string[];
}

export interface Command {
  readonly head: Argument;
  /** `& name`, `. name`. */
  readonly how: 'plain' | 'call' | 'dot';
  readonly list: readonly Argument[];
  readonly redirects: readonly Redirect[];
}

const UNKNOWN: Stream = { texts: null, roots: null };
const MODULE = /^Microsoft\.PowerShell\.\w+[\\/]/i;

export function judgeCommand(r: Reading, command: Command, stream: Stream | null): Stream {
  const { state } = r;
  const { head, list } = command;
  const name = head.fields[0] ?? plain('');
  writes(r, command.redirects);
  for (const field of [...head.fields, ...list.flatMap((arg) => arg.fields)]) mention(r, field);
  state.command([name, ...list.flatMap((arg) => arg.fields)].map((f) => f.text.replace(/\s+/g, ' ')).join(' '), true);
  if (head.block) {
    if (command.how === 'dot') state.opaque('dot-sourcing');
    return UNKNOWN;
  }
  if (name.unknown !== null || name.others.length > 0 || head.fields.length !== 1) {
    for (const part of [name.text, ...name.others, ...name.parts]) literals(r, part);
    state.opaque(`program: ${name.text.slice(0, 60)}`);
    return UNKNOWN;
  }
  if (state.functions.has(name.text.toLowerCase())) state.opaque(`function: ${name.text}`);
  if (command.how === 'dot') return sourced(r, name);
  return named(r, name.text, command, stream);
}

/** `. script`: what it sets stays. */
function sourced(r: Reading, name: Field): Stream {
  r.state.program(name.text);
  touch(r, name, 'read');
  r.state.opaque(`script: ${name.text}`);
  return UNKNOWN;
}

function named(r: Reading, text: string, command: Command, stream: Stream | null): Stream {
  const { state } = r;
  const key = text.replace(MODULE, '').toLowerCase();
  if (/^[a-z]:$/.test(key)) {
    state.program(text);
    changeDirectory(state, `${key.toUpperCase()}/`);
    return UNKNOWN;
  }
  const full = (aliases.get(key) ?? key).toLowerCase();
  const runner = RUNNERS.get(full) ?? INTERPRETERS.get(full.replace(/^.*[\\/]/, '').replace(/\.exe$/, ''));
  if (runner !== undefined) {
    runner(r, { name: aliases.get(key) ?? text, args: command.list, stream });
    return UNKNOWN;
  }
  const cmdlet = cmdlets.get(full);
  const idle = inert.get(full);
  const native = lookUp(key) !== undefined && !/^(?:cd|chdir|pushd|popd)$/.test(key);
  // On some systems the name is a program's: then both are what it may be.
  if (native || (cmdlet === undefined && idle === undefined)) program(r, text, command, stream);
  if (cmdlet !== undefined) return judgeCmdlet(r, cmdlet, key, command, stream);
  return idle === undefined ? UNKNOWN : judgeInert(r, idle, command, stream);
}

/** Programs of Windows that share a name with one of ours and do something else. */
const TWO_MEANINGS = new Set(['find', 'sort', 'timeout', 'expand', 'comp', 'convert', 'more', 'tree', 'date', 'time', 'where', 'at', 'link', 'replace', 'print', 'label', 'path', 'set', 'start', 'type']);

function program(r: Reading, text: string, command: Command, stream: Stream | null): void {
  const bare = text.replace(/\.(?:exe|cmd|bat|com)$/i, '');
  const name = lookUp(text) !== undefined ? text : lookUp(bare.toLowerCase()) !== undefined ? bare.toLowerCase() : slashed(text);
  if (TWO_MEANINGS.has(name.toLowerCase()) && !aliases.has(name.toLowerCase())) r.state.opaque(`several programs of that name: ${name}`);
  if (stream?.texts !== undefined && stream?.texts !== null) r.state.inputs.push(stream.texts.join('\n'));
  const words = [plain(name), ...command.list.flatMap((arg) => arg.fields)];
  runSimple({ words, prefix: [], script: (inner, strict) => r.script(inner, 'bash', strict) }, r.state);
}

/** What its blocks run has been read with its words. */
function judgeInert(r: Reading, name: string, command: Command, stream: Stream | null): Stream {
  const { state } = r;
  const words = command.list.flatMap((arg) => arg.fields);
  state.program(name);
  state.command([name, ...words.map((f) => f.text.replace(/\s+/g, ' '))].join(' '), false);
  const doubt = command.list.flatMap((arg) => (arg.block ? [] : arg.fields)).find((f) => f.unknown !== null);
  const shows = /^(?:Write|Select|Where|Sort|Group|Measure|Compare|Format|Out|ConvertTo)-/.test(name);
  if (doubt?.unknown != null && !shows) state.opaque(doubt.unknown);
  // The same, as programs of other systems are told: rules on processes know these names.
  const plainWords = words.filter((f) => !/^-\D/.test(f.text)).map((f) => f.text);
  if (name === 'Stop-Process') for (const word of plainWords) state.command(`${/^\d+$/.test(word) ? 'kill' : 'pkill'} ${word}`, false);
  if (name === 'Get-Process') for (const word of plainWords) state.command(`pgrep ${word}`, false);
  if (name === 'Get-CimInstance') state.opaque(name);
  if (name === 'Write-Output') return { texts: doubt === undefined ? words.map((f) => f.text) : null, roots: null };
  return /^(?:Where|Sort|Select)-Object$|^Get-Unique$/.test(name) ? (stream ?? UNKNOWN) : UNKNOWN;
}

function judgeCmdlet(r: Reading, cmdlet: Cmdlet, key: string, command: Command, stream: Stream | null): Stream {
  const { state } = r;
  const bound = bind(cmdlet, command.list);
  state.program(cmdlet.name);
  state.command(shown(cmdlet, bound), false);
  if (bound.odd !== null) state.opaque(bound.odd);
  if (cmdlet.opaque !== null) state.opaque(`${cmdlet.name}: ${cmdlet.opaque}`);
  const raw = bound.switches.includes('Raw') || bound.switches.includes('NoEmphasis');
  for (const value of bound.values) judgeValue(r, cmdlet, value, raw);
  const paths = bound.values.filter((v) => v.parameter === 'Path' || v.parameter === 'LiteralPath').flatMap((v) => v.fields);
  if (/^(?:Set|Push)-Location$/.test(cmdlet.name)) move(r, key, paths);
  combine(r, cmdlet, bound, paths);
  if (paths.length === 0 && stream !== null && cmdlet.piped !== null) piped(r, cmdlet, stream, raw);
  else if (paths.length === 0 && cmdlet.none !== null) emit(r, '.', cmdlet.none, false);
  if (!/^(?:Get-ChildItem|Get-Item|Resolve-Path|Convert-Path)$/.test(cmdlet.name)) return UNKNOWN;
  if (paths.some((f) => f.unknown !== null)) return UNKNOWN;
  // What came in is what goes on.
  if (paths.length === 0 && stream !== null) return stream.texts === null ? stream : { texts: null, roots: stream.texts.map((text) => ({ text: slashed(text), recursive: false, filters: [] })) };
  const filters = bound.values.filter((v) => /^(?:Filter|Include)$/.test(v.parameter)).flatMap((v) => v.fields.map((f) => f.text));
  const recursive = bound.switches.includes('Recurse');
  const texts = paths.length === 0 ? ['.'] : paths.flatMap((f) => [f.text, ...f.others]);
  return { texts: null, roots: texts.map((text) => ({ text: slashed(text), recursive, filters })) };
}

function judgeValue(r: Reading, cmdlet: Cmdlet, { parameter, role, fields }: Value, raw: boolean): void {
  const literal = parameter === 'LiteralPath' || role === 'write';
  // Lines without the names of their files: then all that is searched is as good as read.
  const access = role === 'search' && raw ? 'read' : role;
  for (const field of fields) {
    if (parameter === 'Uri' && /^file:/i.test(field.text)) touch(r, field, 'read', { literal: true });
    else if (role === 'text' && field.unknown !== null && !/Object$|^(?:Value|Body|Headers|Form|Pattern|Property)$/.test(parameter)) r.state.opaque(field.unknown);
    else touch(r, field, access, { literal: literal && !(role === 'write' && /^(?:Remove|Clear)-/.test(cmdlet.name)) });
  }
}

/** Names that two parameters make together. */
function combine(r: Reading, cmdlet: Cmdlet, bound: Bound, paths: readonly Field[]): void {
  const texts = (parameter: string): string[] => bound.values.filter((v) => v.parameter === parameter).flatMap((v) => v.fields.filter((f) => f.unknown === null).map((f) => slashed(f.text)));
  const folders = paths.map((f) => slashed(f.text));
  if (cmdlet.name === 'New-Item') {
    for (const name of texts('Name')) for (const folder of folders) emit(r, `${folder}/${name}`, 'write', false);
    if (texts('ItemType').some((type) => /link|junction/i.test(type))) for (const target of texts('Value')) emit(r, target, 'read', false);
  }
  if (cmdlet.name === 'Rename-Item') for (const name of texts('NewName')) for (const old of folders) emit(r, `${old.replace(/[^/]*\/*$/, '')}${name}`, 'write', false);
}

function move(r: Reading, key: string, paths: readonly Field[]): void {
  const { state } = r;
  if (key === 'cd..') return changeDirectory(state, '..');
  if (key === 'cd\\') return changeDirectory(state, '/');
  if (paths.length === 0) return changeDirectory(state, state.place.home);
  for (const field of paths) {
    if (field.unknown !== null) continue;
    if (/^[-+]$/.test(field.text)) state.opaque(`Set-Location ${field.text}`);
    else if (/[*?[]/.test(field.text)) state.opaque('Set-Location: a pattern');
    for (const text of [field.text, ...field.others]) changeDirectory(state, slashed(text).replace(/^(?:[^:]*\/)?FileSystem::/i, '').replace(/^~(?=\/|$)/, () => state.place.home));
  }
}

function piped(r: Reading, cmdlet: Cmdlet, stream: Stream, raw: boolean): void {
  const { state } = r;
  const role = cmdlet.piped === 'search' && raw ? 'read' : (cmdlet.piped ?? 'mention');
  if (stream.texts !== null) {
    // Select-String searches the texts themselves.
    if (cmdlet.name !== 'Select-String') for (const text of stream.texts) touch(r, plain(text), role);
  } else if (stream.roots === null) {
    if (cmdlet.name !== 'Select-String') state.opaque(`input names the paths: ${cmdlet.name}`);
    return;
  }
  for (const { text, recursive, filters } of stream.roots ?? []) {
    if (filters.length === 0 || role === 'search') touch(r, plain(text), role);
    else for (const filter of filters) emit(r, `${text}/${recursive ? '**/' : ''}${filter}`, role, true);
  }
}
