/**
 * The lines of one text that a pattern matches, and how a search prints them:
 *
 *   path:3:text      a matching line       path-4-text   one beside it       --   lines left out between
 *
 * Without the path when one file was asked for, without numbers when none are wanted. A line ends at LF; a CR before it is
 * not printed. Of a line longer than 500 characters only that it is there is said.
 */
import type { Matcher } from './regex/match.ts';

export interface Hit {
  /** From 1. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

export interface LineStyle {
  /** Printed before each line; null: not printed. */
  readonly path: string | null;
  readonly numbers: boolean;
  readonly before: number;
  readonly after: number;
  /** Only the parts that match, one a line. */
  readonly onlyMatching: boolean;
}

const LONGEST = 500;

/** Matching lines in order, at most `most`, and how many matches there are: lines, or spans where matches may span lines. */
export function findHits(text: string, matcher: Matcher, multiline: boolean, most: number): { readonly hits: readonly Hit[]; readonly count: number } {
  const hits: Hit[] = [];
  const lines = lineCounter(text);
  let count = 0;
  for (let at = 0; at <= text.length && hits.length < most; ) {
    const span = multiline ? matcher.span(text, at) : endSpan(matcher.ends(text, at));
    if (span === null) break;
    const first = lineStart(text, span.start);
    // The end of the text after its last newline is no line.
    if (first >= text.length || (span.start === 0 && text === '')) break;
    const last = span.end > span.start ? span.end - 1 : span.end;
    let end = first;
    for (let start = first; start <= last && start < text.length; start = end + 1) {
      const newline = text.indexOf('\n', start);
      end = newline < 0 ? text.length : newline;
      if (start > (hits[hits.length - 1]?.start ?? -1)) hits.push({ line: lines(start), start, end });
    }
    count++;
    at = multiline ? Math.max(span.end, span.start + 1) : end + 1;
  }
  return { hits, count };
}

function lineStart(text: string, at: number): number {
  // lastIndexOf takes a negative position for 0.
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}

/** Only the end is known; the line it lies in is the line of the match, which consumes no newline. */
function endSpan(end: number): { start: number; end: number } | null {
  return end < 0 ? null : { start: end, end };
}

/** Number of the line that starts at a position; asked in rising order. */
function lineCounter(text: string): (start: number) => number {
  let line = 1;
  let at = 0;
  return (start) => {
    for (let next = text.indexOf('\n', at); next >= 0 && next < start; next = text.indexOf('\n', at)) {
      line++;
      at = next + 1;
    }
    return line;
  };
}

export function formatHits(text: string, hits: readonly Hit[], matcher: Matcher, style: LineStyle): string[] {
  if (style.onlyMatching) return hits.flatMap((hit) => parts(text, hit, matcher).map((part) => labelled(style, ':', hit.line, part)));
  const out: string[] = [];
  let printed = -1; // where the last printed line ended
  for (const [i, hit] of hits.entries()) {
    const beforeLines = back(text, hit.start, style.before, printed);
    const from = beforeLines[0]?.start ?? hit.start;
    if (style.before + style.after > 0 && out.length > 0 && from > printed + 1) out.push('--');
    beforeLines.forEach(({ start, end }, k) => out.push(labelled(style, '-', hit.line - beforeLines.length + k, visible(text, start, end, 'context'))));
    out.push(labelled(style, ':', hit.line, visible(text, hit.start, hit.end, 'matching')));
    printed = hit.end;
    const nextStart = hits[i + 1]?.start ?? Infinity;
    for (let k = 1; k <= style.after; k++) {
      const start = printed + 1;
      if (start >= text.length || start >= nextStart) break;
      const newline = text.indexOf('\n', start);
      printed = newline < 0 ? text.length : newline;
      out.push(labelled(style, '-', hit.line + k, visible(text, start, printed, 'context')));
    }
  }
  return out;
}

/** Up to `many` lines before a position that come after what was printed. */
function back(text: string, from: number, many: number, printed: number): { start: number; end: number }[] {
  const out: { start: number; end: number }[] = [];
  for (let end = from - 1; out.length < many && end > printed; ) {
    const start = lineStart(text, end);
    out.unshift({ start, end });
    end = start - 1;
  }
  return out;
}

function parts(text: string, hit: Hit, matcher: Matcher): string[] {
  const line = text.slice(hit.start, hit.end);
  const out: string[] = [];
  for (let at = 0; at <= line.length; ) {
    const span = matcher.span(line, at);
    if (span === null) break;
    if (span.end > span.start) out.push(visible(line, span.start, span.end, 'matching'));
    at = Math.max(span.end, span.start + 1);
  }
  return out;
}

function labelled(style: LineStyle, mark: string, line: number, text: string): string {
  return `${style.path === null ? '' : style.path + mark}${style.numbers ? `${line}${mark}` : ''}${text}`;
}

function visible(text: string, start: number, end: number, what: string): string {
  if (end - start > LONGEST) return `[Omitted long ${what} line]`;
  return text.slice(start, end > start && text.charAt(end - 1) === '\r' ? end - 1 : end);
}
