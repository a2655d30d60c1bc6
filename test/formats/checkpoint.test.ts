/**
 * `test/vectors/checkpoint` and `test/vectors/proof`: one file a case, named by its defect, for verifiers in any language: the bytes, the keys that are
 * trusted, the result. `OCCASIO_WRITE_VECTORS=1` writes them anew from `checkpoint-cases.ts`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCore } from '../../host/runtime/core.ts';
import { checkCheckpoint } from '../../verifiers/formats/checkpoint.ts';
import { verifyEd25519 } from '../../verifiers/formats/ed25519.ts';
import { formatNote, formatVerifierKey, parseNote, parseVerifierKey } from '../../verifiers/formats/note.ts';
import { checkProof, formatProof, isProof, parseProof } from '../../verifiers/formats/proof.ts';
import { testKey } from '../support/ed25519.ts';
import { checkpoints, device, proofs, witness, witnessKey, type Case } from './checkpoint-cases.ts';

const { core } = loadCore();

interface Vector {
  readonly about: string;
  readonly base64: string;
  /** Raw Ed25519 keys, hex. */
  readonly trusted: readonly string[];
  /** C2SP verifier keys. */
  readonly witnesses: readonly string[];
  readonly result: string;
  readonly cosigned: number;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string, of: 'hex' | 'base64'): Uint8Array => new Uint8Array(Buffer.from(text, of));
const check = { checkpoint: checkCheckpoint, proof: checkProof };

describe.each([['checkpoint', checkpoints], ['proof', proofs]] as const)('%s vectors', (kind, cases: readonly Case[]) => {
  const folder = fileURLToPath(new URL(`../vectors/${kind}/`, import.meta.url));
  if (process.env['OCCASIO_WRITE_VECTORS'] === '1') {
    mkdirSync(folder, { recursive: true });
    for (const { name, about, bytes, result, witnesses = 0 } of cases) {
      const vector: Vector = { about, base64: Buffer.from(bytes).toString('base64'), trusted: [hex(device.publicKey)], witnesses: [witnessKey], result, cosigned: witnesses };
      writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(vector, null, 1)}\n`);
    }
  }
  const names = readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5));
  const vectorOf = (name: string): Vector => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Vector;

  it('are_those_that_the_cases_make_and_most_hold_a_defect', () => {
    expect(names.sort()).toEqual(cases.map((c) => c.name).sort());
    for (const { name, bytes } of cases) expect(vectorOf(name).base64, name).toBe(Buffer.from(bytes).toString('base64'));
    expect(cases.filter((c) => c.result !== 'ok').length).toBeGreaterThan(cases.length / 2);
  });

  it.each(names)('%s', (name) => {
    const { base64, trusted, witnesses, result, cosigned } = vectorOf(name);
    const checked = check[kind](core, bytesOf(base64, 'base64'), trusted.map((key) => bytesOf(key, 'hex')), witnesses.flatMap((key) => parseVerifierKey(core, key) ?? []));
    expect(checked.ok ? ['ok', checked.witnesses.length] : [checked.code, 0]).toEqual([result, cosigned]);
  });
});

describe('a note', () => {
  it('read_and_written_again_is_the_same_bytes', () => {
    const read = checkpoints.flatMap(({ bytes }) => (parseNote(bytes) === null ? [] : [bytes]));
    expect(read.length).toBeGreaterThan(20);
    for (const bytes of read) expect(formatNote(parseNote(bytes) ?? { text: '', signatures: [] })).toEqual(bytes);
  });

  it('of_a_key_that_nobody_gave_vouches_for_nothing', () => {
    const good = checkpoints.find((c) => c.name === 'good-cosigned')?.bytes ?? new Uint8Array();
    expect(checkCheckpoint(core, good, [])).toEqual({ ok: false, code: 'checkpoint-key' });
    expect(checkCheckpoint(core, good, [device.publicKey])).toMatchObject({ ok: true, witnesses: [] });
    expect(checkCheckpoint(core, good, [testKey(9).publicKey, device.publicKey], [parseVerifierKey(core, witnessKey) ?? expect.fail()])).toMatchObject({ ok: true, witnesses: [{ name: 'witness.example/w1', time: 1_700_000_000 }] });
  });

  it('is_no_longer_one_when_any_byte_of_text_or_signature_is_turned', () => {
    const good = checkpoints.find((c) => c.name === 'good')?.bytes ?? new Uint8Array();
    for (let at = 0; at < good.length; at++) for (const bit of [1, 32]) {
      const turned = good.map((byte, i) => (i === at ? byte ^ bit : byte));
      expect(checkCheckpoint(core, turned, [device.publicKey]).ok, `byte ${at}`).toBe(false);
    }
  });

  it.each([
    ['good', witnessKey, true],
    ['of_another_name', witnessKey.replace('w1', 'w2'), false],
    ['of_another_id', witnessKey.replace(/\+[0-9a-f]{8}\+/, '+00000000+'), false],
    ['of_another_kind', 'x+00000000+AAAA', false],
    ['that_is_none', 'words', false],
    ['with_a_space_in_its_name', `a b${witnessKey.slice(witnessKey.indexOf('+'))}`, false],
  ])('verifier_key_%s', (_, text, good) => {
    const key = parseVerifierKey(core, text);
    expect(key !== null).toBe(good);
    if (key !== null) expect([formatVerifierKey(key), hex(key.publicKey)]).toEqual([text, hex(witness.publicKey)]);
  });
});

describe('a proof', () => {
  it('read_and_written_again_is_the_same_bytes', () => {
    for (const { bytes, result, name } of proofs) {
      const proof = parseProof(bytes);
      expect(proof === null, name).toBe(result === 'proof-form');
      if (proof !== null) expect([formatProof(proof), isProof(bytes)]).toEqual([bytes, true]);
    }
  });

  it('is_no_longer_one_when_any_byte_is_turned', () => {
    const good = proofs.find((c) => c.name === 'good')?.bytes ?? new Uint8Array();
    for (let at = 0; at < good.length; at += 3) {
      const turned = good.map((byte, i) => (i === at ? byte ^ 1 : byte));
      expect(checkProof(core, turned, [device.publicKey]).ok, `byte ${at}`).toBe(false);
    }
  });
});

describe('ed25519', () => {
  it('takes_no_key_and_no_signature_that_is_none', () => {
    const message = new TextEncoder().encode('m');
    const signature = device.sign(message);
    expect(verifyEd25519(device.publicKey, signature, message)).toBe(true);
    expect(verifyEd25519(device.publicKey.slice(1), signature, message)).toBe(false);
    expect(verifyEd25519(new Uint8Array(32).fill(255), signature, message)).toBe(false);
    expect(verifyEd25519(device.publicKey, signature.slice(1), message)).toBe(false);
    // The neutral point as key and as signature holds for every message.
    const neutral = Uint8Array.of(1, ...new Uint8Array(31));
    expect(verifyEd25519(neutral, Uint8Array.of(...neutral, ...new Uint8Array(32)), message)).toBe(false);
  });
});
