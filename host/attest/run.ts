/** A run's file -> what its rows add up to. A run that does not hold is never attested: what would be signed would not be so. */
import type { Core } from '../../core-wasm/core.ts';
import { derive, predicateOf, type Derived, type Tree } from '../../verifiers/derive/index.ts';
import { MAX_POLICIES } from '../../verifiers/formats/bundle.ts';
import { bug } from '../../verifiers/formats/error.ts';
import { parsePredicate, type Predicate, type RulesDigest, type SchemaVersion } from '../../verifiers/formats/predicate.ts';
import { readRun } from '../../verifiers/formats/run.ts';
import { ZEROS } from '../../verifiers/formats/hex.ts';
import { checkpointNotes, readPieces } from '../ledger/index.ts';
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
  /** Other texts that were in force later. */
  readonly policies: readonly Uint8Array[];
  /** Signed notes of at most as many rows as were attested. */
  readonly checkpoints: readonly string[];
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
  // Verifiers of the original know neither.
  if (attesting.version === '1.0.0') return { predicate, policy, policies: [], checkpoints: [], bytes };
  const later = await laterPolicies(ops, home, derived.figures.history.map(({ file_hash }) => file_hash).filter((one) => one !== hash));
  return { predicate, policy, policies: later, checkpoints: await checkpointNotes(ops, core, home, predicate.subject.run_id, tree.tree_size), bytes };
}

async function laterPolicies(ops: Ops, home: string, hashes: readonly string[]): Promise<readonly Uint8Array[]> {
  const texts: Uint8Array[] = [];
  for (const one of [...new Set(hashes)].slice(0, MAX_POLICIES)) {
    const text = await policyText(ops, home, one);
    if (text !== null) texts.push(text);
  }
  return texts;
}

const MAX_POLICY = 1_048_576;

/** The text of a policy that was in force; null where it is not kept, or is another than its name says: a verifier says so. */
export async function policyText(ops: Ops, home: string, hash: string): Promise<Uint8Array | null> {
  const path = `${home}/policies/${hash}.yml`;
  return hash === ZEROS || (await ops.files.stat(path)) === null ? null : ops.files.read(path, MAX_POLICY);
}

const MAX_KEPT = 16 << 20;

/** Texts that the home keeps, until they are 16 MiB: what a verifier of one of its runs may need. */
export async function keptPolicies(ops: Ops, home: string): Promise<readonly Uint8Array[]> {
  const folder = `${home}/policies`;
  if ((await ops.files.stat(folder)) === null) return [];
  const texts: Uint8Array[] = [];
  let left = MAX_KEPT;
  for (const { name, kind } of await ops.files.list(folder, 100_000)) {
    if (kind !== 'file' || !/^[0-9a-f]{64}\.yml$/.test(name)) continue;
    const { size } = (await ops.files.stat(`${folder}/${name}`)) ?? { size: 0 };
    if (size > Math.min(left, MAX_POLICY)) continue;
    texts.push(await ops.files.read(`${folder}/${name}`, MAX_POLICY));
    left -= size;
  }
  return texts;
}

function unfit(path: string, found: string): OccasioError {
  return new OccasioError({ code: 'row', cannot: 'attest', thing: path, found: `the run does not hold: ${found}`, next: 'See all of it with: occasio audit verify' });
}
