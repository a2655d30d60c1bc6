/** Good evidence to spoil: a run, its attestation, a signature by a key of the test's own, a bundle. Everything is the same each time. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { derive, predicateOf } from '../../verifiers/derive/index.ts';
import { formatBundle } from '../../verifiers/formats/bundle.ts';
import { signCheckpoint } from '../../verifiers/formats/checkpoint.ts';
import { formatKeySigned, pae } from '../../verifiers/formats/envelope.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import { COSIGNATURE, formatSignature, formatVerifierKey, verifierKey } from '../../verifiers/formats/note.ts';
import type { Predicate } from '../../verifiers/formats/predicate.ts';
import { readRun } from '../../verifiers/formats/run.ts';
import { formatStatement, PAYLOAD_TYPE } from '../../verifiers/formats/statement.ts';
import { rootOf } from '../../verifiers/formats/tree.ts';
import { gitDigest } from '../../verifiers/formats/git-state.ts';
import { keyId } from '../../verifiers/keys.ts';
import { chained, goodRows, RUN, type Row } from '../formats/cases.ts';
import { loadCore } from '../support/core.ts';

export const core = loadCore();
const encoder = new TextEncoder();
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export interface TestKey {
  readonly raw: Uint8Array;
  readonly pem: string;
  readonly id: string;
  sign(message: Uint8Array): Uint8Array;
}

/** A key whose secret is one byte over and over: of no worth to anybody. */
export function testKey(byte: number): TestKey {
  const secret = new Uint8Array(32).fill(byte);
  const raw = ed25519.getPublicKey(secret);
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]);
  return { raw, pem: `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`, id: keyId(core, raw), sign: (message) => ed25519.sign(message, secret) };
}

export const ours = testKey(1);
export const theirs = testKey(2);

export const POLICY = 'version: 1\ndeny_paths: [".env"]\n';

/** The good run of the row vectors, with the hash of POLICY in force. */
export function runRows(): Row[] {
  const rows = goodRows();
  const loaded = rows[1] as Row;
  loaded['tool_inputs'] = { policy_hash: hex(core.sha256(bytesOf(POLICY))), policy_path: '/policy.yml', version: 1 };
  return rows;
}

/** The same with the checkout's state before run_end. */
export function gitRows(): Row[] {
  const rows = runRows();
  const end = rows.pop() as Row;
  const who = { ...(rows[2] as Row) };
  const state = { is_repo: true, head: 'c'.repeat(40), branch: 'main', dirty: true, changed_files: ['b.txt', 'a.txt'], untracked_files: ['new.txt'], diff_hash: 'd'.repeat(64) };
  const common = Object.fromEntries(['ts', 'event_id', 'session_id', 'run_id', 'agent', 'protocol'].map((name) => [name, who[name]]));
  rows.push({ ...common, kind: 'git_state', tool_name: 'git_state', tool_inputs: { phase: 'run_end', ...state, digest: gitDigest(core, state) }, action: 'INFO', reason: 'git-state', seq: 6 });
  rows.push({ ...end, seq: 7, counts: { ...(end['counts'] as object), git_state: 1 } });
  return rows;
}

export const linesOf = (rows: readonly Row[]): Uint8Array => bytesOf(chained(rows).map((line) => `${line}\n`).join(''));

export async function attested(lines: Uint8Array, more: { readonly version?: '1.0.0' | '1.1.0'; readonly rules?: Predicate['policy']['rules_digest'] } = {}): Promise<Predicate> {
  const deriving = derive();
  const run = readRun(null, (row, place) => deriving.row(row, place));
  run.write(lines);
  run.end();
  const walk = core.chain({ tree: true });
  walk.write(lines);
  const { root, rows } = walk.end();
  const asserted = { chain_file: 'run.jsonl', verifier_url: 'https://example.com/occasio', rules_digest: more.rules ?? {}, generated_at: '2026-03-01T12:01:00.000Z' };
  return predicateOf(deriving.end(), asserted, more.version ?? '1.1.0', root === null ? undefined : { tree_size: rows, root_hash: root });
}

/** A bundle as `--key` signs it, around any payload. */
export function signedPayload(payload: Uint8Array, key: TestKey = ours, payloadType = PAYLOAD_TYPE): Uint8Array {
  return formatKeySigned({ payloadType, payload, signature: key.sign(pae(payloadType, payload)) }, key.id);
}

export const signed = (predicate: Predicate, key: TestKey = ours): Uint8Array => signedPayload(formatStatement(core, predicate), key);

export function split(lines: Uint8Array): Uint8Array[] {
  return textOf(lines).split('\n').filter((line) => line !== '').map(bytesOf);
}

export interface Made {
  readonly rows?: readonly Row[];
  readonly predicate?: (predicate: Predicate) => unknown;
  /** Signs another predicate than stands in the bundle. */
  readonly statement?: (predicate: Predicate) => Uint8Array;
  readonly key?: TestKey | null;
  readonly policy?: string | null;
  readonly version?: '1.0.0' | '1.1.0';
  readonly policies?: readonly string[];
  readonly checkpoints?: readonly string[];
}

/** A whole bundle, as its maker would make it with these parts. */
export async function bundleOf({ rows = runRows(), predicate = (one) => one, statement, key = ours, policy = POLICY, version = '1.1.0', policies = [], checkpoints = [] }: Made = {}): Promise<Uint8Array> {
  const lines = linesOf(rows);
  const attestation = predicate(await attested(lines, { version })) as Predicate;
  const signature = key === null ? null : statement === undefined ? signed(attestation, key) : signedPayload(statement(attestation), key);
  return formatBundle(core, { attestation, rows: split(lines), policy: policy === null ? null : bytesOf(policy), signature, policies: policies.map(bytesOf), checkpoints });
}

export const witnessName = 'witness.example/w1';
export const witness = testKey(3);
export const witnessKey = formatVerifierKey(verifierKey(core, witnessName, COSIGNATURE, witness.raw));

export interface Noted {
  readonly rows?: readonly Row[];
  readonly key?: TestKey;
  readonly runId?: string;
  readonly size?: number;
  /** Who cosigns, and what: another text than this one where that is the defect. */
  readonly cosigner?: TestKey;
  readonly cosigned?: (text: string) => string;
}

/** A checkpoint over the first `size` of these rows. */
export function checkpointOf({ rows = runRows(), key = ours, runId = RUN, size = rows.length, cosigner, cosigned = (text) => text }: Noted = {}): string {
  const hashes = chained(rows).slice(0, size).map((line) => (JSON.parse(line) as { hash: string }).hash);
  const leaves = core.treeLeaves(new Uint8Array(Buffer.from(hashes.join(''), 'hex')));
  const note = textOf(signCheckpoint(core, key.raw, key.sign, runId, size, rootOf(core, leaves)));
  if (cosigner === undefined) return note;
  const signature = new Uint8Array(72);
  new DataView(signature.buffer).setBigUint64(0, 1_800_000_000n);
  signature.set(cosigner.sign(bytesOf(`cosignature/v1\ntime 1800000000\n${cosigned(note.slice(0, note.indexOf('\n\n') + 1))}`)), 8);
  return note + formatSignature({ name: witnessName, keyId: verifierKey(core, witnessName, COSIGNATURE, cosigner.raw).keyId, signature });
}
