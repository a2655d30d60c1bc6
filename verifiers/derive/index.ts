/**
 * Rows -> predicate and coverage in one pass. `attest` writes what this derives, `verify` derives it again and compares: both call
 * this. Rows come as they are parsed, so a run of any length passes through; what is kept is figures, and the ids of tool calls.
 */
import type { Coverage } from '../formats/coverage.ts';
import type { Values } from '../formats/line.ts';
import { PREDICATE_TYPE, type Predicate, type RulesDigest, type SchemaVersion } from '../formats/predicate.ts';
import { ZEROS } from '../formats/hex.ts';
import { readCoverage, type CoverageReport, type Place } from './coverage.ts';
import { readFigures, type Figures } from './figures.ts';
import { readGit, type GitFigures } from './git.ts';

export { MAX_IDS, type CoverageReport, type Place } from './coverage.ts';
export type { Figures } from './figures.ts';
export type { GitFigures } from './git.ts';

export interface Derived {
  readonly figures: Figures;
  readonly coverage: CoverageReport;
  readonly git: GitFigures | null;
}

export interface Deriving {
  /** Rows in the order of the file; those that are no object do not come. */
  row(row: Values, place: Place): void;
  end(): Derived;
}

export function derive(): Deriving {
  const [figures, coverage, git] = [readFigures(), readCoverage(), readGit()];
  return {
    row(row, place) {
      figures.row(row, place.row);
      coverage.row(row, place);
      git.row(row);
    },
    end: () => ({ figures: figures.end(), coverage: coverage.end(), git: git.end() }),
  };
}

/** What no row says: the producer's word. */
export interface Asserted {
  readonly chain_file: string;
  readonly verifier_url: string;
  /** Counted from the policy's text; empty where the text is not at hand. */
  readonly rules_digest: Partial<RulesDigest>;
  readonly generated_at?: string;
}

/** The RFC 6962 tree over the rows, from the walk over their bytes. */
export interface Tree {
  readonly tree_size: number;
  readonly root_hash: string;
}

export function predicateOf(derived: Derived, asserted: Asserted, version: SchemaVersion, tree?: Tree): Predicate {
  const { figures, git } = derived;
  const { coverage } = derived.coverage;
  const later = version === '1.1.0';
  const more = { ...(tree ?? {}), complete: figures.complete };
  return {
    schema_version: version,
    predicate_type: PREDICATE_TYPE,
    subject: { run_id: figures.runId ?? '', ...(git ?? {}) },
    agent: figures.agent,
    policy: {
      ...figures.policy,
      rules_digest: asserted.rules_digest,
      ...(later && isPreset(figures.preset) ? { preset: figures.preset } : {}),
      ...(later ? { history: figures.history } : {}),
    },
    execution_summary: figures.summary,
    audit_chain: {
      genesis: ZEROS, first_hash: figures.firstHash, last_hash: figures.lastHash, event_count: figures.rows,
      chain_file: asserted.chain_file, verifier_url: asserted.verifier_url, ...(later ? more : {}),
    },
    ...(later && coverage !== null ? { coverage } : {}),
    ...(later && figures.occasio !== null ? { occasio: figures.occasio } : {}),
    signature: null,
    ...(asserted.generated_at === undefined ? {} : { generated_at: asserted.generated_at }),
  };
}

function isPreset(value: string | null): value is 'strict' | 'balanced' | 'off' {
  return value === 'strict' || value === 'balanced' || value === 'off';
}

export type { Coverage };
