/**
 * `$'…'`: the escapes that bash knows (Bash manual, 3.1.2.4). The text is attacker-controlled.
 * A NUL ends the string, as in bash, which cuts there.
 */

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'], ['b', '\b'], ['e', '\x1b'], ['E', '\x1b'], ['f', '\f'], ['n', '\n'], ['r', '\r'], ['t', '\t'], ['v', '\v'],
  ['\\', '\\'], ["'", "'"], ['"', '"'], ['?', '?'],
]);

export interface AnsiString {
  readonly text: string;
  /** Index behind the closing quote. */
  readonly end: number;
}

/** Reads from the quote at `start` on (`$` stands before it). Null: no closing quote before `limit`. */
export function readAnsi(source: string, start: number, limit: number): AnsiString | null {
  let bytes: number[] = [];
  let text = '';
  let cut = false;
  const flush = (): void => {
    if (bytes.length > 0) text += new TextDecoder().decode(Uint8Array.from(bytes));
    bytes = [];
  };
  for (let i = start + 1; i < limit; ) {
    const c = source.charAt(i);
    if (c === "'") {
      flush();
      return { text, end: i + 1 };
    }
    if (c !== '\\') {
      flush();
      if (!cut) text += c;
      i += 1;
      continue;
    }
    const escape = readEscape(source, i + 1);
    i = escape.end;
    if (escape.code === 0) cut = true;
    if (cut) continue;
    if (escape.byte) bytes.push(escape.code & 0xff);
    else {
      flush();
      text += escape.text;
    }
  }
  return null;
}

interface Escape {
  readonly text: string;
  readonly code: number;
  /** The escape names one byte; several may make up one character. */
  readonly byte: boolean;
  readonly end: number;
}

function readEscape(source: string, at: number): Escape {
  const c = source.charAt(at);
  const simple = SIMPLE.get(c);
  if (simple !== undefined) return { text: simple, code: -1, byte: false, end: at + 1 };
  if (c === 'c') {
    // `\c\\` is one control character: the second backslash belongs to it.
    const of = source.charAt(at + 1);
    const length = of === '\\' && source.charAt(at + 2) === '\\' ? 3 : 2;
    const code = of.toUpperCase().charCodeAt(0) & 0x1f;
    return { text: String.fromCharCode(code), code: code === 0 ? 0 : -1, byte: false, end: at + length };
  }
  const digits = numeric(source, at);
  if (digits === null) return { text: `\\${c}`, code: -1, byte: false, end: at + 1 };
  if (digits.byte) return { text: '', code: digits.code & 0xff, byte: true, end: digits.end };
  const valid = digits.code <= 0x10ffff && !(digits.code >= 0xd800 && digits.code <= 0xdfff);
  return { text: valid ? String.fromCodePoint(digits.code) : '\ufffd', code: digits.code === 0 ? 0 : -1, byte: false, end: digits.end };
}

function numeric(source: string, at: number): { code: number; byte: boolean; end: number } | null {
  const rest = source.slice(at, at + 12);
  const octal = /^[0-7]{1,3}/.exec(rest);
  if (octal !== null) return { code: Number.parseInt(octal[0], 8), byte: true, end: at + octal[0].length };
  const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest) ?? /^u([0-9a-fA-F]{1,4})/.exec(rest) ?? /^U([0-9a-fA-F]{1,8})/.exec(rest);
  if (hex === null) return null;
  return { code: Number.parseInt(hex[1] ?? '', 16), byte: rest.startsWith('x'), end: at + hex[0].length };
}
