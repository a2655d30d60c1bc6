/**
 * What a word with an unquoted `*`, `?` or `[` would become: the names on disk that match, so that these are judged as
 * well. A superset of what bash makes of it: `**` is taken for any depth, an extended glob and what the glob engine does
 * not know for `*`; names that begin with a dot only where the pattern's own segment does. Bounded: beyond the bounds
 * nobody knows what the command would touch. The word and the tree are attacker-controlled.
 */
import type { Core, GlobSet } from '../../core-wasm/core.ts';
import type { Entry, Ops } from '../ops.ts';
import type { Flavour } from '../policy/types.ts';
import { pathRules, type PathRules } from './paths.ts';

export interface Expansion {
  /** Absolute, as the shell would open them: links in them are not resolved. */
  readonly names: readonly string[];
  readonly fault?: 'glob-too-wide';
}

const MAX_NAMES = 1_000;
const MAX_ENTRIES = 10_000;
const MAX_SEGMENTS = 64;
const MAX_DEPTH = 32;

type Segment = { readonly kind: 'name'; readonly name: string } | { readonly kind: 'any-depth' } | { readonly kind: 'glob'; readonly set: GlobSet; readonly dots: boolean };

class TooWide extends Error {}

/** `word` is after quote removal and home expansion; `directories` are absolute: those the word may be relative to. */
export async function expandGlob(ops: Ops, core: Core, word: string, directories: readonly string[]): Promise<Expansion> {
  const rules = pathRules(ops.host.flavour);
  if (word.includes('\0')) return { names: [] };
  const names = new Set<string>();
  try {
    const list = createLister(ops);
    // On Windows a shell expands `/c/x*` as well as what a variable or `~` leads to.
    for (const text of ops.host.flavour === 'win32' ? rules.expand(word, ops.host.home).filter((one) => rules.fault(one) === null) : [word]) {
      const parts = rules.split(text).filter((part) => part !== '' && part !== '.');
      if (parts.length > MAX_SEGMENTS) throw new TooWide();
      const segments = parts.map((part) => segmentOf(core, part, ops.host.flavour));
      const starts = rules.isAbsolute(text) ? [rules.root(text)] : directories.map((folder) => (rules.isRooted(text) ? rules.root(folder) : folder));
      for (const start of new Set(starts)) await descend({ rules, list, segments, names, ops }, start, 0, 0);
    }
  } catch (e) {
    if (e instanceof TooWide) return { names: [...names], fault: 'glob-too-wide' };
    throw e;
  }
  return { names: [...names] };
}

interface Descent {
  readonly rules: PathRules;
  readonly list: (folder: string) => Promise<readonly Entry[]>;
  readonly segments: readonly Segment[];
  readonly names: Set<string>;
  readonly ops: Ops;
}

async function descend(world: Descent, at: string, index: number, depth: number): Promise<void> {
  const { rules, segments, names } = world;
  const segment = segments[index];
  if (segment === undefined) {
    if (names.size >= MAX_NAMES) throw new TooWide();
    names.add(at);
    return;
  }
  if (segment.kind === 'name') {
    // A literal segment after a glob must be there for the shell to keep the name; a superset need not ask.
    await descend(world, rules.join(at, segment.name), index + 1, depth);
    return;
  }
  if (depth > MAX_DEPTH) throw new TooWide();
  if (segment.kind === 'any-depth') await descend(world, at, index + 1, depth);
  for (const { name, kind } of await world.list(at)) {
    const path = rules.join(at, name);
    const inner = kind === 'folder' || kind === 'link';
    if (segment.kind === 'any-depth') {
      if (name.startsWith('.')) continue;
      if (index + 1 === segments.length) await descend(world, path, index + 1, depth);
      // Bash does not follow links below `**`.
      if (kind === 'folder') await descend(world, path, index, depth + 1);
      continue;
    }
    if (name.startsWith('.') && !segment.dots) continue;
    if (index + 1 < segments.length && !inner) continue;
    if (segment.set.match(name).length > 0) await descend(world, path, index + 1, depth);
  }
}

/** Names in a folder, each folder read once; `.` and `..` are left out, as what they lead to is judged elsewhere. */
function createLister(ops: Ops): (folder: string) => Promise<readonly Entry[]> {
  const known = new Map<string, readonly Entry[]>();
  let left = MAX_ENTRIES;
  return async (folder) => {
    let entries = known.get(folder);
    if (entries === undefined) {
      if (left <= 0) throw new TooWide();
      entries = await listOrNone(ops, folder, left);
      left -= Math.max(1, entries.length);
      known.set(folder, entries);
    }
    return entries;
  };
}

async function listOrNone(ops: Ops, folder: string, limit: number): Promise<readonly Entry[]> {
  try {
    return await ops.files.list(folder, limit);
  } catch (e) {
    const code = e instanceof Error && e.name === 'OccasioError' ? (e as Error & { code?: string }).code : undefined;
    if (code === 'too-large') throw new TooWide();
    // What is no folder, is not there or may not be read gives the shell no names either.
    if (code !== undefined) return [];
    throw e;
  }
}

function segmentOf(core: Core, part: string, flavour: Flavour): Segment {
  if (part === '**') return { kind: 'any-depth' };
  if (!/[*?[]|[@+!]\(/.test(part)) return { kind: 'name', name: part };
  const dots = part.startsWith('.') || /^[@?*+!]\(/.test(part) || /^\[/.test(part);
  const fold = flavour === 'posix' ? (text: string): string => text : (text: string): string => text.normalize('NFC').toUpperCase().toLowerCase();
  const set = core.globs([fold(globOf(part))]);
  // What cannot be said as a glob of ours is taken for everything, and so is what may meet a short name (`ENV~*`).
  const wide = 'code' in set || (flavour === 'win32' && part.includes('~'));
  return { kind: 'glob', set: { match: (name) => (wide ? [0] : set.match(fold(name))) }, dots: dots || wide };
}

/** A shell's segment as a glob of the core: braces and backslashes are letters here, extended globs become `*`. */
function globOf(part: string): string {
  let out = '';
  for (let i = 0; i < part.length; i++) {
    const c = part.charAt(i);
    if (/[@?*+!]/.test(c) && part.charAt(i + 1) === '(') {
      const end = part.lastIndexOf(')');
      out += '*';
      i = end > i ? end : part.length;
    } else if (c === '[') {
      const bracket = /^\[[!^]?\]?(?:\[[:.=][^\]]*[:.=]\]|[^\]])*\]/.exec(part.slice(i))?.[0];
      if (bracket === undefined) out += '\\[';
      else {
        // Ranges depend on the locale, named classes are not ours: any one character.
        out += /^\[[!^]?[A-Za-z0-9_.]+\]$/.test(bracket) ? bracket : '?';
        i += bracket.length - 1;
      }
    } else out += /[{}\\,]/.test(c) ? `\\${c}` : c;
  }
  return out;
}
