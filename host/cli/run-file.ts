/** Which run is meant: by its id or the beginning of it, by its file, or the newest of the home. */
import { join } from 'node:path';
import { OccasioError, printable } from '../../verifiers/formats/error.ts';
import { isRunId } from '../../verifiers/formats/run.ts';
import type { Ops } from '../ops.ts';
import { absolute } from './files.ts';
import type { Io } from './print.ts';

const MAX_RUNS = 1_000_000;
/** Of an id, as shown: a chance of one in a million that two of a hundred runs share it. */
const SHORT = 8;
/** Of an id, as taken. */
const SHORTEST = 4;

/** Files of the home's runs. */
export async function runsOf(ops: Ops, home: string): Promise<string[]> {
  const folder = join(home, 'runs');
  if ((await ops.files.stat(folder)) === null) throw new OccasioError({ code: 'not-found', cannot: 'find runs in', thing: home, found: 'there is no record', next: 'It begins with: occasio claude' });
  const names = (await ops.files.list(folder, MAX_RUNS)).map((e) => e.name).filter((n) => n.endsWith('.jsonl') && !n.endsWith('.inputs.jsonl'));
  return names.map((n) => join(folder, n));
}

/** The run that was written last. */
export async function newest(ops: Ops, home: string): Promise<string> {
  let found: { readonly path: string; readonly at: number } | undefined;
  for (const path of await runsOf(ops, home)) {
    const at = (await ops.files.stat(path))?.modified ?? 0;
    if (found === undefined || at > found.at) found = { path, at };
  }
  if (found === undefined) throw new OccasioError({ code: 'not-found', cannot: 'find a run in', thing: home, found: 'there is none', next: 'The first begins with: occasio claude' });
  return found.path;
}

/** A word is a run where the home has one whose id it is, or one alone whose id begins with it; a file otherwise. */
export async function named(io: Io, ops: Ops, home: string, word: string, cannot: string): Promise<string> {
  const run = await findRun(ops, join(home, 'runs'), word);
  if (run !== null) return run;
  const path = absolute(io, word);
  if ((await ops.files.stat(path)) === null) {
    throw new OccasioError({ code: 'not-found', cannot, thing: word, found: `no file, and no run in ${printable(home)}`, next: 'List the runs with: occasio status --all' });
  }
  return path;
}

async function findRun(ops: Ops, folder: string, word: string): Promise<string | null> {
  if (!isRunId(word)) return null;
  const whole = join(folder, `${word}.jsonl`);
  if ((await ops.files.stat(whole)) !== null) return whole;
  if (word.length < SHORTEST || (await ops.files.stat(folder)) === null) return null;
  const begin = (await ops.files.list(folder, MAX_RUNS)).map((e) => e.name).filter((name) => name.startsWith(word) && isRunId(name.replace(/\.jsonl$/, '')));
  if (begin.length > 1) throw new OccasioError({ code: 'usage', cannot: 'tell which run is', thing: word, found: `${begin.length} begin with it`, want: 'more of its id' });
  return begin[0] === undefined ? null : join(folder, begin[0]);
}

export function shortName(id: string): string {
  return id.slice(0, SHORT);
}

/** A short name for each of these ids; those that would share one are longer. */
export function shortNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (let length = SHORT; names.size < new Set(ids).size; length += 4) {
    const open = ids.filter((id) => !names.has(id));
    for (const id of open) if (open.every((other) => other === id || other.slice(0, length) !== id.slice(0, length))) names.set(id, id.slice(0, length));
  }
  return names;
}
