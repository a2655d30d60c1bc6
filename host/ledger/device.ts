/**
 * The device key `keys/device.pem`: Ed25519, made with the home, signs checkpoints. A key that is replaced (`rotate`) is gone; the index
 * says which followed it, signed by both, so that what the old one signed still holds:
 *
 *   keys/device.next.pem written      entry `key_rotate`      rename over keys/device.pem
 */
import type { Core } from '../../core-wasm/core.ts';
import { encodeBase64 } from '../../verifiers/formats/base64.ts';
import { deviceKeyId } from '../../verifiers/formats/checkpoint.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import type { Values } from '../../verifiers/formats/line.ts';
import { rotationText } from '../../verifiers/formats/rotation.ts';
import type { Ops, SigningKey } from '../ops.ts';
import type { Index } from './entries.ts';
import { refuseUnfit } from './fit.ts';

export interface Device extends SigningKey {
  /** First 16 hex of SHA-256 over the raw public key. */
  readonly id: string;
}

const MAX_PEM = 4096;
const LOOKED_AT = 100_000;

/** The key of a home, made where there is none. A rotation that was cut off is finished. */
export async function openDevice(ops: Ops, core: Core, home: string, index: Index): Promise<Device> {
  const path = `${home}/keys/device.pem`;
  if ((await ops.files.stat(path)) === null) await ops.files.createExclusive(path, ops.ed25519.generate());
  else if ((await ops.files.stat(`${home}/keys/device.next.pem`)) !== null) return rotateDevice(ops, core, home, index);
  return readDevice(ops, core, path);
}

/** Makes another key and has both sign that it follows. Done again after a kill it goes on with the key that was made. */
export async function rotateDevice(ops: Ops, core: Core, home: string, index: Index): Promise<Device> {
  const [path, next] = [`${home}/keys/device.pem`, `${home}/keys/device.next.pem`];
  const from = await readDevice(ops, core, path);
  if ((await ops.files.stat(next)) === null) await ops.files.createExclusive(next, ops.ed25519.generate());
  const to = await readDevice(ops, core, next);
  const keys = { from_key: hex(from.publicKey), to_key: hex(to.publicKey) };
  const said = (entry: Values): boolean => entry['kind'] === 'key_rotate' && entry['from_key'] === keys.from_key && entry['to_key'] === keys.to_key;
  if (!(await index.newest(LOOKED_AT)).some(said)) {
    const text = new TextEncoder().encode(rotationText(keys.from_key, keys.to_key));
    await index.append({ kind: 'key_rotate', ...keys, from_signature: encodeBase64(from.sign(text)), to_signature: encodeBase64(to.sign(text)) }, said);
  }
  await ops.files.move(next, path);
  return to;
}

export async function readDevice(ops: Ops, core: Core, path: string): Promise<Device> {
  const stat = await refuseUnfit(ops, path, 'What it signed from now on could be anybody\'s: run occasio key rotate after you have set the mode.');
  const key = stat.size > MAX_PEM ? null : ops.ed25519.open(await ops.files.read(path, MAX_PEM));
  if (key === null) throw new OccasioError({ code: 'home', cannot: 'sign with', thing: path, found: 'it is no private key of Ed25519 (PKCS #8, PEM)', next: 'Move it away, and a new one is made; what it signed can then be checked with its public key alone.' });
  return { ...key, id: deviceKeyId(core, key.publicKey) };
}
