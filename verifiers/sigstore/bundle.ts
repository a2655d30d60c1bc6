/**
 * Bundle bytes to the library's value. Attacker-controlled. A member that stands twice is refused: two readers would see two
 * bundles.
 */
import type { Core } from '../../core-wasm/core.ts';
import { Refusal } from './answer.ts';
import { BUNDLE_V01_MEDIA_TYPE, BUNDLE_V02_MEDIA_TYPE, BUNDLE_V03_LEGACY_MEDIA_TYPE, BUNDLE_V03_MEDIA_TYPE, type Bundle, bundleFromJSON, handed, X509Certificate } from './library.ts';

/** Bytes. The largest real ones hold a statement of a few thousand subjects: some 2 MB. */
export const MAX_BUNDLE = 16 << 20;

const MEDIA_TYPES: readonly string[] = [BUNDLE_V01_MEDIA_TYPE, BUNDLE_V02_MEDIA_TYPE, BUNDLE_V03_LEGACY_MEDIA_TYPE, BUNDLE_V03_MEDIA_TYPE];

export function parseBundle(core: Core, bytes: Uint8Array): Bundle {
  if (bytes.length > MAX_BUNDLE) throw new Refusal('bundle-too-large', `${bytes.length} bytes, at most ${MAX_BUNDLE}`);
  const strict = core.canonicalize(bytes, 'jcs');
  if (!strict.ok) throw new Refusal('bundle-malformed', `${strict.fault.code} at byte ${strict.fault.offset}`);
  const json = JSON.parse(new TextDecoder().decode(bytes)) as { readonly mediaType?: unknown } | null;
  // The library takes what is merely alike.
  if (!MEDIA_TYPES.includes(String(json?.mediaType))) throw new Refusal('bundle-malformed', `media type ${String(json?.mediaType)}`);
  const bundle = read(json);
  const { content, verificationMaterial } = bundle;
  if (content.$case === 'dsseEnvelope' && content.dsseEnvelope.signatures.length !== 1) {
    throw new Refusal('signature-count', `${content.dsseEnvelope.signatures.length} signatures, want 1`);
  }
  if (verificationMaterial.content.$case === 'x509CertificateChain') refuseRoots(verificationMaterial.content.x509CertificateChain.certificates);
  return bundle;
}

function read(value: unknown): Bundle {
  try {
    return bundleFromJSON(value);
  } catch (error) {
    throw new Refusal('bundle-malformed', error instanceof Error ? error.message : 'not a bundle');
  }
}

/** A certificate that is its own issuer belongs into a trusted root; evidence that brings one is refused, whoever made it. */
function refuseRoots(certificates: readonly { readonly rawBytes: Uint8Array }[]): void {
  if (certificates.length === 0) throw new Refusal('certificate-count', 'an empty chain');
  for (const { rawBytes } of certificates) {
    const certificate = X509Certificate.parse(handed(rawBytes));
    if (certificate.subject.equals(certificate.issuer)) throw new Refusal('root-in-bundle', 'a certificate of the chain is its own issuer');
  }
}

/** DER of the signer's certificate; null where the bundle names a key. */
export function leafOf(bundle: Bundle): Uint8Array | null {
  const { content } = bundle.verificationMaterial;
  if (content.$case === 'certificate') return content.certificate.rawBytes;
  if (content.$case === 'x509CertificateChain') return content.x509CertificateChain.certificates[0]?.rawBytes ?? null;
  return null;
}
