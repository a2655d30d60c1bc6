/**
 * What stands beside an attestation, `FILE.occasio.json`, `spec/bundle.md`: what a bundle would carry besides rows and signature.
 *
 *   {"schema":"occasio-sidecar/v1","run_id":"…","policies":[{"text":"…"}],"checkpoints":["<signed note>"]}
 */
import type { Core } from '../../core-wasm/core.ts';
import { MAX_CHECKPOINTS, MAX_POLICIES } from './bundle.ts';
import { canonicalBytes, parseDocument } from './document.ts';
import { departuresFrom, type Shape, type ShapeDeparture } from './shape.ts';
import type { JsonCode } from '../../core-wasm/core.ts';

export const SIDECAR_SCHEMA = 'occasio-sidecar/v1';

export interface Sidecar {
  readonly runId: string;
  /** Texts of policies that were in force, in any order. */
  readonly policies: readonly Uint8Array[];
  /** Signed notes. */
  readonly checkpoints: readonly string[];
}

export type SidecarParse =
  | { readonly ok: true; readonly sidecar: Sidecar }
  | { readonly ok: false; readonly code: JsonCode | 'not-object'; readonly offset: number }
  | { readonly ok: false; readonly departures: readonly ShapeDeparture[] };

const SHAPE: Shape = {
  members: { schema: [SIDECAR_SCHEMA], run_id: 'text', policies: { list: { members: { text: 'text' } }, most: MAX_POLICIES }, checkpoints: { list: 'text', most: MAX_CHECKPOINTS } },
};

export function formatSidecar(core: Core, { runId, policies, checkpoints }: Sidecar): Uint8Array {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return canonicalBytes(core, { schema: SIDECAR_SCHEMA, run_id: runId, policies: policies.map((text) => ({ text: decoder.decode(text) })), checkpoints });
}

/** Attacker-controlled. */
export function parseSidecar(core: Core, bytes: Uint8Array): SidecarParse {
  const document = parseDocument(core, bytes);
  if (!document.ok) return document;
  const departures = departuresFrom(SHAPE, document.value);
  if (departures.length > 0) return { ok: false, departures };
  const { run_id, policies, checkpoints } = document.value as { readonly run_id: string; readonly policies: readonly { readonly text: string }[]; readonly checkpoints: readonly string[] };
  return { ok: true, sidecar: { runId: run_id, policies: policies.map(({ text }) => new TextEncoder().encode(text)), checkpoints } };
}
