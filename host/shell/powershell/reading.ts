/**
 * A PowerShell text under reading: where the reader stands, and what its parts ask of each other. The character classes are
 * those of PowerShell's own tokenizer: typographic dashes and quotes count as `-`, `'` and `"`. Attacker-controlled text.
 */
import type { State } from '../bash/state.ts';
import type { ShellLanguage } from '../facts.ts';

/** What a group of statements gives. */
export interface Inner {
  /** Its value, where the text tells it: a list of texts. */
  readonly constant: readonly string[] | null;
  /** Literal texts in it. */
  readonly literals: readonly string[];
}

export const NOTHING: Inner = { constant: null, literals: [] };

export interface Reading {
  readonly text: string;
  at: number;
  /** What is read runs on every way through the line, once. */
  sure: boolean;
  /** Groups, pipelines and expressions inside each other. */
  depth: number;
  readonly state: State;
  /** Reads statements up to the closer and steps over it. */
  readonly group: (reading: Reading, closer: ')' | '}' | null) => Inner;
  /** Reads one pipeline or statement. */
  readonly pipeline: (reading: Reading) => Inner;
  /** Reads a text as a line of its own; `strict`: what cannot be read is a fault of the whole. */
  readonly script: (text: string, language: ShellLanguage, strict: boolean) => void;
}

const MAX_DEPTH = 100;

/** What is read inside a reading, one deeper. */
export function deeper<T>(reading: Reading, read: () => T): T {
  if (++reading.depth > MAX_DEPTH) reading.state.fault('too-many');
  const result = read();
  reading.depth -= 1;
  return result;
}

/** The text is not read further: the line is refused. */
export function fail(reading: Reading): void {
  reading.state.fault('unparsable');
  reading.at = reading.text.length;
}

export const isBlank = (c: string): boolean => /^[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]$/.test(c);
export const isDash = (c: string): boolean => /^[-\u2013-\u2015]$/.test(c);
export const isSingle = (c: string): boolean => /^['\u2018-\u201b]$/.test(c);
export const isDouble = (c: string): boolean => /^["\u201c-\u201e]$/.test(c);
/** Ends a word wherever it stands unquoted. */
export const endsWord = (c: string): boolean => c === '' || isBlank(c) || /^[\n;|&(){},]$/.test(c);

export const peek = (r: Reading, ahead = 0): string => r.text.charAt(r.at + ahead);
/** The match of a sticky expression where the reader stands. */
export function match(r: Reading, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = r.at;
  return pattern.exec(r.text);
}

/** Blanks, continued lines, comments; line ends too where these mean nothing. */
export function skip(r: Reading, lines = false): void {
  for (;;) {
    const c = peek(r);
    if (isBlank(c) || (lines && c === '\n')) r.at += 1;
    else if (c === '`' && peek(r, 1) === '\n') r.at += 2;
    else if (c === '#') r.at = end(r.text.indexOf('\n', r.at), r.text);
    else if (c === '<' && peek(r, 1) === '#') {
      const close = r.text.indexOf('#>', r.at + 2);
      if (close < 0) return fail(r);
      r.at = close + 2;
    } else return;
  }
}

const end = (at: number, text: string): number => (at < 0 ? text.length : at);
