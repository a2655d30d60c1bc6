/** Commands that run a text, a block or another program: PowerShell itself, cmd, Invoke-Expression, Start-Process and the like. */
import { runSimple } from '../bash/command.ts';
import { changeDirectory } from '../bash/state.ts';
import { plain, type Field } from '../bash/field.ts';
import type { Argument } from './arguments.ts';
import { NAMED } from './binding.ts';
import { decodeCommand, ENCODED } from './encoded.ts';
import type { Reading } from './reading.ts';
import { emit, literals, slashed, touch } from './touch.ts';

export interface Run {
  readonly name: string;
  readonly args: readonly Argument[];
  readonly stream: { readonly texts: readonly string[] | null } | null;
}

type Runner = (r: Reading, run: Run) => void;

const fieldsOf = (args: readonly Argument[]): readonly Field[] => args.flatMap((arg) => arg.fields);

function begin(r: Reading, run: Run, reason: string): void {
  r.state.program(run.name.replace(/^.*[\\/]/, '').replace(/\.exe$/i, ''));
  r.state.opaque(`${reason}: ${run.name}`);
}

/** A text that PowerShell will read; where it is not known, what it holds. */
function script(r: Reading, fields: readonly Field[], strict: boolean): void {
  const doubt = fields.some((f) => f.unknown !== null);
  const text = fields.map((f) => f.text).join(' ');
  for (const field of fields) for (const part of [field.text, ...field.others, ...field.parts]) literals(r, part);
  if (!doubt) return r.script(text, 'powershell', strict);
  for (const field of fields) for (const part of field.unknown === null ? [] : field.parts) r.script(part, 'powershell', false);
}

/** Options of PowerShell's own command line that take a value, by beginning. */
const VALUED = /^[-/\u2013-\u2015]{1,2}(?:ex\w*|ep|v(?:e|er|ers\w*)|o\w*|of|inp\w*|if|w(?:i\w*|d|o\w*)?|conf\w*|cus\w*|se\w*|psc\w*)$/i;

const powershell: Runner = (r, run) => {
  begin(r, run, 'interpreter');
  const fields = fieldsOf(run.args);
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] as Field;
    const text = field.text;
    if (ENCODED.test(text)) {
      const given = fields[++i];
      const decoded = given === undefined || given.unknown !== null ? null : decodeCommand(given.text);
      if (decoded === null) return r.state.fault('unparsable');
      literals(r, decoded);
      return r.script(decoded, 'powershell', true);
    }
    if (/^[-/\u2013-\u2015]{1,2}f(?:i(?:l(?:e)?)?)?$/i.test(text)) {
      const file = fields[i + 1];
      if (file !== undefined && file.text !== '-') touch(r, file, 'read');
      return;
    }
    if (/^[-/\u2013-\u2015]{1,2}(?:c|co\w*|cwa|command\w*)$/i.test(text)) return script(r, fields.slice(i + 1), true);
    if (/^[-/\u2013-\u2015]{1,2}(?:wd|wo\w*)$/i.test(text) && fields[i + 1] !== undefined) changeDirectory(r.state, slashed(fields[i + 1]?.text ?? ''));
    if (VALUED.test(text)) i += 1;
    else if (!/^[-/\u2013-\u2015]./.test(text)) return script(r, fields.slice(i), false);
  }
  for (const text of run.stream?.texts ?? []) script(r, [plain(text)], true);
};

const cmd: Runner = (r, run) => {
  begin(r, run, 'shell');
  const text = fieldsOf(run.args).map((f) => f.text).join(' ');
  for (const found of text.replaceAll('^', '').matchAll(/\b(?:cd|chdir|pushd)\s+(?:\/d\s+)?("[^"]+"|[^\s&|]+)/gi)) changeDirectory(r.state, slashed((found[1] ?? '').replaceAll('"', '')));
  for (const field of fieldsOf(run.args)) for (const part of [field.text, ...field.others, ...field.parts]) literals(r, part);
  literals(r, text);
  literals(r, text.replaceAll('"', '').replaceAll('^', ''));
  for (const given of run.stream?.texts ?? []) literals(r, given);
};

const expressionOf: Runner = (r, run) => {
  begin(r, run, 'a text that is run');
  const fields = run.args.flatMap((arg) => (arg.dash && NAMED.test(arg.fields[0]?.text ?? '') && arg.fields.length === 1 ? attached(arg) : arg.fields));
  if (fields.length > 0) script(r, fields, true);
  for (const text of run.stream?.texts ?? []) script(r, [plain(text)], true);
};

/** `-Command:text`; the name alone is no text. */
function attached(arg: Argument): readonly Field[] {
  const field = arg.fields[0] as Field;
  const text = NAMED.exec(field.text)?.[3] ?? '';
  return text === '' ? [] : [{ ...field, text, others: [] }];
}

/** Start-Process: the program is `-FilePath` or the first plain word, its words are a list or one text. */
const start: Runner = (r, run) => {
  begin(r, run, 'a process of its own');
  let file: Field | null = null;
  const words: Field[] = [];
  for (let i = 0; i < run.args.length; i++) {
    const arg = run.args[i] as Argument;
    const named = arg.dash ? NAMED.exec(arg.fields[0]?.text ?? '') : null;
    const name = named?.[1]?.toLowerCase() ?? '';
    const value = named === null ? arg.fields : named[2] === ':' && named[3] !== '' ? attached(arg) : (run.args[i + 1]?.fields ?? []);
    const takes = /^(?:f|a|wor|redirects|redirecti|redirecte|ve|c|windows|e|pspath)/.test(name) && !/^confirm/.test(name);
    if (named !== null && takes && !(named[2] === ':' && named[3] !== '')) i += 1;
    if (named === null || name.startsWith('f') || name === 'pspath') {
      if (file === null) file = value[0] ?? null;
      else words.push(...value);
    } else if (name.startsWith('a')) words.push(...value);
    else if (name.startsWith('wor')) value.forEach((f) => changeDirectory(r.state, slashed(f.text)));
    else if (name.startsWith('redirect')) value.forEach((f) => touch(r, f, /^redirectstandardi/.test(name) ? 'read' : 'write', { literal: true }));
  }
  if (file === null) return;
  const all = [file, ...words.flatMap((f) => (f.unknown === null ? f.text.split(/\s+/).filter((w) => w !== '').map((w) => plain(w.replaceAll('"', ''))) : [f]))];
  touch(r, file, 'read', { literal: true });
  const inner = INTERPRETERS.get(file.text.toLowerCase().replace(/^.*[\\/]/, '').replace(/\.exe$/, ''));
  if (inner !== undefined) inner(r, { name: file.text, args: words.map((f) => ({ fields: /\s/.test(f.text) ? f.text.split(/\s+/).map((w) => plain(w)) : [f], raw: f.text, dash: false, block: false })), stream: null });
  else runSimple({ words: all.map((f, at) => (at === 0 ? plain(f.text.replace(/\.exe$/i, '').toLowerCase()) : f)), prefix: [], script: (text, strict) => r.script(text, 'bash', strict) }, r.state);
};

/** Invoke-Command, Start-Job, ForEach-Object: their blocks have been read; a file of theirs runs. */
const blocks = (reason: string): Runner => (r, run) => {
  begin(r, run, reason);
  let path = false;
  for (const arg of run.args) {
    const name = arg.dash ? (NAMED.exec(arg.fields[0]?.text ?? '')?.[1] ?? '').toLowerCase() : '';
    if (path) for (const field of arg.fields) touch(r, field, 'read');
    path = /^fi/.test(name);
  }
};

const each: Runner = (r, run) => {
  r.state.program('ForEach-Object');
  r.state.command(['ForEach-Object', ...fieldsOf(run.args).map((f) => f.text.replace(/\s+/g, ' '))].join(' '), false);
  // A word that is no block names a member: `% Delete`.
  const odd = run.args.find((arg) => !arg.block && !/^-(?:b\w*|pro\w*|en\w*|par\w*|thr\w*|i\w*)$/i.test(arg.fields[0]?.text ?? '') && !/^\d+$/.test(arg.fields[0]?.text ?? ''));
  if (odd !== undefined) r.state.opaque(`ForEach-Object: a member ${odd.raw.slice(0, 40)}`);
  for (const text of run.stream?.texts ?? []) emit(r, slashed(text), 'mention', false);
};

export const RUNNERS: ReadonlyMap<string, Runner> = new Map<string, Runner>([
  ['invoke-expression', expressionOf],
  ['start-process', start],
  ['foreach-object', each],
  ['invoke-command', blocks('another session')], ['start-job', blocks('a job of its own')], ['start-threadjob', blocks('a job of its own')], ['register-objectevent', blocks('an event')], ['invoke-history', blocks('history')],
]);

export const INTERPRETERS: ReadonlyMap<string, Runner> = new Map<string, Runner>([['powershell', powershell], ['pwsh', powershell], ['cmd', cmd], ['powershell_ise', powershell]]);
