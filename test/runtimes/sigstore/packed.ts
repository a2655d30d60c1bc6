/** A case of the Sigstore room as JSON: bytes in base64. */
import type { Artifact } from '../../../verifiers/sigstore/index.ts';
import type { Case } from '../../sigstore/judge.ts';

type Played = Case & { readonly artifact: Artifact };
type Text = { readonly [N in 'bundle' | 'root' | 'key' | 'file' | 'sha256']: string | null };
export type Packed = Text & { readonly name: string; readonly good: boolean; readonly identity: string; readonly issuer: string };

const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString('base64'));
const bytes = (packed: string | null): Uint8Array | null => (packed === null ? null : new Uint8Array(Buffer.from(packed, 'base64')));

export function pack({ name, good, bundle, root, key, identity, issuer, artifact }: Played): Packed {
  return { name, good, identity, issuer, bundle: text(bundle), root: text(root), key: text(key), file: 'bytes' in artifact ? text(artifact.bytes) : null, sha256: 'sha256' in artifact ? text(artifact.sha256) : null };
}

export function unpack({ bundle, root, key, file, sha256, ...rest }: Packed): Played {
  const whole = bytes(file);
  return { ...rest, bundle: bytes(bundle) ?? new Uint8Array(), root: bytes(root), key: bytes(key), artifact: whole === null ? { sha256: bytes(sha256) ?? new Uint8Array() } : { bytes: whole } };
}
