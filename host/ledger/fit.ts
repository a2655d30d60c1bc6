/** What of a home may be trusted: a key that others could read or write may not. */
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Ops, Stat } from '../ops.ts';

/** A regular file of ours that nobody else can read. `next` is what to do where others can. */
export async function refuseUnfit(ops: Ops, path: string, next: string): Promise<Stat> {
  const stat = await ops.files.stat(path);
  if (stat?.kind !== 'file') throw unfit(path, 'it is no regular file', 'a file');
  if (!ours(ops, stat)) throw unfit(path, `it belongs to user ${stat.owner}`, `user ${ops.host.user}`);
  if (stat.mode !== null && (stat.mode & 0o077) !== 0) throw unfit(path, `others can read it (mode ${octal(stat)})`, 'mode 0600', next);
  return stat;
}

export function ours(ops: Ops, stat: Stat): boolean {
  return stat.owner === null || ops.host.user === null || stat.owner === ops.host.user;
}

export function octal(stat: Stat): string {
  return ((stat.mode ?? 0) & 0o7777).toString(8).padStart(4, '0');
}

export function unfit(path: string, found: string, want: string, next?: string): OccasioError {
  return new OccasioError({ code: 'home', cannot: 'keep the record in', thing: path, found, want, ...(next === undefined ? {} : { next }) });
}
