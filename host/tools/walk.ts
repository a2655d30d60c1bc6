/**
 * Files below a folder, in order of path, without those that may not be seen. A folder that is denied is not entered, a
 * denied file is not yielded; a symbolic link is neither followed nor yielded. Bounded in depth, names and time.
 */
import type { Core } from '../../core-wasm/core.ts';
import type { Entry, Ops } from '../ops.ts';
import { compileIgnore, type Lines } from './filter.ts';
import { decodeText, joined, openJudged, orNull, readBytes, refusalCode, type Limits, type LocalAccess, type LocalContext } from './local.ts';

export interface Root {
  /** As it is shown and opened. */
  readonly path: string;
  /** Every spelling of the folder: an entry is judged by all of them. */
  readonly spellings: readonly string[];
}

export interface Seen {
  readonly path: string;
  /** Below the root, `/` between names. */
  readonly relative: string;
  readonly spellings: readonly string[];
}

export interface WalkOptions {
  readonly access: LocalAccess;
  /** Pass over version control folders, and what ignore files name. */
  readonly ignore: boolean;
  /** +1 wanted whatever the ignore files say, -1 not wanted, 0 as they say. */
  choose(relative: string, isFolder: boolean): number;
}

/** What a walk ran into, as words for the marker: `depth 16`, `2000 ms`, `200000 names`. */
export type Cuts = Set<string>;

export interface Clock {
  readonly over: () => boolean;
  /** Milliseconds until it is. */
  readonly left: () => number;
}

export function clockOf(ops: Ops, limits: Limits): Clock {
  const end = ops.monotonic() + limits.milliseconds;
  return { over: () => ops.monotonic() >= end, left: () => end - ops.monotonic() };
}

const VERSION_CONTROL = new Set(['.git', '.svn', '.hg', '.bzr', '.jj', '.sl']);
const MAX_IGNORE_BYTES = 256 * 1024;

interface Ignore {
  readonly folder: string;
  readonly lines: Lines;
}

/** Ignore files in force, nearest last. `.ignore` goes before git's. */
interface Ignores {
  readonly own: readonly Ignore[];
  readonly git: readonly Ignore[];
  readonly inRepository: boolean;
}

export async function* walk(ops: Ops, core: Core, context: LocalContext, root: Root, limits: Limits, clock: Clock, options: WalkOptions, cuts: Cuts): AsyncGenerator<Seen> {
  let left = limits.entries;
  const enter = async function* (relative: string, depth: number, ignores: Ignores): AsyncGenerator<Seen> {
    if (clock.over()) return void cuts.add(`${limits.milliseconds} ms`);
    const folder = relative === '' ? root.path : joined(root.path, relative);
    const entries = await list(ops, folder, left, limits, cuts);
    left -= entries.length;
    const here = options.ignore ? await withOwn(ops, core, context, folder, entries, ignores) : ignores;
    for (const { name, kind } of entries) {
      if (kind !== 'file' && kind !== 'folder') continue;
      const inner = relative === '' ? name : `${relative}/${name}`;
      const isFolder = kind === 'folder';
      const chosen = options.choose(inner, isFolder);
      if (chosen < 0 || (options.ignore && isFolder && VERSION_CONTROL.has(name))) continue;
      if (chosen === 0 && ignored(here, joined(folder, name), isFolder)) continue;
      const spellings = root.spellings.map((start) => joined(start, inner));
      if (!(await context.allowed(spellings, isFolder ? 'list' : options.access))) continue;
      if (!isFolder) yield { path: joined(folder, name), relative: inner, spellings };
      else if (depth >= limits.depth) cuts.add(`depth ${limits.depth}`);
      else yield* enter(inner, depth + 1, here);
      if (clock.over()) return void cuts.add(`${limits.milliseconds} ms`);
    }
  };
  yield* enter('', 0, options.ignore ? await above(ops, core, context, root.path) : { own: [], git: [], inRepository: false });
}

async function list(ops: Ops, folder: string, left: number, limits: Limits, cuts: Cuts): Promise<readonly Entry[]> {
  try {
    if (left > 0) return await ops.files.list(folder, left);
  } catch (e) {
    // A folder that went away or may not be read has nothing to show, as for any search tool.
    if (refusalCode(e) !== 'too-large') return [];
  }
  cuts.add(`${limits.entries} names`);
  return [];
}

function ignored(ignores: Ignores, path: string, isFolder: boolean): boolean {
  for (const stack of [ignores.own, ignores.git]) {
    for (let i = stack.length - 1; i >= 0; i--) {
      const { folder, lines } = stack[i] ?? { folder: '', lines: () => 0 };
      const said = lines(path.slice(folder.length + (folder.endsWith('/') ? 0 : 1)), isFolder);
      if (said !== 0) return said > 0;
    }
  }
  return false;
}

async function withOwn(ops: Ops, core: Core, context: LocalContext, folder: string, entries: readonly Entry[], from: Ignores): Promise<Ignores> {
  const has = (name: string): boolean => entries.some((entry) => entry.name === name);
  const inRepository = from.inRepository || has('.git');
  const load = async (name: string): Promise<readonly Ignore[]> => {
    const content = await contentOf(ops, context, joined(folder, name));
    return content === null ? [] : [{ folder, lines: compileIgnore(core, content) }];
  };
  // A repository inside a repository starts anew.
  const git = has('.git') ? await load('.git/info/exclude') : from.git;
  return {
    inRepository,
    own: has('.ignore') ? [...from.own, ...(await load('.ignore'))] : from.own,
    git: inRepository && has('.gitignore') ? [...git, ...(await load('.gitignore'))] : git,
  };
}

/** Ignore files of the folders above: `.ignore` of all, git's from the folder that holds `.git` down. */
async function above(ops: Ops, core: Core, context: LocalContext, root: string): Promise<Ignores> {
  let ignores: Ignores = { own: [], git: [], inRepository: false };
  const names = root.split('/').filter((name) => name !== '');
  for (let depth = 0; depth < names.length; depth++) {
    const folder = `/${names.slice(0, depth).join('/')}`;
    const entries: Entry[] = [];
    for (const name of ['.git', '.ignore', '.gitignore']) if ((await orNull(ops.files.stat(joined(folder, name)))) !== null) entries.push({ name, kind: 'file' });
    if (entries.length > 0) ignores = await withOwn(ops, core, context, folder, entries, ignores);
  }
  return ignores;
}

/** An ignore file is opened and judged like any other; a denied one is as good as absent. */
async function contentOf(ops: Ops, context: LocalContext, path: string): Promise<string | null> {
  const opened = await openJudged(ops, context, path, [path], 'read');
  if (!opened.ok) return null;
  try {
    return decodeText((await readBytes(opened.file, MAX_IGNORE_BYTES)).bytes);
  } finally {
    await opened.file.close();
  }
}
