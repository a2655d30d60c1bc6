/**
 * A pattern as a policy writes it: JavaScript's syntax, with `(?i)`, `(?s)`, `(?m)` in front or the form `/…/ims`. What cannot
 * be run in linear time is refused by name, with what to write instead.
 */
import { RegExpParser, type AST } from '@eslint-community/regexpp';

export interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
  /** Read by the Unicode grammar; else by the lenient one of old. */
  readonly unicode: boolean;
}

export type Syntax = { readonly ok: true; readonly pattern: AST.Pattern; readonly flags: Flags } | { readonly ok: false; readonly why: string; readonly instead?: string };

const LOOKAROUND = 'Write what must be there as part of the pattern; what must not be there cannot be said.';
const BACKREFERENCE = 'Write the alternatives out; a text cannot be compared with an earlier part of itself.';

export function parseSyntax(text: string): Syntax {
  const { source, letters } = split(text);
  const odd = [...letters].find((letter) => !'imsu'.includes(letter));
  if (odd !== undefined) return { ok: false, why: `a flag "${odd}"`, instead: 'The flags are i, m and s.' };
  if (source === '') return { ok: false, why: 'an empty pattern, which matches every text' };
  const basic = { ignoreCase: letters.includes('i'), dotAll: letters.includes('s'), multiline: letters.includes('m') };
  const strict = read(source, true);
  const read_ = strict.pattern !== undefined ? strict : read(source, false);
  if (read_.pattern === undefined) return { ok: false, why: strict.why ?? 'not a pattern' };
  const refused = refusal(read_.pattern);
  return refused === null ? { ok: true, pattern: read_.pattern, flags: { ...basic, unicode: read_ === strict } } : { ok: false, ...refused };
}

function split(text: string): { source: string; letters: string } {
  const literal = /^\/(.*)\/([A-Za-z]*)$/s.exec(text);
  if (literal !== null) return { source: literal[1] ?? '', letters: literal[2] ?? '' };
  const prefix = /^\(\?([A-Za-z]+)\)/.exec(text);
  return prefix === null ? { source: text, letters: '' } : { source: text.slice(prefix[0].length), letters: prefix[1] ?? '' };
}

function read(source: string, unicode: boolean): { pattern?: AST.Pattern; why?: string } {
  // Astral characters are two to the lenient grammar.
  if (!unicode && /[\u{10000}-\u{10ffff}]/u.test(source)) return { why: 'not a pattern' };
  try {
    return { pattern: new RegExpParser({ ecmaVersion: 2025 }).parsePattern(source, 0, source.length, { unicode }) };
  } catch (e) {
    if (e instanceof RangeError) return { why: 'nested too deeply' };
    if (e instanceof SyntaxError) return { why: e.message.replace(/^Invalid regular expression: \/.*\/[a-z]*: /s, '').toLowerCase() };
    throw e;
  }
}

type Piece = AST.Element | AST.QuantifiableElement;

function refusal(pattern: AST.Pattern): { why: string; instead: string } | null {
  const pending: Piece[] = pattern.alternatives.flatMap((a) => a.elements);
  for (let piece = pending.pop(); piece !== undefined; piece = pending.pop()) {
    if (piece.type === 'Backreference') return { why: 'a back-reference', instead: BACKREFERENCE };
    if (piece.type === 'Assertion' && (piece.kind === 'lookahead' || piece.kind === 'lookbehind')) return { why: `look-around (${piece.raw.slice(0, 4)})`, instead: LOOKAROUND };
    if (piece.type === 'Group' && piece.modifiers !== null) return { why: 'flags inside a group', instead: 'Put (?i) in front of the whole pattern.' };
    if (piece.type === 'Quantifier') pending.push(piece.element);
    if (piece.type === 'Group' || piece.type === 'CapturingGroup') pending.push(...piece.alternatives.flatMap((a) => a.elements));
  }
  return null;
}
