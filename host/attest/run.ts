/** A run's file -> what its rows add up to. A run that does not hold is never attested: what would be signed would not be so. */
import type { Core } from '../../core-wasm/core.ts';
import { derive, predicateOf, type Derived, type Tree } from '../../verifiers/derive/index.ts';
import { bug } from '../../verifiers/formats/error.ts';
import { parsePredicate, type Predicate, type RulesDigest, type SchemaVersion } from '../../verifiers/formats/predicate.ts';
import { readRun } from '../../verifiers/formats/run.ts';
import { ZEROS } from '../../verifiers/formats/hex.ts';
import { readPieces } from '../ledger/index.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Ops } from '../ops.ts';

export interface ReadRun {
  readonly derived: Derived;
  readonly tree: Tree;
  /** Bytes of the file that were read: the run may go on. */
  readonly bytes: number;
}

/** Reads it once, in bounded memory. */
export async function readRunFile(ops: Ops, core: Core, path: string): Promise<ReadRun> {
  const deriving = derive();
  const chain = core.chain({ tree: true });
  const run = readRun(null, (row, place) => deriving.row(row, place));
  for await (const piece of readPieces(ops, path)) {
    chain.write(piece);
    run.write(piece);
  }
  const [summary, report] = [chain.end(), run.end()];
  const fault = [...summary.departures, ...report.faults].sort((a, b) => a.row - b.row)[0];
  if (fault !== undefined) throw unfit(path, `${fault.code} at row ${fault.row}`);
  const root = summary.root ?? bug('a chain without a departure has no root');
  return { derived: deriving.end(), tree: { tree_size: summary.rows, root_hash: root }, bytes: summary.bytes };
}

export interface Attesting {
  readonly version: SchemaVersion;
  readonly verifierUrl: string;
  readonly generatedAt: string;
  /** The counts of a policy's rules; null where it does not parse. */
  rules(text: Uint8Array): RulesDigest | null;
  /** The built-in template with this SHA-256. */
  builtIn(hash: string): Uint8Array | null;
}

export interface Attested {
  readonly predicate: Predicate;
  /** The policy file that the run began under; null where there was none, or its text is gone. */
  readonly policy: Uint8Array | null;
  readonly bytes: number;
}

/** `home` has the texts of policies. */
export async function attestRun(ops: Ops, core: Core, home: string, path: string, attesting: Attesting): Promise<Attested> {
  const { derived, tree, bytes } = await readRunFile(ops, core, path);
  const hash = derived.figures.policy.file_hash;
  const policy = await policyText(ops, home, hash);
  const text = policy ?? (hash === ZEROS && derived.figures.templateHash !== null ? attesting.builtIn(derived.figures.templateHash) : null);
  const asserted = {
    chain_file: path.slice(path.lastIndexOf('/') + 1),
    verifier_url: attesting.verifierUrl,
    rules_digest: (text === null ? null : attesting.rules(text)) ?? {},
    generated_at: attesting.generatedAt,
  };
  const predicate = predicateOf(derived, asserted, attesting.version, tree);
  const parsed = parsePredicate({ ...predicate });
  if (!parsed.ok) throw unfit(path, `it gives no predicate (${parsed.departures[0]?.member ?? ''})`);
  return { predicate, policy, bytes };
}

const MAX_POLICY = 1_048_576;

/** The text of a policy that was in force; null where it is not kept, or is another than its name says: a verifier says so. */
export async function policyText(ops: Ops, home: string, hash: string): Promise<Uint8Array | null> {
  const path = `${home}/policies/${hash}.yml`;
  return hash === ZEROS || (await ops.files.stat(path)) === null ? null : ops.files.read(path, MAX_POLICY);
}

function unfit(path: string, found: string): OccasioError {
  return new OccasioError({ code: 'row', cannot: 'attest', thing: path, found: `the run does not hold: ${found}`, next: 'See all of it with: occasio audit verify' });
}
