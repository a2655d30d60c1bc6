/** Predicate -> statement -> envelope -> signature file. What signs is handed in. */
import type { Core } from '../../core-wasm/core.ts';
import { formatKeySigned, pae } from '../../verifiers/formats/envelope.ts';
import type { Predicate } from '../../verifiers/formats/predicate.ts';
import { formatStatement, PAYLOAD_TYPE } from '../../verifiers/formats/statement.ts';

/** A private key: Ed25519, or ECDSA on P-256 with SHA-256 and DER. */
export interface SigningKey {
  readonly id: string;
  sign(message: Uint8Array): Uint8Array;
}

/** The sidecar of an attestation: a Sigstore bundle around its statement. */
export function signWithKey(core: Core, predicate: Predicate, key: SigningKey): Uint8Array {
  const payload = formatStatement(core, predicate);
  return formatKeySigned({ payloadType: PAYLOAD_TYPE, payload, signature: key.sign(pae(PAYLOAD_TYPE, payload)) }, key.id);
}
