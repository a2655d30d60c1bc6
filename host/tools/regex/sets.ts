/** Sets of code points as sorted, disjoint, closed ranges [from, to, from, to, …], and the named ones of the syntax. */

export type CodeSet = readonly number[];

export const MAX_CODE = 0x10ffff;
const NEWLINE = 10;

export const anyButNewline: CodeSet = [0, NEWLINE - 1, NEWLINE + 1, MAX_CODE];
export const any: CodeSet = [0, MAX_CODE];

export function union(...sets: readonly CodeSet[]): CodeSet {
  const pairs: [number, number][] = [];
  for (const set of sets) for (let i = 0; i < set.length; i += 2) pairs.push([set[i] ?? 0, set[i + 1] ?? 0]);
  pairs.sort((a, b) => a[0] - b[0]);
  const out: number[] = [];
  for (const [from, to] of pairs) {
    const last = out.length - 1;
    if (last > 0 && from <= (out[last] ?? 0) + 1) out[last] = Math.max(out[last] ?? 0, to);
    else out.push(from, to);
  }
  return out;
}

export function negate(set: CodeSet): CodeSet {
  const out: number[] = [];
  let from = 0;
  for (let i = 0; i < set.length; i += 2) {
    if ((set[i] ?? 0) > from) out.push(from, (set[i] ?? 0) - 1);
    from = (set[i + 1] ?? 0) + 1;
  }
  if (from <= MAX_CODE) out.push(from, MAX_CODE);
  return out;
}

export function contains(set: CodeSet, code: number): boolean {
  let low = 0;
  let high = set.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (code < (set[middle * 2] ?? 0)) high = middle - 1;
    else if (code > (set[middle * 2 + 1] ?? 0)) low = middle + 1;
    else return true;
  }
  return false;
}

/** Without the newline: a pattern that is matched line by line cannot consume one. */
export function withoutNewline(set: CodeSet): CodeSet {
  return contains(set, NEWLINE) ? negate(union(negate(set), [NEWLINE, NEWLINE])) : set;
}

const WIDE = 3_000;

/** With upper and lower case of each member; of a range wider than 3,000, ASCII letters only. */
export function folded(set: CodeSet): CodeSet {
  const extra: number[] = [];
  for (let i = 0; i < set.length; i += 2) {
    const from = set[i] ?? 0;
    const to = set[i + 1] ?? 0;
    for (let code = from; code <= Math.min(to, from + WIDE); code++) {
      const text = String.fromCodePoint(code);
      for (const other of [text.toLowerCase(), text.toUpperCase()]) {
        const folded = other.codePointAt(0) ?? code;
        if (folded !== code && String.fromCodePoint(folded) === other) extra.push(folded, folded);
      }
    }
    if (to > from + WIDE) for (const shift of [32, -32]) for (let code = Math.max(from, 65); code <= Math.min(to, 122); code++) if (/[a-z]/i.test(String.fromCharCode(code)) && /[a-z]/i.test(String.fromCharCode(code + shift))) extra.push(code + shift, code + shift);
  }
  const pairs: number[][] = [];
  for (let i = 0; i < extra.length; i += 2) pairs.push([extra[i] ?? 0, extra[i + 1] ?? 0]);
  return union(set, ...pairs);
}

const properties = new Map<string, CodeSet>();

/** Members of a Unicode property, as the runtime's own tables have it; null for a name it does not know. */
export function property(name: string): CodeSet | null {
  if (!/^[A-Za-z_]{1,40}(?:=[A-Za-z_]{1,40})?$/.test(name)) return null;
  const known = properties.get(name);
  if (known !== undefined) return known;
  for (const spelling of [name, `Script=${name}`]) {
    let one: RegExp;
    try {
      one = new RegExp(`^\\p{${spelling}}$`, 'u');
    } catch (e) {
      if (e instanceof SyntaxError) continue;
      throw e;
    }
    const out: number[] = [];
    for (let code = 0; code <= MAX_CODE; code++) {
      if (!one.test(String.fromCodePoint(code))) continue;
      if (out.length > 0 && out[out.length - 1] === code - 1) out[out.length - 1] = code;
      else out.push(code, code);
    }
    properties.set(name, out);
    return out;
  }
  return null;
}

function named(...names: readonly string[]): CodeSet {
  return union(...names.map((name) => property(name) ?? []));
}

let words: CodeSet | undefined;
/** `\w` as Unicode TR 18 has it: letters, marks, decimal digits, connectors. */
export function wordSet(): CodeSet {
  words ??= union(named('Alphabetic', 'M', 'Nd', 'Pc'), [0x200c, 0x200d]);
  return words;
}

/** `[:alpha:]` and its like, ASCII. */
export const posixSets: { readonly [name: string]: CodeSet } = {
  alpha: [65, 90, 97, 122],
  digit: [48, 57],
  alnum: [48, 57, 65, 90, 97, 122],
  upper: [65, 90],
  lower: [97, 122],
  space: [9, 13, 32, 32],
  blank: [9, 9, 32, 32],
  punct: [33, 47, 58, 64, 91, 96, 123, 126],
  xdigit: [48, 57, 65, 70, 97, 102],
  word: [48, 57, 65, 90, 95, 95, 97, 122],
  cntrl: [0, 31, 127, 127],
  graph: [33, 126],
  print: [32, 126],
  ascii: [0, 127],
};

/** The class an escape letter names; null for a letter that names none. */
export function escapeSet(letter: string): CodeSet | null {
  const plain = letter === 'd' || letter === 'D' ? named('Nd') : letter === 'w' || letter === 'W' ? wordSet() : letter === 's' || letter === 'S' ? named('White_Space') : null;
  return plain === null ? null : letter === letter.toUpperCase() ? negate(plain) : plain;
}
