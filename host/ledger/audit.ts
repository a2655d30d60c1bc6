/**
 * Audits a home: the index as a chain, every run it names, every run that stands there. Reads only; nothing of a home is
 * trusted, whoever owns it. Verifying one run is the caller's function, so that host and verifiers share no code but the formats.
 */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Covered } from '../../verifiers/formats/checkpoint.ts';
import { hex, ZEROS } from '../../verifiers/formats/hex.ts';
import { isRunId } from '../../verifiers/formats/run.ts';
import type { Finding, Verdict, Word } from '../../verifiers/formats/verdict.ts';
import type { Ops } from '../ops.ts';
import { openCovered, readHeld, trustOf, type AuditOptions } from './audit-covered.ts';
import type { CheckpointFault } from './audit-checkpoints.ts';
import { readIndex, type IndexedRun } from './audit-index.ts';
import { runPath } from './run.ts';

export type HomeCheck = 'index' | 'entries' | 'present' | 'indexed' | 'checkpoints' | 'policies';
export type HomeCode =
  | 'entry-missing' // a number without a file
  | 'entry-form' // no single row with its LF, or the members of another kind
  | 'entry-seq' // another number than its name
  | 'entry-hash' // altered
  | 'entry-link' // does not follow the entry before
  | 'opened-twice'
  | 'closed-twice'
  | 'not-opened' // closed or lost, never opened
  | 'repaired' // a torn line was cut, a damaged entry replaced
  | 'run-deleted' // opened, and its file is gone
  | 'run-is-no-file' // a link, a folder
  | 'run-not-indexed' // a file that the index does not name
  | 'never-used' // likewise, but of two rows at most: its writer ended before the run was in use
  | 'strange-file' // neither a run nor its inputs nor a repair's copy
  | CheckpointFault
  | 'rotate-signature' // a key that another one follows, and not both signed that
  | 'rows-uncovered' // rows at the end of an open or lost run that no checkpoint covers yet
  | 'no-outside' // no checkpoint of a run is vouched for outside this machine
  | 'policy-missing'
  | 'policy-differs'; // another text than its name says

export interface HomeFinding {
  readonly check: HomeCheck;
  /** A finding that is ok and has a code is a note. */
  readonly result: 'ok' | 'failed';
  readonly code: HomeCode | null;
  /** Number of the index entry. */
  readonly entry: number | null;
  readonly run_id: string | null;
}

export interface HomeVerdict {
  readonly verdict: 'occasio-home-verdict/v1';
  readonly word: Word;
  readonly entries: number;
  readonly index_hash: string | null;
  readonly checks: readonly HomeFinding[];
  /** By run, how many of its rows are signed, and how many are vouched for outside this machine. */
  readonly covered: { readonly [runId: string]: Covered };
  /** In the order of their ids. */
  readonly runs: readonly Verdict[];
}

/** Verifies a run's bytes against what the index says of it. */
export type VerifyRun = (
  source: AsyncIterable<Uint8Array>,
  expected: { readonly runId: string; readonly firstHash?: string; readonly lastHash?: string; readonly rows?: number; readonly checkpoints?: (rows: number) => readonly Finding[] },
  progress?: (bytes: number) => void,
) => Promise<Verdict>;

const MAX_FILES = 2_000_000;
const MAX_POLICY = 1_048_576;
const PIECE = 1_048_576;

export async function auditHome(ops: Ops, core: Core, verify: VerifyRun, home: string, options: AuditOptions = {}): Promise<HomeVerdict> {
  const index = await readIndex(ops, core, `${home}/index`);
  const trust = await trustOf(ops, core, home, options);
  const held = readHeld(core, options.held ?? [], index, trust);
  const checkpoints: HomeFinding[] = [...held.findings];
  const covered: { [runId: string]: Covered } = {};
  const { ids, strange } = await runFiles(ops, `${home}/runs`);
  const present: HomeFinding[] = [];
  const indexed: HomeFinding[] = [];
  const runs: Verdict[] = [];
  for (const { runId } of held.checkpoints) if (!ids.has(runId)) checkpoints.push(failed('checkpoints', 'held-run-missing', runId));
  for (const [runId, run] of index.runs) if (run.opened !== null && !ids.has(runId)) present.push(failed('present', 'run-deleted', runId, run.opened));
  for (const [runId, kind] of [...ids].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (kind !== 'file') {
      present.push(failed('present', 'run-is-no-file', runId));
      continue;
    }
    const run = index.runs.get(runId);
    const signed = openCovered(core, index, trust, held.checkpoints, runId);
    const verdict = await verify(seenBy(readPieces(ops, runPath(home, runId)), signed), { runId, ...expectation(run), checkpoints: signed.told }, (bytes) => options.progress?.(runId, bytes));
    const found = signed.end(verdict.rows);
    checkpoints.push(...found.findings);
    covered[runId] = found.covered;
    const missing = run === undefined || run.opened === null ? notIndexed(runId, verdict) : null;
    if (missing !== null) indexed.push(missing);
    // A file that never came into use has no verdict of its own.
    if (missing?.code !== 'never-used') runs.push(verdict);
  }
  if (strange) indexed.push({ check: 'indexed', result: 'ok', code: 'strange-file', entry: null, run_id: null });
  const policies = await checkPolicies(ops, core, home, runs);
  const checks = [...whole('index', index.chain), ...whole('entries', index.entries), ...whole('present', present), ...whole('indexed', indexed), ...whole('checkpoints', checkpoints), ...whole('policies', policies)];
  return { verdict: 'occasio-home-verdict/v1', word: wordOf(checks, runs), entries: index.count, index_hash: index.hash, checks, covered, runs };
}

/** A file's bytes, a piece at a time. */
export async function* readPieces(ops: Ops, path: string): AsyncGenerator<Uint8Array> {
  const file = await ops.files.open(path);
  try {
    if (file.stat.kind !== 'file') throw new OccasioError({ code: 'not-a-file', cannot: 'read', thing: path, found: `it is a ${file.stat.kind}`, want: 'a regular file' });
    const piece = new Uint8Array(PIECE);
    for (let at = 0; ; ) {
      const read = await file.read(piece, at);
      if (read === 0) return;
      yield piece.subarray(0, read);
      at += read;
    }
  } finally {
    await file.close();
  }
}

/** The same pieces, which another reader sees as well. */
export async function* seenBy(pieces: AsyncIterable<Uint8Array>, reader: { write(piece: Uint8Array): void }): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    reader.write(piece);
    yield piece;
  }
}

/** What the index says of one run, to verify its file against: nothing where it says nothing. */
export async function indexedExpectation(ops: Ops, core: Core, home: string, runId: string): Promise<{ readonly firstHash?: string; readonly lastHash?: string; readonly rows?: number }> {
  if ((await ops.files.stat(`${home}/index`)) === null) return {};
  return expectation((await readIndex(ops, core, `${home}/index`)).runs.get(runId));
}

function expectation(run: IndexedRun | undefined): { readonly firstHash?: string; readonly lastHash?: string; readonly rows?: number } {
  if (run === undefined) return {};
  return { ...(run.firstHash === null ? {} : { firstHash: run.firstHash }), ...(run.closed === null ? {} : { lastHash: run.closed.lastHash, rows: run.closed.rows }) };
}

/** The index entry is made right after rows 0 and 1, before anything is let through: a run cut off in between was never in use. */
function notIndexed(runId: string, verdict: Verdict): HomeFinding {
  const unused = verdict.rows <= 2 && verdict.checks.every((c) => c.result !== 'failed' || c.code === 'empty' || c.code === 'torn-line');
  return unused ? { check: 'indexed', result: 'ok', code: 'never-used', entry: null, run_id: runId } : failed('indexed', 'run-not-indexed', runId);
}

async function runFiles(ops: Ops, folder: string): Promise<{ readonly ids: ReadonlyMap<string, string>; readonly strange: boolean }> {
  const ids = new Map<string, string>();
  let strange = false;
  for (const { name, kind } of await ops.files.list(folder, MAX_FILES)) {
    const [, id, inputs] = /^(.*?)(\.inputs)?\.jsonl$/.exec(name) ?? [];
    if (/\.jsonl(\.\d+)?\.bak$/.test(name)) continue;
    if (!isRunId(id)) strange = true;
    else if (inputs === undefined) ids.set(id, kind);
  }
  return { ids, strange };
}

async function checkPolicies(ops: Ops, core: Core, home: string, runs: readonly Verdict[]): Promise<readonly HomeFinding[]> {
  const found: HomeFinding[] = [];
  const good = new Set<string>([ZEROS]);
  for (const { run_id, policies } of runs) {
    for (const hash of policies) {
      if (good.has(hash)) continue;
      const code = await policyFault(ops, core, `${home}/policies/${hash}.yml`, hash);
      if (code === null) good.add(hash);
      else found.push(failed('policies', code, run_id));
    }
  }
  return found;
}

async function policyFault(ops: Ops, core: Core, path: string, hash: string): Promise<HomeCode | null> {
  try {
    return hex(core.sha256(await ops.files.read(path, MAX_POLICY))) === hash ? null : 'policy-differs';
  } catch (error) {
    if (!(error instanceof OccasioError)) throw error;
    return error.code === 'not-found' ? 'policy-missing' : 'policy-differs';
  }
}

function failed(check: HomeCheck, code: HomeCode, run_id: string | null, entry: number | null = null): HomeFinding {
  return { check, result: 'failed', code, entry, run_id };
}

function whole(check: HomeCheck, findings: readonly HomeFinding[]): readonly HomeFinding[] {
  return findings.length > 0 ? findings : [{ check, result: 'ok', code: null, entry: null, run_id: null }];
}

function wordOf(checks: readonly HomeFinding[], runs: readonly Verdict[]): Word {
  if (checks.some((c) => c.result === 'failed') || runs.some((r) => r.word === 'failed')) return 'failed';
  return runs.some((r) => r.word === 'open') ? 'open' : 'self-consistent';
}
