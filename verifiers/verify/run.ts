/** Checks `coverage` and `git`: what the rows say of their own completeness, and of the checkout. */
import type { Core } from '../../core-wasm/core.ts';
import type { Derived } from '../derive/index.ts';
import type { EvidenceFinding, EvidencePosition } from '../formats/evidence.ts';
import { gitDigest } from '../formats/git-state.ts';
import { isObject } from '../formats/members.ts';
import type { SeeRow } from '../formats/run.ts';
import { failedAt, LISTED, notChecked, ok } from './findings.ts';

/** A gap fails where coverage is required, and is told as a note elsewhere. */
export function checkCoverage(derived: Derived | null, required: boolean): readonly EvidenceFinding[] {
  if (derived === null) return [notChecked('coverage', 'no-rows')];
  const { coverage, undecided, unissued } = derived.coverage;
  if (coverage === null) return [notChecked('coverage', 'too-many-ids')];
  const gap = (code: 'undecided' | 'unissued', at: EvidencePosition | null): EvidenceFinding[] => (at === null ? [] : [required ? failedAt('coverage', code, at) : ok('coverage', code, at)]);
  const gaps = [...gap('undecided', undecided), ...gap('unissued', unissued)];
  return gaps.length === 0 ? [ok('coverage')] : gaps;
}

export interface GitChecks {
  readonly see: SeeRow;
  end(): readonly EvidenceFinding[];
}

/** `git_state` rows say what they digest; `spec/run.md`. */
export function checkGit(core: Core): GitChecks {
  const failures: EvidenceFinding[] = [];
  let newest: { readonly [name: string]: unknown } | null = null;
  return {
    see(row, place) {
      if (row['kind'] !== 'git_state' || !isObject(row['tool_inputs'])) return;
      newest = row['tool_inputs'];
      if (newest['is_repo'] === true && gitDigest(core, newest) !== newest['digest'] && failures.length < LISTED) failures.push(failedAt('git', 'git-digest', place));
    },
    end() {
      if (failures.length > 0) return failures;
      if (newest === null) return [notChecked('git', 'no-git-state')];
      return [newest['is_repo'] === true ? ok('git') : notChecked('git', 'no-repository')];
    },
  };
}
