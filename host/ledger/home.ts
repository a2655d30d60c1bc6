/**
 * The home of the record: `$OCCASIO_HOME` or `~/.occasio`, folders 0700, files 0600. It is refused where somebody else could put
 * something in its place. An agent that runs as the same user can write here all the same: self-protection and checkpoints answer that.
 */
import type { Core } from '../../core-wasm/core.ts';
import { bug } from '../../verifiers/formats/error.ts';
import { ZEROS } from '../../verifiers/formats/hex.ts';
import type { Ops } from '../ops.ts';
import { openDevice, type Device } from './device.ts';
import { openIndex, type Index } from './entries.ts';
import { octal, ours, refuseUnfit, unfit } from './fit.ts';
import { markLost } from './lost.ts';
import { openPolicies, type Policies } from './policies.ts';
import { openProxies, type Proxies } from './proxies.ts';
import { openResults, type Results } from './results.ts';
import { createRun, type OpenRun, type Run } from './run.ts';

export interface Home {
  readonly path: string;
  /** The install key: 32 bytes. */
  readonly key: Uint8Array;
  /** What weakens the record without forbidding it, a sentence each. */
  readonly notes: readonly string[];
  readonly index: Index;
  /** Signs checkpoints. */
  readonly device: Device;
  readonly policies: Policies;
  readonly results: Results;
  readonly proxies: Proxies;
  openRun(opening: OpenRun): Promise<Run>;
}

export const FOLDERS = ['runs', 'policies', 'index', 'keys', 'results', 'proxies'] as const;
const KEY_BYTES = 32;

/** Its folders, made where there are none; `home` where one is not fit. */
export async function takeHome(ops: Ops, path: string): Promise<void> {
  await takeFolder(ops, path);
  for (const name of FOLDERS) await takeFolder(ops, `${path}/${name}`);
}

/** Opens the home, made where there is none, and says of runs whose process is gone that they are lost. */
export async function openHome(ops: Ops, core: Core, path: string): Promise<Home> {
  await takeHome(ops, path);
  const index = openIndex(ops, core, `${path}/index`);
  const policies = openPolicies(ops, core, `${path}/policies`);
  const device = await openDevice(ops, core, path, index);
  const opened = new Map<string, Run>();
  const home: Home = {
    path,
    key: await installKey(ops, `${path}/keys/install.key`),
    notes: await notesOf(ops, path),
    index,
    device,
    policies,
    results: openResults(ops, core, `${path}/results`),
    proxies: openProxies(ops, `${path}/proxies`),
    async openRun(opening) {
      if (opening.policyText !== null) checkPolicy(opening, await policies.put(opening.policyText));
      const run = await createRun(ops, core, path, index, device, opening);
      // The index says of a run that could not be written that it is lost, once it can be written again.
      const before = opened.get(opening.previousRun ?? opening.start.previous_run ?? '');
      if (before?.dead === true) await before.close('stop');
      if (before !== undefined) opened.delete(before.id);
      opened.set(run.id, run);
      return run;
    },
  };
  await markLost(ops, index);
  return home;
}

function checkPolicy(opening: OpenRun, hash: string): void {
  const named = opening.policy.tool_inputs.policy_hash;
  if (named !== hash && named !== ZEROS) bug('a run opens with the hash of another policy than its text');
}

async function takeFolder(ops: Ops, path: string): Promise<void> {
  if ((await ops.files.stat(path)) === null) await ops.files.makeFolder(path);
  const stat = await ops.files.stat(path);
  if (stat?.kind === 'link') throw unfit(path, 'it is a symbolic link', 'a folder', `Name the folder it leads to with OCCASIO_HOME.`);
  if (stat?.kind !== 'folder') throw unfit(path, stat === null ? 'it does not exist' : 'it is no folder', 'a folder');
  if (!ours(ops, stat)) throw unfit(path, `it belongs to user ${stat.owner}`, `user ${ops.host.user}`);
  if (stat.mode !== null && (stat.mode & 0o022) !== 0) throw unfit(path, `others can write in it (mode ${octal(stat)})`, 'mode 0700', `Run: chmod 700 ${path}`);
}

/** The key is made once, whole, and never written again. Every placeholder and every mac of this home hangs on it. */
async function installKey(ops: Ops, path: string): Promise<Uint8Array> {
  if ((await ops.files.stat(path)) === null) await ops.files.createExclusive(path, ops.random(KEY_BYTES));
  const stat = await refuseUnfit(ops, path, 'What it protected must count as known: move it away, and a new one is made.');
  const key = stat.size === KEY_BYTES ? await ops.files.read(path, KEY_BYTES) : null;
  if (key === null || key.length !== KEY_BYTES) throw unfit(path, `it holds ${stat.size} bytes`, `${KEY_BYTES}`, 'Move it away, and a new one is made; results redacted with the old key stay redacted.');
  return key;
}

async function notesOf(ops: Ops, path: string): Promise<readonly string[]> {
  const notes: string[] = [];
  const home = await ops.files.stat(path);
  if (home?.mode != null && (home.mode & 0o055) !== 0) notes.push(`Others can list ${path} (mode ${octal(home)}).`);
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const folder = path.slice(0, at);
    const stat = await ops.files.stat(folder);
    // A sticky folder lets nobody but the owner rename what is in it.
    if (stat?.kind === 'folder' && stat.mode !== null && (stat.mode & 0o022) !== 0 && (stat.mode & 0o1000) === 0) {
      notes.push(`Others can write in ${folder} (mode ${octal(stat)}), and so put another folder in the place of ${path}.`);
    }
  }
  return notes;
}
