/**
 * Paths that a text may name without being one: the program text of an interpreter, an option with its value, a path behind
 * a host or a revision. What is found here is a mention: a deny rule holds, an allow rule does not ask.
 */

const MAX_TOKENS = 1500;

/** Pieces of a program text, parted by quotes, blanks, brackets, commas, colons, equals signs. */
export function tokensOf(text: string): readonly string[] {
  const out = new Set<string>();
  const add = (piece: string): void => {
    if (piece.length > 1 && /[\p{L}\p{N}]/u.test(piece) && !/^\d+$/.test(piece) && out.size < MAX_TOKENS) out.add(piece);
  };
  // Quoted pieces first, whole: a path may hold blanks.
  for (const quoted of text.matchAll(/(["'`])((?:(?!\1)[^\n\\]|\\.){1,400})\1/g)) add((quoted[2] ?? '').replace(/\\(.)/g, '$1'));
  for (const piece of text.split(/[\s"'`()[\]{}<>,:;=|&+!*^%@#$?]+/)) {
    add(piece);
    if (piece.includes('\\')) add(piece.replace(/\\/g, ''));
    if (/[.;,]$/.test(piece)) add(piece.replace(/[.;,]+$/, ''));
  }
  return [...out];
}

/** What a word holds besides itself: `--file=X`, `-fX`, `if=X`, `@X`, `host:X`, `HEAD:X`, `:(top)X`, `file://X`. */
export function insideWord(word: string, home: string): readonly string[] {
  const out = new Set<string>();
  const add = (piece: string): void => {
    if (piece === '' || piece === word || piece === '/' || /^\d+$/.test(piece) || out.has(piece)) return;
    out.add(piece);
    if (piece === '~' || piece.startsWith('~/')) out.add(home + piece.slice(1));
  };
  const url = /^file:\/\/[^/]*(\/.*)$/i.exec(word)?.[1];
  if (url !== undefined) {
    add(url);
    add(decoded(url));
  }
  // A value may follow a cluster of letters; words of letters alone are options themselves, as find has them.
  if (/^-[A-Za-z0-9].*[./~_]/.test(word)) for (let i = 2; i < Math.min(word.length, 6); i++) add(word.slice(i));
  else if (/^-[A-Za-z0-9].{5}/.test(word)) add(word.slice(2));
  const pieces = [word];
  for (const sign of ['=', ':', ',', '@', ')']) {
    for (const piece of [...pieces]) {
      if (!piece.includes(sign) || pieces.length > 60) continue;
      pieces.push(...piece.split(sign).filter((p) => p !== '').slice(0, 20), piece.slice(piece.indexOf(sign) + 1));
    }
  }
  for (const piece of pieces) if (piece !== word && !/^--?[\w-]*$/.test(piece)) add(piece);
  if (/^:[/!^]/.test(word)) add(word.slice(2));
  return [...out].slice(0, 60);
}

function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => new TextDecoder().decode(Uint8Array.from(run.slice(1).split('%'), (h) => Number.parseInt(h, 16))));
}
