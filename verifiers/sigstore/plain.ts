/**
 * The verdict on any Sigstore bundle, held against the artifact it is said to be about: whoever made it, whatever it states. Where
 * the statement is Occasio's own, this says nothing of the rows behind it.
 */
import type { Core } from '../../core-wasm/core.ts';
import { meets, type Expected } from '../formats/expected.ts';
import { hex } from '../formats/hex.ts';
import type { Artifact, LogEntry, SigstoreAnswer, SigstoreCode, Signer } from './answer.ts';
import { verifySigstore } from './index.ts';
import type { Root } from './root.ts';

/** In the order in which they are shown. */
export const PLAIN_CHECKS = ['bundle', 'certificate', 'timestamp', 'log', 'signature', 'artifact', 'identity'] as const;
export type PlainCheck = (typeof PLAIN_CHECKS)[number];
export type PlainCode = SigstoreCode | 'identity-differs' | 'issuer-differs' | 'identity-not-expected' | 'any-identity' | 'signed-by-key' | 'none-in-bundle';

export interface PlainFinding {
  readonly check: PlainCheck;
  readonly result: 'ok' | 'failed' | 'not checked';
  readonly code: PlainCode | null;
  /** For a person; may hold attacker-controlled text. */
  readonly detail: string | null;
}

export interface PlainVerdict {
  readonly verdict: 'occasio-sigstore-verdict/v1';
  readonly word: 'verified' | 'self-consistent' | 'failed';
  /** SHA-256, hex. */
  readonly artifact: string;
  /** Whose signature is good; null where none is. */
  readonly signer: Signer | null;
  readonly payload_type: string | null;
  readonly logs: readonly LogEntry[];
  /** RFC 3161, ISO 8601. */
  readonly timestamps: readonly string[];
  readonly checks: readonly PlainFinding[];
}

export interface PlainInput {
  readonly bundle: Uint8Array;
  readonly artifact: Artifact;
  /** SubjectPublicKeyInfo (DER). Of several trusted keys one must have signed; with none a certificate must. */
  readonly keys: readonly Uint8Array[];
  readonly root: Root;
  readonly identity: Expected | null;
  readonly issuer: Expected | null;
  /** A certificate of anybody will do; the word is then never `verified`. */
  readonly anyIdentity: boolean;
}

export function verifyPlain(core: Core, input: PlainInput): PlainVerdict {
  const answer = answerOf(core, input);
  const artifact = hex('bytes' in input.artifact ? core.sha256(input.artifact.bytes) : input.artifact.sha256);
  const nothing = { verdict: 'occasio-sigstore-verdict/v1', artifact, signer: null, payload_type: null, logs: [], timestamps: [] } as const;
  if (!answer.ok) {
    const failed = CHECK_OF[answer.code];
    const checks = PLAIN_CHECKS.map((check): PlainFinding => (check === failed ? { check, result: 'failed', code: answer.code, detail: answer.detail } : { check, result: 'not checked', code: null, detail: null }));
    return { ...nothing, word: 'failed', checks };
  }
  const identity = identityOf(answer.signer, input);
  const ok = (check: PlainCheck): PlainFinding => ({ check, result: 'ok', code: null, detail: null });
  const skipped = (check: PlainCheck, code: PlainCode): PlainFinding => ({ check, result: 'not checked', code, detail: null });
  const checks = [
    ok('bundle'),
    answer.signer.kind === 'key' ? skipped('certificate', 'signed-by-key') : ok('certificate'),
    answer.timestamps.length + answer.logs.filter((one) => one.integratedTime !== null).length > 0 ? ok('timestamp') : skipped('timestamp', 'none-in-bundle'),
    answer.logs.length > 0 ? ok('log') : skipped('log', 'none-in-bundle'),
    ok('signature'),
    ok('artifact'),
    ...identity,
  ];
  return {
    ...nothing,
    word: identity.some((one) => one.result === 'failed') ? 'failed' : identity.every((one) => one.result === 'ok') ? 'verified' : 'self-consistent',
    signer: answer.signer,
    payload_type: answer.content.kind === 'dsse' ? answer.content.payloadType : null,
    logs: answer.logs,
    timestamps: answer.timestamps.map((ms) => new Date(ms).toISOString()),
    checks,
  };
}

function answerOf(core: Core, { bundle, artifact, keys, root }: PlainInput): SigstoreAnswer {
  const answers = (keys.length === 0 ? [null] : keys).map((key) => verifySigstore(core, { bundle, artifact, key, root }));
  return answers.find((one) => one.ok) ?? (answers[0] as SigstoreAnswer);
}

/** A key is trusted by being named; a certificate is anybody's until the name in it is the expected one. */
function identityOf(signer: Signer, { identity, issuer, anyIdentity }: PlainInput): readonly PlainFinding[] {
  const finding = (result: PlainFinding['result'], code: PlainCode | null): PlainFinding => ({ check: 'identity', result, code, detail: null });
  if (signer.kind === 'key') return [finding('ok', null)];
  if (identity === null && issuer === null && anyIdentity) return [finding('not checked', 'any-identity')];
  if (identity === null || issuer === null) return [finding('failed', 'identity-not-expected')];
  const failures = [
    ...(meets(identity, signer.identity) ? [] : [finding('failed', 'identity-differs')]),
    ...(meets(issuer, signer.issuer) ? [] : [finding('failed', 'issuer-differs')]),
  ];
  return failures.length === 0 ? [finding('ok', null)] : failures;
}

const CHECK_OF: { readonly [C in SigstoreCode]: PlainCheck } = {
  'bundle-too-large': 'bundle',
  'bundle-malformed': 'bundle',
  'signature-count': 'bundle',
  'certificate-count': 'certificate',
  'root-in-bundle': 'certificate',
  'certificate-is-ca': 'certificate',
  'certificate-usage': 'certificate',
  'certificate-names': 'certificate',
  certificate: 'certificate',
  'key-required': 'signature',
  'key-unexpected': 'signature',
  'key-unsupported': 'signature',
  timestamp: 'timestamp',
  log: 'log',
  'log-entry': 'log',
  'log-key': 'log',
  signature: 'signature',
  'artifact-required': 'artifact',
  'artifact-digest-only': 'artifact',
  'artifact-mismatch': 'artifact',
  'payload-type': 'artifact',
  statement: 'artifact',
  subject: 'artifact',
  'subject-limit': 'artifact',
  library: 'bundle',
};
