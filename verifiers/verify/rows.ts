/** Checks `form` to `end`, `anchor` and `figures`: the rows, whether they are those that the attestation names, and what they add up to. */
import type { Core } from '../../core-wasm/core.ts';
import { derive, predicateOf, type Derived } from '../derive/index.ts';
import { sameValue } from '../formats/document.ts';
import type { EvidenceFinding } from '../formats/evidence.ts';
import { isObject } from '../formats/members.ts';
import type { Values } from '../formats/line.ts';
import type { Predicate } from '../formats/predicate.ts';
import type { SeeRow } from '../formats/run.ts';
import { escapePointer } from '../formats/shape.ts';
import { walkRun, type Progress, type Walk } from '../verify.ts';
import { allOf, failedAt, notChecked, ok } from './findings.ts';
import type { Source } from './options.ts';

export interface RowsRead {
  readonly walk: Walk;
  readonly derived: Derived;
  /** Bytes stand in the file behind the rows that were attested. */
  readonly more: boolean;
}

/** Walks the rows once: the first `most` of them where an attestation names a number, for a run may have gone on since. */
export async function readRows(core: Core, source: Source, runId: string | undefined, most: number | null, see: SeeRow, progress?: Progress, bytes: ((piece: Uint8Array) => void) | null = null): Promise<RowsRead> {
  const deriving = derive();
  const cut = { more: false };
  const both: SeeRow = (row, place) => {
    deriving.row(row, place);
    see(row, place);
  };
  const walk = await walkRun(core, seen(most === null ? source : firstLines(source, most, cut), bytes), { runId, see: both, tree: true, progress });
  return { walk, derived: deriving.end(), more: cut.more };
}

/** The same pieces, which another reader sees as well. */
async function* seen(source: Source, see: ((piece: Uint8Array) => void) | null): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    see?.(piece);
    yield piece;
  }
}

async function* firstLines(source: Source, most: number, cut: { more: boolean }): AsyncGenerator<Uint8Array> {
  let left = most;
  for await (const chunk of source) {
    if (left === 0) {
      cut.more ||= chunk.length > 0;
      return;
    }
    let at = 0;
    while (left > 0) {
      const lf = chunk.indexOf(10, at);
      if (lf < 0) break;
      at = lf + 1;
      left -= 1;
    }
    const end = left === 0 ? at : chunk.length;
    if (end < chunk.length) cut.more = true;
    yield chunk.subarray(0, end);
  }
}

export const ROW_CHECKS = ['form', 'chain', 'run', 'members', 'time', 'end'] as const;

export function checkRows(read: RowsRead | null): readonly EvidenceFinding[] {
  return read === null ? ROW_CHECKS.map((check) => notChecked(check, 'no-rows')) : (read.walk.checks as readonly EvidenceFinding[]);
}

/** The rows are those that the attestation names: the same run, from its first row to the last that it counts. */
export function checkAnchor(predicate: Predicate | null, read: RowsRead | null): readonly EvidenceFinding[] {
  if (predicate === null) return [notChecked('anchor', 'no-attestation')];
  if (read === null) return [notChecked('anchor', 'no-rows')];
  const { summary, report } = read.walk;
  const { first_hash, last_hash, event_count } = predicate.audit_chain;
  const failures: EvidenceFinding[] = [];
  if (report.runId !== predicate.subject.run_id) failures.push(failedAt('anchor', 'anchor-run', { member: '/subject/run_id' }));
  if (summary.firstHash !== first_hash) failures.push(failedAt('anchor', 'anchor-first', { member: '/audit_chain/first_hash' }));
  if (summary.rows !== event_count) failures.push(failedAt('anchor', 'anchor-rows', { member: '/audit_chain/event_count' }));
  if (summary.lastHash !== last_hash) failures.push(failedAt('anchor', 'anchor-last', { member: '/audit_chain/last_hash' }));
  if (failures.length === 0 && read.more) return [ok('anchor', 'rows-after')];
  return allOf('anchor', failures);
}

/** Every derived member, counted again. Asserted members are taken as they are; `policy` judges the rules digest. */
export function checkFigures(core: Core, predicate: Predicate | null, read: RowsRead | null): readonly EvidenceFinding[] {
  if (predicate === null) return [notChecked('figures', 'no-attestation')];
  if (read === null) return [notChecked('figures', 'no-rows')];
  const { audit_chain, policy, generated_at, schema_version } = predicate;
  const asserted = {
    chain_file: audit_chain.chain_file, verifier_url: audit_chain.verifier_url, rules_digest: policy.rules_digest, ...(generated_at === undefined ? {} : { generated_at }),
  };
  const { root, rows } = read.walk.summary;
  const derived = predicateOf(read.derived, asserted, schema_version, root === null ? undefined : { tree_size: rows, root_hash: root });
  const places: string[] = [];
  differences(core, { ...predicate, signature: null }, derived as unknown as Values, '', places);
  return allOf('figures', places.map((member) => failedAt('figures', 'figure-differs', { member })));
}

/** Pointers of members that were given and are not so. A member that is not given claims nothing. */
function differences(core: Core, given: Values, derived: Values, at: string, places: string[]): void {
  for (const [name, value] of Object.entries(given)) {
    const member = `${at}/${escapePointer(name)}`;
    const counted = Object.hasOwn(derived, name) ? derived[name] : null;
    if (isObject(value) && isObject(counted)) differences(core, value, counted, member, places);
    else if (!sameValue(core, value, counted)) places.push(member);
  }
}
