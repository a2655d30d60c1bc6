/** What the ledger of a world says, and the demands that every governed session meets. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { compilePolicy, decide, parsePolicy, templateText, type Policy } from '../../host/policy/index.ts';
import type { Judged, Preset } from '../../host/policy/types.ts';
import { loadCore } from '../../host/runtime/core.ts';
import type { Upstream } from '../support/upstream.ts';
import { occasio, type Run } from './claude.ts';
import type { World } from './world.ts';

export interface Row {
  readonly kind: string;
  readonly action?: string;
  readonly reason?: string;
  readonly tool_name?: string;
  readonly tool_use_id?: string;
  readonly direction?: string;
  readonly run_id?: string;
  readonly preset?: Preset;
  readonly tool_inputs?: { readonly policy_hash?: string };
  readonly judged?: Judged;
}

/** All rows of all runs, run by run in order of name. */
export function rowsOf(world: World): Row[] {
  const folder = join(world.occasioHome, 'runs');
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl') && !name.endsWith('.inputs.jsonl'));
  return files.sort().flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Row));
}

/** Ids of the tool_use blocks that this upstream sent whole: of a block that broke off nothing is decided and nothing runs. */
export function issuedIds(upstream: Upstream): string[] {
  const ids = upstream.asked.flatMap((seen) => {
    const text = new TextDecoder().decode(seen.answer);
    const started = [...text.matchAll(/(?:"index":(\d+),"content_block":\{)?"type":"tool_use","id":"([^"]+)"/g)];
    return started.filter(([, index]) => index === undefined || text.includes(`{"type":"content_block_stop","index":${index}}`)).map(([, , id]) => id ?? '');
  });
  return [...new Set(ids)];
}

/** The session ended well, the upstream saw nothing illegal, the record verifies and names every call. */
export function expectGoverned(world: World, upstream: Upstream, run: Run): void {
  expect(upstream.problems).toEqual([]);
  const said = run.code === 0 ? '' : run.stdout.slice(-2000) + run.stderr.slice(-2000);
  expect({ code: run.code, timedOut: run.timedOut, said }).toEqual({ code: 0, timedOut: false, said: '' });
  expectRecorded(world, upstream);
}

export function expectRecorded(world: World, upstream: Upstream): void {
  const verified = occasio(world, 'audit', 'verify', '--all', '--json');
  expect({ code: verified.code, said: verified.code === 0 ? '' : verified.stdout + verified.stderr }).toEqual({ code: 0, said: '' });
  const named = new Set(rowsOf(world).filter((row) => row.kind === 'tool_call' && row.direction === 'inbound').map((row) => row.tool_use_id));
  expect(issuedIds(upstream).filter((id) => !named.has(id))).toEqual([]);
  expectSameDecisions(world);
}

/** Every recorded decision, made again from what was judged, under the policy that was in force, is the recorded one. */
function expectSameDecisions(world: World): void {
  let preset: Preset = 'balanced';
  let policy: Policy | undefined;
  for (const row of rowsOf(world)) {
    if (row.kind === 'run_start') [preset, policy] = [row.preset ?? 'balanced', undefined];
    if (row.kind === 'policy_loaded') policy = policyOf(world, row.tool_inputs?.policy_hash ?? '', preset);
    if (row.kind !== 'tool_call') continue;
    if (policy === undefined || row.judged === undefined) throw new Error(`bug: a tool_call row without a policy or what was judged: ${JSON.stringify(row)}`);
    const { action, reason } = decide(policy, row.judged);
    expect({ action, reason, judged: row.judged }).toEqual({ action: row.action, reason: row.reason, judged: row.judged });
  }
}

/** 64 zeros stand for the built-in policy, which holds where there is no file. */
function policyOf(world: World, hash: string, preset: Preset): Policy {
  const { core } = loadCore();
  const text = /^0{64}$/.test(hash) ? new TextEncoder().encode(templateText('dev-default')) : readFileSync(join(world.occasioHome, 'policies', `${hash}.yml`));
  const parsed = parsePolicy(core, text);
  if (!parsed.ok) throw new Error(`bug: the stored policy ${hash} does not parse`);
  return compilePolicy(core, parsed.document, preset);
}
