/**
 * Globs that choose files, as `rg --glob` reads them, and ignore files, as git reads them. One form serves both: lines of
 * patterns relative to a folder, the last that matches decides.
 *
 *   name, *.ts      no slash but a trailing one: at any depth          !pattern   the opposite of the line
 *   src/*.ts        a slash: from the folder itself                    name/      folders only
 */
import type { Core, GlobSet } from '../../core-wasm/core.ts';

/** +1 the last match is a plain line, -1 it is a `!` line, 0 no line matches. */
export type Lines = (path: string, isFolder: boolean) => number;
export type LinesResult = { readonly ok: true; readonly lines: Lines; readonly plain: boolean } | { readonly ok: false; readonly why: string };

const MAX_LINES = 2_000;

interface Line {
  readonly glob: string;
  readonly negated: boolean;
  readonly folderOnly: boolean;
}

/** Patterns of a tool call: braces choose, a bad one is an error. */
export function compileChoice(core: Core, patterns: readonly string[]): LinesResult {
  const lines = patterns.map((pattern) => parseLine(pattern)).filter((line) => line !== null);
  const set = core.globs(lines.map((line) => line.glob));
  if ('code' in set) return { ok: false, why: `bad glob ${JSON.stringify(patterns[set.pattern]?.slice(0, 100) ?? '')}: ${set.code}` };
  return { ok: true, lines: matchLines(set, lines), plain: lines.some((line) => !line.negated) };
}

/** An ignore file: braces are letters, a bad line is passed over, as git does. */
export function compileIgnore(core: Core, content: string): Lines {
  let lines: Line[] = [];
  for (const raw of content.split('\n').slice(0, MAX_LINES)) {
    const trimmed = raw.replace(/\r$/, '').replace(/(?<!\\)[ \t]+$/, '');
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const line = parseLine(trimmed.replace(/(\\.)|[{}]/gs, (found, escaped: string | undefined) => escaped ?? `\\${found}`));
    if (line !== null) lines.push(line);
  }
  for (;;) {
    const set = core.globs(lines.map((line) => line.glob));
    if (!('code' in set)) return matchLines(set, lines);
    // Too many to hold: the first half of them counts. A file that is not ignored is searched, no worse.
    lines = set.code === 'too-many' ? lines.slice(0, lines.length >> 1) : lines.filter((_, i) => i !== set.pattern);
  }
}

function parseLine(pattern: string): Line | null {
  const negated = pattern.startsWith('!');
  const folderOnly = pattern.endsWith('/');
  let glob = pattern.slice(negated ? 1 : 0, folderOnly ? -1 : undefined);
  const anchored = glob.includes('/');
  if (glob.startsWith('/')) glob = glob.slice(1);
  if (glob === '') return null;
  return { glob: anchored ? glob : `**/${glob}`, negated, folderOnly };
}

function matchLines(set: GlobSet, lines: readonly Line[]): Lines {
  if (lines.length === 0) return () => 0;
  return (path, isFolder) => {
    const found = set.match(path);
    for (let i = found.length - 1; i >= 0; i--) {
      const line = lines[found[i] ?? 0];
      if (line !== undefined && (isFolder || !line.folderOnly)) return line.negated ? -1 : 1;
    }
    return 0;
  };
}

/** `*.ts,*.js *.{a,b}` is three patterns: commas and blanks separate outside of braces. */
export function splitPatterns(text: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = text.charAt(i);
    if (c === '{') depth++;
    else if (c === '}') depth = Math.max(0, depth - 1);
    else if (c === '' || /\s/.test(c) || (c === ',' && depth === 0)) {
      if (i > from) out.push(text.slice(from, i));
      from = i + 1;
    }
  }
  return out;
}
