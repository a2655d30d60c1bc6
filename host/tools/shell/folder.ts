/**
 * Names in folders. A folder is judged before it is listed and each name before it is told, by where it really is at that
 * moment: a folder may be swapped for a link while it is listed.
 */
import type { Entry, Kind } from '../../ops.ts';
import { openJudged, orNull } from '../local.ts';
import { absolute, locate, type Shell } from './world.ts';

/** Null: there is none, or it may not be listed. */
export async function listFolder(shell: Shell, name: string): Promise<readonly Entry[] | null> {
  const located = await locate(shell, name, 'list');
  if (typeof located === 'string' || located.kind !== 'folder') return null;
  try {
    return await shell.ops.files.list(located.path, shell.limits.entries);
  } catch (e) {
    if (!(e instanceof Error) || e.name !== 'OccasioError') throw e;
    if ((e as Error & { code?: string }).code === 'too-large') shell.cuts.add(`${shell.limits.entries} names`);
    return null;
  }
}

/** Whether a name that a folder gave may be told. */
export async function isShown(shell: Shell, name: string): Promise<boolean> {
  const { ops, context } = shell;
  const located = await locate(shell, name, 'list');
  if (typeof located === 'string') return false;
  if (located.stat.kind === 'file') {
    const opened = await openJudged(ops, context, located.path, located.spellings, 'list');
    if (opened.ok) await opened.file.close();
    // A file that may not be opened is told by its name: its folder was judged.
    return opened.ok || opened.why === 'unreadable';
  }
  const around = located.stat.kind === 'folder' ? located.path : parentOf(located.path);
  const folder = await orNull(ops.files.open(around));
  if (folder === null) return located.stat.kind === 'folder';
  try {
    const where = await folder.where();
    if (where === null) return ops.host.flavour !== 'posix';
    return await context.allowed([...located.spellings, where], 'list');
  } finally {
    await folder.close();
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** What `-p` and `-F` put behind a name. */
export async function kindMark(shell: Shell, marks: 'none' | 'folders' | 'kinds', name: string, kind: Kind): Promise<string> {
  if (marks === 'none') return '';
  if (kind === 'folder') return '/';
  if (marks === 'folders') return '';
  if (kind === 'link') return '@';
  const stat = await orNull(shell.ops.files.stat(absolute(shell, name)));
  return stat?.kind === 'file' && ((stat.mode ?? 0) & 0o111) !== 0 ? '*' : '';
}
