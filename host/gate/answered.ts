/**
 * Whether a shell's command is one that is answered here when the policy routes it so, and by which program: the line must
 * be simple, the folder it starts from known, and a repository one in which nothing is run.
 */
import type { Ops } from '../ops.ts';
import { localCommand, type LocalCommand } from '../shell/local/index.ts';
import type { Call, Place } from './call.ts';
import { plainRepository } from './repository.ts';
import { createResolver } from './resolve.ts';

/** `directories`: those that earlier calls of the session named. */
export async function answeredHere(ops: Ops, call: Call, place: Place, directories: readonly string[]): Promise<string | null> {
  if (call.class !== 'shell' || call.plain !== true || call.command?.shell !== 'bash' || ops.host.flavour === 'win32') return null;
  const command = localCommand(call.command.text);
  if (command === null) return null;
  // After a `cd` of an earlier command only the agent knows where its shell is.
  if (command.relative && !(await isOnly(ops, place, directories))) return null;
  if (isLong(command) && (await isMarked(ops))) return null;
  if (command.plan.program === 'git' && (await plainRepository(ops, startOf(command, place))) === null) return null;
  return command.plan.program;
}

async function isOnly(ops: Ops, place: Place, directories: readonly string[]): Promise<boolean> {
  if (directories.every((folder) => folder === place.cwd)) return true;
  const { resolved } = await createResolver(ops, [place.cwd], place.home).resolve(place.cwd);
  return directories.every((folder) => resolved.includes(folder));
}

function isLong({ plan }: LocalCommand): boolean {
  return (plan.program === 'ls' || plan.program === 'dir') && plan.layout === 'long';
}

/** Where files have labels or attributes that `ls -l` marks and nothing here can see. */
async function isMarked(ops: Ops): Promise<boolean> {
  return ops.host.flavour !== 'posix' || (await ops.files.stat('/sys/fs/selinux/enforce')) !== null;
}

function startOf({ cd }: LocalCommand, { cwd, home }: Place): string {
  return cd.reduce((at, { text, home: below }) => (below ? home + text.slice(1) : text.startsWith('/') ? text : `${at}/${text}`), cwd);
}
