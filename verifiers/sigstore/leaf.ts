/** The signer's certificate: what the library does not look at (RFC 5280 4.2.1; Fulcio's certificate specification). */
import type { Core } from '../../core-wasm/core.ts';
import { hex } from '../formats/hex.ts';
import { Refusal, type Signer } from './answer.ts';
import { handed, X509Certificate } from './library.ts';

const EXTENDED_KEY_USAGE = '2.5.29.37';
const SUBJECT_ALT_NAME = '2.5.29.17';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
/** Fulcio: the issuer as raw text, and as a DER string. */
const ISSUER_V1 = '1.3.6.1.4.1.57264.1.1';
const ISSUER_V2 = '1.3.6.1.4.1.57264.1.8';

export function signerOf(core: Core, der: Uint8Array): Signer {
  const leaf = X509Certificate.parse(handed(der));
  if (leaf.extBasicConstraints?.isCA === true) throw new Refusal('certificate-is-ca', 'the signing certificate is an authority');
  const usages = leaf.extension(EXTENDED_KEY_USAGE)?.valueObj.subs[0]?.subs.map((usage) => usage.toOID()) ?? [];
  if (!usages.includes(CODE_SIGNING)) throw new Refusal('certificate-usage', 'the signing certificate is not for code signing');
  const names = leaf.extension(SUBJECT_ALT_NAME)?.valueObj.subs[0]?.subs ?? [];
  const { uri, rfc822Name } = leaf.extSubjectAltName ?? {};
  const identity = uri ?? rfc822Name;
  if (names.length !== 1 || identity === undefined) throw new Refusal('certificate-names', `${names.length} subject alternative names, want one URI or e-mail address`);
  return { identity, kind: uri === undefined ? 'email' : 'uri', issuer: issuerOf(leaf), digest: hex(core.sha256(der)) };
}

function issuerOf(leaf: X509Certificate): string {
  const text = (bytes: Uint8Array | undefined): string | null => (bytes === undefined ? null : new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  const first = text(leaf.extension(ISSUER_V1)?.value);
  const second = text(leaf.extension(ISSUER_V2)?.valueObj.subs[0]?.value);
  if (first !== null && second !== null && first !== second) throw new Refusal('certificate-names', 'two issuers that differ');
  const issuer = second ?? first;
  if (issuer === null) throw new Refusal('certificate-names', 'no issuer');
  return issuer;
}
