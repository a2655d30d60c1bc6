/** Text in lines that fit, measured in columns of a terminal. */

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

/** Terminal columns of a printable text: East Asian wide and emoji count two, combining marks and colours none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text.replace(/\u001b\[[0-9;]*m/g, '')) {
    if (/\p{M}/u.test(character)) continue;
    columns += /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(character) ? 2 : 1;
  }
  return columns;
}
