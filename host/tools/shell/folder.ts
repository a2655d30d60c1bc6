/**
 * Names in folders. A folder is opened, judged by where it really is, and listed by its descriptor: what its path leads to
 * meanwhile does not matter. Each name is judged before it is told, a link by what it leads to as well.
 */
import type { Kind, OpenFile } from '../../ops.ts';
import { joined, openJudged, orNull, refusalCode } from '../local.ts';
import { absolute, locate, type Shell } from './world.ts';

export interface Name {
  readonly name: string;
  readonly kind: Kind;
}

export interface Listed {
  /** How many names the folder has. */
  readonly met: number;
  /** Those that are wanted and may be told, in no order. */
  readonly names: readonly Name[];
}

/** Null: there is no such folder, or it may not be listed. Only what is wanted is judged one by one. */
export async function listFolder(shell: Shell, name: string, limit: number, wanted: (name: Name) => boolean): Promise<Listed | null> {
  const located = await locate(shell, name, 'list');
  if (typeof located === 'string' || located.kind !== 'folder') return null;
  const folder = await orNull(shell.ops.files.open(located.path));
  if (folder === null) return null;
  try {
    const where = await placeOf(shell, folder, located.spellings);
    if (where === null || !(await shell.context.allowed([...located.spellings, where], 'list'))) return null;
    const entries = await folder.list(Math.max(0, limit));
    const names: Name[] = [];
    for (const entry of entries) {
      if (shell.clock.over()) {
        shell.cuts.add(`${shell.limits.milliseconds} ms`);
        break;
      }
      if (wanted(entry) && (await mayTell(shell, joined(name, entry.name), joined(where, entry.name)))) names.push(entry);
    }
    return { met: entries.length, names };
  } catch (e) {
    if (refusalCode(e) === 'too-large') shell.cuts.add(`${shell.limits.entries} names`);
    return null;
  } finally {
    await folder.close();
  }
}

/** Null on a system that tells where a folder is and does not for this one: it moves. */
async function placeOf({ ops }: Shell, folder: OpenFile, spellings: readonly string[]): Promise<string | null> {
  for (let tries = 0; tries < 3; tries++) {
    const told = await folder.where();
    if (told !== null) return told;
  }
  return ops.host.flavour === 'posix' ? null : (spellings.at(-1) ?? null);
}

/** `place` is where the name really stands; `name` is how it was asked for. */
async function mayTell(shell: Shell, name: string, place: string): Promise<boolean> {
  const { context } = shell;
  if (!(await context.allowed([place], 'list'))) return false;
  const located = await locate(shell, name, 'list');
  if (typeof located === 'string') return false;
  if (located.stat.kind !== 'file' || located.stat.links < 2) return true;
  // A file with other names: those of the file that is opened count.
  const opened = await openJudged(shell.ops, context, located.path, located.spellings, 'list');
  if (opened.ok) await opened.file.close();
  return opened.ok || opened.why === 'unreadable';
}

/** What `-p` and `-F` put behind a name. */
export async function kindMark(shell: Shell, marks: 'none' | 'folders' | 'kinds', name: string, kind: Kind): Promise<string> {
  if (marks === 'none') return '';
  if (kind === 'folder') return '/';
  if (marks === 'folders') return '';
  if (kind === 'link') return '@';
  const stat = await orNull(shell.ops.files.stat(absolute(shell, name)));
  if (stat?.special === 'pipe') return '|';
  if (stat?.special === 'socket') return '=';
  return stat?.kind === 'file' && ((stat.mode ?? 0) & 0o111) !== 0 ? '*' : '';
}
