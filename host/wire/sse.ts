/**
 * Server-sent events, framed incrementally. A frame is the bytes up to and with a blank line; lines end in LF, CR LF or CR:
 *
 *     event: content_block_stop LF
 *     data: {"type":"content_block_stop","index":1} LF
 *     LF
 *
 * Any chunking gives the same frames, and each keeps its bytes. A CR that ends a chunk waits for the next byte, since an LF
 * would belong to it. Bytes are attacker-controlled: where two readers of this format could see different events, the frame
 * has a fault. So has a line that is no field: the format lets it be, but a reader that takes the body for JSON would not.
 */

import { decodeText } from './bytes.ts';

export interface Frame {
  readonly raw: Uint8Array;
  /** The last `event` field's value, or null. */
  readonly event: string | null;
  /** The `data` lines joined by LF, or null when there is none. */
  readonly data: string | null;
  /** Nothing but comments and blank lines: a sign of life. */
  readonly idle: boolean;
  readonly fault: string | null;
}

export interface Framer {
  push(chunk: Uint8Array): readonly Frame[];
  /** Frames that only the end completes, and the bytes of a last one without its blank line, which no reader dispatches. */
  end(): { readonly frames: readonly Frame[]; readonly rest: Uint8Array };
}

export const MAX_FRAME_BYTES = 8 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const STEP = 64 * 1024;
/** Events are small; the buffer grows with those that are not. */
const FIRST = 4096;

export function createFramer(limit: number = MAX_FRAME_BYTES): Framer {
  let buffer = new Uint8Array(FIRST);
  let length = 0;
  let start = 0; // of the frame being read
  let line = 0; // start of the line being read
  let scan = 0; // first byte not looked at
  let failed = false;

  function append(bytes: Uint8Array): void {
    if (start > 0) {
      buffer.copyWithin(0, start, length);
      length -= start;
      line -= start;
      scan -= start;
      start = 0;
    }
    if (length + bytes.length > buffer.length) {
      const larger = new Uint8Array(Math.max(buffer.length * 2, length + bytes.length));
      larger.set(buffer.subarray(0, length));
      buffer = larger;
    }
    buffer.set(bytes, length);
    length += bytes.length;
  }

  function take(frames: Frame[], ended: boolean): void {
    while (scan < length) {
      const byte = buffer[scan];
      if (byte !== LF && byte !== CR) {
        scan++;
        continue;
      }
      if (byte === CR && scan + 1 === length && !ended) break;
      const next = byte === CR && scan + 1 < length && buffer[scan + 1] === LF ? scan + 2 : scan + 1;
      const blank = scan === line;
      scan = next;
      line = next;
      if (!blank) continue;
      frames.push(readFrame(buffer.slice(start, next)));
      start = next;
    }
    if (length - start > limit) {
      frames.push({ raw: new Uint8Array(0), event: null, data: null, idle: false, fault: `a frame is larger than ${limit} bytes` });
      failed = true;
      buffer = new Uint8Array(0);
      length = start = line = scan = 0;
    }
  }

  return {
    push(chunk) {
      const frames: Frame[] = [];
      for (let at = 0; at < chunk.length && !failed; at += STEP) {
        append(chunk.subarray(at, at + STEP));
        take(frames, false);
      }
      return frames;
    },
    end() {
      const frames: Frame[] = [];
      if (!failed) take(frames, true);
      return { frames, rest: buffer.slice(start, length) };
    },
  };
}

/** Characters that some readers end a line at although the format does not, with a field after them. */
const FOREIGN_LINE = /[\u000b\u000c\u001c-\u001e\u0085\u2028\u2029]\s*(?:data|event)\s*:/i;

function readFrame(raw: Uint8Array): Frame {
  const text = decodeText(raw);
  const bad = (fault: string): Frame => ({ raw, event: null, data: null, idle: false, fault });
  if (text === undefined) return bad('a frame is not UTF-8');
  if (text.charCodeAt(0) === 0xfeff) return bad('a frame begins with a byte order mark');
  if (FOREIGN_LINE.test(text)) return bad('a field stands behind a character that only some readers take for a line end');
  let event: string | null = null;
  const data: string[] = [];
  let idle = true;
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line === '' || line.startsWith(':')) continue;
    idle = false;
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data.push(value);
    else if (field === 'event') {
      if (event !== null) return bad('a frame names its event twice');
      event = value;
    } else if (field !== 'id' && field !== 'retry') return bad('a line is no field of an event stream');
  }
  // A reader that takes each line for an event of its own must not find one.
  if (data.length > 1 && data.some(isWholeObject)) return bad('one line of several is an event by itself');
  return { raw, event, data: data.length === 0 ? null : data.join('\n'), idle, fault: null };
}

function isWholeObject(line: string): boolean {
  if (!line.trimStart().startsWith('{') || !line.trimEnd().endsWith('}')) return false;
  try {
    JSON.parse(line);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
