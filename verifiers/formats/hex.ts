/** Lower-case hex, the only spelling of a digest in the record. */

export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** What stands for "no digest": genesis, and the hash of a policy file that is not there. */
export const ZEROS = '0'.repeat(64);

export function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}
