/**
 * The index: a chain of small files `index/<12 digits>.json`, each one line in row form, numbered from 0 without a gap. An entry
 * is made whole by write, fsync, link(2); a number that is taken is read, and the next is tried. No lock, any number of writers.
 */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { ZEROS } from '../../verifiers/formats/hex.ts';
import { formatRow, hashOf, MAX_LINE, orderMembers, parseRow, type Values } from '../../verifiers/formats/line.ts';
import { INDEX_ENTRIES } from '../../verifiers/formats/members.ts';
import type { Ops } from '../ops.ts';
import { newId } from './json.ts';

export interface Index {
  /** Durable when it resolves. `settled` says that an entry another process made in between has said it already. */
  append(body: Values, settled?: (theirs: Values) => boolean): Promise<void>;
  /** Of the newest `limit` entries those whose hash holds, oldest first. */
  newest(limit: number): Promise<readonly Values[]>;
}

/** Entries that a home may hold. */
export const MAX_ENTRIES = 2_000_000;
const MAX_NUMBER = 999_999_999_999;
/** Numbers tried for one entry while other writers are quicker. */
const MAX_TRIES = 10_000;

interface Head {
  readonly next: number;
  readonly hash: string;
}

export function openIndex(ops: Ops, core: Core, folder: string): Index {
  let head: Head | null = null;
  let queue: Promise<void> = Promise.resolve();

  async function readHead(): Promise<Head> {
    const last = (await entryNumbers(ops, folder)).at(-1);
    return last === undefined ? { next: 0, hash: ZEROS } : { next: last + 1, hash: (await readEntry(ops, core, folder, last)).hash };
  }

  async function add(body: Values, settled: (theirs: Values) => boolean): Promise<void> {
    head ??= await readHead();
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const next: number = head.next;
      if (next > MAX_NUMBER) throw damaged(entryPath(folder, MAX_NUMBER), 'the last number is taken');
      const values = { ts: new Date(ops.now()).toISOString(), event_id: newId(ops), ...body, seq: next, prev_hash: head.hash };
      const { line, hash } = formatRow(core, orderMembers(INDEX_ENTRIES, values));
      if (await ops.files.createExclusive(entryPath(folder, next), line)) {
        head = { next: next + 1, hash };
        return;
      }
      const theirs = await readEntry(ops, core, folder, next);
      head = { next: next + 1, hash: theirs.hash };
      if (settled(theirs.values)) return;
    }
    throw damaged(folder, `${MAX_TRIES} numbers were taken while one entry was written`);
  }

  return {
    append(body, settled = () => false) {
      const added = queue.then(() => add(body, settled));
      queue = added.then(
        () => undefined,
        () => undefined,
      );
      return added;
    },
    async newest(limit) {
      const numbers = (await entryNumbers(ops, folder)).slice(-limit);
      const entries: Values[] = [];
      for (const number of numbers) {
        try {
          entries.push((await readEntry(ops, core, folder, number)).values);
        } catch (error) {
          // An entry that was damaged is the audit's to name; it does not keep a new run from opening.
          if (!(error instanceof OccasioError)) throw error;
        }
      }
      return entries;
    },
  };
}

/** Numbers that stand in the folder, ascending. Other names are drafts of writers, or none of ours. */
export async function entryNumbers(ops: Ops, folder: string): Promise<readonly number[]> {
  const names = await ops.files.list(folder, MAX_ENTRIES);
  return names.filter((entry) => /^\d{12}\.json$/.test(entry.name)).map((entry) => Number(entry.name.slice(0, 12)));
}

export function entryPath(folder: string, number: number): string {
  return `${folder}/${String(number).padStart(12, '0')}.json`;
}

/** An entry whose hash holds. Going on from one that does not would hide what was done to it. */
async function readEntry(ops: Ops, core: Core, folder: string, number: number): Promise<{ readonly values: Values; readonly hash: string }> {
  const path = entryPath(folder, number);
  const bytes = await ops.files.read(path, MAX_LINE + 1);
  const hash = hashOf(core, bytes);
  const values = bytes.indexOf(10) === bytes.length - 1 ? parseRow(bytes) : null;
  if (hash === null || values === null) throw damaged(path, 'it is no entry whose hash holds');
  return { values, hash };
}

function damaged(path: string, found: string): OccasioError {
  return new OccasioError({ code: 'ledger', cannot: 'go on from index entry', thing: path, found, next: 'See what happened with `occasio audit verify --all`; `occasio audit repair` lets it go on.' });
}
