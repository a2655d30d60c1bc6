/**
 * The git repository a command would look at, if it is a plain one: a working tree with its `.git` folder, owned by the
 * user, in no unfinished state, whose configuration and attributes name no program. Of any other the command is left to the
 * agent's shell. Everything here is attacker-controlled; nothing of it is run.
 */
import type { Files, Ops } from '../ops.ts';
import { gitSettings, type Repository, type Setting } from '../shell/local/git-config.ts';
import { physicalPath } from './resolve.ts';

/** A merge, a rebase or the like under way is told in words of its own; other working trees and submodules have their own `.git`. */
const UNFINISHED = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'BISECT_LOG', 'rebase-merge', 'rebase-apply', 'sequencer', 'worktrees', 'modules', 'config.worktree', 'commondir', 'reftable'];
const MAX_CONFIG = 256 * 1024;
const MAX_DEPTH = 64;

export async function plainRepository(ops: Ops, start: string): Promise<Repository | null> {
  const { files, host } = ops;
  try {
    const from = await physicalPath(ops, start);
    const top = await findTop(files, from);
    if (top === null) return null;
    const folder = under(top, '.git');
    if (!(await isPlain(ops, folder))) return null;
    if ((await files.stat(under(top, '.gitmodules'))) !== null) return null;
    for (const path of [under(top, '.gitattributes'), under(folder, 'info/attributes'), `${host.home}/.config/git/attributes`, '/etc/gitattributes']) {
      if (/(?:^|\s)(?:filter|working-tree-encoding)=/m.test((await textOf(files, path)) ?? '')) return null;
    }
    const texts = await Promise.all(['/etc/gitconfig', `${host.home}/.config/git/config`, `${host.home}/.gitconfig`].map((path) => textOf(files, path)));
    const users = texts.map((text) => (text === null ? [] : gitSettings(text, 'user')));
    const own = gitSettings((await textOf(files, under(folder, 'config'))) ?? '', 'repository');
    const all = [...users, own];
    return all.includes(null) ? null : { top, folder, settings: all.flatMap((settings) => settings as readonly Setting[]) };
  } catch (e) {
    // What the disk does not tell is not known here.
    if (e instanceof Error && e.name === 'OccasioError') return null;
    throw e;
  }
}

async function findTop(files: Files, from: string): Promise<string | null> {
  let at = from;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const found = await files.stat(under(at, '.git'));
    if (found !== null) return found.kind === 'folder' ? at : null;
    // A folder that is a repository itself, without a working tree.
    if ((await files.stat(under(at, 'HEAD'))) !== null && (await files.stat(under(at, 'objects'))) !== null) return null;
    if (at === '/') return null;
    at = at.slice(0, at.lastIndexOf('/')) || '/';
  }
  return null;
}

async function isPlain({ files, host }: Ops, folder: string): Promise<boolean> {
  const kindOf = async (name: string): Promise<string | null> => (await files.stat(under(folder, name)))?.kind ?? null;
  if ((await kindOf('HEAD')) !== 'file' || (await kindOf('objects')) !== 'folder' || (await kindOf('refs')) !== 'folder') return false;
  for (const name of ['config', 'index', 'packed-refs', 'shallow']) if (!['file', null].includes(await kindOf(name))) return false;
  for (const name of UNFINISHED) if ((await kindOf(name)) !== null) return false;
  const owner = (await files.stat(folder))?.owner ?? null;
  return host.user === null || owner === host.user;
}

async function textOf(files: Files, path: string): Promise<string | null> {
  if ((await files.stat(path)) === null) return null;
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await files.read(path, MAX_CONFIG));
}

function under(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}
