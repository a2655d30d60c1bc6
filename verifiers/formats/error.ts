/**
 * The one error class. A code from a closed list, and one sentence form:
 * `Cannot <do what> "<thing>": <state found>[, want <state>]`, then what to do next.
 * A thing may be attacker-controlled: it is shown on one line, without control characters, cut to 200 characters.
 */

export type ErrorCode =
  | 'usage' // wrong words on the command line
  | 'not-found'
  | 'not-a-file'
  | 'too-large'
  | 'unreadable' // exists, cannot be read or decoded
  | 'unwritable'
  | 'exists'
  | 'home' // the home folder is not fit to hold a record
  | 'policy' // policy text refused
  | 'json' // JSON text refused
  | 'row' // a row that may not be written, or does not parse
  | 'ledger' // the record cannot be written
  | 'upstream' // not reached
  | 'busy' // too much is under way at once
  | 'answer' // what the upstream sent cannot be used
  | 'port'
  | 'bypass' // something would route the agent around the proxy
  | 'agent' // the agent program cannot be started
  | 'unsupported'; // not in this version

export interface ErrorParts {
  readonly code: ErrorCode;
  /** What could not be done, as a verb phrase: `read policy`. */
  readonly cannot: string;
  readonly thing: string;
  readonly found: string;
  readonly want?: string;
  /** The next step, a whole sentence. */
  readonly next?: string;
}

export class OccasioError extends Error {
  readonly code: ErrorCode;
  readonly parts: ErrorParts;

  constructor(parts: ErrorParts, cause?: unknown) {
    super(sentence(parts), cause === undefined ? undefined : { cause });
    this.name = 'OccasioError';
    this.code = parts.code;
    this.parts = parts;
  }
}

/** A state that cannot be: the program is wrong, not its input. */
export function bug(what: string): never {
  throw new Error(`bug: ${what}`);
}

function sentence(parts: ErrorParts): string {
  const want = parts.want === undefined ? '' : `, want ${printable(parts.want, 1000)}`;
  const next = parts.next === undefined ? '' : `. ${printable(parts.next, 1000)}`;
  return `Cannot ${parts.cannot} "${printable(parts.thing)}": ${printable(parts.found)}${want}${next}`;
}

/** What a terminal does not show as it is: controls (C0, C1, line and paragraph ends), bidi marks, what has no width, tags, half of a pair. */
const UNSHOWN = /\p{Cc}|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}|[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

/** One line that a terminal shows as it is, at most `max` characters. */
export function printable(text: string, max = 200): string {
  const plain = text.replace(UNSHOWN, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
  return plain.length > max ? `${plain.slice(0, max)}…` : plain;
}

/** The same JSON value, in a text that a terminal shows as it is; line feeds between its parts stay. */
export function printableJson(json: string): string {
  return json.replace(UNSHOWN, (c) => (c === '\n' ? c : Array.from(c.split(''), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')));
}
