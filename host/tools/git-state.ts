/**
 * What a checkout is at this moment, for a git_state row (`spec/run.md`): commit, branch, files that differ, digest of the difference. git runs
 * as for local answers: on a `.git` folder of our making, so that nothing of the repository's own is started, within a time and a size.
 */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { gitDigest } from '../../verifiers/formats/git-state.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import type { GitStateRow, Json } from '../../verifiers/formats/row.ts';
import type { Ops, Ran } from '../ops.ts';
import type { Repository } from '../shell/local/git-config.ts';
import { defaultLimits } from './local.ts';
import { scratchOf, start, Stop, type Git } from './shell/git.ts';
import { openShell } from './shell/world.ts';

export type Phase = 'run_start' | 'run_end';

/** Names that a row lists of each kind. */
const LISTED = 1_000;
/** UTF-16 units of them together: a line of the record is 1 MiB at most. */
const LISTED_UNITS = 60_000;
const LIMITS = { ...defaultLimits, bytes: 16 * 1024 * 1024, milliseconds: 3_000 };

export interface Looking {
  readonly ops: Ops;
  readonly core: Core;
  readonly cwd: string;
  /** The repository of a folder, where it is one that git can be run on here. */
  repository(folder: string): Promise<Repository | null>;
  /** Masks secrets in names of files. */
  mask(text: string): string;
}

/** Never throws for what stands on disk: what cannot be told is said in the row. */
export async function gitState(looking: Looking, phase: Phase): Promise<GitStateRow> {
  return { kind: 'git_state', tool_name: 'git_state', tool_inputs: { phase, ...(await stateOf(looking)) }, action: 'INFO', reason: 'git-state' };
}

type State = { readonly [name: string]: Json };

async function stateOf(looking: Looking): Promise<State> {
  const { ops, core, cwd } = looking;
  try {
    const repository = await looking.repository(cwd);
    if (repository === null) return none((await isWithinOne(ops, cwd)) ? 'not-plain' : 'no-repository');
    const context = { cwd: repository.top, home: ops.host.home, resolve: async (path: string) => ({ resolved: [path] }), otherNames: async () => [], allowed: () => true, repository: async () => repository };
    const shell = openShell(ops, core, context, LIMITS);
    const state = await read(looking, { shell, repository, scratch: await scratchOf(shell, repository) });
    return 'why' in state ? state : { ...state, digest: gitDigest(core, state) };
  } catch (error) {
    if (error instanceof Stop) return none('failed');
    if (error instanceof OccasioError) return none(error.code === 'not-found' ? 'no-git' : 'failed');
    throw error;
  }
}

function none(why: string): State {
  return { is_repo: false, why };
}

async function read({ core, mask }: Looking, git: Git): Promise<State> {
  const head = await start(git, ['rev-parse', '--verify', '--quiet', 'HEAD']);
  const branch = await start(git, ['symbolic-ref', '--short', '--quiet', 'HEAD']);
  const status = await start(git, ['status', '--porcelain=v1', '-z', '--no-renames', '--ignore-submodules=dirty', '--untracked-files=all']);
  const cut = [head, branch, status].find((ran) => ran.cut !== null);
  if (cut !== undefined) return none(cut.cut ?? 'failed');
  if (status.code !== 0) return none('failed');
  const entries = textOf(status).split('\0').filter((entry) => entry.length > 3);
  const names = (untracked: boolean): string[] => entries.filter((entry) => entry.startsWith('??') === untracked).map((entry) => mask(entry.slice(3))).sort();
  const [changed, untracked] = [names(false), names(true)];
  const [shownChanged, shownUntracked] = [listed(changed), listed(untracked)];
  const commit = head.code === 0 ? textOf(head).trim() : null;
  return {
    is_repo: true,
    head: commit,
    branch: branch.code === 0 ? mask(textOf(branch).trim()) : null,
    dirty: entries.length > 0,
    changed_files: shownChanged,
    untracked_files: shownUntracked,
    cut: shownChanged.length < changed.length || shownUntracked.length < untracked.length,
    diff_hash: commit === null ? null : await diffHash(core, git),
  };
}

/** The first names, as many as a row can hold. */
function listed(names: readonly string[]): readonly string[] {
  let units = 0;
  const end = names.findIndex((name, i) => i >= LISTED || (units += name.length) > LISTED_UNITS);
  return end < 0 ? names : names.slice(0, end);
}

async function diffHash(core: Core, git: Git): Promise<string | null> {
  const diff = await start(git, ['diff', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty', '--no-color', '--no-renames', '--binary', '--full-index', 'HEAD', '--']);
  return diff.cut === null && diff.code === 0 ? hex(core.sha256(diff.stdout)) : null;
}

function textOf(ran: Ran): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(ran.stdout);
}

const MAX_DEPTH = 64;

async function isWithinOne({ files }: Ops, folder: string): Promise<boolean> {
  let at = folder;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if ((await files.stat(`${at === '/' ? '' : at}/.git`)) !== null) return true;
    if (at === '/' || !at.includes('/')) return false;
    at = at.slice(0, at.lastIndexOf('/')) || '/';
  }
  return false;
}
