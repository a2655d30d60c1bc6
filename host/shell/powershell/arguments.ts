/**
 * What stands behind a command's name, as PowerShell's argument mode has it: words, arrays joined by commas, parameters,
 * script blocks, groups, redirections, and `--%`, behind which nothing is PowerShell any more.
 */
import type { Access } from '../../policy/types.ts';
import { plain, wholeField, type Field } from '../bash/field.ts';
import type { Unit } from '../bash/units.ts';
import { endsWord, fail, isBlank, isDash, isDouble, isSingle, match, peek, skip, type Reading } from './reading.ts';
import { bare, expandable, hereString, verbatim } from './units.ts';

export interface Argument {
  /** One, or several where commas join them. */
  readonly fields: readonly Field[];
  readonly raw: string;
  /** It begins with a bare dash and a letter: a parameter, for a cmdlet. */
  readonly dash: boolean;
  readonly block: boolean;
}

export interface Redirect {
  readonly field: Field;
  readonly access: Access;
}

export interface Arguments {
  readonly list: readonly Argument[];
  readonly redirects: readonly Redirect[];
}

export function readArguments(r: Reading): Arguments {
  const list: Argument[] = [];
  const redirects: Redirect[] = [];
  let comma = false;
  while (!r.state.faulted()) {
    skip(r, comma);
    const c = peek(r);
    if (c === ',') {
      comma = true;
      r.at += 1;
      continue;
    }
    if (match(r, /(?:[1-6*])?>/y) !== null) {
      const target = redirect(r);
      if (target !== null) redirects.push(target);
      continue;
    }
    if (c === '' || /[\n;|)}&]/.test(c)) break;
    if (match(r, /--%(?=\s|$)/y) !== null) {
      list.push(rest(r));
      continue;
    }
    const next = argument(r);
    const before = list.at(-1);
    if (!comma || before === undefined) list.push(next);
    else list[list.length - 1] = { ...before, fields: [...before.fields, ...next.fields], raw: `${before.raw},${next.raw}` };
    comma = false;
  }
  return { list, redirects };
}

export function argument(r: Reading): Argument {
  const start = r.at;
  const c = peek(r);
  const made = (fields: readonly Field[], block = false): Argument => {
    const raw = r.text.slice(start, r.at);
    return { fields, raw, dash: isDash(c) && /^[\p{L}_?]/u.test(raw.slice(1)), block };
  };
  if (c === '{') {
    r.at += 1;
    inside(r, '}');
    return made([{ ...plain(r.text.slice(start, r.at)), unknown: 'script block' }], true);
  }
  if (c === '(' || (c === '@' && peek(r, 1) === '(')) return made(grouped(r));
  if (c === '@' && peek(r, 1) === '{') {
    hash(r);
    return made([{ ...plain(r.text.slice(start, r.at)), unknown: 'a table of values' }]);
  }
  const named = match(r, /[-\u2013-\u2015][\p{L}_?][\p{L}\p{N}_]*:(?=["'\u2018-\u201e@$({])/uy);
  if (named !== null) return attached(r, named[0]);
  const quote = isDouble(c) || isSingle(c) || (c === '@' && /['"\u2018-\u201e]/.test(peek(r, 1)));
  const units: Unit[] = quote ? [...string(r)] : bare(r);
  if (quote && !endsWord(peek(r)) && peek(r) !== '>') {
    // A new word, or a member of the text: in both ways the pieces are looked at.
    r.state.opaque('text right behind a quote');
    units.push(...bare(r));
  }
  if (r.at === start) fail(r);
  const raw = r.text.slice(start, r.at);
  const odd = /^[$@][\p{L}_][\p{L}\p{N}_:]*(?:\.|\[|::)/u.test(raw) ? 'a member of a variable' : /^@[\p{L}_][\p{L}\p{N}_]*$/u.test(raw) ? 'splatting' : null;
  if (odd !== null) units.push({ kind: 'hole', reason: `expansion: ${odd}`, candidates: [] });
  return made([wholeField(units, raw)]);
}

/** `-Name:value`: the value is read like any other. */
function attached(r: Reading, name: string): Argument {
  r.at += name.length;
  const value = argument(r);
  const [first, ...more] = value.fields;
  const fields = first === undefined ? [plain(name)] : [{ ...first, text: name + first.text, others: first.others.map((text) => name + text), parts: [...first.parts] }, ...more];
  return { fields, raw: name + value.raw, dash: true, block: false };
}

/** Where a quote, or `@` and a quote, stands. */
export function string(r: Reading): readonly Unit[] {
  return peek(r) === '@' ? hereString(r) : isSingle(peek(r)) ? verbatim(r) : expandable(r);
}

/** `(…)` and `@(…)`: its value where that is known. */
function grouped(r: Reading): readonly Field[] {
  const start = r.at;
  r.at += peek(r) === '@' ? 2 : 1;
  const { constant, literals } = inside(r, ')');
  const tail = /^[.[:]$/.test(peek(r));
  if (tail) bare(r);
  if (constant !== null && !tail) return constant.map((text) => plain(text));
  return [{ ...plain(r.text.slice(start, r.at)), unknown: 'expansion: (…)', parts: (constant ?? literals).slice(0, 24) }];
}

function inside(r: Reading, closer: ')' | '}'): ReturnType<Reading['group']> {
  const { sure } = r;
  // Statements in a group run with the line; those in a block run when and as often as somebody likes.
  r.sure = sure && closer === ')';
  const inner = r.group(r, closer);
  r.sure = sure;
  return inner;
}

/** `@{ name = statement; … }` */
export function hash(r: Reading): void {
  r.at += 2;
  while (!r.state.faulted()) {
    while (peek(r) === ';' || peek(r) === '\n' || isBlank(peek(r)) || peek(r) === '#') {
      if (peek(r) === ';') r.at += 1;
      skip(r, true);
    }
    if (peek(r) === '}') {
      r.at += 1;
      return;
    }
    const key = match(r, /(?:[\p{L}\p{N}_.-]+|'[^'\n]*'|"[^"$`\n]*")[ \t]*=(?!=)/uy);
    if (key === null) return fail(r);
    r.at += key[0].length;
    skip(r, true);
    r.pipeline(r);
  }
}

/** `> name`, `2>> name`; null for streams joined (`2>&1`). */
export function redirect(r: Reading): Redirect | null {
  const joined = match(r, /[1-6*]?>&[12]/y);
  if (joined !== null) {
    r.at += joined[0].length;
    return null;
  }
  r.at += match(r, /[1-6*]?>>?/y)?.[0].length ?? 0;
  skip(r);
  if (/^[\n;|)}&,]?$/.test(peek(r))) {
    fail(r);
    return null;
  }
  const field = argument(r).fields[0];
  return field === undefined || (field.unknown === null && field.text === '') ? null : { field, access: 'write' };
}

/** `--%`: what follows goes to the program as it stands, but for `%NAME%`. */
function rest(r: Reading): Argument {
  const text = match(r, /[^\n|]*/y)?.[0] ?? '';
  r.at += text.length;
  r.state.opaque('--%');
  const fields = text.slice(3).split(/\s+/).filter((word) => word !== '').map((word) => plain(word.replace(/["^]/g, '')));
  return { fields, raw: text, dash: false, block: false };
}

