/** Tables that fit the terminal: wide columns are wrapped, and where that is not enough each row is a block of lines. */
import { line, paint, widthOf, type Io, type Tone } from './print.ts';
import { columnsOf, wrap } from './wrap.ts';

export interface Cell {
  readonly text: string;
  readonly tone: Tone;
}

export interface Column {
  readonly title: string;
  /** May be wrapped, down to this many columns, where the table is too wide. */
  readonly wrapTo?: number;
}

/** An aligned table on stdout, or blocks of lines where the terminal is too narrow for one; cells are printed as they stand, so attacker-controlled ones have been through `printable`. */
export function table(io: Io, columns: readonly Column[], rows: readonly (readonly (Cell | string)[])[]): void {
  const head = columns.map((c): Cell => ({ text: c.title, tone: 'strong' }));
  const cells = [head, ...rows.map((row) => row.map((c): Cell => (typeof c === 'string' ? { text: c, tone: 'plain' } : c)))];
  const limit = widthOf(io, io.out);
  const widths = fit(columns, columns.map((_, i) => Math.max(...cells.map((row) => columnsOf(row[i]?.text ?? '')))), limit);
  if (limit !== undefined && totalOf(widths) > limit) return stacked(io, columns, cells.slice(1), limit);
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

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, w) => sum + w, 2 * (widths.length - 1));
}

/** A row as a block of lines, each a title and its cell; empty cells are left out. Of two columns the first is a name. */
function stacked(io: Io, columns: readonly Column[], rows: readonly (readonly Cell[])[], limit: number): void {
  if (columns.length === 2) return paired(io, rows, limit);
  const indent = Math.max(...columns.map((c) => columnsOf(c.title))) + 2;
  rows.forEach((row, i) => {
    if (i > 0) line(io.out);
    row.forEach((cell, x) => {
      if (cell.text === '') return;
      const title = columns[x]?.title ?? '';
      wrap(cell.text, Math.max(8, limit - indent)).forEach((text, y) => {
        const head = y === 0 ? paint(io, io.out, 'strong', title) + ' '.repeat(indent - columnsOf(title)) : ' '.repeat(indent);
        line(io.out, head + paint(io, io.out, cell.tone, text));
      });
    });
  });
}

/** A name on a line, its value below. */
function paired(io: Io, rows: readonly (readonly Cell[])[], limit: number): void {
  for (const [name, value] of rows) {
    line(io.out, paint(io, io.out, 'strong', name?.text ?? ''));
    for (const text of wrap(value?.text ?? '', limit - 2)) line(io.out, `  ${paint(io, io.out, value?.tone ?? 'plain', text)}`);
  }
}

/** Takes columns from the widest that may be wrapped until the table fits or none can give more. */
function fit(columns: readonly Column[], natural: readonly number[], width: number | undefined): number[] {
  const widths = [...natural];
  if (width === undefined) return widths;
  while (totalOf(widths) > width) {
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
