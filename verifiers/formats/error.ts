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
  const want = parts.want === undefined ? '' : `, want ${parts.want}`;
  const next = parts.next === undefined ? '' : `. ${parts.next}`;
  return `Cannot ${parts.cannot} "${printable(parts.thing)}": ${printable(parts.found)}${want}${next}`;
}

/** One line that a terminal shows as it is: no control, bidi or zero-width characters, at most `max` characters. */
export function printable(text: string, max = 200): string {
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\p{Cs}|[\u{e0000}-\u{e007f}]/gu, (c) =>
    `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`,
  );
  return plain.length > max ? `${plain.slice(0, max)}…` : plain;
}
