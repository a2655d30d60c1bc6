/**
 * What goes where.
 *
 *   stdout   the answer, and nothing else: a caller may pipe it. With --json exactly one JSON document, errors included.
 *   stderr   notices, progress, warnings, errors. Never needed to understand the answer.
 *   exit     0 done; 1 read and refused; 2 wrong use, or input that cannot be read; 3 a fault of ours. Commands that
 *            start an agent exit as it did.
 *
 * Colour only where the stream is a terminal, NO_COLOR is empty and TERM is not dumb; no meaning is in the colour alone.
 * What is printed fits the terminal (COLUMNS overrides); where there is none a sentence and a row of a table are one line.
 * Text that came from a model, an agent, a file or a path is attacker-controlled: it goes through `printable` first. What is
 * forgotten is caught here: a line holds no control, bidi or invisible character but our own colours, and what follows a line
 * feed in it stands two columns in, so that no text passes for a line of ours. JSON has such characters as \\u escapes.
 */
import { OccasioError, printable, printableJson } from '../../verifiers/formats/error.ts';
import { columnsOf, wrap } from './wrap.ts';

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

/** As wide as a page gets, however wide the terminal is: longer lines are hard to read. */
const PAGE = 110;

/** Text in lines of its own, like a help: those too long go on under their second column, where they have one. */
export function page(io: Io, stream: Stream, text: string): void {
  const width = Math.min(PAGE, widthOf(io, stream) ?? PAGE);
  const lines = text.split('\n').flatMap((whole) => {
    if (columnsOf(whole) <= width) return [whole];
    const head = /^(?:Usage: |Examples?: | *(?:\S+(?: \S+)* {2,})?)/.exec(whole)?.[0] ?? '';
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
