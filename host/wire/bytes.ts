/**
 * Bytes and text. UTF-8 is decoded strictly and without touching a byte order mark, so encoding the text again gives the
 * same bytes: a splice on the text is a splice on the bytes.
 */

import { bug } from '../../verifiers/formats/error.ts';
import type { Edit } from './events.ts';

const ENCODER = new TextEncoder();

/** UTF-8 of the text. Text with a lone surrogate has no UTF-8 form: callers write those as JSON escapes. */
export function encodeText(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** The text, or undefined when the bytes are not UTF-8. A leading U+FEFF stays in the text. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Offset of the first byte that is not UTF-8; of the last character's start when that one is cut short. */
export function badUtf8Offset(bytes: Uint8Array): number {
  const wellFormed = (length: number): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch (error) {
      if (error instanceof TypeError) return false;
      throw error;
    }
  };
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (middle <= bytes.length && wellFormed(middle)) good = middle;
    else bad = middle;
  }
  return Math.min(good, Math.max(0, bytes.length - 1));
}

const BEYOND_ASCII = /[^\u0000-\u007f]/;

/** Bytes that text[start, end) takes in UTF-8, for text without lone surrogates. */
export function utf8Length(text: string, start = 0, end = text.length): number {
  let length = end - start;
  const first = text.slice(start, end).search(BEYOND_ASCII);
  for (let i = first === -1 ? end : start + first; i < end; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // Each half of a surrogate pair stands for two of its four bytes.
    length += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return length;
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The text with the edits in place; whatever no edit covers is as it was. Edits come in any order and do not overlap. */
export function splice(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  const out: string[] = [];
  let at = 0;
  for (const { span, json } of sorted) {
    if (span.start < at || span.end < span.start || span.end > text.length) bug(`edit ${span.start}-${span.end} overlaps or is out of range`);
    out.push(text.slice(at, span.start), json);
    at = span.end;
  }
  out.push(text.slice(at));
  return out.join('');
}
