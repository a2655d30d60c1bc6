/**
 * Whether a shell's command is one that is answered here when the policy routes it so, and by which program: the line must
 * be simple, the folder it starts from known, and a repository one in which nothing is run.
 */
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Ops, Stat } from '../ops.ts';
import { localCommand, type LocalCommand } from '../shell/local/index.ts';
import { localPowerShell } from '../shell/local/powershell.ts';
import type { Call, Place } from './call.ts';
import { plainRepository } from './repository.ts';
import { createResolver } from './resolve.ts';

/** `directories`: those that earlier calls of the session named. */
export async function answeredHere(ops: Ops, call: Call, place: Place, directories: readonly string[]): Promise<string | null> {
  if (call.class !== 'shell' || call.plain !== true || call.command === null || ops.host.flavour === 'win32') return null;
  if (call.command.shell === 'powershell') return answeredPowerShell(ops, call.command.text, place, directories);
  const command = localCommand(call.command.text);
  if (command === null) return null;
  // After a `cd` of an earlier command only the agent knows where its shell is.
  if (command.relative && !(await isOnly(ops, place, directories))) return null;
  if (isLong(command) && (await isMarked(ops))) return null;
  if (command.plan.program === 'git' && (await plainRepository(ops, startOf(command, place))) === null) return null;
  return command.plan.program;
}

/** What is asked about must be there and no link: PowerShell's own errors and links are its business. */
async function answeredPowerShell(ops: Ops, text: string, place: Place, directories: readonly string[]): Promise<string | null> {
  const plan = localPowerShell(text);
  if (plan === null || (!plan.path.startsWith('/') && !(await isOnly(ops, place, directories)))) return null;
  const at = plan.path.startsWith('/') ? plan.path : `${place.cwd}/${plan.path}`;
  const stat = await statOrUnknown(ops, at);
  if (stat === undefined) return null;
  if (stat?.kind === 'link' || stat?.kind === 'other') return null;
  if (plan.program === 'Test-Path') return plan.program;
  return stat?.kind === (plan.program === 'Get-ChildItem' ? 'folder' : 'file') ? plan.program : null;
}

/** Undefined: it may not be looked at, and then nothing is answered here. */
async function statOrUnknown(ops: Ops, path: string): Promise<Stat | null | undefined> {
  try {
    return await ops.files.stat(path);
  } catch (e) {
    if (e instanceof OccasioError) return undefined;
    throw e;
  }
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
