/**
 * The words of a command line that needs no shell: single commands joined by `&&`, and of a shell's language nothing but
 * quotes, backslashes, a leading `~` and globs. Anything else is null, and so is whatever could be read in two ways: a
 * line that is taken for simple must be simple to bash as well. The line is attacker-controlled.
 */

export interface LocalWord {
  /** After quote removal; a leading `~` stands as it is. */
  readonly text: string;
  /** It begins with an unquoted `~` alone or before a slash. */
  readonly home: boolean;
  /** The word as a pattern, quoted letters escaped with a backslash; null: no part of it is a glob. */
  readonly glob: string | null;
}

/** Unquoted, these make a line more than words. `#` only begins a comment where a word begins. */
const SYNTAX = /[|&;<>()$`"'{}\\]/;
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]|\p{Cs}/u;
const MAX_LINE = 4_096;
const MAX_COMMANDS = 4;

/** Each command as its words, at least one of them. */
export function localWords(line: string): readonly (readonly LocalWord[])[] | null {
  const text = line.replace(/^[ \t\n]+|[ \t\n]+$/g, '');
  if (text.length > MAX_LINE || CONTROL.test(text)) return null;
  const commands: LocalWord[][] = [[]];
  for (let at = 0; at < text.length; ) {
    const c = text.charAt(at);
    if (c === ' ' || c === '\t') at += 1;
    else if (c === '#') return null;
    else if (text.startsWith('&&', at)) {
      commands.push([]);
      at += 2;
    } else {
      const read = readWord(text, at);
      if (read === null) return null;
      commands.at(-1)?.push(read.word);
      at = read.end;
    }
  }
  return commands.length > MAX_COMMANDS || commands.some((words) => words.length === 0) ? null : commands;
}

interface Unit {
  readonly c: string;
  readonly quoted: boolean;
}

function readWord(text: string, from: number): { readonly word: LocalWord; readonly end: number } | null {
  const units: Unit[] = [];
  let at = from;
  while (at < text.length) {
    const c = text.charAt(at);
    if (c === ' ' || c === '\t' || text.startsWith('&&', at)) break;
    if (c === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return null;
      for (const inner of text.slice(at + 1, end)) units.push({ c: inner, quoted: true });
      at = end + 1;
    } else if (c === '"') {
      const end = readDouble(text, at + 1, units);
      if (end === null) return null;
      at = end;
    } else if (c === '\\') {
      if (at + 1 >= text.length) return null;
      const [escaped = ''] = text.slice(at + 1);
      units.push({ c: escaped, quoted: true });
      at += 1 + escaped.length;
    } else if (SYNTAX.test(c)) return null;
    else {
      units.push({ c, quoted: false });
      at += 1;
    }
  }
  return word(units, at);
}

/** The text between double quotes; an expansion in it is null. */
function readDouble(text: string, from: number, units: Unit[]): number | null {
  for (let at = from; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === '"') return at + 1;
    if (c === '$' || c === '`') return null;
    const next = text.charAt(at + 1);
    if (c === '\\' && /[$`"\\]/.test(next)) at += 1;
    units.push({ c: text.charAt(at), quoted: true });
  }
  return null;
}

function word(units: readonly Unit[], end: number): { readonly word: LocalWord; readonly end: number } | null {
  const bare = (c: string, from = 0): number => units.findIndex((unit, i) => i >= from && !unit.quoted && unit.c === c);
  const opens = bare('[');
  const glob = bare('*') >= 0 || bare('?') >= 0 || (opens >= 0 && bare(']', opens) >= 0);
  const home = bare('~') === 0 && (units.length === 1 || units[1]?.c === '/');
  // `~name`, `~+`: places that the text does not tell. After `=` and `:` a shell may expand it too.
  if (units.some((unit, i) => unit.c === '~' && !unit.quoted && (i === 0 ? !home : /[=:]/.test(units[i - 1]?.c ?? '')))) return null;
  if (home && glob) return null;
  const pattern = units.map(({ c, quoted }) => (quoted && /[*?[\]\\!^-]/.test(c) ? `\\${c}` : c)).join('');
  return { word: { text: units.map(({ c }) => c).join(''), home, glob: glob ? pattern : null }, end };
}
