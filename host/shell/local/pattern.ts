/**
 * Patterns of names as find and the shell have them: `*`, `?`, `[abc]`, `[!a-z]`, a backslash before a letter that stands
 * for itself. Matching goes back to the last star only: time is the product of both lengths at most. A pattern with a set
 * that depends on a locale, or that the two read differently, is null.
 */

type Token = { readonly kind: 'star' } | { readonly kind: 'any' } | { readonly kind: 'char'; readonly c: string } | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

/** `slash`: a star, `?` or set may stand for one. */
export type NamePattern = (name: string) => boolean;

export interface PatternRules {
  readonly fold: boolean;
  readonly slash: boolean;
}

export function namePattern(pattern: string, rules: PatternRules): NamePattern | null {
  const tokens = tokensOf(rules.fold ? pattern.toLowerCase() : pattern);
  if (tokens === null) return null;
  return (name) => matches(tokens, [...(rules.fold ? name.toLowerCase() : name)], rules.slash);
}

function tokensOf(pattern: string): readonly Token[] | null {
  const tokens: Token[] = [];
  const chars = [...pattern];
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i] ?? '';
    if (c === '*') tokens.push({ kind: 'star' });
    else if (c === '?') tokens.push({ kind: 'any' });
    else if (c === '\\') {
      const next = chars[++i];
      if (next === undefined) return null;
      tokens.push({ kind: 'char', c: next });
    } else if (c === '[') {
      const end = chars.indexOf(']', i + 2);
      const set = end < 0 ? null : setOf(chars.slice(i + 1, end));
      if (set === null) return null;
      tokens.push(set);
      i = end;
    } else tokens.push({ kind: 'char', c });
  }
  return tokens;
}

/** Letters, digits, `_`, `.` and ranges within one kind: in every locale the same. */
function setOf(inner: readonly string[]): Token | null {
  const negated = inner[0] === '!' || inner[0] === '^';
  const body = inner.slice(negated ? 1 : 0).join('');
  if (!/^(?:[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]|[A-Za-z0-9_.])+$/.test(body)) return null;
  const ranges = [...body.matchAll(/(.)-(.)|./g)].map(([one, from, to]): readonly [string, string] => [from ?? one, to ?? one]);
  return { kind: 'set', negated, ranges };
}

function matches(tokens: readonly Token[], name: readonly string[], slash: boolean): boolean {
  let [t, n, star, back] = [0, 0, -1, 0];
  while (n < name.length) {
    const token = tokens[t];
    const c = name[n] ?? '';
    if (token?.kind === 'star') {
      star = t++;
      back = n;
    } else if (token !== undefined && one(token, c, slash)) {
      t++;
      n++;
    } else if (star >= 0 && (slash || name[back] !== '/')) {
      t = star + 1;
      n = ++back;
    } else return false;
  }
  while (tokens[t]?.kind === 'star') t++;
  return t === tokens.length;
}

function one(token: Token, c: string, slash: boolean): boolean {
  if (token.kind === 'char') return token.c === c;
  if (c === '/' && !slash) return false;
  return token.kind === 'any' || (token.kind === 'set' && token.ranges.some(([from, to]) => c >= from && c <= to) !== token.negated);
}
