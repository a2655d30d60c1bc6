/** The guess at what was meant by a word that is not known. */

/** `Did you mean "…"?` for the known word nearest to this one, letter case aside, when one is near. */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const near = known
    .map((k) => ({ k, d: distance(word.toLowerCase(), k.toLowerCase()) }))
    .filter(({ k, d }) => d <= Math.max(1, Math.floor(k.length / 3)))
    .sort((a, b) => a.d - b.d)[0];
  return near === undefined ? undefined : `Did you mean "${near.k}"?`;
}

/** Edits (insert, drop, replace) from one word to the other; words longer than 64 are as far as can be. */
function distance(a: string, b: string): number {
  if (a.length > 64 || b.length > 64) return 64;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
