/**
 * The one file that knows the types of the Sigstore libraries. They speak of Node's Buffer; what we hand over are plain
 * bytes, which is all that is ever read of them.
 */
import { type Bundle, BUNDLE_V01_MEDIA_TYPE, BUNDLE_V02_MEDIA_TYPE, BUNDLE_V03_LEGACY_MEDIA_TYPE, BUNDLE_V03_MEDIA_TYPE, bundleFromJSON } from '@sigstore/bundle';
import { crypto, X509Certificate } from '@sigstore/core';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { type SignedEntity, type TrustMaterial, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';

export { BUNDLE_V01_MEDIA_TYPE, BUNDLE_V02_MEDIA_TYPE, BUNDLE_V03_LEGACY_MEDIA_TYPE, BUNDLE_V03_MEDIA_TYPE };
export { bundleFromJSON, crypto, toSignedEntity, toTrustMaterial, TrustedRoot, Verifier, X509Certificate, type Bundle, type SignedEntity, type TrustMaterial };

export type SignatureContent = SignedEntity['signature'];
export type TlogEntry = SignedEntity['tlogEntries'][number];
export type KeyObject = Parameters<SignatureContent['verifySignature']>[0];
type LibraryBytes = Exclude<Parameters<typeof X509Certificate.parse>[0], string>;

export const handed = (bytes: Uint8Array): LibraryBytes => bytes as LibraryBytes;
