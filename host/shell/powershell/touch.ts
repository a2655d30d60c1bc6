/**
 * Words of a PowerShell line as paths. PowerShell takes either slash on every system, so a word that is opened is given with
 * `/`; as it was written it stays a mention. `FileSystem::` in front is taken off, drives that are no files' are told apart.
 */
import type { Field } from '../bash/field.ts';
import { insideWord, tokensOf } from '../bash/literals.ts';
import type { Role } from '../programs/program.ts';
import type { Redirect } from './arguments.ts';
import type { Reading } from './reading.ts';

const FILE_PROVIDER = /^(?:Microsoft\.PowerShell\.Core[\\/])?FileSystem::/i;
const OTHER_PROVIDER = /^(?:Microsoft\.PowerShell\.Core[\\/])?[A-Za-z]\w*::/;
/** Drives whose items are no files. */
const OTHER_DRIVES = /^(?:env|variable|function|alias|cert|wsman|hklm|hkcu|hkcr|hku|hkcc|registry):/i;
const DRIVE = /^[A-Za-z_][\w-]+:/;
const DEVICE = /^(?:nul:?|con:?|\/dev\/(?:null|tty|stdout|stderr))$/i;

export const slashed = (text: string): string => text.replaceAll('\\', '/');

/** Every text that a field may be, or hold: a deny rule meets it. */
export function mention(r: Reading, field: Field): void {
  const { state } = r;
  const texts = field.unknown === null ? [field.text, ...field.others] : field.parts;
  for (const text of texts) {
    if (state.faulted()) return;
    for (const one of new Set([text, slashed(text), slashed(text.replace(FILE_PROVIDER, ''))])) {
      state.emit(one, 'mention', field.glob && field.unknown === null, state.directories);
      for (const piece of insideWord(one, state.place.home)) state.emit(piece, 'mention', false, state.directories);
      // What stands before it is not known: `$x\.env` may be `.env` anywhere.
      if (field.unknown !== null && /^[/.]*\//.test(one)) state.emit(one.replace(/^[/.]*\//, ''), 'mention', false, state.directories);
    }
  }
}

export interface Use {
  /** A parameter that takes the name as it stands: `-LiteralPath`. */
  readonly literal?: boolean;
}

/** A field that a command opens, lists, searches or writes. */
export function touch(r: Reading, field: Field, role: Role, { literal = false }: Use = {}): void {
  const { state } = r;
  if (field.unknown !== null) return state.opaque(field.unknown);
  if (role === 'text') return;
  for (const given of [field.text, ...field.others]) {
    const text = slashed(given.replace(FILE_PROVIDER, ''));
    if (text === '' || DEVICE.test(text)) continue;
    if (OTHER_PROVIDER.test(text) || OTHER_DRIVES.test(text)) elsewhere(r, text, role);
    else if (DRIVE.test(text) && !/^\w+:\/\//.test(text)) state.opaque(`drive: ${DRIVE.exec(text)?.[0] ?? ''}`);
    else emit(r, text, role, !literal && /[*?[]/.test(text));
  }
}

export function emit(r: Reading, text: string, role: Role, glob: boolean): void {
  const { state } = r;
  if (role === 'text') return;
  // Results of a listing or a search carry names, and are judged by them.
  const texts = glob && role !== 'list' && role !== 'search' ? [text, ...dotted(text)] : [text];
  for (const access of role === 'change' ? (['read', 'write'] as const) : [role]) for (const one of texts) state.emit(one, access, glob, state.directories);
}

/** A wildcard of PowerShell meets a dot at the head of a name, which a glob does not: the patterns that begin with one. */
function dotted(text: string): readonly string[] {
  let out: readonly string[] | null = null;
  for (const name of text.split('/')) {
    const rest = /^\*\*$/.test(name) ? null : (/^(?=\*)/.test(name) ? name : (/^(?:\?|\[[^\]]*\])([^]*)$/.exec(name)?.[1] ?? null));
    const forms = rest === null ? [name] : [name, `.${rest}`];
    out = (out === null ? forms : out.flatMap((before) => forms.map((form) => `${before}/${form}`))).slice(0, 16);
  }
  return (out ?? []).filter((one) => one !== text);
}

/** Items of other drives: a variable of the environment reaches every program started later, a function may stand for any name. */
function elsewhere(r: Reading, text: string, role: Role): void {
  if (role !== 'write' && role !== 'change') return;
  r.state.opaque(`drive: ${/^[^:]*:/.exec(text)?.[0] ?? ''}`);
  const name = /^(?:.*\/)?env:+[\\/]?(.+)$/i.exec(text)?.[1];
  if (name !== undefined) r.state.command(`export ${name}`, false);
}

export function writes(r: Reading, redirects: readonly Redirect[]): void {
  for (const { field, access } of redirects) {
    mention(r, field);
    touch(r, field, access, { literal: true });
  }
}

/** Texts that a program text names. */
export function literals(r: Reading, text: string): void {
  for (const one of new Set([text, slashed(text), text.replaceAll('`', ''), text.replaceAll('^', '')])) for (const token of tokensOf(one)) r.state.emit(token, 'mention', false, r.state.directories);
}
