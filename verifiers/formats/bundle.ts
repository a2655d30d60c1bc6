/**
 * The evidence bundle, `spec/bundle.md`: a run and what is said of it in one file, `run.occasio.json`, JSON without white space:
 *
 *   {"schema":"occasio-bundle/v1","run_id":"…","attestation":{…},"chain_slice":[<row>,<row>,…],"policy_snapshot":{"text":"…"},
 *    "policies":[{"text":"…"}],"checkpoints":["<signed note>"],"sigstore_bundle":{…},"manifest":{"attestation_sha256":"…","chain_slice_sha256":"…","policy_sha256":"…","bundle_digest":"…"}}
 *
 * Rows stand byte for byte as in the ledger and are checked in place; digests are over bytes as they stand.
 */
import type { Core } from '../../core-wasm/core.ts';
import { canonicalBytes, itemSpans, memberSpans, parseDocument, type Document, type Span } from './document.ts';
import { bug } from './error.ts';
import { hex } from './hex.ts';
import type { Values } from './line.ts';
import type { Predicate } from './predicate.ts';
import { departuresFrom, type Shape, type ShapeDeparture } from './shape.ts';

export const BUNDLE_SCHEMA = 'occasio-bundle/v1';
/** Texts and notes at most; a run has a policy text for each edit, and of checkpoints the newest say what all say. */
export const MAX_POLICIES = 1000;
export const MAX_CHECKPOINTS = 64;

export interface BundleParts {
  readonly attestation: Predicate;
  /** Lines of the run's file, each with its LF or without. */
  readonly rows: readonly Uint8Array[];
  /** The text of the policy that row 1 names; null where there was no file. */
  readonly policy: Uint8Array | null;
  readonly signature: Uint8Array | null;
  /** Other texts that were in force later. */
  readonly policies?: readonly Uint8Array[];
  /** Signed notes, `spec/checkpoint.md`. */
  readonly checkpoints?: readonly string[];
}

export type ManifestCode = 'attestation-digest' | 'slice-digest' | 'policy-digest' | 'bundle-digest';

export interface Bundle {
  readonly runId: string;
  readonly attestation: Values;
  /** Rows as lines with LF, in order. */
  rows(): Iterable<Uint8Array>;
  readonly policy: Uint8Array | null;
  readonly policies: readonly Uint8Array[];
  readonly checkpoints: readonly string[];
  readonly signature: Uint8Array | null;
  /** What the manifest says that is not so. */
  readonly manifest: readonly ManifestCode[];
}

export type BundleParse =
  | { readonly ok: true; readonly bundle: Bundle }
  | { readonly ok: false; readonly departures: readonly ShapeDeparture[] };

const SHAPE: Shape = {
  members: {
    schema: [BUNDLE_SCHEMA], run_id: 'text', attestation: 'object', chain_slice: { list: 'object', most: 2_000_000 },
    policy_snapshot: { orNull: { members: { text: 'text' } } },
    'policies?': { list: { members: { text: 'text' } }, most: MAX_POLICIES }, 'checkpoints?': { list: 'text', most: MAX_CHECKPOINTS }, 'sigstore_bundle?': { orNull: 'object' },
    manifest: { members: { attestation_sha256: 'hash', chain_slice_sha256: 'hash', policy_sha256: { orNull: 'hash' }, bundle_digest: 'hash' } },
  },
};

interface Manifest {
  readonly attestation_sha256: string;
  readonly chain_slice_sha256: string;
  readonly policy_sha256: string | null;
  readonly bundle_digest: string;
}

const encoder = new TextEncoder();
const LF = Uint8Array.of(10);

export function formatBundle(core: Core, { attestation, rows, policy, signature, policies = [], checkpoints = [] }: BundleParts): Uint8Array {
  const runId = attestation.subject.run_id;
  const attested = canonicalBytes(core, attestation);
  const slice = joined([encoder.encode('['), ...rows.flatMap((row, i) => [...(i === 0 ? [] : [encoder.encode(',')]), trimmed(row)]), encoder.encode(']')]);
  const snapshot = (text: Uint8Array): { readonly text: string } => ({ text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text) });
  const digests = {
    attestation_sha256: hex(core.sha256(attested)),
    chain_slice_sha256: hex(core.sha256(slice)),
    policy_sha256: policy === null ? null : hex(core.sha256(policy)),
  };
  const manifest: Manifest = { ...digests, bundle_digest: bundleDigest(core, runId, digests) };
  const part = (name: string, bytes: Uint8Array): Uint8Array[] => [encoder.encode(`,"${name}":`), bytes];
  return joined([
    encoder.encode(`{"schema":"${BUNDLE_SCHEMA}","run_id":${JSON.stringify(runId)}`),
    ...part('attestation', attested),
    ...part('chain_slice', slice),
    ...part('policy_snapshot', encoder.encode(JSON.stringify(policy === null ? null : snapshot(policy)))),
    ...(policies.length === 0 ? [] : part('policies', encoder.encode(JSON.stringify(policies.map(snapshot))))),
    ...(checkpoints.length === 0 ? [] : part('checkpoints', encoder.encode(JSON.stringify(checkpoints)))),
    ...(signature === null ? [] : part('sigstore_bundle', canonicalBytes(core, objectOf(core, signature)))),
    ...part('manifest', encoder.encode(JSON.stringify(manifest))),
    encoder.encode('}\n'),
  ]);
}

/** The document of a file that says it is a bundle; `bytes` are those it was parsed from. */
export function parseBundle(core: Core, bytes: Uint8Array, document: Extract<Document, { ok: true }>): BundleParse {
  const { value } = document;
  const departures = departuresFrom(SHAPE, value);
  if (departures.length > 0) return { ok: false, departures };
  const spans = memberSpans(bytes);
  const at = (name: string): Span => spans.get(name) ?? bug(`member ${name} has no place`);
  const bytesAt = ({ start, end }: Span): Uint8Array => bytes.subarray(start, end);
  const snapshot = value['policy_snapshot'] as { readonly text: string } | null;
  const policy = snapshot === null ? null : encoder.encode(snapshot.text);
  const manifest = value['manifest'] as Manifest;
  const found = {
    attestation_sha256: hex(core.sha256(bytesAt(at('attestation')))),
    chain_slice_sha256: hex(core.sha256(bytesAt(at('chain_slice')))),
    policy_sha256: policy === null ? null : hex(core.sha256(policy)),
  };
  const runId = value['run_id'] as string;
  const wrong: ManifestCode[] = [];
  if (found.attestation_sha256 !== manifest.attestation_sha256) wrong.push('attestation-digest');
  if (found.chain_slice_sha256 !== manifest.chain_slice_sha256) wrong.push('slice-digest');
  if (found.policy_sha256 !== manifest.policy_sha256) wrong.push('policy-digest');
  if (bundleDigest(core, runId, manifest) !== manifest.bundle_digest) wrong.push('bundle-digest');
  const signature = value['sigstore_bundle'] ?? null;
  return {
    ok: true,
    bundle: {
      runId,
      attestation: value['attestation'] as Values,
      *rows() {
        for (const span of itemSpans(bytes, at('chain_slice'))) yield joined([bytesAt(span), LF]);
      },
      policy,
      policies: ((value['policies'] ?? []) as readonly { readonly text: string }[]).map(({ text }) => encoder.encode(text)),
      checkpoints: (value['checkpoints'] ?? []) as readonly string[],
      signature: signature === null ? null : bytesAt(at('sigstore_bundle')),
      manifest: wrong,
    },
  };
}

function bundleDigest(core: Core, run_id: string, { attestation_sha256, chain_slice_sha256, policy_sha256 }: Omit<Manifest, 'bundle_digest'>): string {
  return hex(core.sha256(encoder.encode(JSON.stringify({ schema: BUNDLE_SCHEMA, run_id, attestation_sha256, chain_slice_sha256, policy_sha256 }))));
}

function objectOf(core: Core, bytes: Uint8Array): Values {
  const document = parseDocument(core, bytes);
  return document.ok ? document.value : bug('a signature that was made is no JSON object');
}

function trimmed(row: Uint8Array): Uint8Array {
  return row.at(-1) === 10 ? row.subarray(0, -1) : row;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
