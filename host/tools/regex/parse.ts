/**
 * A search pattern, attacker-controlled, in the syntax that ripgrep reads, without what a linear-time match cannot have:
 *
 *   alternation  a|b        group (…) (?:…) (?<n>…) (?P<n>…)      flags (?i) (?s) (?m) (?-i) (?i:…)
 *   repetition   * + ? {n} {n,} {n,m}, lazy with ?                  assertions ^ $ \b \B \A \z \< \>
 *   one of       . […] [^…] [[:alpha:]] \d \w \s \D \W \S \p{…} \P{…}
 *   one          \n \t \r \f \v \a \xHH \x{…} \uHHHH \u{…}, backslash and punctuation; `{` and `}` that repeat nothing
 *
 * Look-around, back-references and class arithmetic (&&, --, ~~) are refused by name.
 */
import { any, anyButNewline, escapeSet, folded, negate, posixSets, property, union, withoutNewline, type CodeSet } from './sets.ts';

export type Assertion = 'line-start' | 'line-end' | 'text-start' | 'text-end' | 'word' | 'not-word' | 'word-start' | 'word-end';

export type Node =
  | { readonly kind: 'set'; readonly set: CodeSet }
  | { readonly kind: 'all'; readonly of: readonly Node[] }
  | { readonly kind: 'one'; readonly of: readonly Node[] }
  | { readonly kind: 'repeat'; readonly of: Node; readonly min: number; readonly max: number; readonly lazy: boolean }
  | { readonly kind: 'assert'; readonly what: Assertion };

export interface PatternFlags {
  readonly fold: boolean;
  /** `.` takes a newline and a match may span lines; else none is ever consumed. */
  readonly multiline: boolean;
}

export type Parsed = { readonly ok: true; readonly node: Node } | { readonly ok: false; readonly why: string };

const MAX_DEPTH = 100;
const MAX_PATTERN = 4_096;
const MAX_REPEAT = 1_000;

interface Scope {
  readonly fold: boolean;
  readonly dotAll: boolean;
  readonly lines: boolean;
}

export function parsePattern(pattern: string, flags: PatternFlags): Parsed {
  if (pattern.length > MAX_PATTERN) return { ok: false, why: `longer than ${MAX_PATTERN} characters` };
  const reader = createReader(pattern, flags);
  try {
    return { ok: true, node: reader() };
  } catch (e) {
    if (e instanceof PatternFault) return { ok: false, why: e.message };
    throw e;
  }
}

class PatternFault extends Error {}

function refuse(why: string): never {
  throw new PatternFault(why);
}

function createReader(pattern: string, flags: PatternFlags): () => Node {
  let at = 0;
  let depth = 0;
  const peek = (): string => pattern.charAt(at);
  const take = (text: string): boolean => {
    if (!pattern.startsWith(text, at)) return false;
    at += text.length;
    return true;
  };
  const takeMatch = (form: RegExp): RegExpExecArray | null => {
    form.lastIndex = at;
    const match = form.exec(pattern);
    if (match !== null) at += match[0].length;
    return match;
  };
  const exact = (set: CodeSet): Node => ({ kind: 'set', set: flags.multiline ? set : withoutNewline(set) });
  const one = (set: CodeSet, scope: Scope): Node => exact(scope.fold ? folded(set) : set);

  function alternation(outer: Scope): Node {
    if (++depth > MAX_DEPTH) refuse(`groups nested deeper than ${MAX_DEPTH}`);
    let scope = outer;
    const branches: Node[] = [];
    let items: Node[] = [];
    while (at < pattern.length && peek() !== ')') {
      if (take('|')) {
        branches.push({ kind: 'all', of: items });
        items = [];
        continue;
      }
      const switched = takeMatch(/\(\?([a-zA-Z]*)(?:-([a-zA-Z]+))?\)/y);
      if (switched !== null) scope = withFlags(scope, switched[1] ?? '', switched[2] ?? '');
      else items.push(repetition(atom(scope)));
    }
    depth--;
    branches.push({ kind: 'all', of: items });
    return branches.length === 1 ? (branches[0] ?? { kind: 'all', of: [] }) : { kind: 'one', of: branches };
  }

  function repetition(of: Node): Node {
    let node = of;
    for (;;) {
      const match = takeMatch(/(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})(\?)?/y);
      if (match === null) return node;
      const [, sign, low, comma, high, lazy] = match;
      const min = sign === undefined ? Number(low) : sign === '+' ? 1 : 0;
      const max = sign === undefined ? (comma === undefined ? min : high === '' ? Infinity : Number(high)) : sign === '?' ? 1 : Infinity;
      if (min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT)) refuse(`a repetition of more than ${MAX_REPEAT}`);
      if (max < min) refuse('a repetition whose end is before its start');
      node = { kind: 'repeat', of: node, min, max, lazy: lazy !== undefined };
    }
  }

  function atom(scope: Scope): Node {
    if (take('(')) return group(scope);
    if (take('[')) return exact(charClass(scope.fold));
    if (take('.')) return { kind: 'set', set: scope.dotAll && flags.multiline ? any : anyButNewline };
    if (take('^')) return { kind: 'assert', what: scope.lines ? 'line-start' : 'text-start' };
    if (take('$')) return { kind: 'assert', what: scope.lines ? 'line-end' : 'text-end' };
    if (/[*+?]/.test(peek())) refuse(`"${peek()}" with nothing before it to repeat`);
    if (take('\\')) {
      const what = takeAssertion();
      return what === null ? one(escape(), scope) : { kind: 'assert', what };
    }
    return one(codeAt(), scope);
  }

  function group(scope: Scope): Node {
    if (/^\?(?:[=!]|<[=!])/.test(pattern.slice(at, at + 3))) refuse('look-ahead and look-behind are not supported');
    let inner = scope;
    if (take('?')) {
      const switched = takeMatch(/([a-zA-Z]*)(?:-([a-zA-Z]+))?:/y);
      if (switched !== null) inner = withFlags(scope, switched[1] ?? '', switched[2] ?? '');
      else if (takeMatch(/P?<[A-Za-z_][A-Za-z0-9_]*>/y) === null) refuse('an unknown kind of group');
    }
    const node = alternation(inner);
    if (!take(')')) refuse('a group is not closed');
    return node;
  }

  function takeAssertion(): Assertion | null {
    if (take('b{start}') || take('<')) return 'word-start';
    if (take('b{end}') || take('>')) return 'word-end';
    const what = ({ b: 'word', B: 'not-word', A: 'text-start', z: 'text-end' } as const)[peek()];
    if (what !== undefined) at++;
    return what ?? null;
  }

  function codeAt(): CodeSet {
    const code = pattern.codePointAt(at) ?? refuse('a backslash at the end');
    at += code > 0xffff ? 2 : 1;
    return [code, code];
  }

  /** After a backslash: what it stands for. */
  function escape(): CodeSet {
    const hex = takeMatch(/(?:x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})|u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))/y);
    if (hex !== null) {
      const code = parseInt(hex.slice(1).find((part) => part !== undefined) ?? '', 16);
      return code <= 0x10ffff ? [code, code] : refuse('a code point beyond U+10FFFF');
    }
    const unicode = takeMatch(/([pP])(?:\{(\^?)([^{}]*)\}|([A-Z]))/y);
    if (unicode !== null) {
      const set = property(unicode[3] ?? unicode[4] ?? '') ?? refuse(`unknown Unicode property "${unicode[3] ?? ''}"`);
      return (unicode[1] === 'P') !== (unicode[2] === '^') ? negate(set) : set;
    }
    const letter = peek();
    const known = escapeSet(letter);
    const control = ({ n: 10, t: 9, r: 13, f: 12, v: 11, a: 7 } as const)[letter];
    if (known !== null || control !== undefined) at++;
    if (known !== null) return known;
    if (control !== undefined) return [control, control];
    if (/[1-9k]/.test(letter)) refuse('back-references are not supported');
    if (/[A-Za-z0]/.test(letter)) refuse(`unknown escape "\\${letter}"`);
    return codeAt();
  }

  /** After `[`. */
  function charClass(fold: boolean): CodeSet {
    if (++depth > MAX_DEPTH) refuse(`classes nested deeper than ${MAX_DEPTH}`);
    const negated = take('^');
    const parts: CodeSet[] = [];
    for (let first = true; first || peek() !== ']'; first = false) {
      if (at >= pattern.length) refuse('a character class is not closed');
      if (/^(?:&&|--|~~)/.test(pattern.slice(at, at + 2)) && !first) refuse('class arithmetic (&&, --, ~~) is not supported');
      const named = takeMatch(/\[:(\^?)([a-z]+):\]/y);
      if (named !== null) {
        const set = posixSets[named[2] ?? ''] ?? refuse(`unknown class "[:${named[2] ?? ''}:]"`);
        parts.push(named[1] === '^' ? negate(set) : set);
        continue;
      }
      if (!first && take('[')) {
        parts.push(charClass(fold));
        continue;
      }
      parts.push(classItem());
    }
    at++;
    depth--;
    // Case is folded before a negation: [^a] without regard to case is neither of a and A.
    const all = fold ? folded(union(...parts)) : union(...parts);
    return negated ? negate(all) : all;
  }

  function classItem(): CodeSet {
    const low = take('\\') ? (take('b') ? [8, 8] : escape()) : codeAt();
    if (low.length !== 2 || low[0] !== low[1] || peek() !== '-' || at + 1 >= pattern.length || pattern.charAt(at + 1) === ']' || pattern.charAt(at + 1) === '-') return low;
    at++;
    const high = take('\\') ? escape() : codeAt();
    if (high.length !== 2 || high[0] !== high[1]) refuse('a range that ends in a class');
    if ((high[0] ?? 0) < (low[0] ?? 0)) refuse('a range whose end is before its start');
    return [low[0] ?? 0, high[0] ?? 0];
  }

  return () => {
    const node = alternation({ fold: flags.fold, dotAll: flags.multiline, lines: true });
    if (at < pattern.length) refuse('a ")" that closes nothing');
    return node;
  };
}

function withFlags(scope: Scope, on: string, off: string): Scope {
  let { fold, dotAll, lines } = scope;
  for (const [letters, value] of [[on, true], [off, false]] as const) {
    for (const letter of letters) {
      if (letter === 'i') fold = value;
      else if (letter === 's') dotAll = value;
      else if (letter === 'm') lines = value;
      else if (letter !== 'u') refuse(`the flag "${letter}" is not supported`);
    }
  }
  return { fold, dotAll, lines };
}
