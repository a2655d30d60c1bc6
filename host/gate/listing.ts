/**
 * Names in results. A search or a listing that the agent ran itself may name denied files, or hold their lines behind the
 * name (`.env:3:KEY=…`); such lines are withheld. Lexical only, and best effort: what the result's own words say.
 */
import type { Judged } from '../policy/types.ts';
import { decided } from './gate.ts';
import type { Ruling, Turn } from './turn.ts';

/** Programs whose output lines are names. */
const LISTERS = new Set(['ls', 'find', 'tree', 'fd', 'fdfind', 'dir', 'locate', 'du', 'rg', 'grep', 'egrep', 'fgrep', 'git', 'stat', 'wc']);
/** Programs whose output lines begin with a name and a mark. */
const SEARCHERS = new Set(['grep', 'egrep', 'fgrep', 'rg', 'ag', 'ack', 'git', 'head', 'tail', 'wc', 'file', 'xargs', 'find']);

/** Denied names that the row of a withholding lists at most. */
const MAX_LISTED = 100;

export interface Withheld {
  readonly texts: readonly string[];
  /** The ruling that denies the names found; null when every line may go up. */
  readonly ruling: Ruling | null;
}

/** `call` is the ruling of the call whose result this is. */
export function withholdLines(turn: Turn, call: Ruling, texts: readonly string[]): Withheld {
  const kinds = kindsOf(call.judged);
  if (kinds === null) return { texts, ruling: null };
  const lines = texts.map((text) => text.split('\n').map((line) => ({ line, names: namesIn(line, kinds) })));
  const names = [...new Set(lines.flatMap((text) => text.flatMap((l) => l.names)))];
  if (names.length === 0 || !denies(turn, call.judged, names)) return { texts, ruling: null };
  const denied = new Set(names.filter((name) => denies(turn, call.judged, [name])));
  const ruling = rulingOf(turn, call.judged, [...denied].slice(0, MAX_LISTED));
  return { texts: lines.map((text) => without(text, denied)), ruling };
}

interface Kinds {
  readonly whole: boolean;
  readonly prefixed: boolean;
}

function kindsOf(judged: Judged): Kinds | null {
  if (judged.class === 'find') return { whole: true, prefixed: false };
  if (judged.class === 'search') return { whole: true, prefixed: true };
  if (judged.class !== 'shell' || judged.shell === undefined) return null;
  const whole = judged.shell.programs.some((p) => LISTERS.has(p));
  const prefixed = judged.shell.programs.some((p) => SEARCHERS.has(p));
  return whole || prefixed ? { whole, prefixed } : null;
}

const LONG_LISTING = /^[-dlbcps][-rwxsStT]{9}[.+@]?\s+\d+\s.*?\s(?:\d{1,2}:\d{2}|\d{4})\s(.+?)(?: -> .*)?$/;
const MAX_NAME = 1024;

function namesIn(line: string, kinds: Kinds): string[] {
  const names: string[] = [];
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (kinds.whole && text.length <= MAX_NAME) {
    names.push(text.trim());
    const long = LONG_LISTING.exec(text);
    if (long?.[1] !== undefined) names.push(long[1]);
  }
  if (kinds.prefixed) {
    const mark = /^([^:\u0000]{1,1024}?)(?::|-\d+-)/.exec(text);
    if (mark?.[1] !== undefined) names.push(mark[1]);
  }
  return names.filter((name) => name !== '');
}

function denies(turn: Turn, call: Judged, names: readonly string[]): boolean {
  return rulingOf(turn, call, names).decision.action === 'BLOCK';
}

/** The names as mentions, judged like any other path, seen from every folder that the call may have run in. */
function rulingOf(turn: Turn, call: Judged, names: readonly string[]): Ruling {
  const starts = [call.cwd, ...(call.paths ?? []).filter((p) => p.access === 'list' || p.access === 'search').flatMap((p) => p.resolved)];
  const paths = names.map((name) => ({ asked: turn.world.mask(name), access: 'mention' as const, resolved: [...new Set(starts.map((start) => absolute(start, name)))] }));
  const { direction: _, paths: __, shell: ___, counters: ____, would: _____, fault: ______, ...rest } = call;
  return decided(turn, { ...rest, direction: 'outbound', class: 'context', paths });
}

function absolute(start: string, name: string): string {
  const parts: string[] = [];
  for (const part of (name.startsWith('/') ? name : `${start}/${name}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function without(lines: readonly { readonly line: string; readonly names: readonly string[] }[], denied: ReadonlySet<string>): string {
  const kept = lines.filter((l) => !l.names.some((name) => denied.has(name)));
  const gone = lines.length - kept.length;
  const text = kept.map((l) => l.line).join('\n');
  return gone === 0 ? text : `${text}\n[occasio: ${gone} ${gone === 1 ? 'line' : 'lines'} withheld: path-denied]`;
}
