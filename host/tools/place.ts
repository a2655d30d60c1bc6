/** The folder or file a tool call starts from: resolved, judged, and told apart. */
import type { Kind, Ops } from '../ops.ts';
import { orNull, refusal, type LocalAccess, type LocalContext, type LocalResult } from './local.ts';
import type { Root } from './walk.ts';

export type Place = { readonly ok: true; readonly root: Root; readonly kind: 'file' | 'folder' | 'other' } | { readonly ok: false; readonly result: LocalResult };

export const denied = 'The policy of this machine does not let this path be read. Do not try to reach it another way.';

export async function findPlace(ops: Ops, context: LocalContext, asked: string, access: LocalAccess): Promise<Place> {
  const { resolved, fault } = await context.resolve(asked === '' ? context.cwd : asked);
  const no = (text: string): Place => ({ ok: false, result: refusal(text) });
  if (fault !== undefined) return no(`Cannot use path ${JSON.stringify(asked.slice(0, 200))}: ${fault}`);
  if (!(await context.allowed(resolved, access))) return no(denied);
  // What a plain program would open: `~` and URLs expanded where the literal name is not there.
  const stats = await Promise.all(resolved.map((path) => orNull(ops.files.stat(path))));
  for (const [i, path] of resolved.entries()) {
    const stat = stats[i];
    if (stat === undefined || stat === null) continue;
    // A device is never opened, not even to see what it is: opening can be an act.
    const kind = stat.kind !== 'link' ? stat.kind : stats.some((other) => other?.kind === 'other') ? 'other' : await kindBehind(ops, path);
    if (kind === null) continue;
    return { ok: true, root: { path, spellings: resolved }, kind: kind === 'file' || kind === 'folder' ? kind : 'other' };
  }
  return no(`${JSON.stringify(asked.slice(0, 200))} does not exist. The current directory is ${context.cwd}`);
}

async function kindBehind(ops: Ops, link: string): Promise<Kind | null> {
  const file = await orNull(ops.files.open(link));
  if (file === null) return null;
  await file.close();
  return file.stat.kind;
}
