import { createHash, createHmac } from 'node:crypto';
import { createSHA256 } from 'hash-wasm';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../support/core.ts';
import { bytesOf, rounds } from './random.ts';

const core = loadCore();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const native = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const filled = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + length * 7) & 255);

describe('sha256', () => {
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'],
  ])('of the standard\'s example "%s"', (text, want) => {
    expect(hex(core.sha256(bytesOf(text)))).toBe(want);
  });

  it('every_length_up_to_700_agrees_with_the_platform', () => {
    for (let n = 0; n <= 700; n++) expect([n, hex(core.sha256(filled(n)))]).toEqual([n, native(filled(n))]);
  });

  it('long_messages_agree_with_the_platform_and_with_hash_wasm', async () => {
    const other = await createSHA256();
    for (const n of [4096, 2 ** 18 - 1, 2 ** 18, 2 ** 18 + 1, 2 ** 20 + 13, 3_000_000]) {
      const digest = hex(core.sha256(filled(n)));
      expect(digest).toBe(native(filled(n)));
      other.init();
      other.update(filled(n));
      expect(digest).toBe(other.digest('hex'));
    }
  });

  it('parts_are_one_message_wherever_they_are_split', () => {
    rounds(300, (r) => {
      const message = filled(r.below(1000));
      const cuts = Array.from({ length: r.below(5) }, () => r.below(message.length + 1)).sort((a, b) => a - b);
      const parts = [0, ...cuts].map((from, i) => message.subarray(from, cuts[i] ?? message.length));
      expect(hex(core.sha256(...parts))).toBe(native(message));
    });
    expect(hex(core.sha256())).toBe(native(new Uint8Array(0)));
  });

  it('a_digest_is_the_caller_s_own', () => {
    const first = core.sha256(bytesOf('a'));
    core.sha256(bytesOf('b'));
    expect(hex(first)).toBe(native(bytesOf('a')));
  });
});

describe('hmac', () => {
  it('agrees_with_the_platform_for_keys_of_every_length_around_a_block', () => {
    for (let n = 0; n <= 140; n++) {
      const key = filled(n), message = filled(200 - n);
      expect([n, hex(core.hmac(key, message.subarray(0, 10), message.subarray(10)))]).toEqual([n, createHmac('sha256', key).update(message).digest('hex')]);
    }
  });

  it('leaves_the_key_as_it_was', () => {
    const key = filled(32);
    core.hmac(key, bytesOf('x'));
    expect(key).toEqual(filled(32));
  });
});
