/** What is said of one case: `verified`, or why not. Runs on every runtime: nothing here is Node's. */
import type { Core } from '../../core-wasm/core.ts';
import { meets, type Expected } from '../../verifiers/formats/expected.ts';
import { loadRoot, publicGoodRoot, verifySigstore, type Artifact, type Signer } from '../../verifiers/sigstore/index.ts';

export interface Case {
  readonly name: string;
  /** Whether it is to be verified. */
  readonly good: boolean;
  readonly bundle: Uint8Array;
  readonly root: Uint8Array | null;
  /** SubjectPublicKeyInfo in DER. */
  readonly key: Uint8Array | null;
  readonly identity: string;
  readonly issuer: string;
}

export function judge(core: Core, c: Case, artifact: Artifact): string {
  let root;
  try {
    root = c.root === null ? publicGoodRoot(core) : loadRoot(core, c.root, c.name);
  } catch (error) {
    return `trusted root: ${(error as Error).message}`;
  }
  const answer = verifySigstore(core, { bundle: c.bundle, artifact, key: c.key, root });
  if (!answer.ok) return `${answer.code}: ${answer.detail}`;
  return (c.key === null ? unexpected(answer.signer, { exact: c.identity }, { exact: c.issuer }) : null) ?? 'verified';
}

/** Which of the two is not as expected; null when both are. */
export function unexpected(signer: Pick<Signer, 'identity' | 'issuer'>, identity: Expected, issuer: Expected | null): 'identity' | 'issuer' | null {
  if (!meets(identity, signer.identity)) return 'identity';
  return issuer !== null && !meets(issuer, signer.issuer) ? 'issuer' : null;
}
