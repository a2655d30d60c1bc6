/**
 * The procedure, as `spec/verify.md` numbers it. Pure: evidence in as bytes, verdict out. The evidence is attacker-controlled;
 * what is expected of it comes from elsewhere, never from the evidence itself.
 */
import type { ChainCode, ChainSummary, Core } from '../core-wasm/core.ts';
import { readRun, type RunCode, type RunReport, type SeeRow } from './formats/run.ts';
import type { Check, Finding, FindingCode, Verdict, Word } from './formats/verdict.ts';

/** What is known of a run from outside its file. */
export interface RunExpectations {
  /** What the file's name says. */
  readonly runId?: string;
  readonly firstHash?: string;
  readonly lastHash?: string;
  readonly rows?: number;
  /** What checkpoints of the run say, once its rows have been read: there are so many. */
  readonly checkpoints?: (rows: number) => readonly Finding[];
}

export type Progress = (bytes: number) => void;

/** Bytes given to the walks at a time. */
const PIECE = 1_048_576;
/** Findings listed of one check. */
const LISTED = 100;

interface Fault {
  readonly code: FindingCode;
  readonly row: number;
  readonly offset: number;
}

/** What walks the chain: the core, or what has it walked elsewhere and gives the same summary. */
export interface Walker {
  write(piece: Uint8Array): void;
  end(): ChainSummary | Promise<ChainSummary>;
}

export interface WalkOptions {
  /** What the file's name says. */
  readonly runId?: string | undefined;
  readonly progress?: Progress | undefined;
  /** Gets the rows as they come, before anything is known of them. */
  readonly see?: SeeRow | undefined;
  /** The summary has the root of the tree over the rows. */
  readonly tree?: boolean;
  /** Walks the chain in the place of the core. */
  readonly walker?: Walker | undefined;
}

export interface Walk {
  readonly summary: ChainSummary;
  readonly report: RunReport;
  /** Checks `form` to `end`. */
  readonly checks: readonly Finding[];
}

/** Reads one run's file in bounded memory. */
export async function walkRun(core: Core, source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, { runId, progress, see, tree = false, walker }: WalkOptions): Promise<Walk> {
  const chain = walker ?? core.chain({ tree });
  const run = readRun(runId ?? null, see);
  let bytes = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      const piece = chunk.subarray(at, at + PIECE);
      chain.write(piece);
      run.write(piece);
      bytes += piece.length;
      progress?.(bytes);
    }
  }
  const summary = await chain.end();
  const report = run.end();
  const checks = toLookAt(summary, report, [
    ...ofChain('form', summary, (code) => CHECK_OF[code] === 'form'),
    ...ofChain('chain', summary, (code) => CHECK_OF[code] === 'chain'),
    ...ofRun('run', report),
    ...ofRun('members', report),
    ...ofRun('time', report),
    ...checkEnd(summary, report),
  ]);
  return { summary, report, checks };
}

/** Where no line is a row, nothing but what failed was checked. */
function toLookAt(summary: ChainSummary, report: RunReport, checks: readonly Finding[]): readonly Finding[] {
  if (report.kinds.size > 0 || summary.departuresTotal + report.faultsTotal === 0) return checks;
  return checks.map((one) => (one.result === 'failed' ? one : { check: one.check, result: 'not checked', code: 'no-rows', position: null }));
}

/** Verifies one run's file in bounded memory. */
export async function verifyRun(
  core: Core,
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  expected: RunExpectations = {},
  progress?: Progress,
  walker?: Walker,
): Promise<Verdict> {
  const { summary, report, checks } = await walkRun(core, source, { runId: expected.runId, progress, walker });
  return verdictOf(summary, report, [
    ...checks,
    ...checkHead(summary, expected),
    ...(expected.checkpoints?.(summary.rows) ?? [{ check: 'checkpoint', result: 'not checked', code: 'no-checkpoint', position: null }]),
    { check: 'signature', result: 'not checked', code: 'unsigned', position: null },
  ]);
}

const CHECK_OF: { readonly [code in ChainCode | RunCode]: Check } = {
  'not-minimal': 'form', 'not-json': 'form', 'not-object': 'form', 'duplicate-name': 'form', name: 'form', surrogate: 'form', utf8: 'form', bom: 'form',
  'number-form': 'form', 'number-range': 'form', depth: 'form', 'line-too-long': 'form', 'empty-line': 'form',
  'hash-missing': 'chain', 'prev-hash-missing': 'chain', 'hash-mismatch': 'chain', 'link-mismatch': 'chain',
  empty: 'run', 'no-run-start': 'run', 'no-policy-loaded': 'run', 'run-start-again': 'run', seq: 'run', 'run-id': 'run', 'session-id': 'run',
  'after-end': 'run', 'end-counts': 'run', 'previous-run': 'run',
  'kind-form': 'members', 'member-missing': 'members', 'member-form': 'members', 'unknown-kind': 'members', 'unknown-member': 'members',
  'time-form': 'time', 'clock-went-back': 'time',
  'torn-line': 'end',
};

function ofChain(check: Check, summary: ChainSummary, within: (code: ChainCode) => boolean): readonly Finding[] {
  const faults = summary.departures.filter((d) => within(d.code));
  if (faults.length === 0 && summary.departuresTotal > summary.departures.length) return [unknown(check)];
  return listed(check, faults);
}

/** A walk that counts more departures than it lists cannot say that a check without a listed one holds. */
function unknown(check: Check): Finding {
  return { check, result: 'not checked', code: null, position: null };
}

function ofRun(check: Check, report: RunReport): readonly Finding[] {
  const faults = report.faults.filter((d) => CHECK_OF[d.code] === check);
  const notes = report.notes.filter((d) => CHECK_OF[d.code] === check);
  if (faults.length === 0 && report.faultsTotal > report.faults.length) return [unknown(check)];
  if (faults.length > 0 || notes.length === 0) return listed(check, faults);
  const result = check === 'members' ? 'not checked' : 'ok';
  return notes.slice(0, LISTED).map(({ code, row, offset }) => ({ check, result, code, position: { row, offset } }));
}

/** A run without its end is open; one that breaks off within a line is not whole. */
function checkEnd(summary: ChainSummary, report: RunReport): readonly Finding[] {
  const torn = summary.departures.filter((d) => d.code === 'torn-line');
  if (torn.length === 0 && summary.departuresTotal > summary.departures.length) return [unknown('end')];
  if (torn.length > 0 || report.ended) return listed('end', torn);
  return [{ check: 'end', result: 'ok', code: 'no-run-end', position: null }];
}

function checkHead(summary: ChainSummary, expected: RunExpectations): readonly Finding[] {
  const { firstHash, lastHash, rows } = expected;
  if (firstHash === undefined && lastHash === undefined && rows === undefined) return [{ check: 'head', result: 'not checked', code: 'no-expectation', position: null }];
  const failed: FindingCode[] = [];
  if (firstHash !== undefined && firstHash !== summary.firstHash) failed.push('first-hash');
  if (rows !== undefined && rows !== summary.rows) failed.push('head-rows');
  if (lastHash !== undefined && lastHash !== summary.lastHash) failed.push('head-hash');
  if (failed.length > 0) return failed.map((code) => ({ check: 'head', result: 'failed', code, position: null }));
  // A first row alone says nothing of the end.
  return [{ check: 'head', result: 'ok', code: lastHash === undefined && rows === undefined ? 'no-expectation' : null, position: null }];
}

function listed(check: Check, faults: readonly Fault[]): readonly Finding[] {
  if (faults.length === 0) return [{ check, result: 'ok', code: null, position: null }];
  return faults.slice(0, LISTED).map(({ code, row, offset }) => ({ check, result: 'failed', code, position: { row, offset } }));
}

function verdictOf(summary: ChainSummary, report: RunReport, checks: readonly Finding[]): Verdict {
  // The walks count more than they list.
  const others = checks.filter((c) => (c.check === 'head' || c.check === 'checkpoint') && c.result === 'failed').length;
  const faults = summary.departuresTotal + report.faultsTotal + others;
  return {
    verdict: 'occasio-run-verdict/v1',
    word: wordOf(faults, report.ended),
    run_id: report.runId,
    rows: summary.rows,
    bytes: summary.bytes,
    first_hash: summary.firstHash,
    last_hash: summary.lastHash,
    previous_run: report.previousRun,
    kinds: Object.fromEntries(report.kinds),
    actions: Object.fromEntries(report.actions),
    policies: report.policies,
    checks,
    faults,
  };
}

/** Nothing outside vouches for a run alone: it is never more than self-consistent. */
function wordOf(faults: number, ended: boolean): Word {
  if (faults > 0) return 'failed';
  return ended ? 'self-consistent' : 'open';
}
