/**
 * Lets an index go on whose newest entries are damaged. Each of them is kept as `.bak` and replaced, in one step and under its own
 * number, by an entry that says so (`repair`) and follows the last entry that holds. What the damaged entry said is lost to the chain:
 * the audit goes on naming what follows from that, a run that no entry opens above all.
 */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { hex, ZEROS } from '../../verifiers/formats/hex.ts';
import { formatRow, hashOf, MAX_LINE, orderMembers, parseRow } from '../../verifiers/formats/line.ts';
import { INDEX_ENTRIES } from '../../verifiers/formats/members.ts';
import type { Ops } from '../ops.ts';
import { entryNumbers, entryPath, openIndex } from './entries.ts';
import { takeHome } from './home.ts';
import { newId } from './json.ts';
import { isGone } from './lost.ts';
import { openProxies } from './proxies.ts';
import { keep, type Repair } from './repair.ts';

/** A damaged entry may be of any size; one that is larger than this is a person's to look at. */
const MAX_BYTES = 16 * MAX_LINE;

/** Nothing where the newest entry holds: an entry in the middle stops nobody, and stays for the audit to name. */
export async function repairIndex(ops: Ops, core: Core, home: string): Promise<readonly Repair[]> {
  const folder = `${home}/index`;
  if ((await ops.files.stat(folder)) === null) return [];
  await takeHome(ops, home);
  const numbers = [...(await entryNumbers(ops, folder))];
  const damaged: number[] = [];
  for (let last = numbers.pop(); last !== undefined; last = numbers.pop()) {
    const hash = await hashAt(ops, core, entryPath(folder, last), last);
    if (hash !== null) return damaged.length === 0 ? [] : replaceAll(ops, core, home, damaged.reverse(), { next: last + 1, hash });
    damaged.push(last);
  }
  return replaceAll(ops, core, home, damaged.reverse(), { next: 0, hash: ZEROS });
}

interface Head {
  readonly next: number;
  readonly hash: string;
}

async function replaceAll(ops: Ops, core: Core, home: string, damaged: readonly number[], from: Head): Promise<readonly Repair[]> {
  if (damaged.length > 0) await refuseWriters(ops, core, home);
  const repairs: Repair[] = [];
  let head = from;
  for (const number of damaged) {
    const { repair, next, hash } = await replace(ops, core, home, number, head);
    repairs.push(repair);
    head = { next, hash };
  }
  return repairs;
}

/** An entry that stands beyond a gap gives its place up to the number that comes next. */
async function replace(ops: Ops, core: Core, home: string, number: number, head: Head): Promise<Head & { readonly repair: Repair }> {
  const folder = `${home}/index`;
  const path = entryPath(folder, number);
  const stat = await ops.files.stat(path);
  if (stat?.kind !== 'file') throw new OccasioError({ code: 'not-a-file', cannot: 'repair', thing: path, found: `it is a ${stat?.kind ?? 'file no more'}`, want: 'a regular file', next: 'Move it away.' });
  const bytes = await ops.files.read(path, MAX_BYTES);
  const backup = await keep(ops, path, stat);
  const repair: Repair = { file: path.slice(home.length + 1), backup: backup.slice(home.length + 1), bytes_before: bytes.length, bytes_after: 0, cut_sha256: hex(core.sha256(bytes)) };
  const values = { kind: 'repair', ts: new Date(ops.now()).toISOString(), event_id: newId(ops), ...repair, seq: head.next, prev_hash: head.hash };
  const { line, hash } = formatRow(core, orderMembers(INDEX_ENTRIES, values));
  if (number === head.next) await ops.files.replace(path, line);
  else if (await saidBefore(ops, folder, head, repair)) {
    await ops.files.remove(path);
    // The entry that says so is the newest that holds: the next one follows it.
    return { repair, hash: head.hash, next: head.next };
  } else {
    if (!(await ops.files.createExclusive(entryPath(folder, head.next), line))) throw running(home, 'another process wrote the next entry meanwhile');
    await ops.files.remove(path);
  }
  return { repair, hash, next: head.next + 1 };
}

/** A repair that was cut off after its entry and before the damaged file went. */
async function saidBefore(ops: Ops, folder: string, head: Head, repair: Repair): Promise<boolean> {
  const [newest] = head.next === 0 ? [] : [parseRow(await ops.files.read(entryPath(folder, head.next - 1), MAX_LINE + 1))];
  return newest?.['kind'] === 'repair' && newest['file'] === repair.file && newest['cut_sha256'] === repair.cut_sha256;
}

/** The hash of the entry with that number; null where what stands there is no entry, which is what is repaired. */
async function hashAt(ops: Ops, core: Core, path: string, number: number): Promise<string | null> {
  try {
    const bytes = await ops.files.read(path, MAX_LINE + 1);
    const single = bytes.indexOf(10) === bytes.length - 1;
    return single && parseRow(bytes)?.['seq'] === number ? hashOf(core, bytes) : null;
  } catch (error) {
    if (error instanceof OccasioError && ['too-large', 'not-a-file', 'unreadable'].includes(error.code)) return null;
    throw error;
  }
}

/** A process that has the chain's head in memory would go on from the entry that is replaced. */
async function refuseWriters(ops: Ops, core: Core, home: string): Promise<void> {
  const [proxy] = await openProxies(ops, `${home}/proxies`).list();
  if (proxy !== undefined && proxy.pid !== ops.host.pid) throw running(home, `a proxy runs on it (process ${proxy.pid})`);
  const open = new Map<unknown, boolean>();
  for (const entry of await openIndex(ops, core, `${home}/index`).newest(MAX_LOOKED_AT)) {
    if (entry['kind'] === 'run_opened') open.set(entry['run_id'], (entry['host_id'] ?? null) === ops.host.hostId && !isGone(ops, entry));
    if (entry['kind'] === 'run_closed' || entry['kind'] === 'run_lost') open.delete(entry['run_id']);
  }
  for (const [runId, lives] of open) if (lives) throw running(home, `the process that writes run ${String(runId)} is there`);
}

const MAX_LOOKED_AT = 512;

function running(home: string, found: string): OccasioError {
  return new OccasioError({ code: 'ledger', cannot: 'repair the index of', thing: home, found, next: 'End it first.' });
}
