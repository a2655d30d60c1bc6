/**
 * Checks `policy` and `decisions`: is the text at hand the one that was in force, and does it give again what was decided? Making a
 * decision is the policy room's business, handed in; without it the texts are compared by hash alone.
 */
import type { Core } from '../../core-wasm/core.ts';
import type { EvidenceFinding } from '../formats/evidence.ts';
import { hex, ZEROS } from '../formats/hex.ts';
import { isObject } from '../formats/members.ts';
import type { Predicate } from '../formats/predicate.ts';
import type { SeeRow } from '../formats/run.ts';
import { failedAt, LISTED, notChecked, ok } from './findings.ts';
import type { Parts } from './open.ts';
import type { OpenedPolicy, PolicyReader } from './options.ts';
import type { RowsRead } from './rows.ts';

export interface Replay {
  readonly see: SeeRow;
  end(): readonly EvidenceFinding[];
}

/** Makes the decisions of a run again as its rows pass by, each under the policy in force where it stands. `texts` are those at hand. */
export function replay(core: Core, texts: readonly Uint8Array[], reader: PolicyReader | undefined): Replay {
  if (reader === undefined) return { see: () => undefined, end: () => [notChecked('decisions', 'no-replay')] };
  const byHash = new Map(texts.map((text) => [hex(core.sha256(text)), text]));
  const failures: EvidenceFinding[] = [];
  let start: { readonly preset: string; readonly template: string | null } = { preset: 'balanced', template: null };
  let policy: OpenedPolicy | null = null;
  let [made, left] = [0, 0];

  function textOf(named: unknown): Uint8Array | null {
    if (named === ZEROS) return start.template === null ? null : reader?.builtIn(start.template) ?? null;
    return byHash.get(String(named)) ?? null;
  }

  return {
    see(row, place) {
      if (row['kind'] === 'run_start') start = { preset: String(row['preset']), template: typeof row['template_hash'] === 'string' ? row['template_hash'] : null };
      if (row['kind'] === 'policy_loaded') {
        const found = textOf(isObject(row['tool_inputs']) ? row['tool_inputs']['policy_hash'] : null);
        policy = found === null ? null : reader.open(found, start.preset);
      }
      if (row['kind'] !== 'tool_call') return;
      if (policy === null) {
        left += 1;
        return;
      }
      made += 1;
      const decision = isObject(row['judged']) ? policy.decide(row['judged']) : null;
      if (decision?.action !== row['action'] || decision?.reason !== row['reason']) {
        if (failures.length < LISTED) failures.push(failedAt('decisions', 'decision-differs', place));
      }
    },
    end() {
      if (failures.length > 0) return failures;
      if (left > 0) return made === 0 ? [notChecked('decisions', 'no-policy-text')] : [ok('decisions'), notChecked('decisions', 'not-replayed')];
      return [ok('decisions')];
    },
  };
}

export function checkPolicy(core: Core, read: RowsRead | null, predicate: Predicate | null, parts: Pick<Parts, 'policy' | 'policies'>, reader: PolicyReader | undefined): readonly EvidenceFinding[] {
  const figures = read?.derived.figures ?? null;
  const hash = figures?.policy.file_hash ?? predicate?.policy.file_hash;
  if (hash === undefined) return [notChecked('policy', 'no-rows')];
  const preset = figures?.preset ?? predicate?.policy.preset ?? null;
  const unenforced = preset === 'off' ? [ok('policy', 'policy-not-enforced')] : [];
  const text = parts.policy ?? parts.policies.find((one) => hex(core.sha256(one.text)) === hash)?.text ?? null;
  const wrong = [
    ...(text !== null && hex(core.sha256(text)) !== hash ? [failedAt('policy', 'policy-text-differs', null)] : []),
    ...(read === null ? [] : unused(core, parts.policies, read.walk.report.policies)),
  ];
  if (wrong.length > 0) return [...wrong, ...unenforced];
  // Without a file the built-in policy held, which row 0 names.
  const builtIn = hash === ZEROS && figures?.templateHash != null ? reader?.builtIn(figures.templateHash) ?? null : null;
  const known = text ?? builtIn;
  if (known === null) return [hash === ZEROS && figures?.history.length !== 0 ? ok('policy', 'policy-built-in') : notChecked('policy', 'no-policy-text'), ...unenforced];
  const failures = predicate === null ? [] : differing(predicate, reader?.open(known, preset ?? 'balanced') ?? null);
  return [...(failures.length > 0 ? failures : [ok('policy', hash === ZEROS ? 'policy-built-in' : null)]), ...unenforced];
}

/** Texts that are shown as policies of this run, and that no row names. */
function unused(core: Core, policies: Parts['policies'], named: readonly string[]): readonly EvidenceFinding[] {
  const hashes = new Set(named);
  const strange = policies.filter(({ text, member }) => member !== null && !hashes.has(hex(core.sha256(text))));
  return strange.slice(0, LISTED).map(({ member }) => failedAt('policy', 'policy-text-unused', { member: member ?? '' }));
}

/** The counts of rules that the attestation names, where the text can be read here. */
function differing(predicate: Predicate, policy: OpenedPolicy | null): readonly EvidenceFinding[] {
  if (policy === null) return [];
  const rules: { readonly [name: string]: unknown } = { ...policy.rules };
  const given = Object.entries(predicate.policy.rules_digest);
  return given.filter(([name, value]) => rules[name] !== value).map(([name]) => failedAt('policy', 'rules-differ', { member: `/policy/rules_digest/${name}` }));
}

