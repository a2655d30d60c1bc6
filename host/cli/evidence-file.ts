/** A word of the command line -> evidence: which kind of file it is, and what lies beside it. */
import { basename, dirname } from 'node:path';
import type { Core } from '../../core-wasm/core.ts';
import { MAX_DOCUMENT } from '../../verifiers/formats/document.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { parseRow } from '../../verifiers/formats/line.ts';
import { hasForm, isObject } from '../../verifiers/formats/members.ts';
import { kindOf, isRun, type FileKind } from '../../verifiers/verify/kind.ts';
import type { Evidence } from '../../verifiers/verify/index.ts';
import { keptPolicies, policyText } from '../attest/index.ts';
import { checkpointNotes, readPieces } from '../ledger/index.ts';
import type { Ops } from '../ops.ts';
import { wrongUse } from './args.ts';
import { runIdOf } from './audit-check.ts';
import { absolute } from './files.ts';
import type { Io } from './print.ts';
import { named } from './run-file.ts';

const HEAD = 1 << 20;

export interface EvidenceFile {
  readonly evidence: Evidence;
  /** Bytes that a verifier will walk, for the progress. */
  readonly size: number;
}

/** Any Sigstore bundle, whatever it signs. */
export async function readSignature(io: Io, ops: Ops, core: Core, home: string, word: string): Promise<Uint8Array> {
  const path = await named(io, ops, home, word, 'verify');
  const bytes = await ops.files.read(path, MAX_DOCUMENT);
  const kind = kindOf(core, bytes);
  if (kind === 'signature') return bytes;
  throw wrongUse('verify', '--artifact', kind === null ? 'it belongs to a Sigstore bundle, and this is none' : 'it belongs to any Sigstore bundle, and this is evidence of a run');
}

export async function readEvidence(io: Io, ops: Ops, core: Core, home: string, word: string, chain: string | undefined): Promise<EvidenceFile> {
  const path = await named(io, ops, home, word, 'verify');
  const size = (await ops.files.stat(path))?.size ?? 0;
  const head = await headOf(ops, path);
  if (isRun(head)) {
    if (chain !== undefined) throw wrongUse('verify', '--chain', 'it belongs to an attestation, and this is a run');
    const runId = runIdOf(path);
    const kept = dirname(path) === `${home}/runs` ? { policies: await keptPolicies(ops, home), checkpoints: await checkpointNotes(ops, core, home, basename(path, '.jsonl'), Number.MAX_SAFE_INTEGER) } : {};
    return { evidence: { kind: 'run', source: readPieces(ops, path), ...(runId === undefined ? {} : { runId }), policy: await policyOf(ops, home, path, head), ...kept }, size };
  }
  const bytes = await ops.files.read(path, MAX_DOCUMENT);
  const kind = kindOf(core, bytes);
  if (kind === 'bundle' && chain === undefined) return { evidence: { kind, bytes }, size };
  if (kind === 'attestation') return attestation(io, ops, path, bytes, chain);
  if (kind === 'bundle') throw wrongUse('verify', '--chain', 'it belongs to an attestation, and this is a bundle');
  throw unknown(word, kind);
}

async function attestation(io: Io, ops: Ops, path: string, bytes: Uint8Array, chain: string | undefined): Promise<EvidenceFile> {
  const ifThere = async (name: string): Promise<Uint8Array | null> => ((await ops.files.stat(name)) === null ? null : ops.files.read(name, MAX_DOCUMENT));
  const [sidecar, beside] = [await ifThere(`${path}.sigstore.json`), await ifThere(`${path}.occasio.json`)];
  const file = chain === undefined ? null : absolute(io, chain);
  const size = file === null ? 0 : (await statOf(ops, file)).size;
  return { evidence: { kind: 'attestation', bytes, sidecar, chain: file === null ? null : readPieces(ops, file), policy: null, beside }, size };
}

async function statOf(ops: Ops, path: string): Promise<{ readonly size: number }> {
  const stat = await ops.files.stat(path);
  if (stat === null) throw new OccasioError({ code: 'not-found', cannot: 'read', thing: path, found: 'no such file' });
  return stat;
}

async function headOf(ops: Ops, path: string): Promise<Uint8Array> {
  for await (const piece of readPieces(ops, path)) return piece.slice(0, HEAD);
  return new Uint8Array();
}

/** The text of the policy that row 1 names, where the run lies in the home that keeps it. */
async function policyOf(ops: Ops, home: string, path: string, head: Uint8Array): Promise<Uint8Array | null> {
  if (dirname(path) !== `${home}/runs`) return null;
  const from = head.indexOf(10) + 1;
  const end = head.indexOf(10, from);
  const row = end < 0 ? null : parseRow(head.subarray(from, end));
  const inputs = row?.['tool_inputs'];
  const hash = isObject(inputs) ? inputs['policy_hash'] : null;
  return hasForm(hash, 'hash') ? policyText(ops, home, String(hash)) : null;
}

function unknown(word: string, kind: FileKind | null): OccasioError {
  const found = { signature: 'a signature alone', proof: 'a proof, which this version does not check', run: 'a run', bundle: 'a bundle', attestation: 'an attestation' };
  return new OccasioError({ code: 'json', cannot: 'verify', thing: word, found: kind === null ? 'no evidence: neither strict JSON of a known kind nor a run' : found[kind], want: 'a bundle, an attestation or a run', next: 'A signature stands beside its attestation: verify that one; any other Sigstore bundle needs --artifact.' });
}
