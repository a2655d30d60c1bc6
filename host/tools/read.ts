/**
 * Read{file_path; offset, limit}: lines as number, tab, text, joined by newlines, numbered from 1. A file that ends in a
 * newline has an empty last line, as the agents count; a CR before a newline and a byte order mark are left out.
 */
import type { OpenFile, Ops } from '../ops.ts';
import { checkInput, text, whole, type Schema } from './input.ts';
import { answer, byteLength, decodeText, defaultLimits, openJudged, readBytes, refusal, type Limits, type LocalRun, type Refused } from './local.ts';
import { denied, findPlace } from './place.ts';
import { clockOf, type Clock } from './walk.ts';

const schema: Schema = {
  file_path: { type: 'text', required: true },
  offset: { type: 'whole' },
  limit: { type: 'whole' },
  pages: { type: 'text' },
  allow_large: { type: 'flag' },
};

const CHUNK = 64 * 1024;
const NEWLINE = 10;
const FIRST = 8 * 1024;

export const read: LocalRun = async (ops, _core, input, context) => {
  const checked = checkInput('Read', input, schema);
  if (!checked.ok) return refusal(checked.why);
  const { values } = checked;
  if (values['pages'] !== undefined) return refusal('Cannot read "pages": text files have none, and other files are not read here');
  const limits = { ...defaultLimits, ...context.limits };
  const place = await findPlace(ops, context, text(values, 'file_path'), 'read');
  if (!place.ok) return place.result;
  if (place.kind !== 'file') return refusal(sentences[place.kind === 'folder' ? 'folder' : 'special']);
  const opened = await openJudged(ops, context, place.root.path, place.root.spellings, 'read');
  if (!opened.ok) return refusal(sentences[opened.why]);
  try {
    const first = new Uint8Array(FIRST);
    const got = await opened.file.read(first, 0);
    const utf16 = got >= 2 && ((first[0] === 0xff && first[1] === 0xfe) || (first[0] === 0xfe && first[1] === 0xff));
    if (got === 0) return answer('[the file exists and is empty]');
    if (!utf16 && first.subarray(0, got).includes(0)) return refusal('Cannot read this file as text: it holds NUL bytes, so it is binary or UTF-16 without a byte order mark');
    const from = Math.max(1, whole(values, 'offset', 1));
    const asked = whole(values, 'limit', 0);
    const range = { from, count: asked > 0 ? asked : Infinity };
    return await lines(ops, opened.file, range, limits, utf16);
  } finally {
    await opened.file.close();
  }
};

export const sentences: { readonly [why in Refused]: string } = {
  absent: 'The file does not exist',
  denied,
  folder: 'Cannot read a folder as a file',
  special: 'Cannot read this path: it is a device, a pipe or a socket, not a regular file',
  unreadable: 'Cannot open the file: the system does not permit it',
  moved: 'Cannot read the file: its path led elsewhere while it was opened. Try again',
};

interface Range {
  readonly from: number;
  readonly count: number;
}

async function lines(ops: Ops, file: OpenFile, range: Range, limits: Limits, utf16: boolean): ReturnType<LocalRun> {
  const clock = clockOf(ops, limits);
  const page = await (utf16 ? wholePage(file, range, limits) : streamPage(file, range, limits, clock));
  if (page.texts.length === 0 && page.cuts.length === 0) return answer(`[the file has ${page.seen} lines, fewer than offset ${range.from}]`);
  const out: string[] = [];
  let left = limits.bytes;
  for (const [i, line] of page.texts.entries()) {
    const numbered = `${range.from + i}\t${line.endsWith('\r') ? line.slice(0, -1) : line}`;
    const size = byteLength(numbered) + 1;
    if (size > left) {
      if (left > 64) out.push(new TextDecoder().decode(new TextEncoder().encode(numbered).subarray(0, left)).replace(/\ufffd$/, ''));
      return answer(out.join('\n'), [`${limits.bytes} bytes, in line ${range.from + i}`]);
    }
    left -= size;
    out.push(numbered);
  }
  return answer(out.join('\n'), page.cuts);
}

interface Page {
  readonly texts: readonly string[];
  /** Lines met, for a page that begins beyond the end. */
  readonly seen: number;
  readonly cuts: readonly string[];
}

async function wholePage(file: OpenFile, { from, count }: Range, limits: Limits): Promise<Page> {
  const { bytes, cut } = await readBytes(file, limits.fileBytes);
  const all = decodeText(bytes).split('\n');
  return { texts: all.slice(from - 1, count === Infinity ? undefined : from - 1 + count), seen: all.length, cuts: cut ? [`${limits.fileBytes} bytes of the file`] : [] };
}

/** Goes through the file in chunks and keeps the bytes of the wanted lines, at most a little more than a result holds. */
async function streamPage(file: OpenFile, { from, count }: Range, limits: Limits, clock: Clock): Promise<Page> {
  const kept: Uint8Array[] = [];
  const chunk = new Uint8Array(CHUNK);
  let line = 1;
  let size = 0;
  let position = 0;
  let cuts: string[] = [];
  for (let done = false; !done; ) {
    const got = await file.read(chunk, position);
    if (got === 0) break;
    let start = line >= from ? 0 : -1;
    let end = got;
    for (let at = chunk.indexOf(NEWLINE); at >= 0 && at < got; at = chunk.indexOf(NEWLINE, at + 1)) {
      line++;
      if (line === from) start = at + 1;
      if (line === from + count) {
        end = at;
        done = true;
        break;
      }
    }
    if (start >= 0 && end > start) {
      kept.push(chunk.slice(start, end));
      size += end - start;
    }
    position += got;
    if (size > limits.bytes) break;
    if (!done && clock.over()) {
      cuts = [`${limits.milliseconds} ms`];
      break;
    }
  }
  if (line < from) return { texts: [], seen: line, cuts };
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of kept) {
    bytes.set(part, at);
    at += part.length;
  }
  return { texts: new TextDecoder('utf-8', { ignoreBOM: from > 1 }).decode(bytes).split('\n'), seen: line, cuts };
}
