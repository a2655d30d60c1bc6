/** cat, bat, head, tail, wc: what is in files, as these programs show it. Each gives its exit code. */
import type { OpenFile } from '../../ops.ts';
import type { CatPlan, CountPlan, PagePlan } from '../../shell/local/index.ts';
import { names } from './glob.ts';
import { openFile, quoted, sentences, type Shell } from './world.ts';

const CHUNK = 64 * 1024;
const NEWLINE = 10;

/** Calls `take` with each piece of the file until it says no, or time is up. The piece is only lent. */
async function pieces(shell: Shell, file: OpenFile, take: (piece: Uint8Array) => boolean, from = 0): Promise<void> {
  const chunk = new Uint8Array(CHUNK);
  for (let position = from; ; ) {
    const got = await file.read(chunk, position);
    if (got === 0 || !take(chunk.subarray(0, got))) return;
    position += got;
    if (shell.clock.over()) {
      shell.cuts.add(`${shell.limits.milliseconds} ms`);
      return;
    }
  }
}

/** Does `use` with each file that opens; of the others `fail` says why. 1 where there was one of these. */
async function each(shell: Shell, plan: { readonly files: CatPlan['files'] }, use: (file: OpenFile, name: string) => Promise<void>, fail: (name: string, why: string) => void): Promise<number> {
  let code = 0;
  for (const name of await names(shell, plan.files)) {
    const file = await openFile(shell, name);
    if (typeof file === 'string') {
      fail(name, sentences[file]);
      code = 1;
      continue;
    }
    try {
      await use(file, name);
    } finally {
      await file.close();
    }
  }
  return code;
}

export async function cat(shell: Shell, plan: CatPlan): Promise<number> {
  let line = 0;
  let begins = true;
  const encoder = new TextEncoder();
  const numbered = (piece: Uint8Array): boolean => {
    for (let at = 0; at < piece.length; ) {
      const end = piece.indexOf(NEWLINE, at);
      if (begins && !shell.out.write(encoder.encode(`${String(++line).padStart(6)}\t`))) return false;
      begins = end >= 0;
      if (!shell.out.write(piece.subarray(at, end < 0 ? piece.length : end + 1))) return false;
      at = end < 0 ? piece.length : end + 1;
    }
    return true;
  };
  const take = plan.numbered ? numbered : shell.out.write;
  return each(shell, plan, (file) => pieces(shell, file, take), (name, why) => void shell.out.line(`${plan.program}: ${quoted(name)}: ${why}`));
}

export async function page(shell: Shell, plan: PagePlan): Promise<number> {
  const { program, headers } = plan;
  const files = await names(shell, plan.files);
  const titled = headers === 'always' || (headers === 'several' && files.length > 1);
  let [first, code] = [true, 0];
  for (const name of files) {
    const file = await openFile(shell, name);
    if (typeof file === 'string' && file !== 'folder') {
      shell.out.line(`${program}: cannot open ${quoted(name, true)} for reading: ${sentences[file]}`);
      code = 1;
      continue;
    }
    if (titled) shell.out.line(`${first ? '' : '\n'}==> ${name} <==`);
    first = false;
    if (typeof file === 'string') {
      shell.out.line(`${program}: error reading ${quoted(name, true)}: ${sentences[file]}`);
      code = 1;
      continue;
    }
    try {
      await (program === 'head' ? head(shell, file, plan) : tail(shell, file, plan));
    } finally {
      await file.close();
    }
  }
  return code;
}

async function head(shell: Shell, file: OpenFile, { unit, count, sign }: PagePlan): Promise<void> {
  if (sign === '-') return allButLast(shell, file, unit, count);
  let left = count;
  if (left === 0) return;
  await pieces(shell, file, (piece) => {
    let end = Math.min(left, piece.length);
    if (unit === 'bytes') left -= end;
    else {
      for (end = 0; left > 0 && end < piece.length; left -= left > 0 && piece[end - 1] === NEWLINE ? 1 : 0) {
        const at = piece.indexOf(NEWLINE, end);
        end = at < 0 ? piece.length : at + 1;
      }
    }
    return shell.out.write(piece.subarray(0, end)) && left > 0;
  });
}

/** Where the last `count` lines or bytes begin; a last line without its newline is one. */
async function startOfLast(shell: Shell, file: OpenFile, unit: 'lines' | 'bytes', count: number): Promise<number> {
  const size = file.stat.size;
  if (unit === 'bytes') return Math.max(0, size - count);
  if (count === 0) return size;
  const chunk = new Uint8Array(CHUNK);
  let left = count;
  for (let end = size; end > 0; ) {
    const from = Math.max(0, end - CHUNK);
    const piece = chunk.subarray(0, end - from);
    const got = await file.read(piece, from);
    for (let at = piece.subarray(0, got).lastIndexOf(NEWLINE); at >= 0; at = at === 0 ? -1 : piece.lastIndexOf(NEWLINE, at - 1)) {
      if (from + at === size - 1) continue;
      left -= 1;
      if (left === 0) return from + at + 1;
    }
    end = from;
    if (shell.clock.over()) {
      shell.cuts.add(`${shell.limits.milliseconds} ms`);
      return end;
    }
  }
  return 0;
}

async function allButLast(shell: Shell, file: OpenFile, unit: 'lines' | 'bytes', count: number): Promise<void> {
  let left = await startOfLast(shell, file, unit, count);
  if (left === 0) return;
  await pieces(shell, file, (piece) => {
    const end = Math.min(left, piece.length);
    left -= end;
    return shell.out.write(piece.subarray(0, end)) && left > 0;
  });
}

async function tail(shell: Shell, file: OpenFile, { unit, count, sign }: PagePlan): Promise<void> {
  if (sign !== '+') return pieces(shell, file, shell.out.write, await startOfLast(shell, file, unit, count));
  if (unit === 'bytes') return pieces(shell, file, shell.out.write, Math.max(0, count - 1));
  let skip = Math.max(0, count - 1);
  await pieces(shell, file, (piece) => {
    let at = 0;
    for (; skip > 0 && at < piece.length; skip -= piece[at - 1] === NEWLINE ? 1 : 0) {
      const end = piece.indexOf(NEWLINE, at);
      at = end < 0 ? piece.length : end + 1;
    }
    return at === piece.length || shell.out.write(piece.subarray(at));
  });
}

interface Counts {
  readonly lines: number;
  readonly words: number;
  readonly bytes: number;
}

export async function wc(shell: Shell, plan: CountPlan): Promise<number> {
  const rows: { readonly name: string; readonly counts: Counts }[] = [];
  const said: (() => void)[] = [];
  let folders = false;
  let sizes = 0;
  let code = 0;
  const files = await names(shell, plan.files);
  const width = (): number => (files.length === 1 && [plan.lines, plan.words, plan.bytes].filter(Boolean).length === 1 ? 1 : Math.max(folders ? 7 : 1, String(sizes).length));
  const row = (counts: Counts, name: string): void => {
    const shown = [...(plan.lines ? [counts.lines] : []), ...(plan.words ? [counts.words] : []), ...(plan.bytes ? [counts.bytes] : [])];
    shell.out.line(`${shown.map((count) => String(count).padStart(width())).join(' ')} ${name}`);
  };
  for (const name of files) {
    const file = await openFile(shell, name);
    if (typeof file === 'string') {
      code = 1;
      said.push(() => void shell.out.line(`wc: ${quoted(name)}: ${sentences[file]}`));
      if (file !== 'folder') continue;
      folders = true;
      said.push(() => row({ lines: 0, words: 0, bytes: 0 }, name));
      continue;
    }
    try {
      sizes += file.stat.size;
      const counts = await count(shell, file);
      rows.push({ name, counts });
      said.push(() => row(counts, name));
    } finally {
      await file.close();
    }
  }
  for (const say of said) say();
  const sum = (of: keyof Counts): number => rows.reduce((all, { counts }) => all + counts[of], 0);
  if (files.length > 1) row({ lines: sum('lines'), words: sum('words'), bytes: sum('bytes') }, 'total');
  return code;
}

/** Words are parted by white space, wherever a language has it. */
async function count(shell: Shell, file: OpenFile): Promise<Counts> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let [lines, words, bytes, inside] = [0, 0, 0, false];
  const take = (text: string): void => {
    for (const piece of text.split(/([\s\u0085]+)/)) {
      if (piece === '') continue;
      const blank = /^[\s\u0085]/.test(piece);
      if (!blank && !inside) words += 1;
      inside = !blank;
    }
  };
  await pieces(shell, file, (piece) => {
    bytes += piece.length;
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) lines += 1;
    take(decoder.decode(piece, { stream: true }));
    return true;
  });
  take(decoder.decode());
  return { lines, words, bytes };
}
