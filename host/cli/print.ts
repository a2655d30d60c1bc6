/**
 * What goes where.
 *
 *   stdout   the answer, and nothing else: a caller may pipe it. With --json exactly one JSON document, errors included.
 *   stderr   notices, progress, warnings, errors. Never needed to understand the answer.
 *   exit     0 done; 1 read and refused; 2 wrong use, or input that cannot be read; 3 a fault of ours. Commands that
 *            start an agent exit as it did.
 *
 * Colour only where the stream is a terminal, NO_COLOR is empty and TERM is not dumb; no meaning is in the colour alone.
 * A table fits the terminal by wrapping its wide columns; where there is no terminal a row is one line (COLUMNS overrides).
 * Text that came from a model, an agent, a file or a path is attacker-controlled: it goes through `printable` first. What is
 * forgotten is caught here: a line holds no control, bidi or invisible character but our own colours, and what follows a line
 * feed in it stands two columns in, so that no text passes for a line of ours. JSON has such characters as \\u escapes.
 */
import { OccasioError, printable, printableJson } from '../../verifiers/formats/error.ts';

export interface Stream {
  write(text: string | Uint8Array): void;
  readonly terminal: boolean;
  readonly columns: number | undefined;
}

export interface Io {
  readonly out: Stream;
  readonly err: Stream;
  readonly env: { readonly [name: string]: string | undefined };
  readonly cwd: string;
  readonly stdin: AsyncIterable<Uint8Array>;
}

export type Tone = 'plain' | 'good' | 'bad' | 'note' | 'dim' | 'strong';

const sgr: { readonly [tone in Tone]: string } = { plain: '', good: '32', bad: '31', note: '33', dim: '2', strong: '1' };

export interface Cell {
  readonly text: string;
  readonly tone: Tone;
}

export interface Column {
  readonly title: string;
  /** May be wrapped, down to this many columns, where the table is too wide. */
  readonly wrapTo?: number;
}

export function coloured(io: Io, stream: Stream): boolean {
  return stream.terminal && (io.env['NO_COLOR'] ?? '') === '' && io.env['TERM'] !== 'dumb';
}

/** `text` in a tone, where the stream shows colours. */
export function paint(io: Io, stream: Stream, tone: Tone, text: string): string {
  return tone === 'plain' || text === '' || !coloured(io, stream) ? text : `\u001b[${sgr[tone]}m${text}\u001b[0m`;
}

export function line(stream: Stream, text = ''): void {
  const parts = text.split(/(\u001b\[(?:0|1|2|31|32|33)m)/);
  const shown = parts.map((part, i) => (i % 2 === 1 && stream.terminal ? part : part.split('\n').map((one) => printable(one, Infinity)).join('\n  ')));
  stream.write(`${shown.join('')}\n`);
}

/** Sentences on stdout, broken to fit the terminal where there is one. */
export function prose(io: Io, text: string): void {
  for (const part of wrap(text, widthOf(io, io.out) ?? Infinity)) line(io.out, part);
}

/** Text in lines of its own, like a help: those too long for the terminal go on under their second column, where they have one. */
export function page(io: Io, stream: Stream, text: string): void {
  const width = widthOf(io, stream) ?? Infinity;
  const lines = text.split('\n').flatMap((whole) => {
    if (columnsOf(whole) <= width) return [whole];
    const head = /^ *(?:\S+(?: \S+)* {2,})?/.exec(whole)?.[0] ?? '';
    return wrap(whole.slice(head.length), Math.max(20, width - head.length)).map((part, i) => (i === 0 ? head : ' '.repeat(head.length)) + part);
  });
  stream.write(lines.join('\n'));
}

/** The one document of --json: two-space indentation for eyes, one trailing LF. */
export function document(io: Io, value: unknown): void {
  io.out.write(`${printableJson(JSON.stringify(value, null, 2))}\n`);
}

/** Columns to fit, or undefined where nothing limits them. */
export function widthOf(io: Io, stream: Stream): number | undefined {
  const forced = Number(io.env['COLUMNS'] ?? '');
  if (Number.isInteger(forced) && forced >= 20) return forced;
  return stream.terminal ? Math.max(20, stream.columns ?? 80) : undefined;
}

/** An aligned table on stdout; cells are printed as they stand, so attacker-controlled ones have been through `printable`. */
export function table(io: Io, columns: readonly Column[], rows: readonly (readonly (Cell | string)[])[]): void {
  const head = columns.map((c): Cell => ({ text: c.title, tone: 'strong' }));
  const cells = [head, ...rows.map((row) => row.map((c): Cell => (typeof c === 'string' ? { text: c, tone: 'plain' } : c)))];
  const widths = fit(columns, columns.map((_, i) => Math.max(...cells.map((row) => columnsOf(row[i]?.text ?? '')))), widthOf(io, io.out));
  for (const row of cells) {
    const wrapped = row.map((cell, i) => wrap(cell.text, widths[i] ?? 0));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    for (let y = 0; y < height; y++) {
      const parts = row.map((cell, i) => {
        const text = wrapped[i]?.[y] ?? '';
        const gap = i === row.length - 1 ? '' : ' '.repeat(Math.max(0, (widths[i] ?? 0) - columnsOf(text)) + 2);
        return paint(io, io.out, cell.tone, text) + gap;
      });
      line(io.out, parts.join('').trimEnd());
    }
  }
}

/** Takes columns from the widest that may be wrapped until the table fits or none can give more. */
function fit(columns: readonly Column[], natural: readonly number[], width: number | undefined): number[] {
  const widths = [...natural];
  if (width === undefined) return widths;
  const total = (): number => widths.reduce((sum, w) => sum + w, 2 * (widths.length - 1));
  while (total() > width) {
    let widest = -1;
    columns.forEach((c, i) => {
      const w = widths[i] ?? 0;
      if (c.wrapTo !== undefined && w > Math.max(c.wrapTo, 4) && (widest < 0 || w > (widths[widest] ?? 0))) widest = i;
    });
    if (widest < 0) return widths;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** Lines of at most `width` columns, broken at spaces where there is one, inside a word where there is none. */
export function wrap(text: string, width: number): string[] {
  if (columnsOf(text) <= width) return [text];
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    const joined = current === '' ? word : `${current} ${word}`;
    if (columnsOf(joined) <= width) {
      current = joined;
      continue;
    }
    if (current !== '') lines.push(current);
    current = '';
    for (const character of word) {
      if (columnsOf(current + character) > width && current !== '') {
        lines.push(current);
        current = '';
      }
      current += character;
    }
  }
  return [...lines, current];
}

/** Terminal columns of a printable text: East Asian wide and emoji count two, combining marks none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    columns += /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(character) ? 2 : 1;
  }
  return columns;
}

/** Says what went wrong, in the one form, and gives the exit code. */
export function fail(io: Io, error: unknown, json: boolean): number {
  if (error instanceof OccasioError) {
    line(io.err, `${paint(io, io.err, 'bad', 'occasio:')} ${error.message}`);
    if (json) document(io, { error: error.parts });
    return 2;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  line(io.err, `occasio: internal fault. ${text.split('\n').map((l) => printable(l, 500)).join('\n')}`);
  if (json) document(io, { error: { code: 'internal', found: printable(error instanceof Error ? error.message : text, 500) } });
  return 3;
}
