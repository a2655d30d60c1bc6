/**
 * The attestation predicate, `spec/predicate.md`: what an agent did in one run, in figures. One JSON object; the file is its canonical
 * form (RFC 8785), one line without LF:
 *
 *   {"agent":{…},"audit_chain":{…},"coverage":{…},"execution_summary":{…},"generated_at":"…","occasio":{…},"policy":{…},
 *    "predicate_type":"https://…","schema_version":"1.1.0","signature":null,"subject":{"run_id":"…"}}
 */
import type { Core } from '../../core-wasm/core.ts';
import { COVERAGE, type Coverage } from './coverage.ts';
import { canonicalBytes } from './document.ts';
import { departuresFrom, type Shape, type ShapeDeparture } from './shape.ts';

/** Compared as a string, never looked up. */
export const PREDICATE_TYPE = 'https://github.com/occasiolabs/occasio/spec/agent-attestation/v1';
export const SCHEMA_VERSIONS = ['1.0.0', '1.1.0'] as const;
export type SchemaVersion = (typeof SCHEMA_VERSIONS)[number];

export interface RulesDigest {
  readonly deny_paths_count: number;
  readonly deny_patterns_count: number;
  readonly block_secrets: boolean;
}

export interface BlockedEvent {
  readonly tool: string;
  readonly target: string | null;
  readonly rule: string;
  readonly at_offset_s: number;
}

/** Members that schema_version 1.1.0 adds are optional here, and absent at 1.0.0. */
export interface Predicate {
  readonly schema_version: SchemaVersion;
  readonly predicate_type: typeof PREDICATE_TYPE;
  readonly subject: { readonly run_id: string; readonly git_commit?: string | null; readonly files_changed?: readonly string[] };
  readonly agent: {
    readonly platform: string;
    readonly model: string | null;
    readonly session_id: string | null;
    readonly started_at: string;
    readonly ended_at: string;
    readonly wall_time_s: number;
  };
  readonly policy: {
    readonly file_hash: string;
    readonly file_path: string | null;
    readonly source: 'user' | 'default' | 'unknown' | 'inferred';
    readonly version: number | null;
    readonly rules_digest: Partial<RulesDigest>;
    readonly preset?: string;
    readonly history?: readonly { readonly seq: number; readonly file_hash: string }[];
  };
  readonly execution_summary: {
    readonly tool_calls: number;
    readonly local: number;
    readonly passed: number;
    readonly blocked: number;
    readonly transformed: number;
    readonly secrets_redacted: number;
    readonly blocked_events: readonly BlockedEvent[];
  };
  readonly audit_chain: {
    readonly genesis: string;
    readonly first_hash: string | null;
    readonly last_hash: string | null;
    readonly event_count: number;
    readonly chain_file: string;
    readonly verifier_url: string;
    readonly tree_size?: number;
    readonly root_hash?: string;
    readonly complete?: boolean;
  };
  readonly coverage?: Coverage;
  readonly occasio?: { readonly version: string; readonly core_sha256: string };
  /** Always null in what is written here; another tool may tell of its signature in it. */
  readonly signature: null | { readonly [name: string]: unknown };
  readonly generated_at?: string;
}

export const MAX_BLOCKED = 1_000;
export const MAX_HISTORY = 1_000;
export const MAX_CHANGED = 2_000;

const SIGNATURE: Shape = {
  orNull: { members: { type: ['sigstore-cosign-keyless'], identity: 'text', 'rekor_entry?': { orNull: 'text' }, signed_at: 'text', 'envelope_sha256?': 'hash' } },
};

function shapeOf(version: SchemaVersion): Shape {
  const later = version === '1.0.0' ? {} : null;
  return {
    members: {
      schema_version: [version],
      predicate_type: [PREDICATE_TYPE],
      subject: { members: { run_id: 'text', 'git_commit?': { orNull: 'text' }, 'files_changed?': { list: 'text', most: MAX_CHANGED } } },
      agent: { members: { platform: 'text', model: { orNull: 'text' }, session_id: { orNull: 'text' }, started_at: 'time', ended_at: 'time', wall_time_s: 'count' } },
      policy: {
        members: {
          file_hash: 'hash', file_path: { orNull: 'text' }, source: ['user', 'default', 'unknown', 'inferred'], version: { orNull: 'count' },
          rules_digest: { members: { 'deny_paths_count?': 'count', 'deny_patterns_count?': 'count', 'block_secrets?': 'flag' } },
          ...(later ?? { 'preset?': ['strict', 'balanced', 'off'], 'history?': { list: { members: { seq: 'count', file_hash: 'hash' } }, most: MAX_HISTORY } }),
        },
      },
      execution_summary: {
        members: {
          tool_calls: 'count', local: 'count', passed: 'count', blocked: 'count', transformed: 'count', secrets_redacted: 'count',
          blocked_events: { list: { members: { tool: 'text', 'target?': { orNull: 'text' }, rule: 'text', at_offset_s: 'count' } }, most: MAX_BLOCKED },
        },
      },
      audit_chain: {
        members: {
          genesis: ['0'.repeat(64)], first_hash: { orNull: 'hash' }, last_hash: { orNull: 'hash' }, event_count: 'count', chain_file: 'text', verifier_url: 'text',
          ...(later ?? { 'tree_size?': 'count', 'root_hash?': 'hash', 'complete?': 'flag' }),
        },
      },
      ...(later ?? { 'coverage?': COVERAGE, 'occasio?': { members: { version: 'text', core_sha256: 'hash' } } }),
      signature: SIGNATURE,
      'generated_at?': 'time',
    },
  };
}

const SHAPES = { '1.0.0': shapeOf('1.0.0'), '1.1.0': shapeOf('1.1.0') } as const;

export type PredicateParse = { readonly ok: true; readonly predicate: Predicate } | { readonly ok: false; readonly departures: readonly ShapeDeparture[] };

/** A value from JSON, attacker-controlled. One of another schema version is read as 1.1.0 and departs from it. */
export function parsePredicate(value: { readonly [name: string]: unknown }): PredicateParse {
  const departures = departuresFrom(SHAPES[value['schema_version'] === '1.0.0' ? '1.0.0' : '1.1.0'], value);
  return departures.length === 0 ? { ok: true, predicate: value as unknown as Predicate } : { ok: false, departures };
}

export function formatPredicate(core: Core, predicate: Predicate): Uint8Array {
  return canonicalBytes(core, predicate);
}
