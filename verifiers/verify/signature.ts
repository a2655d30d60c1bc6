/** Checks `signature`, `identity` and `statement`: who signed what, and is it this attestation? */
import type { Core } from '../../core-wasm/core.ts';
import { sameValue } from '../formats/document.ts';
import { pae, parseSigned, type Signed } from '../formats/envelope.ts';
import type { EvidenceFinding, SignatureCode, Signer } from '../formats/evidence.ts';
import { meets } from '../formats/expected.ts';
import type { Values } from '../formats/line.ts';
import { isObject } from '../formats/members.ts';
import { escapePointer } from '../formats/shape.ts';
import { parseStatement, PAYLOAD_TYPE, SUBJECT_PREFIX } from '../formats/statement.ts';
import { isSignedBy } from '../keys.ts';
import { allOf, failedAt, notChecked, ok } from './findings.ts';
import type { Parts } from './open.ts';
import type { Doors, SignatureAnswer, VerifyOptions } from './options.ts';

export interface SignatureChecks {
  readonly signer: Signer | null;
  readonly checks: readonly EvidenceFinding[];
}

export function checkSignature(core: Core, parts: Parts, options: VerifyOptions, doors: Doors): SignatureChecks {
  const { signature, attestation } = parts;
  if (signature === null) {
    const unsigned = options.allowUnsigned === true ? notChecked('signature', 'unsigned') : failedAt('signature', 'unsigned', null);
    return { signer: null, checks: [unsigned, notChecked('identity', 'unsigned'), notChecked('statement', 'unsigned')] };
  }
  const parsed = parseSigned(core, signature);
  if (!parsed.ok) return { signer: null, checks: [failedAt('signature', parsed.code, null), notChecked('identity', null), notChecked('statement', null)] };
  const answer = signerOf(parsed.signed, signature, options, doors);
  // What a checker calls signed must be the payload that is read here.
  const same = answer.ok && sameBytes(answer.payload, parsed.signed.envelope.payload) && answer.payloadType === parsed.signed.envelope.payloadType;
  const checks = [answer.ok ? (same ? ok('signature') : failedAt('signature', 'signature-invalid', null)) : judged(answer.code)];
  const signer = answer.ok && same ? answer.signer : null;
  return { signer, checks: [...checks, ...checkIdentity(signer, options), ...checkStatement(core, parsed.signed, attestation)] };
}

function judged(code: SignatureCode): EvidenceFinding {
  return code === 'signature-unsupported' ? notChecked('signature', code) : failedAt('signature', code, null);
}

function signerOf({ envelope, material }: Signed, bundle: Uint8Array, options: VerifyOptions, doors: Doors): SignatureAnswer {
  if (material === 'certificate') return doors.certificate?.(bundle) ?? { ok: false, code: 'signature-unsupported' };
  const keys = options.keys ?? [];
  if (keys.length === 0) return { ok: false, code: 'no-trusted-key' };
  const message = pae(envelope.payloadType, envelope.payload);
  // Which key it is, only the signature tells: the hint is attacker-controlled.
  const key = keys.find((one) => isSignedBy(one, envelope.signature, message));
  if (key === undefined) return { ok: false, code: 'signature-mismatch' };
  return { ok: true, signer: { kind: 'key', identity: key.id, issuer: null }, payloadType: envelope.payloadType, payload: envelope.payload };
}

/** A key is trusted by being named; a certificate is anybody's until the name in it is the expected one. */
function checkIdentity(signer: Signer | null, options: VerifyOptions): readonly EvidenceFinding[] {
  if (signer === null) return [notChecked('identity', null)];
  if (signer.kind === 'key') return [ok('identity')];
  if (options.identity === undefined && options.issuer === undefined && options.anyIdentity === true) return [notChecked('identity', 'any-identity')];
  if (options.identity === undefined || options.issuer === undefined) return [failedAt('identity', 'identity-not-expected', null)];
  const failures: EvidenceFinding[] = [];
  if (!meets(options.identity, signer.identity)) failures.push(failedAt('identity', 'identity-differs', null));
  if (!meets(options.issuer, signer.issuer)) failures.push(failedAt('identity', 'issuer-differs', null));
  return allOf('identity', failures);
}

function checkStatement(core: Core, { envelope }: Signed, attestation: Values | null): readonly EvidenceFinding[] {
  if (envelope.payloadType !== PAYLOAD_TYPE) return [failedAt('statement', 'payload-type', null)];
  const parsed = parseStatement(core, envelope.payload);
  if (!parsed.ok) return [failedAt('statement', parsed.code, parsed.member === null ? null : { member: parsed.member })];
  const { subject, predicate } = parsed.statement;
  const failures: EvidenceFinding[] = [];
  const named = (part: string, name: string): unknown => (isObject(predicate[part]) ? predicate[part][name] : undefined);
  if (subject.name !== SUBJECT_PREFIX + String(named('subject', 'run_id'))) failures.push(failedAt('statement', 'subject-name', { member: '/subject/0/name' }));
  if (subject.sha256 !== named('audit_chain', 'last_hash')) failures.push(failedAt('statement', 'subject-digest', { member: '/subject/0/digest/sha256' }));
  if (attestation !== null) failures.push(...differing(core, attestation, predicate));
  return allOf('statement', failures);
}

/** Members of the attestation, its `signature` left out, that are not those that were signed. */
function differing(core: Core, attestation: Values, predicate: Values): readonly EvidenceFinding[] {
  const names = new Set([...Object.keys(attestation), ...Object.keys(predicate)]);
  names.delete('signature');
  const differs = (name: string): boolean => {
    const [mine, signed] = [attestation, predicate].map((value) => (Object.hasOwn(value, name) ? [value[name]] : []));
    return !sameValue(core, mine, signed);
  };
  return [...names].sort().filter(differs).map((name) => failedAt('statement', 'predicate-differs', { member: `/${escapePointer(name)}`.slice(0, 200) }));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
