/** Checks `document` and `manifest`: the file is taken apart. What cannot be taken apart leaves the checks after it nothing to look at. */
import type { Core } from '../../core-wasm/core.ts';
import { BUNDLE_SCHEMA, parseBundle } from '../formats/bundle.ts';
import { parseDocument, type Document } from '../formats/document.ts';
import type { EvidenceFinding } from '../formats/evidence.ts';
import { parseSidecar } from '../formats/sidecar.ts';
import type { Values } from '../formats/line.ts';
import type { Evidence, Source } from './options.ts';
import { failedAt, notChecked, ok } from './findings.ts';

export interface PolicyText {
  readonly text: Uint8Array;
  readonly member: string | null;
}

/** The parts of a piece of evidence, none of them trusted. */
export interface Parts {
  readonly attestation: Values | null;
  readonly rows: Source | null;
  readonly runId: string | undefined;
  readonly signature: Uint8Array | null;
  /** The text in force at first. */
  readonly policy: Uint8Array | null;
  /** Others; with its place where a text must be one that a row names. */
  readonly policies: readonly PolicyText[];
  readonly checkpoints: readonly string[];
  readonly checks: readonly EvidenceFinding[];
}

const NOTHING = { attestation: null, rows: null, runId: undefined, signature: null, policy: null, policies: [], checkpoints: [] } as const;

export function openEvidence(core: Core, evidence: Evidence): Parts {
  const noManifest = notChecked('manifest', 'no-manifest');
  if (evidence.kind === 'run') {
    return { ...NOTHING, rows: evidence.source, runId: evidence.runId, policy: evidence.policy, policies: (evidence.policies ?? []).map((text) => ({ text, member: null })), checkpoints: evidence.checkpoints ?? [], checks: [ok('document'), noManifest] };
  }
  const document = parseDocument(core, evidence.bytes);
  if (evidence.kind === 'attestation') return openAttestation(core, evidence, document);
  if (!document.ok) return { ...NOTHING, checks: [failedAt('document', document.code, { offset: document.offset }), noManifest] };
  if (document.value['schema'] !== BUNDLE_SCHEMA) return { ...NOTHING, checks: [failedAt('document', 'unknown-document', { member: '/schema' }), noManifest] };
  const parsed = parseBundle(core, evidence.bytes, document);
  if (!parsed.ok) return { ...NOTHING, checks: [...parsed.departures.map(({ code, member }) => failedAt('document', code, { member })), noManifest] };
  const { bundle } = parsed;
  const manifest = bundle.manifest.length === 0 ? [ok('manifest')] : bundle.manifest.map((code) => failedAt('manifest', code, null));
  return {
    attestation: bundle.attestation, rows: bundle.rows(), runId: bundle.runId, signature: bundle.signature, policy: bundle.policy,
    policies: bundle.policies.map(placed), checkpoints: bundle.checkpoints, checks: [ok('document'), ...manifest],
  };
}

function placed(text: Uint8Array, i: number): PolicyText {
  return { text, member: `/policies/${i}` };
}

/** The attestation, and what stands beside it. */
function openAttestation(core: Core, { sidecar, chain, policy, beside = null }: Extract<Evidence, { readonly kind: 'attestation' }>, document: Document): Parts {
  const more = beside === null ? null : parseSidecar(core, beside);
  const carried = more?.ok === true ? { policies: more.sidecar.policies.map(placed), checkpoints: more.sidecar.checkpoints, runId: more.sidecar.runId } : {};
  const faults = [
    ...(document.ok ? [] : [failedAt('document', document.code, { offset: document.offset })]),
    ...(more === null || more.ok ? [] : 'departures' in more ? more.departures.map(({ code, member }) => failedAt('document', code, { member })) : [failedAt('document', more.code, { offset: more.offset })]),
  ];
  const checks = [...(faults.length === 0 ? [ok('document')] : faults), notChecked('manifest', 'no-manifest')];
  return { ...NOTHING, rows: chain, signature: sidecar, policy, ...carried, attestation: document.ok ? document.value : null, checks };
}
