/** The room as the procedure for evidence asks for it: a bundle signed by a certificate's key, or the code of what is wrong. */
import type { Core } from '../../core-wasm/core.ts';
import type { SignatureCode, Signer } from '../formats/evidence.ts';
import type { SigstoreCode } from './answer.ts';
import { verifySigstore } from './index.ts';
import type { Root } from './root.ts';

type Checked = { readonly ok: true; readonly signer: Signer; readonly payloadType: string; readonly payload: Uint8Array } | { readonly ok: false; readonly code: SignatureCode };

export function certificateChecker(core: Core, root: Root): (bundle: Uint8Array) => Checked {
  return (bundle) => {
    const answer = verifySigstore(core, { bundle, artifact: null, key: null, root });
    if (!answer.ok) return { ok: false, code: CODES[answer.code] };
    const { content, signer } = answer;
    if (content.kind !== 'dsse' || signer.identity === null) return { ok: false, code: 'signature-unsupported' };
    return { ok: true, signer: { kind: 'certificate', identity: signer.identity, issuer: signer.issuer }, payloadType: content.payloadType, payload: content.payload };
  };
}

const CODES: { readonly [C in SigstoreCode]: SignatureCode } = {
  'bundle-too-large': 'signature-invalid',
  'bundle-malformed': 'signature-invalid',
  'signature-count': 'signature-invalid',
  'certificate-count': 'certificate',
  'root-in-bundle': 'certificate',
  'certificate-is-ca': 'certificate',
  'certificate-usage': 'certificate',
  'certificate-names': 'certificate',
  certificate: 'certificate',
  'key-required': 'no-trusted-key',
  'key-unexpected': 'signature-invalid',
  'key-unsupported': 'signature-unsupported',
  timestamp: 'timestamp',
  log: 'log',
  'log-entry': 'log',
  'log-key': 'log',
  signature: 'signature-mismatch',
  'artifact-required': 'signature-unsupported',
  'artifact-digest-only': 'signature-unsupported',
  'artifact-mismatch': 'signature-invalid',
  'payload-type': 'signature-invalid',
  statement: 'signature-invalid',
  subject: 'signature-invalid',
  'subject-limit': 'signature-invalid',
  library: 'signature-invalid',
};
