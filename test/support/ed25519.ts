/** Ed25519 keys of fixed seeds, signing by the platform: what verifies is ours, so what signs is not. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';

export interface TestKey {
  readonly publicKey: Uint8Array;
  readonly pem: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

export function testKey(seed: number): TestKey {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32));
  return { publicKey, pem: new TextEncoder().encode(key.export({ format: 'pem', type: 'pkcs8' }) as string), sign: (message) => new Uint8Array(sign(null, message, key)) };
}
