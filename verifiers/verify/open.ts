/** Checks `document` and `manifest`: the file is taken apart. What cannot be taken apart leaves the checks after it nothing to look at. */
import type { Core } from '../../core-wasm/core.ts';
import { BUNDLE_SCHEMA, parseBundle } from '../formats/bundle.ts';
import { parseDocument } from '../formats/document.ts';
import type { EvidenceFinding } from '../formats/evidence.ts';
import type { Values } from '../formats/line.ts';
import type { Evidence, Source } from './options.ts';
import { failedAt, notChecked, ok } from './findings.ts';

/** The parts of a piece of evidence, none of them trusted. */
export interface Parts {
  readonly attestation: Values | null;
  readonly rows: Source | null;
  readonly runId: string | undefined;
  readonly signature: Uint8Array | null;
  readonly policy: Uint8Array | null;
  readonly checks: readonly EvidenceFinding[];
}

const NOTHING = { attestation: null, rows: null, runId: undefined, signature: null, policy: null } as const;

export function openEvidence(core: Core, evidence: Evidence): Parts {
  const noManifest = notChecked('manifest', 'no-manifest');
  if (evidence.kind === 'run') {
    return { ...NOTHING, rows: evidence.source, runId: evidence.runId, policy: evidence.policy, checks: [ok('document'), noManifest] };
  }
  const document = parseDocument(core, evidence.bytes);
  const sidecar = evidence.kind === 'attestation' ? { rows: evidence.chain, signature: evidence.sidecar, policy: evidence.policy } : {};
  if (!document.ok) return { ...NOTHING, ...sidecar, checks: [failedAt('document', document.code, { offset: document.offset }), noManifest] };
  if (evidence.kind === 'attestation') return { ...NOTHING, ...sidecar, attestation: document.value, checks: [ok('document'), noManifest] };
  if (document.value['schema'] !== BUNDLE_SCHEMA) return { ...NOTHING, checks: [failedAt('document', 'unknown-document', { member: '/schema' }), noManifest] };
  const parsed = parseBundle(core, evidence.bytes, document);
  if (!parsed.ok) return { ...NOTHING, checks: [...parsed.departures.map(({ code, member }) => failedAt('document', code, { member })), noManifest] };
  const { bundle } = parsed;
  const manifest = bundle.manifest.length === 0 ? [ok('manifest')] : bundle.manifest.map((code) => failedAt('manifest', code, null));
  return { attestation: bundle.attestation, rows: bundle.rows(), runId: bundle.runId, signature: bundle.signature, policy: bundle.policy, checks: [ok('document'), ...manifest] };
}
