/**
 * Other names of hard-linked files. The system keeps no list of them, so they are looked for: in the file's own folder,
 * below the session's directories (8,000 entries), then in the home folder's top two levels (2,000); breadth first, once for
 * a call. `node_modules` and `.git` come last. A name outside of that is not found: `docs/local-tools.md` says so.
 */
import type { Entry, Ops, Stat } from '../ops.ts';
import type { PathRules } from './paths.ts';

export interface LinkIndex {
  /** Names with the same identity as a file that stands at `path`, `path` itself left out; empty when it has one name. */
  namesOf(path: string, stat: Stat): Promise<readonly string[]>;
}

const MAX_ENTRIES = 8_000;
const MAX_HOME_ENTRIES = 2_000;
const HOME_DEPTH = 2;
const ANY_DEPTH = 64;
const LAST = new Set(['node_modules', '.git']);
const BATCH = 32;

export function createLinkIndex(ops: Ops, rules: PathRules, directories: readonly string[], home: string): LinkIndex {
  const names = new Map<string, string[]>();
  const seen = new Set<string>();
  let left = MAX_ENTRIES;
  let wide: Promise<void> | undefined;

  const entriesOf = async (folder: string): Promise<readonly Entry[]> => {
    try {
      return await ops.files.list(folder, left);
    } catch (e) {
      // Gone, not to be read, or wider than what is left: nothing is known of it, and the search goes on elsewhere.
      if (e instanceof Error && e.name === 'OccasioError') return [];
      throw e;
    }
  };

  const note = async (path: string): Promise<void> => {
    const stat = await statOrNull(ops, path);
    // A file with one name is noted too: it may be given a second one between this search and the opening.
    if (stat === null || stat.kind !== 'file') return;
    const known = names.get(stat.identity);
    if (known === undefined) names.set(stat.identity, [path]);
    else if (!known.includes(path)) known.push(path);
  };

  const scan = async (start: string, depth: number): Promise<void> => {
    const next: { folder: string; depth: number }[] = [{ folder: start, depth }];
    const later: { folder: string; depth: number }[] = [];
    for (let at = next.shift() ?? later.shift(); at !== undefined && left > 0; at = next.shift() ?? later.shift()) {
      if (seen.has(at.folder)) continue;
      seen.add(at.folder);
      const entries = await entriesOf(at.folder);
      left -= entries.length;
      const files = entries.filter((entry) => entry.kind === 'file');
      for (let i = 0; i < files.length; i += BATCH) await Promise.all(files.slice(i, i + BATCH).map((entry) => note(rules.join(at.folder, entry.name))));
      if (at.depth <= 1) continue;
      for (const entry of entries) if (entry.kind === 'folder') (LAST.has(entry.name) ? later : next).push({ folder: rules.join(at.folder, entry.name), depth: at.depth - 1 });
    }
  };

  const scanWide = async (): Promise<void> => {
    for (const folder of directories) await scan(folder, ANY_DEPTH);
    left = MAX_HOME_ENTRIES;
    await scan(home, HOME_DEPTH);
  };

  return {
    async namesOf(path, stat) {
      if (stat.kind !== 'file' || stat.links < 2) return [];
      await scan(rules.parent(path), 1);
      if ((names.get(stat.identity)?.length ?? 0) < stat.links) {
        // A folder scanned alone is scanned again as the start of a wide search: its sub-folders were not.
        wide ??= (seen.clear(), scanWide());
        await wide;
      }
      return (names.get(stat.identity) ?? []).filter((name) => name !== path);
    },
  };
}

/** A name that is gone or may not be looked at is no other name that could be told: the file's own names on the way to it are judged all the same. */
async function statOrNull(ops: Ops, path: string): Promise<Stat | null> {
  try {
    return await ops.files.stat(path);
  } catch (e) {
    if (e instanceof Error && e.name === 'OccasioError') return null;
    throw e;
  }
}
