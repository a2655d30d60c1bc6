/** How an attestation is signed: with a key, under an identity, or not at all. Shared by `attest` and `bundle`. */
import type { Core } from '../../core-wasm/core.ts';
import type { Predicate } from '../../verifiers/formats/predicate.ts';
import { formatStatement } from '../../verifiers/formats/statement.ts';
import { signWithKey, type SigningKey } from '../attest/index.ts';
import type { Instance } from '../attest/sigstore/sign.ts';
import type { Ops } from '../ops.ts';
import { openSigningKey } from '../runtime/signing-key.ts';
import { oneOf, wrongUse } from './args.ts';
import type { Given, Options } from './command.ts';
import { absolute } from './files.ts';
import type { Io } from './print.ts';
import { trustedRoot, trustedRootOption } from './trusted-root.ts';

/** Read only with --sign. */
const keyless: Options = {
  'identity-token': { value: 'TOKEN', says: 'the identity, as an OpenID Connect token for the audience sigstore' },
  'fulcio-url': { value: 'URL', says: 'a private Sigstore instance: its authority' },
  'rekor-url': { value: 'URL', says: 'its transparency log' },
  'rekor-version': { value: 'N', of: ['1', '2'], says: 'which interface the log has; default: 1' },
  'tsa-url': { value: 'URL', says: 'its timestamp authority' },
  'trusted-root': trustedRootOption,
};

export const signOptions: Options = {
  key: { value: 'FILE', of: 'file', says: 'sign with this private key: PEM, Ed25519 or P-256' },
  sign: { says: 'sign under an identity, by Sigstore: goes out, and the\nidentity and the digest become public' },
  ...keyless,
};

const MAX_KEY = 65_536;
const REKOR_2 = 'https://log2025-1.rekor.sigstore.dev';

/** Makes the Sigstore bundle around the statement. */
export type Sign = (predicate: Predicate) => Promise<Uint8Array>;

/** Looks at words, key and identity before there is anything to sign. Null: not at all. */
export async function signGiven(command: string, { flags, values }: Given, io: Io, ops: Ops, core: Core, home: string): Promise<Sign | null> {
  const keyFile = values.get('key');
  if (flags.has('sign')) {
    if (keyFile !== undefined) throw wrongUse(command, '--sign', '--key stands beside it');
    return underIdentity(command, values, io, ops, core, home);
  }
  const alone = Object.keys(keyless).find((name) => values.has(name));
  if (alone !== undefined) throw wrongUse(command, `--${alone}`, '--sign is missing');
  if (keyFile === undefined) return null;
  const key: SigningKey = openSigningKey(core, await ops.files.read(absolute(io, keyFile), MAX_KEY), keyFile);
  return (predicate) => Promise.resolve(signWithKey(core, predicate, key));
}

async function underIdentity(command: string, values: Given['values'], io: Io, ops: Ops, core: Core, home: string): Promise<Sign> {
  // Late: nothing else needs the library, nor what it opens sockets with.
  const [{ identityToken }, { PUBLIC_GOOD, signKeyless }] = await Promise.all([import('../attest/sigstore/identity.ts'), import('../attest/sigstore/sign.ts')]);
  const instance = instanceOf(command, values, PUBLIC_GOOD);
  const { root } = await trustedRoot(io, ops, core, home, values.get('trusted-root'));
  const named = values.get('identity-token');
  const token = await identityToken({ ...(named === undefined ? {} : { token: named }), env: io.env, fetch });
  return async (predicate) => (await signKeyless(core, formatStatement(core, predicate), { instance, root, token, bytes: (data) => Buffer.from(data) })).bundle;
}

/** A private instance is named whole: half of one would tell the public services about the rest. */
function instanceOf(command: string, values: Given['values'], open: Instance): Instance {
  const [fulcio, rekor, tsa] = ['fulcio-url', 'rekor-url', 'tsa-url'].map((name) => address(command, name, values.get(name)));
  const rekorVersion = oneOf(values.get('rekor-version'), ['1', '2'], '1') === '2' ? 2 : 1;
  if (fulcio === undefined && rekor === undefined && tsa === undefined) return { ...open, rekorVersion, rekor: rekorVersion === 2 ? REKOR_2 : open.rekor };
  if (fulcio === undefined || rekor === undefined) throw wrongUse(command, '--sign', `--${fulcio === undefined ? 'fulcio-url' : 'rekor-url'} is missing`, 'A private instance is named whole.');
  if (!values.has('trusted-root')) throw wrongUse(command, '--sign', '--trusted-root is missing', 'A private instance needs its own.');
  return { fulcio, rekor, rekorVersion, tsa: tsa ?? null };
}

function address(command: string, name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (!/^https?:\/\/[!-~]+$/.test(value) || !URL.canParse(value)) throw wrongUse(command, `--${name} ${value}`, 'no http address');
  return value.replace(/\/+$/, '');
}
