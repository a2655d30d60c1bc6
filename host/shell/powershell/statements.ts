/**
 * Statements and pipelines. Branches, loops and functions are taken as run, each once: what a line may touch is more than what
 * it does touch. Every text that an expression holds is a mention.
 */
import { wholeField } from '../bash/field.ts';
import { insideWord } from '../bash/literals.ts';
import { argument, readArguments } from './arguments.ts';
import { judgeCommand, type Stream } from './command.ts';
import { expression } from './expression.ts';
import { writes } from './touch.ts';
import { deeper, fail, isDash, isDouble, isSingle, match, NOTHING, peek, skip, type Inner, type Reading } from './reading.ts';
import { bare } from './units.ts';
import { assign } from './variables.ts';

/** Statements up to the closer, or to the end of the text. */
export function group(r: Reading, closer: ')' | '}' | null): Inner {
  const inner: Reading = { ...r };
  let constant: readonly string[] | null = [];
  const literals: string[] = [];
  let count = 0;
  while (!r.state.faulted()) {
    skip(inner, true);
    const c = peek(inner);
    if (c === ';') inner.at += 1;
    else if (c === '' && closer === null) break;
    else if (c !== '' && c === closer) {
      inner.at += 1;
      break;
    } else if (c === '' || c === ')' || c === '}') fail(inner);
    else {
      const before = inner.at;
      const one = pipeline(inner);
      if (inner.at === before) fail(inner);
      constant = count++ === 0 ? one.constant : null;
      literals.push(...one.literals);
    }
  }
  r.at = inner.at;
  return { constant: count === 0 && closer === null ? null : constant, literals };
}

export function pipeline(r: Reading): Inner {
  return deeper(r, () => readPipeline(r));
}

function readPipeline(r: Reading): Inner {
  const literals: string[] = [];
  let stream: Stream | null = null;
  let constant: readonly string[] | null = null;
  for (let first = true; !r.state.faulted(); first = false) {
    const begin = r.at;
    const one: Element = element(r, stream);
    if (r.at === begin) fail(r);
    literals.push(...one.inner.literals);
    constant = first ? one.inner.constant : null;
    skip(r);
    const chain = match(r, /&&|\|\|/y) ?? match(r, /\|/y) ?? match(r, /\n[\s]*\|(?!\|)/y);
    if (chain === null) break;
    r.at += chain[0].length;
    stream = chain[0].endsWith('|') && chain[0] !== '||' ? one.stream : null;
    if (stream === null) r.sure = false;
    constant = null;
    skip(r, true);
    // Nothing behind it.
    if (/^[;|)}&]?$/.test(peek(r))) fail(r);
  }
  if (peek(r) === '&' && peek(r, 1) !== '&') {
    r.state.opaque('a job of its own: &');
    r.at += 1;
  }
  return { constant, literals };
}

interface Element {
  readonly inner: Inner;
  readonly stream: Stream;
}

const UNKNOWN: Stream = { texts: null, roots: null };
const gives = (inner: Inner, stream: Stream = UNKNOWN): Element => ({ inner, stream });

function element(r: Reading, stream: Stream | null): Element {
  const c = peek(r);
  const keyword = stream === null ? match(r, /[A-Za-z]+(?=[\s({;}]|$)/y)?.[0].toLowerCase() : undefined;
  if (keyword !== undefined && KEYWORDS.has(keyword)) return gives(statement(r, keyword));
  if (c === '&' || (c === '.' && /^[\s$'"({\u2018-\u201e]$/.test(peek(r, 1)))) {
    r.at += 1;
    skip(r);
    return command(r, stream, c === '&' ? 'call' : 'dot');
  }
  const value = /[$@([{,!+]/.test(c) || isSingle(c) || isDouble(c) || (isDash(c) && /[\w$('"!+-]/.test(peek(r, 1))) || match(r, /(?:\d[\d.]*|\.\d+)(?:e[+-]?\d+)?(?:[ld]?[kmgtp]b|[ld])?(?=[\s;|&)}\],+*/%>-]|\.\.|$)/iy) !== null;
  if (value && c !== '') return valueElement(r);
  return command(r, stream, 'plain');
}

function valueElement(r: Reading): Element {
  const start = r.at;
  const { inner, redirects } = expression(r);
  const said = r.text.slice(start, r.at);
  // What stands for itself is no command; what runs something is shown as one.
  if (/\(|::/.test(said)) r.state.command(said.replace(/\s+/g, ' '), true);
  for (const match of said.matchAll(/SetEnvironmentVariable\s*\(\s*['"]([^'"]+)['"]/gi)) r.state.command(`export ${match[1] ?? ''}`, false);
  for (const text of inner.literals) mentionLiteral(r, text);
  writes(r, redirects);
  return gives(inner, { texts: inner.constant ?? null, roots: null });
}

function mentionLiteral(r: Reading, text: string): void {
  for (const one of new Set([text, text.replaceAll('\\', '/')])) {
    r.state.emit(one, 'mention', false, r.state.directories);
    for (const piece of insideWord(one, r.state.place.home)) r.state.emit(piece, 'mention', false, r.state.directories);
  }
}

function command(r: Reading, stream: Stream | null, how: 'plain' | 'call' | 'dot'): Element {
  const start = r.at;
  const c = peek(r);
  if (/^[\n;|)}&,<>]?$/.test(c)) {
    fail(r);
    return gives(NOTHING);
  }
  const head = how === 'plain' ? { fields: [wholeField(bare(r), r.text.slice(start, r.at))], raw: r.text.slice(start, r.at), dash: false, block: false } : argument(r);
  const { list, redirects } = readArguments(r);
  if (r.state.faulted()) return gives(NOTHING);
  return gives(NOTHING, judgeCommand(r, { head, how, list, redirects }, stream));
}

const CONDITIONS = new Set(['if', 'elseif', 'while', 'until', 'switch', 'for', 'foreach', 'param']);
const BLOCKS = new Set(['else', 'try', 'finally', 'do', 'begin', 'process', 'end', 'clean', 'dynamicparam', 'catch', 'trap']);
const JUMPS = new Set(['return', 'throw', 'exit', 'break', 'continue']);
const NAMED = new Set(['function', 'filter']);
/** Read otherwise than line by line: what needs them is a script and belongs in a file. */
const REFUSED = new Set(['class', 'enum', 'using', 'data', 'workflow', 'configuration', 'parallel', 'sequence', 'inlinescript']);
const KEYWORDS = new Set([...CONDITIONS, ...BLOCKS, ...JUMPS, ...NAMED, ...REFUSED]);

function statement(r: Reading, keyword: string): Inner {
  if (REFUSED.has(keyword)) {
    fail(r);
    return NOTHING;
  }
  r.at += keyword.length;
  skip(r);
  if (JUMPS.has(keyword)) return /^[\n;)}|&]?$/.test(peek(r)) ? NOTHING : pipeline(r);
  const { sure } = r;
  r.sure = false;
  if (NAMED.has(keyword)) named(r);
  else if (BLOCKS.has(keyword)) block(r);
  else if (keyword === 'foreach') each(r);
  else conditioned(r, keyword);
  r.sure = sure;
  return NOTHING;
}

/** `{ … }`, behind the types of a `catch`. */
function block(r: Reading): void {
  for (;;) {
    skip(r, true);
    const type = match(r, /\[[\p{L}\p{N}_.]+\](?:\s*,)?/uy);
    if (type === null) break;
    r.at += type[0].length;
  }
  if (peek(r) !== '{') return fail(r);
  r.at += 1;
  group(r, '}');
}

function conditioned(r: Reading, keyword: string): void {
  if (keyword === 'switch') {
    r.state.opaque('switch');
    while (isDash(peek(r))) {
      readWord(r);
      skip(r);
    }
  }
  if (peek(r) !== '(') return fail(r);
  if (keyword === 'param') return parameters(r);
  r.at += 1;
  for (const text of group(r, ')').literals) mentionLiteral(r, text);
  if (keyword === 'switch') return clauses(r);
  skip(r, true);
  // `do { … } while (…)` ends here.
  if (peek(r) === '{') block(r);
  else if (keyword !== 'while' && keyword !== 'until') fail(r);
}

function readWord(r: Reading): void {
  const before = r.at;
  argument(r);
  if (r.at === before) fail(r);
}

/** `switch (…) { pattern { … } default { … } }` */
function clauses(r: Reading): void {
  skip(r, true);
  if (peek(r) !== '{') return fail(r);
  r.at += 1;
  while (!r.state.faulted()) {
    skip(r, true);
    if (peek(r) === ';') r.at += 1;
    else if (peek(r) === '}') {
      r.at += 1;
      return;
    } else {
      const { fields } = argument(r);
      for (const field of fields) mentionLiteral(r, field.text);
      block(r);
    }
  }
}

/** `foreach ($name in statement) { … }` */
function each(r: Reading): void {
  const head = match(r, /\([ \t\n]*\$([\p{L}\p{N}_]+)[ \t\n]+in[ \t\n]+/iuy);
  if (head === null) return fail(r);
  r.at += head[0].length;
  const { constant, literals } = group(r, ')');
  for (const text of literals) mentionLiteral(r, text);
  if (constant !== null) for (const text of constant) assign(r.state, head[1] ?? '', [text], false);
  else assign(r.state, head[1] ?? '', null, false);
  block(r);
}

function named(r: Reading): void {
  const name = match(r, /[^\s({;|&)}]+/y)?.[0] ?? '';
  if (name === '') return fail(r);
  r.at += name.length;
  r.state.functions.add(name.toLowerCase().replace(/^\w+:/, ''));
  r.state.opaque(`function: ${name}`);
  skip(r, true);
  if (peek(r) === '(') parameters(r);
  block(r);
}

/** `([type] $name = default, …)`: the defaults are expressions. */
function parameters(r: Reading): void {
  r.state.opaque('parameters');
  r.at += 1;
  while (!r.state.faulted()) {
    skip(r, true);
    if (peek(r) === ',') r.at += 1;
    else if (peek(r) === ')') {
      r.at += 1;
      return;
    } else {
      const before = r.at;
      for (const text of expression(r).inner.literals) mentionLiteral(r, text);
      if (r.at === before) fail(r);
    }
  }
}

