/**
 * Signs a statement under an identity: a short-lived certificate from Fulcio, a DSSE envelope, an entry in the transparency log
 * and a timestamp. What comes back is verified by the same procedure that everybody else will use, before it is handed out.
 */
import { bundleToJSON } from '@sigstore/bundle';
import { DSSEBundleBuilder, FulcioSigner, RekorWitness, TSAWitness, type Witness } from '@sigstore/sign';
import type { Core } from '../../../core-wasm/core.ts';
import { OccasioError } from '../../../verifiers/formats/error.ts';
import { verifySigstore, type Root, type Signed } from '../../../verifiers/sigstore/index.ts';

export interface Instance {
  readonly fulcio: string;
  readonly rekor: string;
  /** Rekor's API: version 2 has no time of its own, so that a timestamp authority is needed. */
  readonly rekorVersion: 1 | 2;
  readonly tsa: string | null;
}

export const PUBLIC_GOOD: Instance = {
  fulcio: 'https://fulcio.sigstore.dev',
  rekor: 'https://rekor.sigstore.dev',
  rekorVersion: 1,
  tsa: 'https://timestamp.sigstore.dev/api/v1/timestamp',
};

export interface SignOptions {
  readonly instance: Instance;
  readonly root: Root;
  readonly token: string;
  /** UTF-8 text to the bytes the library takes. */
  readonly bytes: (data: Uint8Array) => Parameters<DSSEBundleBuilder['create']>[0]['data'];
}

const TIMEOUT_MS = 30_000;
const RETRIES = 2;
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

export interface SignedStatement {
  /** The Sigstore bundle, JSON, UTF-8. */
  readonly bundle: Uint8Array;
  readonly answer: Signed;
}

export async function signKeyless(core: Core, statement: Uint8Array, { instance, root, token, bytes }: SignOptions): Promise<SignedStatement> {
  if (instance.rekorVersion === 2 && instance.tsa === null) {
    throw new OccasioError({ code: 'usage', cannot: 'sign with', thing: instance.rekor, found: 'Rekor 2 and no timestamp authority', next: 'Name one with --tsa-url.' });
  }
  const reach = { retry: RETRIES, timeout: TIMEOUT_MS };
  const signer = new FulcioSigner({ fulcioBaseURL: instance.fulcio, identityProvider: { getToken: () => Promise.resolve(token) }, ...reach });
  const witnesses: Witness[] = [new RekorWitness({ rekorBaseURL: instance.rekor, majorApiVersion: instance.rekorVersion, ...reach })];
  if (instance.tsa !== null) witnesses.push(new TSAWitness({ tsaBaseURL: instance.tsa.replace(/\/api\/v1\/timestamp$/, ''), ...reach }));
  let json: unknown;
  try {
    json = bundleToJSON(await new DSSEBundleBuilder({ signer, witnesses }).create({ data: bytes(statement), type: PAYLOAD_TYPE }));
  } catch (error) {
    throw new OccasioError({ code: 'upstream', cannot: 'sign with', thing: new URL(instance.fulcio).host, found: without(reason(error), token), next: 'Nothing was written. Try again, or see which service did not answer.' }, error);
  }
  const bundle = new TextEncoder().encode(JSON.stringify(json));
  const answer = verifySigstore(core, { bundle, artifact: null, key: null, root });
  if (!answer.ok) {
    throw new OccasioError({ code: 'answer', cannot: 'use the signature of', thing: new URL(instance.fulcio).host, found: `it does not verify (${answer.code}: ${answer.detail})`, next: 'A private instance needs its own --trusted-root.' });
  }
  return { bundle, answer };
}

/** The innermost reasons first told last: `error creating signing certificate: connect ECONNREFUSED`. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'no reason given';
  const inner = (error as { readonly cause?: unknown }).cause;
  return inner instanceof Error && inner.message !== error.message ? `${error.message}: ${reason(inner)}` : error.message;
}

/** The library's errors may quote the token. */
const without = (text: string, token: string): string => text.replaceAll(token, '[identity token]');
