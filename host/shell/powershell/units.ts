/**
 * Words of PowerShell before their value is known: quotes, backticks, variables, sub-expressions, as units (see ../bash/units.ts).
 *
 *   'it''s'   "a $x $(cmd) `n """   @'…'@ and @"…"@ over lines   bare`word, $x and quotes in its midst
 */
import type { Unit } from '../bash/units.ts';
import { endsWord, fail, isDouble, isSingle, match, peek, type Reading } from './reading.ts';
import { variable } from './variables.ts';

const char = (c: string, quoted: boolean): Unit => ({ kind: 'char', c, quoted });
const EMPTY = char('', true);

/** Where a single quote stands; a doubled one inside stands for itself. */
export function verbatim(r: Reading): Unit[] {
  const units = [EMPTY];
  for (r.at += 1; r.at < r.text.length; r.at++) {
    const c = peek(r);
    if (isSingle(c) && !isSingle(peek(r, 1))) {
      r.at += 1;
      return units;
    }
    if (isSingle(c)) r.at += 1;
    units.push(char(c, true));
  }
  fail(r);
  return units;
}

/** Where a double quote stands. */
export function expandable(r: Reading): Unit[] {
  const units = [EMPTY];
  r.at += 1;
  while (r.at < r.text.length) {
    const c = peek(r);
    if (isDouble(c) && !isDouble(peek(r, 1))) {
      r.at += 1;
      return units;
    }
    if (isDouble(c)) {
      units.push(char(c, true));
      r.at += 2;
    } else if (c === '`') units.push(escaped(r));
    else if (c === '$') units.push(...dollar(r, true));
    else {
      units.push(char(c, true));
      r.at += 1;
    }
  }
  fail(r);
  return units;
}

/** Where `@'` or `@"` stands: the text between the first line end and the line that begins with the same quote and `@`. */
export function hereString(r: Reading): Unit[] {
  const head = match(r, /@(['"\u2018-\u201e])[ \t]*\n/y);
  const quote = head?.[1] ?? '';
  const from = r.at + (head?.[0].length ?? 0);
  const close = (isSingle(quote) ? /\n['\u2018-\u201b]@/g : /\n["\u201c-\u201e]@/g);
  close.lastIndex = from - 1;
  const found = head === null ? null : close.exec(r.text);
  if (found === null) {
    fail(r);
    return [];
  }
  const body = r.text.slice(from, Math.max(from, found.index));
  r.at = found.index + 3;
  if (isSingle(quote)) return [EMPTY, ...[...body].map((c) => char(c, true))];
  const inner: Reading = { ...r, text: body, at: 0 };
  const units = [EMPTY];
  while (inner.at < body.length) {
    const c = peek(inner);
    if (c === '`') units.push(escaped(inner));
    else if (c === '$') units.push(...dollar(inner, true));
    else {
      units.push(char(c, true));
      inner.at += 1;
    }
  }
  return units;
}

/** A word without quotes around it, which may hold quoted pieces. `>` ends it: a redirection begins. */
export function bare(r: Reading): Unit[] {
  const units: Unit[] = [];
  while (r.at < r.text.length) {
    const c = peek(r);
    if (endsWord(c) || c === '>') break;
    if (c === '<' || (c === '`' && /^\n?$/.test(peek(r, 1)))) {
      fail(r);
      break;
    }
    if (c === '`') units.push(escaped(r));
    else if (isSingle(c)) units.push(...verbatim(r));
    else if (isDouble(c)) units.push(...expandable(r));
    else if (c === '$') units.push(...dollar(r, false));
    else {
      units.push(char(c, false));
      r.at += 1;
    }
  }
  return units;
}

const ESCAPES: Readonly<Record<string, string>> = { '0': '\0', a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
/** Windows PowerShell does not know this one: there it is the letter. */
const ESCAPE: Unit = { kind: 'value', values: [{ text: 'e', glob: false }, { text: '\u001b', glob: false }], quoted: true };

function escaped(r: Reading): Unit {
  const code = match(r, /`u\{([0-9a-fA-F]{1,6})\}/y);
  if (code !== null && Number.parseInt(code[1] ?? '', 16) <= 0x10ffff) {
    r.at += code[0].length;
    return char(String.fromCodePoint(Number.parseInt(code[1] ?? '', 16)), true);
  }
  const c = peek(r, 1);
  r.at += 2;
  return c === 'e' ? ESCAPE : char(c === '\n' ? '\n' : (ESCAPES[c] ?? c), true);
}

const NAME = /\$(?:[$^?]|(?:[\p{L}\p{N}_?]+:(?!:))?[\p{L}\p{N}_?]+)/uy;

/** Where a `$` stands: `$(…)`, `${name}`, `$name`, `$scope:name`, or the sign itself. */
export function dollar(r: Reading, quoted: boolean): readonly Unit[] {
  if (peek(r, 1) === '(') {
    r.at += 2;
    const { constant, literals } = r.group(r, ')');
    if (constant?.length === 1) return [{ kind: 'value', values: [{ text: constant[0] ?? '', glob: false }], quoted: true }];
    return [{ kind: 'hole', reason: 'expansion: $(…)', candidates: (constant ?? literals).slice(0, 8) }];
  }
  const braced = match(r, /\$\{([^{}`]{1,200})\}/y);
  const name = braced?.[1] ?? match(r, NAME)?.[0].slice(1);
  if (name === undefined) {
    if (peek(r, 1) === '{') fail(r);
    else r.at += 1;
    return [char('$', quoted)];
  }
  r.at += braced === null ? name.length + 1 : braced[0].length;
  return [variable(name, r.state)];
}
