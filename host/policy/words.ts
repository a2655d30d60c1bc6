/** Words of a simple command, as `judged.shell.commands` holds them: joined by one blank, so a quoted blank is not told apart. */

/** A program's name without folder and without the endings of executables. */
export function baseName(word: string): string {
  return word.replace(/^.*[\\/]/s, '').replace(/\.(?:exe|cmd|bat|ps1|com)$/i, '');
}

/**
 * Where a program stands that the test accepts; -1 for nowhere. It is the first word; after assignments, whose values may
 * hold blanks, it is the first word that is known to be a program of the line.
 */
export function programAt(words: readonly string[], programs: readonly string[], is: (program: string) => boolean): number {
  if (!/^[A-Za-z_]\w*\+?=/.test(words[0] ?? '')) return is(baseName(words[0] ?? '')) ? 0 : -1;
  return words.findIndex((word) => programs.includes(baseName(word)) && is(baseName(word)));
}

/** Linear wildcard match of one word: `*` any run, `?` one character, all else literal. */
export function wildcard(pattern: string, word: string): boolean {
  let p = 0;
  let w = 0;
  let star = -1;
  let resume = 0;
  while (w < word.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      resume = w;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === word[w])) {
      p++;
      w++;
    } else if (star >= 0) {
      p = star + 1;
      w = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
