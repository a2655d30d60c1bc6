/**
 * Cuts a torn last line off a chain: of a run whose writer is gone, or of the original's `pipeline-events.jsonl`. Never in silence: the
 * whole file stays beside it as `.bak`, and the index says what was cut (`repair`) before it is cut. Each step may be the last one:
 *
 *   link FILE -> FILE.bak      write and fsync FILE's whole lines under another name      entry `repair`      rename it over FILE
 *
 * Done again it goes on where it was cut off. The file is attacker-controlled.
 */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import { MAX_LINE, parseRow, type Values } from '../../verifiers/formats/line.ts';
import { isRunId } from '../../verifiers/formats/run.ts';
import type { Ops, Stat } from '../ops.ts';
import { openIndex, type Index } from './entries.ts';
import { takeHome } from './home.ts';
import { isGone } from './lost.ts';
import { openProxies } from './proxies.ts';

export interface Repair {
  /** Below the home where it stands there. */
  readonly file: string;
  readonly backup: string;
  readonly bytes_before: number;
  readonly bytes_after: number;
  readonly cut_sha256: string;
}

/** A writer leaves a part of one line; more than this is something else, and a person looks at it first. */
const MAX_CUT = 16 * MAX_LINE;
const PIECE = 1_048_576;
const MAX_BACKUPS = 1000;
const MAX_FILES = 2_000_000;

/** Null where the file ends with a whole line: nothing is touched then. */
export async function repairFile(ops: Ops, core: Core, home: string, path: string): Promise<Repair | null> {
  const stat = await ops.files.stat(path);
  if (stat === null) throw new OccasioError({ code: 'not-found', cannot: 'repair', thing: path, found: 'it does not exist' });
  if (stat.kind !== 'file') throw new OccasioError({ code: 'not-a-file', cannot: 'repair', thing: path, found: `it is a ${stat.kind}`, want: 'a regular file' });
  const cut = await tornLine(ops, path, stat);
  if (cut.length === 0) return null;
  await takeHome(ops, home);
  const index = openIndex(ops, core, `${home}/index`);
  const runId = runOf(home, path);
  if (runId !== null) await refuseLive(ops, home, index, runId, path);
  const after = stat.size - cut.length;
  const backup = await keep(ops, path, stat);
  const draft = await copyUpTo(ops, path, after);
  const repair: Repair = { file: below(home, path), backup: below(home, backup), bytes_before: stat.size, bytes_after: after, cut_sha256: hex(core.sha256(cut)) };
  await refuseChanged(ops, path, stat, draft);
  await record(index, repair, runId);
  await refuseChanged(ops, path, stat, draft);
  await ops.files.move(draft, path);
  return repair;
}

/** Says what is cut, once: a repair that was cut off has said it already. */
export async function record(index: Index, repair: Repair, runId: string | null): Promise<void> {
  const said = (entry: Values): boolean => entry['kind'] === 'repair' && Object.entries(repair).every(([name, value]) => entry[name] === value);
  if ((await index.newest(MAX_BACKUPS)).some(said)) return;
  await index.append({ kind: 'repair', ...(runId === null ? {} : { run_id: runId }), ...repair }, said);
}

/** The whole file under the first backup name that is free; one that a repair before this one made of the very same file stands for it. */
export async function keep(ops: Ops, path: string, stat: Stat): Promise<string> {
  for (let n = 1; n <= MAX_BACKUPS; n++) {
    const backup = n === 1 ? `${path}.bak` : `${path}.${n}.bak`;
    if (await ops.files.link(path, backup)) return backup;
    if ((await ops.files.stat(backup))?.identity === stat.identity) return backup;
  }
  throw new OccasioError({ code: 'exists', cannot: 'keep a copy of', thing: path, found: `${MAX_BACKUPS} backups stand beside it`, next: 'Move them away.' });
}

/** The bytes after the last LF. */
async function tornLine(ops: Ops, path: string, stat: Stat): Promise<Uint8Array> {
  const file = await ops.files.open(path);
  try {
    const cut = new Uint8Array(Math.min(MAX_CUT, stat.size));
    let from = stat.size;
    while (from > stat.size - cut.length) {
      const next = Math.max(stat.size - cut.length, from - PIECE);
      const piece = cut.subarray(next - (stat.size - cut.length), from - (stat.size - cut.length));
      await readExactly(file, piece, next, path);
      const lf = piece.lastIndexOf(10);
      if (lf >= 0) return cut.slice(next + lf + 1 - (stat.size - cut.length));
      from = next;
    }
    if (from === 0) return cut;
  } finally {
    await file.close();
  }
  throw new OccasioError({ code: 'too-large', cannot: 'repair', thing: path, found: `its last ${MAX_CUT} bytes hold no line feed`, next: 'No writer leaves so much of a line: look at it first.' });
}

async function readExactly(file: { read(into: Uint8Array, position: number): Promise<number> }, into: Uint8Array, position: number, path: string): Promise<void> {
  for (let at = 0; at < into.length; ) {
    const read = await file.read(into.subarray(at), position + at);
    if (read === 0) throw changed(path);
    at += read;
  }
}

/** The first `length` bytes under a name of ours, durable. Those of repairs that were killed are cleared away. */
async function copyUpTo(ops: Ops, path: string, length: number): Promise<string> {
  const slash = path.lastIndexOf('/');
  const [folder, name] = [path.slice(0, slash), path.slice(slash + 1)];
  for (const entry of await ops.files.list(folder === '' ? '/' : folder, MAX_FILES)) {
    const [, of, pid] = /^\.(.+)\.(\d{1,10})\.repair$/.exec(entry.name) ?? [];
    if (of === name && (Number(pid) === ops.host.pid || !ops.alive(Number(pid)))) await ops.files.remove(`${folder}/${entry.name}`);
  }
  const draft = `${folder}/.${name}.${ops.host.pid}.repair`;
  const copy = await ops.files.createAppend(draft);
  const file = await ops.files.open(path);
  try {
    const piece = new Uint8Array(PIECE);
    for (let at = 0; at < length; ) {
      const part = piece.subarray(0, Math.min(PIECE, length - at));
      await readExactly(file, part, at, path);
      copy.write(part);
      at += part.length;
    }
    await copy.sync();
  } finally {
    await file.close();
    await copy.close();
  }
  return draft;
}

async function refuseChanged(ops: Ops, path: string, before: Stat, draft: string): Promise<void> {
  const now = await ops.files.stat(path);
  if (now?.identity === before.identity && now.size === before.size && now.modified === before.modified) return;
  await ops.files.remove(draft);
  throw changed(path);
}

function changed(path: string): OccasioError {
  return new OccasioError({ code: 'ledger', cannot: 'repair', thing: path, found: 'it changed meanwhile', next: 'Its writer runs: end it first.' });
}

/** The run whose file this is, where it is one of this home. */
function runOf(home: string, path: string): string | null {
  if (!path.startsWith(`${home}/runs/`) || !path.endsWith('.jsonl')) return null;
  const id = path.slice(`${home}/runs/`.length, -'.jsonl'.length);
  return isRunId(id) ? id : null;
}

function below(home: string, path: string): string {
  return path.startsWith(`${home}/`) ? path.slice(home.length + 1) : path;
}

/** A run that its writer may still append to is never cut: the index says who writes it, else its own first row, else any proxy counts. */
async function refuseLive(ops: Ops, home: string, index: Index, runId: string, path: string): Promise<void> {
  let writer: Values | null = null;
  for (const entry of await index.newest(MAX_FILES)) {
    if (entry['run_id'] !== runId) continue;
    if (entry['kind'] === 'run_closed' || entry['kind'] === 'run_lost') return;
    if (entry['kind'] === 'run_opened') writer = entry;
  }
  writer ??= await firstRow(ops, path);
  if (writer === null ? (await openProxies(ops, `${home}/proxies`).list()).length === 0 : isGone(ops, writer)) return;
  throw new OccasioError({
    code: 'ledger', cannot: 'repair', thing: path, found: writer === null ? 'a proxy runs on this home and may be writing it' : 'the process that writes it runs, or ran on another machine or in another container', next: 'Repair it where it was written, once that process has ended.',
  });
}

async function firstRow(ops: Ops, path: string): Promise<Values | null> {
  const file = await ops.files.open(path);
  try {
    const head = new Uint8Array(Math.min(file.stat.size, MAX_LINE + 1));
    await readExactly(file, head, 0, path);
    const lf = head.indexOf(10);
    return lf < 0 ? null : parseRow(head.subarray(0, lf));
  } finally {
    await file.close();
  }
}
