/**
 * Names in results. A search or a listing that the agent ran itself may name denied files, or hold their lines: behind the name
 * (`.env:3:KEY=…`, `.env-4-…`), under it (`rg --heading`, `==> .env <==`), or in a diff. Such lines are withheld. Lexical only, and
 * best effort: what the result's own words say.
 */
import type { Judged } from '../policy/types.ts';
import { decided } from './ruling.ts';
import { pathRules } from './paths.ts';
import type { Ruling, Turn } from './turn.ts';

/** Programs whose output lines are names. */
const LISTERS = new Set(['ls', 'find', 'tree', 'fd', 'fdfind', 'dir', 'locate', 'du', 'rg', 'grep', 'egrep', 'fgrep', 'git', 'stat', 'wc', 'Get-ChildItem', 'Get-Item', 'Resolve-Path', 'Convert-Path']);
/** Programs whose output lines begin with a name and a mark. */
const SEARCHERS = new Set(['grep', 'egrep', 'fgrep', 'rg', 'ag', 'ack', 'git', 'head', 'tail', 'wc', 'file', 'xargs', 'find', 'Select-String']);

/** Denied names that the row of a withholding lists at most. */
const MAX_LISTED = 100;

export interface Withheld {
  readonly texts: readonly string[];
  /** The ruling that denies the names found; null when every line may go up. */
  readonly ruling: Ruling | null;
}

/** `call` is the ruling of the call whose result this is; `context`: it asked for lines around matches. */
export function withholdLines(turn: Turn, call: Ruling, texts: readonly string[], context: boolean): Withheld {
  const kinds = kindsOf(call.judged, context);
  if (kinds === null) return { texts, ruling: null };
  const lines = texts.map((text) => text.split('\n').map((line) => namesIn(line, kinds)));
  const names = [...new Set(lines.flatMap((text) => text.flatMap((l) => l.names)))];
  const denied = deniedOf(turn, call.judged, names);
  if (denied.size === 0) return { texts, ruling: null };
  const ruling = rulingOf(turn, call.judged, [...denied].slice(0, MAX_LISTED));
  return { texts: lines.map((text) => without(text, denied)), ruling };
}

interface Kinds {
  readonly whole: boolean;
  readonly prefixed: boolean;
  /** A name may be followed by `-` and a line, without a number. */
  readonly context: boolean;
  /** What stands under a name up to an empty line is from that file. */
  readonly headings: boolean;
  readonly diffs: boolean;
}

/** Options of grep and rg that show lines around a match, and those that show names as headings. */
const CONTEXT = / (?:-[A-Za-z]*[ABC]\d*|-\d+|--(?:after-|before-)?context(?:=\d+)?)(?= |$)/;
const HEADINGS = /^(?:rg|ag|ack|git)\b.* (?:--heading|--pretty|--group|-[A-Za-z]*p[A-Za-z]*)(?= |$)/;

function kindsOf(judged: Judged, context: boolean): Kinds | null {
  const plain = { context, headings: false, diffs: false };
  if (judged.class === 'find') return { ...plain, whole: true, prefixed: false };
  if (judged.class === 'search') return { ...plain, whole: true, prefixed: true };
  if (judged.class !== 'shell' || judged.shell === undefined) return null;
  const { programs, commands } = judged.shell;
  const headings = commands.some((c) => HEADINGS.test(c));
  const whole = headings || programs.some((p) => LISTERS.has(p));
  const prefixed = programs.some((p) => SEARCHERS.has(p));
  return whole || prefixed ? { whole, prefixed, context: commands.some((c) => CONTEXT.test(c)), headings, diffs: programs.includes('git') } : null;
}

const LONG_LISTING = /^[-dlbcps][-rwxsStT]{9}[.+@]?\s+\d+\s.*?\s(?:\d{1,2}:\d{2}|\d{4})\s(.+?)(?: -> .*)?$/;
/** A row of Get-ChildItem: mode, time, length where there is one, name; on other systems mode, user, group, time, size, name. */
const TABLE_ROW = /^(?:[dlarhs-]{5,6}|[-dlbcps][-rwxsStT]{9})\s+(?:\S+\s+\S+\s+)?\S+\s+\d{1,2}:\d{2}(?:\s+[AP]M)?\s+(?:\d+\s+)?(\S.{0,1023}?)(?: -> .*)?$/;
const MAX_NAME = 1024;
/** Places in one line where a name may end before a `-`. */
const MAX_MARKS = 32;

interface Line {
  readonly line: string;
  readonly names: readonly string[];
  /** The names are those of a file whose lines follow: up to what ends them. */
  readonly opens: 'diff' | 'heading' | 'part' | null;
}

function namesIn(line: string, kinds: Kinds): Line {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  const part = kinds.prefixed ? /^==> (.{1,1024}) <==$/.exec(text)?.[1] : undefined;
  if (part !== undefined) return { line, names: [part], opens: 'part' };
  const diff = kinds.diffs ? DIFF.exec(text)?.[1] : undefined;
  if (diff !== undefined) return { line, names: diffNames(diff), opens: 'diff' };
  const names: string[] = [];
  if (kinds.whole && text.length <= MAX_NAME) {
    names.push(text.trim());
    for (const form of [LONG_LISTING, TABLE_ROW]) {
      const name = form.exec(text)?.[1];
      if (name !== undefined) names.push(name.trim());
    }
  }
  if (kinds.prefixed) {
    const mark = /^((?:[A-Za-z]:[\\/])?[^:\u0000]{1,1024}?)(?::|-\d+-)/.exec(text);
    if (mark?.[1] !== undefined) names.push(mark[1]);
    for (let at = text.indexOf('-', 1), n = 0; kinds.context && at > 0 && at <= MAX_NAME && n < MAX_MARKS; at = text.indexOf('-', at + 1), n++) names.push(text.slice(0, at));
  }
  return { line, names: names.filter((name) => name !== ''), opens: kinds.headings ? 'heading' : null };
}

/** Lines of a file never begin like this in a diff; `git log --graph` draws before them. */
const DIFF = /^(?:[|*\\/_ ]*[|*][|\\/_ ]* )?diff --(?:git|cc|combined) (.{1,4096})$/;
const COMMIT = /^(?:[|*\\/_ ]*[|*][|\\/_ ]* )?commit [0-9a-f]{1,64}/;

/** `a/X b/X`, `X`, and with any other prefix; names may be quoted and hold blanks. */
function diffNames(rest: string): readonly string[] {
  const half = (rest.length - 1) / 2;
  const given = [rest, ...rest.split(' '), rest.slice(0, half), rest.slice(half + 1)].map((name) => name.replace(/^"|"$/g, ''));
  return [...new Set(given.flatMap((name) => [name, name.replace(/^[^/]*\//, '')]))].filter((name) => name !== '');
}

/** Those names that are denied, found by halves: most results hold none. */
function deniedOf(turn: Turn, call: Judged, names: readonly string[]): ReadonlySet<string> {
  if (names.length === 0 || !denies(turn, call, names)) return new Set();
  if (names.length === 1) return new Set(names);
  const half = names.length >> 1;
  return new Set([...deniedOf(turn, call, names.slice(0, half)), ...deniedOf(turn, call, names.slice(half))]);
}

function denies(turn: Turn, call: Judged, names: readonly string[]): boolean {
  return rulingOf(turn, call, names).decision.action === 'BLOCK';
}

/** The names as mentions, judged like any other path, seen from every folder that the call may have run in. */
function rulingOf(turn: Turn, call: Judged, names: readonly string[]): Ruling {
  const starts = [call.cwd, ...(call.paths ?? []).filter((p) => p.access === 'list' || p.access === 'search').flatMap((p) => p.resolved)];
  const rules = pathRules(call.flavour);
  const paths = names.map((name) => ({ asked: turn.world.mask(name), access: 'mention' as const, resolved: [...new Set(starts.map((start) => rules.normalise(rules.from(start, name))))] }));
  const { direction: _, paths: __, shell: ___, counters: ____, would: _____, fault: ______, ...rest } = call;
  return decided(turn, { ...rest, direction: 'outbound', class: 'context', paths });
}

function without(lines: readonly Line[], denied: ReadonlySet<string>): string {
  const kept: string[] = [];
  let inside: Line['opens'] = null;
  for (const { line, names, opens } of lines) {
    const named = names.some((name) => denied.has(name));
    if (opens === 'part' || opens === 'diff') inside = named ? opens : null;
    else if (inside === 'diff' && COMMIT.test(line)) inside = null;
    else if (inside === 'heading' && line.trim() === '') inside = null;
    else if (inside === null && opens === 'heading' && denied.has(line.trim())) inside = 'heading';
    if (!named && inside === null) kept.push(line);
  }
  const gone = lines.length - kept.length;
  const text = kept.join('\n');
  return gone === 0 ? text : `${text}\n[occasio: ${gone} ${gone === 1 ? 'line' : 'lines'} withheld: path-denied]`;
}
