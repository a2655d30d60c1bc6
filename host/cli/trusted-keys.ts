/** Public keys that a file on the command line names: the only way for a key to be trusted. */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { parseVerifierKey, type VerifierKey } from '../../verifiers/formats/note.ts';
import { parsePublicKey, type TrustedKey } from '../../verifiers/verify/index.ts';
import { wrongUse } from './args.ts';

export const MAX_KEYS = 1_048_576;

export function trustedKeys(core: Core, bytes: Uint8Array, path: string): readonly TrustedKey[] {
  const blocks = new TextDecoder().decode(bytes).match(/-----BEGIN [^-]*-----[^-]*-----END [^-]*-----/g) ?? [];
  const keys = blocks.map((pem) => parsePublicKey(core, pem));
  if (keys.length === 0 || keys.includes(null)) {
    throw new OccasioError({ code: 'unreadable', cannot: 'trust', thing: path, found: keys.length === 0 ? 'it holds no PEM' : 'it holds something else than such keys', want: 'public keys in PEM, Ed25519 or P-256', next: 'Of a private key: openssl pkey -in key.pem -pubout' });
  }
  return keys.filter((key) => key !== null);
}

/** Raw keys of those that can have signed a checkpoint. */
export function deviceKeys(keys: readonly TrustedKey[]): readonly Uint8Array[] {
  return keys.filter((key) => key.algorithm === 'ed25519').map((key) => key.bytes);
}

/** `--witness-key`, as witnesses publish theirs: `<name>+<8 hex>+<base64>`. */
export function witnessKeyOf(core: Core, command: string, value: string | undefined): VerifierKey | null {
  if (value === undefined) return null;
  const key = parseVerifierKey(core, value);
  if (key === null) throw wrongUse(command, `--witness-key ${value}`, 'no verifier key', 'It is written <name>+<8 hex>+<base64>, as the witness publishes it.');
  return key;
}
