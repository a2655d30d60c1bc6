/** What the one who verifies says: whom he expects, what he trusts, what must hold. Nothing of it ever comes from the evidence. */
import type { Expected } from '../formats/expected.ts';
import type { SignatureCode, Signer } from '../formats/evidence.ts';
import type { Values } from '../formats/line.ts';
import type { VerifierKey } from '../formats/note.ts';
import type { RulesDigest } from '../formats/predicate.ts';
import type { TrustedKey } from '../keys.ts';

export type { Expected };

export const REQUIREMENTS = ['coverage', 'checkpoint', 'signature', 'policy', 'git'] as const;
export type Requirement = (typeof REQUIREMENTS)[number];

export interface VerifyOptions {
  readonly identity?: Expected;
  readonly issuer?: Expected;
  /** A certificate of anybody will do; the verdict says so and is never `verified`. */
  readonly anyIdentity?: boolean;
  readonly keys?: readonly TrustedKey[];
  /** Raw Ed25519 keys that checkpoints are signed with. */
  readonly deviceKeys?: readonly Uint8Array[];
  readonly witnesses?: readonly VerifierKey[];
  /** Checkpoints that the verifier kept himself, as signed notes. */
  readonly held?: readonly Uint8Array[];
  readonly require?: readonly Requirement[];
  readonly allowUnsigned?: boolean;
}

export type SignatureAnswer =
  | { readonly ok: true; readonly signer: Signer; readonly payloadType: string; readonly payload: Uint8Array }
  | { readonly ok: false; readonly code: SignatureCode };

/** A Sigstore bundle whose DSSE envelope is signed by a certificate's key: whose it is, or why it is not good. Never throws for evidence. */
export type SignatureChecker = (bundle: Uint8Array) => SignatureAnswer;

/** One policy text under one preset. */
export interface OpenedPolicy {
  readonly rules: RulesDigest;
  /** Makes a recorded decision again; null where what was judged has no form that can be judged. Attacker-controlled. */
  decide(judged: Values): { readonly action: string; readonly reason: string } | null;
}

/** The policy room, handed in. */
export interface PolicyReader {
  /** Null for a text that does not parse. */
  open(text: Uint8Array, preset: string): OpenedPolicy | null;
  /** The built-in template with this SHA-256; null where this version has none. */
  builtIn(hash: string): Uint8Array | null;
}

/** What the verifier does not do itself. Left out, the check that needs it says so. */
export interface Doors {
  readonly certificate?: SignatureChecker;
  readonly policy?: PolicyReader;
}

export type Source = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Bytes to be verified. `beside`: `FILE.occasio.json`. Of a run: other policy texts that may have been in force, and checkpoints of it. */
export type Evidence =
  | { readonly kind: 'bundle'; readonly bytes: Uint8Array }
  | { readonly kind: 'attestation'; readonly bytes: Uint8Array; readonly sidecar: Uint8Array | null; readonly chain: Source | null; readonly policy: Uint8Array | null; readonly beside?: Uint8Array | null }
  | { readonly kind: 'run'; readonly source: Source; readonly runId?: string; readonly policy: Uint8Array | null; readonly policies?: readonly Uint8Array[]; readonly checkpoints?: readonly string[] };
