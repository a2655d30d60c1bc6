/** Statements signed on loopback by every way there is, for the tests of this room. */
import { signKeyless, type SignedStatement } from '../../host/attest/sigstore/sign.ts';
import { loadRoot, type Root } from '../../verifiers/sigstore/index.ts';
import { loadCore } from '../support/core.ts';
import { startSigstore, type Sigstore } from '../support/sigstore.ts';

export const core = loadCore();
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
export const WORKFLOW = 'https://github.com/o/r/.github/workflows/attest.yml@refs/heads/main';

export const statementOf = (name: string, sha256: string): Uint8Array =>
  utf8(JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject: [{ name, digest: { sha256 } }], predicateType: 'https://example.invalid/p', predicate: { n: 1 } }));

export const rootOf = (sigstore: Sigstore): Root => loadRoot(core, sigstore.trustedRoot, 'test');

export type Way = 'Rekor 1' | 'Rekor 1 without a timestamp authority' | 'Rekor 2';
export const ways: readonly Way[] = ['Rekor 1', 'Rekor 1 without a timestamp authority', 'Rekor 2'];

export function signOn(sigstore: Sigstore, way: Way, statement: Uint8Array, subject = WORKFLOW): Promise<SignedStatement> {
  const instance = { fulcio: sigstore.url, rekor: sigstore.url, rekorVersion: way === 'Rekor 2' ? (2 as const) : (1 as const), tsa: way === 'Rekor 1 without a timestamp authority' ? null : sigstore.url };
  return signKeyless(core, statement, { instance, root: rootOf(sigstore), token: sigstore.token(subject), bytes: (data) => Buffer.from(data) });
}

export { startSigstore, type Sigstore };
