/** Which run is meant: by its id, by its file, or the newest of the home. */
import { join } from 'node:path';
import { OccasioError, printable } from '../../verifiers/formats/error.ts';
import type { Ops } from '../ops.ts';
import { absolute } from './files.ts';
import type { Io } from './print.ts';

const MAX_RUNS = 1_000_000;

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

/** A word is a run's id where it has the form of one and the home has that run; a file otherwise. */
export async function named(io: Io, ops: Ops, home: string, word: string, cannot: string): Promise<string> {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(word)) {
    const path = join(home, 'runs', `${word}.jsonl`);
    if ((await ops.files.stat(path)) !== null) return path;
  }
  const path = absolute(io, word);
  if ((await ops.files.stat(path)) === null) {
    throw new OccasioError({ code: 'not-found', cannot, thing: word, found: `no file, and no run in ${printable(home)}`, next: 'List the runs with: occasio audit verify --all' });
  }
  return path;
}
