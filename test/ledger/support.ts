/** A scratch home with real files, the real core, and rows to put in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHome, type Home, type Run } from '../../host/ledger/index.ts';
import type { Ops } from '../../host/ops.ts';
import { loadCore } from '../../host/runtime/core.ts';
import { createOps } from '../../host/runtime/node.ts';
import { verifyRun, type RunExpectations } from '../../verifiers/verify.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import type { RowBody, RowContext, RunStartRow, ToolCallRow } from '../../verifiers/formats/row.ts';

export const { core } = loadCore();
export const context: RowContext = { session_id: 'session-1', agent: 'claude-code', protocol: 'anthropic-messages' };
export const policyText = new TextEncoder().encode('version: 1\n');

export interface Scratch {
  readonly folder: string;
  readonly home: string;
  remove(): void;
}

export function scratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'occasio-ledger-'));
  return { folder, home: join(folder, 'home'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function home(at: Scratch, ops: Ops = createOps()): Promise<Home> {
  return openHome(ops, core, at.home);
}

export function start(): RunStartRow {
  return { kind: 'run_start', version: '1.0.0', core_sha256: '1'.repeat(64), runtime: 'node 20', pid: process.pid, preset: 'balanced', cwd: '/project' };
}

export function openRun(of: Home, previousRun?: string): Promise<Run> {
  return of.openRun({
    context,
    start: start(),
    policy: {
      kind: 'policy_loaded', tool_name: 'policy_loaded', tool_inputs: { policy_hash: hex(core.sha256(policyText)), policy_path: '/policy.yml', version: 1 },
      action: 'INFO', reason: 'policy-loaded', policy_source: 'user',
    },
    policyText,
    ...(previousRun === undefined ? {} : { previousRun }),
  });
}

export function call(n: number, action: ToolCallRow['action'] = 'PASS'): RowBody {
  return {
    kind: 'tool_call', direction: 'inbound', tool_name: 'read_file', tool_inputs: { path: `/project/é-${n}.txt` }, action, reason: action === 'PASS' ? 'tool_not_handled' : 'path-denied',
    policy_source: 'user', result_kind: action === 'PASS' ? 'pass' : 'block', tool_use_id: `toolu_${n}`, request_id: `req-${n}`, door: 'wire', judged: { tool: 'read_file', n },
  };
}

/** A run of a home of its own, with `calls` tool_call rows, closed or left open. */
export async function writtenRun(at: Scratch, calls: number, close = true): Promise<Run> {
  const run = await openRun(await home(at));
  for (let n = 0; n < calls; n++) run.append(call(n, n % 3 === 0 ? 'BLOCK' : 'PASS'));
  await run.durable();
  if (close) await run.close('exit');
  return run;
}

export const verify = (source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, expected: RunExpectations = {}) => verifyRun(core, source, expected);

/** Codes of what failed, each once, in order. */
export function codes(verdict: { readonly checks: readonly { readonly result: string; readonly code: string | null }[] }): string[] {
  return [...new Set(verdict.checks.filter((c) => c.result === 'failed').map((c) => c.code ?? ''))];
}

/** A seeded generator (mulberry32): the seed is printed by the test that fails. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
