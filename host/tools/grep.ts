/**
 * Grep{pattern; path, glob, type, output_mode, -A -B -C context, -n -i -o, head_limit, offset, multiline}: what matches in
 * the files below a folder, or in one file. Hidden files are searched; version control folders, binary files and, as git
 * and `.ignore` have it, ignored files are not. The pattern runs in linear time (`regex/`).
 */
import type { Core } from '../../core-wasm/core.ts';
import type { Ops } from '../ops.ts';
import { fileTypes } from './filetypes.ts';
import { compileChoice, splitPatterns } from './filter.ts';
import { checkInput, flag, text, whole, type Schema, type Values } from './input.ts';
import { findHits, formatHits, type LineStyle } from './lines.ts';
import { answer, byteLength, decodeText, defaultLimits, openJudged, readBytes, refusal, shown, type Limits, type LocalContext, type LocalResult, type LocalRun } from './local.ts';
import { findPlace, type Place } from './place.ts';
import { sentences } from './read.ts';
import { compileMatcher, type Matcher } from './regex/match.ts';
import { clockOf, walk, type Clock, type Cuts, type Seen } from './walk.ts';

const schema: Schema = {
  pattern: { type: 'text', required: true },
  path: { type: 'text' },
  glob: { type: 'text' },
  type: { type: 'text' },
  output_mode: { type: ['content', 'files_with_matches', 'count'] },
  '-A': { type: 'whole' },
  '-B': { type: 'whole' },
  '-C': { type: 'whole' },
  context: { type: 'whole' },
  '-n': { type: 'flag' },
  '-i': { type: 'flag' },
  '-o': { type: 'flag' },
  head_limit: { type: 'whole' },
  offset: { type: 'whole' },
  multiline: { type: 'flag' },
};

const HEAD = 250;
const BATCH = 16;

export const grep: LocalRun = async (ops, core, input, context) => {
  const checked = checkInput('Grep', input, schema);
  if (!checked.ok) return refusal(checked.why);
  const { values } = checked;
  const limits = { ...defaultLimits, ...context.limits };
  const clock = clockOf(ops, limits);
  const compiled = compileMatcher(text(values, 'pattern'), { fold: flag(values, '-i', false), multiline: flag(values, 'multiline', false) }, clock.over);
  if (!compiled.ok) return refusal(`Cannot search for this pattern: ${compiled.why}`);
  const choose = chooser(core, values);
  if (typeof choose === 'string') return refusal(choose);
  const place = await findPlace(ops, context, text(values, 'path'), 'search');
  if (!place.ok) return place.result;
  if (place.kind === 'other') return refusal(sentences.special);

  const search: Search = { ops, core, context, limits, clock, values, matcher: compiled.matcher, place, cuts: new Set() };
  const mode = text(values, 'output_mode');
  const result = await collect(search, choose, mode);
  if (typeof result === 'string') return refusal(result);
  if (compiled.matcher.cut) search.cuts.add(`${limits.milliseconds} ms`);
  return mode === 'content' ? printContent(search, result) : mode === 'count' ? printCounts(search, result) : printFiles(search, result);
};

type Choose = (relative: string, isFolder: boolean) => number;

/** Which names are wanted, from `glob` and `type`; a sentence when one of them cannot be used. */
function chooser(core: Core, values: Values): Choose | string {
  const globs = compileChoice(core, splitPatterns(text(values, 'glob')));
  if (!globs.ok) return `Cannot run Grep: ${globs.why}`;
  const type = text(values, 'type');
  const ofType = fileTypes[type];
  if (type !== '' && ofType === undefined) return `Cannot run Grep: unknown type ${JSON.stringify(type.slice(0, 60))}. Use glob instead, as "*.ext"`;
  const types = ofType === undefined ? null : compileChoice(core, ofType);
  if (types !== null && !types.ok) return `Cannot run Grep: ${types.why}`;
  return (relative, isFolder) => {
    if (!isFolder && types !== null && types.lines(relative, false) <= 0) return -1;
    const said = globs.lines(relative, isFolder);
    return said === 0 && globs.plain && !isFolder ? -1 : said;
  };
}

interface Search {
  readonly ops: Ops;
  readonly core: Core;
  readonly context: LocalContext;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly values: Values;
  readonly matcher: Matcher;
  readonly place: Extract<Place, { ok: true }>;
  readonly cuts: Cuts;
}

interface Match {
  readonly path: string;
  readonly modified: number;
  readonly count: number;
  /** Printed lines; empty but in content mode. */
  readonly lines: readonly string[];
}

async function collect(search: Search, choose: Choose, mode: string): Promise<readonly Match[] | string> {
  const { ops, core, context, limits, clock, place, cuts, values } = search;
  if (place.kind === 'file') {
    const loaded = await load(search, { ...place.root, relative: '' });
    if (typeof loaded === 'string') return loaded;
    const match = matchFile(search, loaded, mode, true);
    return match === null ? [] : [match];
  }
  const enough = mode === 'content' ? pageOf(values).offset + Math.min(pageOf(values).head, limits.matches) + 1 : Infinity;
  const out: Match[] = [];
  let lines = 0;
  let batch: Seen[] = [];
  const flush = async (): Promise<void> => {
    const loaded = await Promise.all(batch.map((seen) => load(search, seen)));
    batch = [];
    for (const file of loaded) {
      if (typeof file === 'string' || lines >= enough) continue;
      if (clock.over()) return void cuts.add(`${limits.milliseconds} ms`);
      const match = matchFile(search, file, mode, false);
      if (match === null) continue;
      lines += match.lines.length;
      out.push(match);
    }
  };
  for await (const seen of walk(ops, core, context, place.root, limits, clock, { access: 'search', ignore: true, choose }, cuts)) {
    if (batch.push(seen) >= BATCH) await flush();
    if (lines >= enough) return out;
  }
  await flush();
  return out;
}

interface Loaded {
  readonly path: string;
  readonly modified: number;
  readonly bytes: Uint8Array;
}

/** A file's bytes, opened once and judged on the descriptor; a sentence when it may not or cannot be read. */
async function load({ ops, context, limits, cuts }: Search, seen: Seen): Promise<Loaded | string> {
  const opened = await openJudged(ops, context, seen.path, seen.spellings, 'search');
  if (!opened.ok) return sentences[opened.why];
  try {
    const { bytes, cut } = await readBytes(opened.file, limits.fileBytes);
    if (cut) cuts.add(`${limits.fileBytes} bytes of a file`);
    return { path: seen.path, modified: opened.file.stat.modified, bytes };
  } finally {
    await opened.file.close();
  }
}

function matchFile(search: Search, file: Loaded, mode: string, alone: boolean): Match | null {
  const { values, matcher, limits } = search;
  const { bytes, modified } = file;
  const utf16 = bytes.length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff));
  const nul = utf16 ? -1 : bytes.indexOf(0);
  // A binary file is searched only when it was asked for by name.
  if (nul >= 0 && !alone) return null;
  const content = decodeText(bytes);
  const multiline = flag(values, 'multiline', false);
  const page = pageOf(values);
  const most = mode === 'content' ? page.offset + Math.min(page.head, limits.matches) + 1 : mode === 'count' ? Infinity : 1;
  const { hits, count } = findHits(content, matcher, multiline, most);
  if (hits.length === 0) return null;
  const path = shown(file.path, search.context.cwd);
  if (mode !== 'content') return { path, modified, count, lines: [] };
  const lines = formatHits(content, hits, matcher, styleOf(values, alone ? null : path));
  return { path, modified, count, lines: nul < 0 ? lines : [...lines, `binary file matches (found "\\0" byte around offset ${nul})`] };
}

function styleOf(values: Values, path: string | null): LineStyle {
  const around = whole(values, '-C', whole(values, 'context', 0));
  const bound = (name: string): number => Math.max(0, Math.min(1_000, whole(values, name, around)));
  return { path, numbers: flag(values, '-n', true), before: bound('-B'), after: bound('-A'), onlyMatching: flag(values, '-o', false) };
}

function pageOf(values: Values): { readonly head: number; readonly offset: number } {
  const head = whole(values, 'head_limit', HEAD);
  return { head: head <= 0 ? Infinity : head, offset: Math.max(0, whole(values, 'offset', 0)) };
}

/** The part of the entries that was asked for and fits, and the words that say which part it is. */
function slice({ values, limits, cuts }: Search, entries: readonly string[]): { readonly shownEntries: readonly string[]; readonly page: string } {
  const { head, offset } = pageOf(values);
  const rest = entries.slice(offset);
  const out: string[] = [];
  let left = limits.bytes;
  for (const entry of rest.slice(0, head)) {
    if (out.length >= limits.matches) {
      cuts.add(`${limits.matches} matches`);
      break;
    }
    left -= byteLength(entry) + 1;
    if (left < 0) {
      cuts.add(`${limits.bytes} bytes`);
      break;
    }
    out.push(entry);
  }
  const words = [...(rest.length > head ? [`limit: ${head}`] : []), ...(offset > 0 ? [`offset: ${offset}`] : [])];
  return { shownEntries: out, page: words.join(', ') };
}

function printContent(search: Search, found: readonly Match[]): LocalResult {
  const { values, cuts } = search;
  const around = styleOf(values, null);
  const divided = around.before + around.after > 0 && !around.onlyMatching;
  const { shownEntries, page } = slice(search, found.flatMap((match, i) => (divided && i > 0 ? ['--', ...match.lines] : match.lines)));
  const none = found.length === 0 ? 'No matches found' : 'No entries at this offset';
  const body = shownEntries.length === 0 ? none : shownEntries.join('\n');
  return answer(page === '' ? body : `${body}\n\n[Showing results with pagination = ${page}]`, [...cuts]);
}

function printCounts(search: Search, found: readonly Match[]): LocalResult {
  const { shownEntries, page } = slice(search, found.map((match) => `${match.path}:${match.count}`));
  const total = found.reduce((sum, match) => sum + match.count, 0);
  const sum = `Found ${total} total occurrence${total === 1 ? '' : 's'} across ${found.length} file${found.length === 1 ? '' : 's'}.`;
  const body = shownEntries.length === 0 ? 'No matches found' : shownEntries.join('\n');
  return answer(`${body}\n\n${sum}${page === '' ? '' : ` with pagination = ${page}`}`, [...search.cuts]);
}

function printFiles(search: Search, found: readonly Match[]): LocalResult {
  if (found.length === 0) return answer('No files found', [...search.cuts]);
  // Newest first; the walk's order, which is that of paths, among equals.
  const sorted = found.slice().sort((a, b) => b.modified - a.modified);
  const { shownEntries, page } = slice(search, sorted.map((match) => match.path));
  if (shownEntries.length === 0) return answer(`No entries at this offset. [Showing results with pagination = ${page}]`, [...search.cuts]);
  const heading = `Found ${shownEntries.length} file${shownEntries.length === 1 ? '' : 's'}${page === '' ? '' : ` ${page}`}`;
  return answer([heading, ...shownEntries].join('\n'), [...search.cuts]);
}
