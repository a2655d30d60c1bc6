/**
 * A text read once more: what stands in it as base64, with percent escapes, or with escapes of JSON, decoded once. A view is bytes to look
 * for secrets in, and says where in the text they stand. Text is attacker-controlled; all views together take time and room linear in it.
 */

/** From `start` up to `end`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

export interface View {
  /** Ends with the byte that no text holds. */
  readonly bytes: Uint8Array;
  /** Where in the text that part of the view stands; to be asked in order. Of base64 the whole run. */
  span(part: Span): Span;
}

/** Characters of base64 that are decoded: fewer hold no secret. */
const SHORTEST_RUN = 16;
/** Of the bytes that a run decodes to, one in this many may be other than text. */
const TEXT = 10;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;
/** Stands for what is no ASCII, and between runs. */
const OTHER = 0x80;

/** Value of each digit of base64, of either alphabet; 255 for other bytes. */
const DIGITS = new Uint8Array(256).fill(255);
for (const [i, c] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) DIGITS[c.charCodeAt(0)] = i;
DIGITS[0x2d] = 62;
DIGITS[0x5f] = 63;

/** The views of `text`, whose last byte, `end`, is none that a text holds. */
export function viewsOf(text: Uint8Array, end: number): View[] {
  const views: View[] = [];
  const { runs, percent, escape } = signs(text);
  if (runs.length > 0) views.push(...decodedRuns(text, runs, end));
  if (percent) views.push(unescaped(text, PERCENT, percentAt));
  if (escape) views.push(unescaped(text, BACKSLASH, escapeAt));
  return views;
}

/** What there is to decode. Escapes of control characters alone hide nothing. */
function signs(text: Uint8Array): { readonly runs: readonly Span[]; readonly percent: boolean; readonly escape: boolean } {
  const runs: Span[] = [];
  let [percent, escape] = [false, false];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i] ?? 0;
    if (DIGITS[byte] !== 255) continue;
    // A short run right behind another may be its last line.
    if (i - start >= SHORTEST_RUN || (i > start && (runs.at(-1)?.end ?? -2) >= start - 2)) runs.push({ start, end: i });
    start = i + 1;
    if (byte === PERCENT) percent ||= percentAt(text, i).length > 1;
    else if (byte === BACKSLASH) {
      const next = text[i + 1] ?? 0;
      escape ||= next === 0x75 || next === 0x2f;
      if (SIMPLE.has(next)) start = i + 2;
    }
  }
  return { runs, percent, escape };
}

/** All runs that decode to text, one after the other. Lines that were broken at 64 or 76 characters are one run. */
function decodedRuns(text: Uint8Array, runs: readonly Span[], end: number): View[] {
  const out = new Uint8Array(text.length + runs.length + 1);
  const kept: { readonly at: number; readonly run: Span }[] = [];
  let at = 0;
  for (let i = 0; i < runs.length; ) {
    const [first, more] = [i, wrapped(text, runs, i)];
    i += more;
    const to = decodeInto(out, at, text, runs.slice(first, i));
    if (!isText(out, at, to)) continue;
    kept.push({ at, run: { start: runs[first]?.start ?? 0, end: runs[i - 1]?.end ?? 0 } });
    out[to] = OTHER;
    at = to + 1;
  }
  if (at === 0) return [];
  out[at] = end;
  let k = 0;
  const span = (part: Span): Span => {
    while (k + 1 < kept.length && (kept[k + 1]?.at ?? 0) <= part.start) k++;
    let last = k;
    while (last + 1 < kept.length && (kept[last + 1]?.at ?? 0) < part.end) last++;
    return { start: kept[k]?.run.start ?? 0, end: padded(text, kept[last]?.run.end ?? 0) };
  };
  return [{ bytes: out.subarray(0, at + 1), span }];
}

/** How many of the runs from `i` on are the lines of one. */
function wrapped(text: Uint8Array, runs: readonly Span[], i: number): number {
  let count = 1;
  for (let run = runs[i]; run !== undefined; count++) {
    const next = runs[i + count];
    const length = run.end - run.start;
    const follows = next !== undefined && text[next.start - 1] === 0x0a && (next.start === run.end + 1 || (next.start === run.end + 2 && text[run.end] === 0x0d));
    if (!follows || (length !== 64 && length !== 76)) break;
    run = next;
  }
  return count;
}

function decodeInto(out: Uint8Array, at: number, text: Uint8Array, runs: readonly Span[]): number {
  let [bits, held, to] = [0, 0, at];
  for (const { start, end } of runs) {
    for (let i = start; i < end; i++) {
      bits = ((bits << 6) | (DIGITS[text[i] ?? 0] ?? 0)) & 0xffff;
      held += 6;
      if (held >= 8) out[to++] = (bits >> (held -= 8)) & 255;
    }
  }
  return to;
}

function isText(bytes: Uint8Array, from: number, to: number): boolean {
  let other = 0;
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0;
    if (byte > 0x7e || (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) other++;
  }
  return other * TEXT <= to - from;
}

function padded(text: Uint8Array, end: number): number {
  return text[end] === 0x3d ? (text[end + 1] === 0x3d ? end + 2 : end + 1) : end;
}

/** A byte, and how many bytes of the text spell it; length 1 is what stands for itself. */
interface Spelt {
  readonly byte: number;
  readonly length: number;
}

/** Each escape is one byte of the view. */
function unescaped(text: Uint8Array, sign: number, spelt: (text: Uint8Array, at: number) => Spelt): View {
  const out = new Uint8Array(text.length);
  let to = 0;
  for (let i = 0; i < text.length; ) {
    const byte = text[i] ?? 0;
    if (byte !== sign) {
      out[to++] = byte;
      i++;
      continue;
    }
    const read = spelt(text, i);
    out[to++] = read.byte;
    i += read.length;
  }
  let [seen, place] = [0, 0];
  const placeOf = (wanted: number): number => {
    for (; seen < wanted; seen++) place += text[place] === sign ? spelt(text, place).length : 1;
    return place;
  };
  return { bytes: out.subarray(0, to), span: ({ start, end }) => ({ start: placeOf(start), end: placeOf(end) }) };
}

function percentAt(text: Uint8Array, at: number): Spelt {
  const byte = hexAt(text, at + 1, 2);
  return byte < 0 ? { byte: PERCENT, length: 1 } : { byte: ascii(byte), length: 3 };
}

const SIMPLE: ReadonlyMap<number, number> = new Map([[0x6e, 0x0a], [0x72, 0x0d], [0x74, 0x09], [0x62, 0x08], [0x66, 0x0c], [0x2f, 0x2f], [0x22, 0x22], [BACKSLASH, BACKSLASH]]);

function escapeAt(text: Uint8Array, at: number): Spelt {
  const next = text[at + 1] ?? 0;
  const code = next === 0x75 ? hexAt(text, at + 2, 4) : -1;
  if (code >= 0) return { byte: ascii(code), length: 6 };
  const simple = SIMPLE.get(next);
  return simple === undefined ? { byte: BACKSLASH, length: 1 } : { byte: simple, length: 2 };
}

function ascii(code: number): number {
  return code < 0x80 ? code : OTHER;
}

/** The number that `count` hexadecimal digits spell, or -1. */
function hexAt(text: Uint8Array, at: number, count: number): number {
  let n = 0;
  for (let i = at; i < at + count; i++) {
    const byte = text[i] ?? 0;
    const digit = byte - 0x30 < 10 && byte >= 0x30 ? byte - 0x30 : (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66 ? (byte | 0x20) - 0x57 : -1;
    if (digit < 0) return -1;
    n = n * 16 + digit;
  }
  return n;
}
