/** Variables of a PowerShell line: those the session has by itself, and those the line sets. Names know no case. */
import type { State } from '../bash/state.ts';
import type { Unit } from '../bash/units.ts';

const SCOPE = /^(?:global|local|script|private|using|variable):/;
export const variableName = (name: string): string => name.toLowerCase().replace(SCOPE, '');

const value = (...texts: readonly string[]): Unit => ({ kind: 'value', values: texts.map((text) => ({ text, glob: false })), quoted: true });
const hole = (name: string, candidates: readonly string[] = []): Unit => ({ kind: 'hole', reason: `expansion: ${name}`, candidates });

/** What stands for `$name` in a word. */
export function variable(name: string, state: State): Unit {
  const key = variableName(name);
  const set = state.variables.get(key);
  if (set !== undefined) return set.sure && !state.unsure.has(key) ? { kind: 'value', values: set.values, quoted: true } : hole(name, set.values.map((v) => v.text));
  if (state.unsure.has(key)) return hole(name);
  const { home, cwd } = state.place;
  switch (key) {
    case 'home':
    case 'env:home':
    case 'env:userprofile':
    case 'env:homepath':
      return value(home);
    case 'env:homedrive':
    case 'null':
      return value('');
    case 'true':
      return value('True');
    case 'false':
      return value('False');
    case 'pwd':
    case 'env:pwd':
      return value(state.directories.length === 0 ? cwd : '.');
    case 'profile':
      return value(...['Documents/PowerShell', 'Documents/WindowsPowerShell', '.config/powershell'].map((folder) => `${home}/${folder}/Microsoft.PowerShell_profile.ps1`));
    case 'env:appdata':
      return hole(name, [`${home}/AppData/Roaming`]);
    case 'env:localappdata':
      return hole(name, [`${home}/AppData/Local`]);
    case 'env:oldpwd':
      return hole(name, [cwd]);
    default:
      return hole(name);
  }
}

/** Means of setting a variable that leave no assignment behind, as text: names set so are not known. */
const SETTERS =
  /(?:^|[\s;|&({])(?:(?:set|new|clear|remove)-variable|sv|nv|clv|rv|set-item|si|invoke-expression|iex|invoke-command|icm|import-\w+|ipmo|read-host|\.)(?=[\s'"$(])|[-\u2013-\u2015](?:\w*v|\w*variable)\b|\bvariable:|\[ref\]/i;

/** Names that are set more than once, known before the line is read: a loop runs its end before its beginning. */
export function survey(text: string, state: State): void {
  const hidden = SETTERS.test(text);
  const seen = new Set<string>(state.variables.keys());
  for (const found of text.matchAll(/\$\{?((?:\w+:)?[\p{L}\p{N}_]+)\}?(?:\s*(?:[-+*/%]|\?\?)?=|\s*(?:\+\+|--)|\s+in\b|\s*[.[,])|(?:\+\+|--)\$(\w+)/giu)) {
    const key = variableName(found[1] ?? found[2] ?? '');
    if (hidden || seen.has(key) || !/=$/.test(found[0]) || /[-+*/%?]=$/.test(found[0])) state.unsure.add(key);
    seen.add(key);
  }
}

/** `$name = texts`, or a value that cannot be known. */
export function assign(state: State, name: string, texts: readonly string[] | null, sure: boolean): void {
  const key = variableName(name);
  const before = state.variables.get(key)?.values ?? [];
  if (texts === null) return void state.unsure.add(key);
  // A list of several is no one word.
  if (texts.length !== 1) state.unsure.add(key);
  const values = [...before, ...texts.map((text) => ({ text, glob: false }))];
  state.variables.set(key, { values: values.slice(0, 24), sure: sure && before.length === 0 && texts.length === 1 });
}
