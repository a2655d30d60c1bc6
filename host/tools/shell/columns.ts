/** Names in columns, top to bottom, as `ls -C` sets them into 80 characters; and names as `-b` escapes them. */

const WIDTH = 80;
const TAB = 8;
const GAP = 2;
/** A column is never narrower: so many are tried at most. */
const LEAST = 3;

export function columns(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const widths = names.map(widthOf);
  let best: readonly number[] = [WIDTH];
  let rows = names.length;
  for (let count = Math.min(names.length, Math.ceil(WIDTH / LEAST)); count > 1; count--) {
    const height = Math.ceil(names.length / count);
    const used = Array.from({ length: count }, (_, c) => Math.max(LEAST, ...widths.slice(c * height, (c + 1) * height).map((width) => width + (c === count - 1 ? 0 : GAP))));
    if (used.reduce((sum, width) => sum + width, 0) >= WIDTH) continue;
    best = used;
    rows = height;
    break;
  }
  return Array.from({ length: rows }, (_, row) => rowOf(names, widths, best, rows, row));
}

/** Gaps are tabs as far as they go. */
function rowOf(names: readonly string[], widths: readonly number[], columns: readonly number[], rows: number, row: number): string {
  let line = '';
  let at = 0;
  let start = 0;
  for (let i = row, c = 0; i < names.length; i += rows, c++) {
    if (c > 0) {
      for (; at < start; ) {
        const tab = Math.floor(start / TAB) > Math.floor((at + 1) / TAB);
        line += tab ? '\t' : ' ';
        at = tab ? at + TAB - (at % TAB) : at + 1;
      }
    }
    line += names[i] ?? '';
    at += widths[i] ?? 0;
    start += columns[c] ?? 0;
  }
  return line;
}

/** Columns of a terminal: East Asian wide letters take two, marks none. */
function widthOf(name: string): number {
  let width = 0;
  for (const c of name) width += /\p{M}|[\u200b-\u200f]/u.test(c) ? 0 : /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(c) ? 2 : 1;
  return width;
}

const NAMED: { readonly [c: string]: string } = { ' ': '\\ ', '\\': '\\\\', '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' };

/** In the heading of a folder a colon is escaped, as one ends it, and a blank is not. */
export function escaped(name: string, heading = false): string {
  return [...name].map((c) => (heading && c === ' ' ? c : heading && c === ':' ? '\\:' : (NAMED[c] ?? (/\p{C}/u.test(c) ? octal(c) : c)))).join('');
}

function octal(c: string): string {
  return [...new TextEncoder().encode(c)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
