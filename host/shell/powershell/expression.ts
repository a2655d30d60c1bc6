/**
 * Expressions, as far as they matter: what runs inside them, which texts they hold, and their value where it is made of
 * literals by `+` and `,`. A call of a method, a type that builds things, a splatted table make the line opaque.
 */
import { wholeField } from '../bash/field.ts';
import { steers } from '../bash/state.ts';
import { argument, hash, redirect, string, type Redirect } from './arguments.ts';
import { deeper, fail, isDouble, isSingle, match, NOTHING, peek, skip, type Inner, type Reading } from './reading.ts';
import { dollar } from './units.ts';
import { assign } from './variables.ts';

/** Types whose making from a text opens nothing and runs nothing. */
const HARMLESS = /^(?:system\.)?(?:string|char|bool|boolean|byte|int|int16|int32|int64|uint|uint16|uint32|uint64|long|short|double|single|float|decimal|datetime|timespan|version|guid|regex|array|object|pscustomobject|psobject|hashtable|ordered|void|switch|math|nullable|collections\.generic\.list)$/i;

interface Gathered {
  readonly literals: string[];
  /** Texts so far, where all is known. */
  known: readonly string[] | null;
  /** What joins the next operand. */
  join: '+' | ',' | null;
  operands: number;
  /** The one operand so far is this variable. */
  variable: string | null;
  redirects: Redirect[];
}

const MAX_LIST = 50;

/** Up to the end of the expression; `closer` is the bracket that ends it, besides what ends every pipeline element. */
export function expression(r: Reading, closer: ']' | null = null): Read {
  return deeper(r, () => readExpression(r, closer));
}

interface Read {
  readonly inner: Inner;
  readonly redirects: readonly Redirect[];
}

function readExpression(r: Reading, closer: ']' | null): Read {
  const g: Gathered = { literals: [], known: [], join: null, operands: 0, variable: null, redirects: [] };
  let open = true;
  while (!r.state.faulted()) {
    skip(r, open && g.operands > 0);
    const c = peek(r);
    if (c === '' || /[\n;|)}&]/.test(c) || c === closer) break;
    if (closer === null && match(r, /[1-6*]?>/y) !== null) {
      const target = redirect(r);
      if (target !== null) g.redirects.push(target);
      continue;
    }
    const assigned = open ? null : match(r, /(?:[-+*/%]|\?\?)?=(?!=)/y);
    if (assigned !== null) return { inner: assignment(r, g, assigned[0]), redirects: g.redirects };
    open = open ? operand(r, g) : between(r, g);
  }
  if (closer !== null) {
    if (peek(r) === closer) r.at += 1;
    else fail(r);
  }
  return { inner: { constant: g.operands > 0 ? g.known : null, literals: g.literals }, redirects: g.redirects };
}

/** One operand; true: another one must follow (a sign, a type in front). */
function operand(r: Reading, g: Gathered): boolean {
  const c = peek(r);
  if (isSingle(c) || isDouble(c) || (c === '@' && /['"\u2018-\u201e]/.test(peek(r, 1)))) {
    const start = r.at;
    const field = wholeField(string(r), r.text.slice(start, r.at));
    g.literals.push(...(field.unknown === null ? [field.text, ...field.others] : field.parts));
    return taken(g, field.unknown === null && field.others.length === 0 ? [field.text] : null);
  }
  if (c === '[') return typeName(r, g);
  if (c === '(' || (c === '@' && peek(r, 1) === '(')) {
    r.at += c === '@' ? 2 : 1;
    const inner = r.group(r, ')');
    g.literals.push(...inner.literals);
    return taken(g, inner.constant);
  }
  if (c === '@' && peek(r, 1) === '{') {
    hash(r);
    return taken(g, null);
  }
  if (c === '{' || c === '@') {
    if (c === '@') r.state.opaque('splatting');
    argument(r);
    return taken(g, null);
  }
  if (c === '$') {
    const start = r.at;
    const [unit] = dollar(r, false);
    const name = r.text.slice(start + 1, r.at).replace(/^\{(.*)\}$/s, '$1');
    if (g.operands === 0 && !name.startsWith('(')) g.variable = name;
    const field = wholeField(unit === undefined ? [] : [unit], '');
    if (field.unknown !== null) g.literals.push(...field.parts);
    return taken(g, field.unknown === null && field.others.length === 0 ? [field.text] : null);
  }
  const number = match(r, /(?:0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+)(?:[ld]|[kmgtp]b)?(?![\p{L}_])/iuy);
  if (number !== null) {
    r.at += number[0].length;
    return taken(g, [number[0]]);
  }
  const sign = match(r, /(?:\+\+?|[-\u2013-\u2015]{1,2}[a-z]*|!|,|\.\.?)/iuy);
  if (sign === null) fail(r);
  else r.at += sign[0].length;
  g.known = null;
  return true;
}

function taken(g: Gathered, texts: readonly string[] | null): boolean {
  g.operands += 1;
  const { known, join } = g;
  if (known === null || texts === null || (g.operands > 1 && join === null)) g.known = null;
  else if (join === '+' && known.length === 1 && texts.length === 1) g.known = [`${known[0] ?? ''}${texts[0] ?? ''}`];
  else if (join === '+') g.known = null;
  else g.known = [...known, ...texts].slice(0, MAX_LIST);
  // The pieces may be no name, what they make is.
  if (join === '+' && g.known !== null) g.literals.push(...g.known);
  g.join = null;
  return false;
}

/** What may stand behind an operand; true: an operand follows. */
function between(r: Reading, g: Gathered): boolean {
  const c = peek(r);
  const member = match(r, /(?:\?\.|\.|::)[ \t]*(?:([\p{L}_][\p{L}\p{N}_]*)|(?=['"$(]))(\(|\{)?/uy);
  if (member !== null && !member[0].startsWith('..') && !/\s/.test(peek(r, -1))) return memberOf(r, g, member);
  if (c === '[') {
    r.at += 1;
    g.known = null;
    g.literals.push(...expression(r, ']').inner.literals);
    return false;
  }
  const operator = match(r, /(?:\+\+|--|\+|,|\*|\/|%|\.\.|\?\?|[?:]|[-\u2013-\u2015][a-z]+|[-\u2013-\u2015])/iuy);
  if (operator === null) {
    fail(r);
    return false;
  }
  r.at += operator[0].length;
  if (operator[0] === '++' || operator[0] === '--') return false;
  if (operator[0] === '+' || operator[0] === ',') g.join = operator[0];
  else g.known = null;
  // `-f`, `-join`, `-replace` make texts that are not made here.
  return true;
}

function memberOf(r: Reading, g: Gathered, found: RegExpExecArray): boolean {
  const [whole, name = '…', call] = found;
  g.known = null;
  r.at += whole.length;
  if (whole.startsWith('::') || call !== undefined || name === '…') r.state.opaque(`${call === undefined ? 'member' : 'method'}: ${name}`);
  if (name === '…' && call === undefined) argument(r);
  if (call === undefined && peek(r) !== '(') return false;
  if (call === undefined) r.at += 1;
  const inner = r.group(r, call === '{' ? '}' : ')');
  g.literals.push(...inner.literals);
  return false;
}

/** `[type]`; what is made of which text, nobody sees from here. */
function typeName(r: Reading, g: Gathered): boolean {
  const found = match(r, /\[[ \t]*([\p{L}_][\p{L}\p{N}_.+]*)((?:\[[\p{L}\p{N}_.,+ [\]]*\])?)[ \t]*([\](])/uy);
  if (found === null) {
    fail(r);
    return false;
  }
  const [whole, name = '', , closer] = found;
  r.at += whole.length;
  if (closer === '(') {
    // An attribute: `[Parameter(Mandatory)]`.
    r.state.opaque(`attribute: ${name}`);
    const close = r.text.indexOf(')]', r.at);
    if (close < 0) fail(r);
    else r.at = close + 2;
    return true;
  }
  if (!HARMLESS.test(name)) r.state.opaque(`type: ${name}`);
  g.known = g.operands === 0 && /^(?:string|char|array|string\[\])$/i.test(name) ? g.known : null;
  if (peek(r) !== ':') return true;
  g.operands += 1;
  return false;
}

function assignment(r: Reading, g: Gathered, sign: string): Inner {
  const { sure } = r;
  r.at += sign.length;
  skip(r, true);
  const value = r.pipeline(r);
  r.sure = sure;
  if (g.operands === 1 && g.variable !== null) assign(r.state, g.variable, sign === '=' ? value.constant : null, sure);
  else r.state.opaque('assignment to what is no plain variable');
  if (/^env:/i.test(g.variable ?? '')) environment(r, (g.variable ?? '').slice(4), value.constant);
  else if (STEERING.test(g.variable ?? '')) r.state.opaque(`variable: ${g.variable ?? ''}`);
  return { ...NOTHING, literals: [...g.literals, ...value.literals] };
}

/** Variables that change what later commands do, and drives whose items are functions and aliases. */
const STEERING = /^(?:(?:global|script|local):)?(?:PSDefaultParameterValues|PSModuleAutoLoadingPreference|PSNativeCommand\w+|OFS|OutputEncoding|ExecutionContext|PSSessionOption)$|^(?:function|alias):/i;

/** A variable of the environment reaches every program that is started afterwards. */
function environment(r: Reading, name: string, texts: readonly string[] | null): void {
  if (steers(name)) r.state.opaque(`environment: ${name}`);
  r.state.command(`${name}=${(texts ?? []).join(' ')}`, false);
}
