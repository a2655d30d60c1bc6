/** Checkpoints and proofs with one defect each, made over the good run of `cases.ts` with keys of fixed seeds. */
import { createHash } from 'node:crypto';
import { loadCore } from '../../host/runtime/core.ts';
import { deviceKeyId, formatCheckpoint, originOf } from '../../verifiers/formats/checkpoint.ts';
import { COSIGNATURE, ED25519, formatNote, formatSignature, formatVerifierKey, verifierKey, type NoteSignature } from '../../verifiers/formats/note.ts';
import { formatProof } from '../../verifiers/formats/proof.ts';
import { inclusionProof, rootOf } from '../../verifiers/formats/tree.ts';
import { testKey, type TestKey } from '../support/ed25519.ts';
import { chained, goodRows, RUN } from './cases.ts';

const { core } = loadCore();
export const device = testKey(1);
export const other = testKey(2);
export const witness = testKey(3);
export const witnessKey = formatVerifierKey(verifierKey(core, 'witness.example/w1', COSIGNATURE, witness.publicKey));

export interface Case {
  readonly name: string;
  readonly about: string;
  readonly bytes: Uint8Array;
  /** `ok`, or the code. */
  readonly result: string;
  /** Cosignatures that count. */
  readonly witnesses?: number;
}

const lines = chained(goodRows()).map((line) => `${line}\n`);
const leaves = core.treeLeaves(Uint8Array.from(lines.flatMap((line) => [...Buffer.from((JSON.parse(line) as { hash: string }).hash, 'hex')])));
const root = rootOf(core, leaves);
const origin = originOf(deviceKeyId(core, device.publicKey), RUN);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const good = formatCheckpoint({ origin, size: 7, root });

function signed(text: string, key: TestKey = device, name = origin): NoteSignature {
  return { name, keyId: verifierKey(core, name, ED25519, key.publicKey).keyId, signature: key.sign(utf8(text)) };
}

function cosigned(text: string, time = 1_700_000_000n, key: TestKey = witness, name = 'witness.example/w1'): NoteSignature {
  const signature = new Uint8Array(72);
  new DataView(signature.buffer).setBigUint64(0, time);
  signature.set(key.sign(utf8(`cosignature/v1\ntime ${time}\n${text}`)), 8);
  return { name, keyId: verifierKey(core, name, COSIGNATURE, key.publicKey).keyId, signature };
}

const note = (text: string, ...signatures: readonly NoteSignature[]): Uint8Array => formatNote({ text, signatures: signatures.length === 0 ? [signed(text)] : signatures });
const turned = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
const edited = (from: string | RegExp, to: string, bytes = note(good)): Uint8Array => {
  const before = new TextDecoder().decode(bytes);
  const after = before.replace(from, to);
  if (after === before) throw new Error(`bug: ${String(from)} is not in the case`);
  return utf8(after);
};
/** A text signed as it stands, whatever it says. */
const text = (from: string | RegExp, to: string): Uint8Array => {
  const after = good.replace(from, to);
  if (after === good) throw new Error(`bug: ${String(from)} is not in the text`);
  return note(after, signed(after));
};
const base64 = Buffer.from(root).toString('base64');

export const checkpoints: readonly Case[] = [
  { name: 'good', about: 'The good run, signed by the device key.', bytes: note(good), result: 'ok' },
  { name: 'good-cosigned', about: 'The same with a cosignature of a trusted witness.', bytes: note(good, signed(good), cosigned(good)), result: 'ok', witnesses: 1 },
  { name: 'good-with-a-stranger', about: 'A signature by a key nobody knows is ignored.', bytes: note(good, signed(good, other, 'stranger.example'), signed(good)), result: 'ok' },
  { name: 'good-cosigned-under-another-name', about: 'The key of the witness under another name is another key: ignored.', bytes: note(good, signed(good), cosigned(good, 1_700_000_000n, witness, 'witness.example/w2')), result: 'ok' },
  { name: 'good-empty', about: 'A log without rows.', bytes: note(formatCheckpoint({ origin, size: 0, root: core.sha256() })), result: 'ok' },

  { name: 'signature-turned', about: 'One bit of the signature.', bytes: note(good, { ...signed(good), signature: turned(signed(good).signature, 40) }), result: 'checkpoint-signature' },
  { name: 'signature-cut', about: 'A signature of 63 bytes.', bytes: note(good, { ...signed(good), signature: signed(good).signature.slice(0, 63) }), result: 'checkpoint-signature' },
  { name: 'signature-beyond-the-order', about: 'S is raised by the order of the group: the same point, another encoding.', bytes: note(good, { ...signed(good), signature: raised(signed(good).signature) }), result: 'checkpoint-signature' },
  { name: 'one-good-one-bad', about: 'A second signature by the same key that is not good.', bytes: note(good, signed(good), { ...signed(good), signature: turned(signed(good).signature, 3) }), result: 'checkpoint-signature' },
  { name: 'size-changed', about: 'Another number of rows under the same signature.', bytes: edited('\n7\n', '\n8\n'), result: 'checkpoint-signature' },
  { name: 'root-changed', about: 'Another root under the same signature.', bytes: edited(base64, Buffer.from(core.sha256()).toString('base64')), result: 'checkpoint-signature' },
  { name: 'another-key', about: 'Signed by a key nobody trusts, under its own id.', bytes: note(formatCheckpoint({ origin: originOf(deviceKeyId(core, other.publicKey), RUN), size: 7, root }), signed(formatCheckpoint({ origin: originOf(deviceKeyId(core, other.publicKey), RUN), size: 7, root }), other, originOf(deviceKeyId(core, other.publicKey), RUN))), result: 'checkpoint-key' },
  { name: 'another-key-under-our-name', about: 'Signed by another key under the name of ours: the id of the key differs.', bytes: note(good, signed(good, other)), result: 'checkpoint-key' },
  { name: 'another-key-under-our-name-and-id', about: 'The same with the four bytes of our key id.', bytes: note(good, { ...signed(good, other), keyId: signed(good).keyId }), result: 'checkpoint-signature' },
  { name: 'signed-for-another-run', about: 'The key name is that of another run: no signature for this origin.', bytes: note(good, signed(good, device, `${origin.slice(0, -1)}0`)), result: 'checkpoint-key' },
  { name: 'cosigned-only', about: 'A witness vouches for what the device did not sign.', bytes: note(good, cosigned(good)), result: 'checkpoint-key' },
  { name: 'cosignature-turned', about: 'One bit of the cosignature.', bytes: note(good, signed(good), { ...cosigned(good), signature: turned(cosigned(good).signature, 30) }), result: 'cosignature' },
  { name: 'cosignature-of-another-time', about: 'The time is moved by a second.', bytes: note(good, signed(good), { ...cosigned(good), signature: turned(cosigned(good).signature, 7) }), result: 'cosignature' },
  { name: 'cosignature-without-its-time', about: 'A plain signature of the text where a cosignature belongs.', bytes: note(good, signed(good), { ...cosigned(good), signature: witness.sign(utf8(good)) }), result: 'cosignature' },
  { name: 'cosignature-of-four-bytes', about: 'Too short to hold a time.', bytes: note(good, signed(good), { ...cosigned(good), signature: new Uint8Array(4).fill(1) }), result: 'cosignature' },
  { name: 'cosignature-of-another-size', about: 'A cosignature of an earlier checkpoint.', bytes: note(good, signed(good), cosigned(formatCheckpoint({ origin, size: 6, root }))), result: 'cosignature' },
  { name: 'origin-of-another-program', about: 'Another log.', bytes: text(origin, 'example.com/log'), result: 'checkpoint-origin' },
  { name: 'origin-run-is-a-path', about: 'A run id that would lead out of a folder.', bytes: text(RUN, '..'), result: 'checkpoint-origin' },
  { name: 'origin-key-id-upper-case', about: 'The key id in capitals.', bytes: text(deviceKeyId(core, device.publicKey), deviceKeyId(core, device.publicKey).toUpperCase()), result: 'checkpoint-origin' },
  { name: 'size-with-a-leading-zero', about: 'Two spellings of one number.', bytes: text('\n7\n', '\n07\n'), result: 'checkpoint-form' },
  { name: 'size-negative', about: 'A number below zero.', bytes: text('\n7\n', '\n-7\n'), result: 'checkpoint-form' },
  { name: 'size-beyond-2-53', about: 'A number that is not exact.', bytes: text('\n7\n', '\n9007199254740993\n'), result: 'checkpoint-form' },
  { name: 'root-not-canonical', about: 'Spare bits of the base64 are set.', bytes: text(base64, `${base64.slice(0, -2)}${base64.at(-2) === 'Z' ? 'Y' : String.fromCharCode(base64.charCodeAt(42) + 1)}=`), result: 'checkpoint-form' },
  { name: 'root-url-safe', about: 'The other alphabet of base64.', bytes: text(base64, `-_${base64.slice(2)}`), result: 'checkpoint-form' },
  { name: 'root-of-31-bytes', about: 'A hash that is too short.', bytes: text(base64, Buffer.from(root.subarray(0, 31)).toString('base64')), result: 'checkpoint-form' },
  { name: 'extension-line', about: 'A fourth line, which ours never have.', bytes: text(/$/, 'more\n'), result: 'checkpoint-form' },
  { name: 'carriage-returns', about: 'Lines that end with CR LF.', bytes: edited(/\n/g, '\r\n'), result: 'checkpoint-form' },
  { name: 'no-signature', about: 'The text alone.', bytes: utf8(good), result: 'checkpoint-form' },
  { name: 'no-last-line-feed', about: 'The last line is cut.', bytes: note(good).slice(0, -1), result: 'checkpoint-form' },
  { name: 'hyphen-for-dash', about: 'A hyphen where the em dash belongs.', bytes: edited('— ', '- '), result: 'checkpoint-form' },
  { name: 'words-after-the-signature', about: 'A third word on the signature line.', bytes: edited(/\n$/, ' x\n'), result: 'checkpoint-form' },
  { name: 'text-after-the-signatures', about: 'A line after the signatures that is none.', bytes: edited(/$/, 'x\n'), result: 'checkpoint-form' },
  { name: 'not-utf8', about: 'A byte that is no UTF-8.', bytes: turned(note(good), new TextEncoder().encode(good).length + 2), result: 'checkpoint-form' },
  { name: 'empty', about: 'Nothing.', bytes: new Uint8Array(), result: 'checkpoint-form' },
  { name: 'too-many-signatures', about: 'A thousand signatures by strangers.', bytes: utf8(`${good}\n${formatSignature(signed(good, other, 'x')).repeat(1000)}${formatSignature(signed(good))}`), result: 'checkpoint-form' },
];

const proofOf = (index: number, change: { row?: string; index?: number; hashes?: readonly Uint8Array[]; checkpoint?: Uint8Array } = {}): Uint8Array =>
  formatProof({ row: utf8(change.row ?? lines[index] ?? ''), index: change.index ?? index, hashes: change.hashes ?? inclusionProof(core, leaves, index), checkpoint: change.checkpoint ?? note(good) });
const inProof = (from: string | RegExp, to: string): Uint8Array => edited(from, to, proofOf(4));
const path = inclusionProof(core, leaves, 4);
const rehashed = (line: string): string => {
  const hashed = line.replace(/,"hash":"[0-9a-f]{64}"\}\n$/, '}');
  return `${hashed.slice(0, -1)},"hash":"${createHash('sha256').update(hashed).digest('hex')}"}\n`;
};

export const proofs: readonly Case[] = [
  { name: 'good', about: 'Row 4 of seven.', bytes: proofOf(4), result: 'ok' },
  { name: 'good-first', about: 'Row 0.', bytes: proofOf(0), result: 'ok' },
  { name: 'good-last', about: 'The last row, whose path is short.', bytes: proofOf(6), result: 'ok' },
  { name: 'good-cosigned', about: 'With a cosignature.', bytes: proofOf(4, { checkpoint: note(good, signed(good), cosigned(good)) }), result: 'ok', witnesses: 1 },
  { name: 'row-altered', about: 'A BLOCK became a PASS: the row has another hash.', bytes: proofOf(4, { row: (lines[4] ?? '').replace('"BLOCK"', '"PASS"') }), result: 'row-form' },
  { name: 'row-altered-and-rehashed', about: 'The same with its hash made anew: another leaf.', bytes: proofOf(4, { row: rehashed((lines[4] ?? '').replace('"BLOCK"', '"PASS"')) }), result: 'proof-root' },
  { name: 'row-with-white-space', about: 'Another spelling of the row.', bytes: proofOf(4, { row: (lines[4] ?? '').replace('"seq":4', '"seq": 4') }), result: 'row-form' },
  { name: 'row-without-line-feed', about: 'The row lacks its LF.', bytes: proofOf(4, { row: (lines[4] ?? '').slice(0, -1) }), result: 'row-form' },
  { name: 'two-rows', about: 'Two lines where one belongs.', bytes: proofOf(4, { row: `${lines[4]}${lines[5]}` }), result: 'row-form' },
  { name: 'no-row', about: 'An empty row.', bytes: proofOf(4, { row: '' }), result: 'row-form' },
  { name: 'row-of-another-run', about: 'A row that says another run.', bytes: proofOf(4, { row: rehashed((lines[4] ?? '').replace(RUN, '9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d')) }), result: 'row-run' },
  { name: 'row-of-another-place', about: 'A good row under the number and path of another.', bytes: proofOf(4, { row: lines[3] ?? '' }), result: 'row-index' },
  { name: 'index-of-another-place', about: 'The number of another row with its own row and path.', bytes: proofOf(4, { index: 5 }), result: 'row-index' },
  { name: 'index-beyond-the-tree', about: 'A row after the last.', bytes: proofOf(4, { row: rehashed((lines[4] ?? '').replace('"seq":4', '"seq":7')), index: 7 }), result: 'row-index' },
  { name: 'path-turned', about: 'One bit of a hash of the path.', bytes: proofOf(4, { hashes: path.map((hash, i) => (i === 1 ? turned(hash, 9) : hash)) }), result: 'proof-root' },
  { name: 'path-too-short', about: 'A hash of the path is missing.', bytes: proofOf(4, { hashes: path.slice(0, -1) }), result: 'proof-root' },
  { name: 'path-too-long', about: 'A hash too many.', bytes: proofOf(4, { hashes: [...path, path[0] ?? new Uint8Array(32)] }), result: 'proof-root' },
  { name: 'path-reordered', about: 'Two hashes of the path changed places.', bytes: proofOf(4, { hashes: [...path].reverse() }), result: 'proof-root' },
  { name: 'path-of-another-row', about: 'The path of row 5.', bytes: proofOf(4, { hashes: inclusionProof(core, leaves, 5) }), result: 'proof-root' },
  { name: 'path-of-64-hashes', about: 'More hashes than any tree has.', bytes: proofOf(4, { hashes: Array.from({ length: 64 }, () => new Uint8Array(32)) }), result: 'proof-form' },
  { name: 'checkpoint-of-another-root', about: 'A good checkpoint over other rows.', bytes: proofOf(4, { checkpoint: note(formatCheckpoint({ origin, size: 7, root: core.sha256() })) }), result: 'proof-root' },
  { name: 'checkpoint-of-another-size', about: 'A good checkpoint of the same root and another size.', bytes: proofOf(4, { checkpoint: note(formatCheckpoint({ origin, size: 6, root })) }), result: 'proof-root' },
  { name: 'checkpoint-not-signed', about: 'The signature of the checkpoint is not good.', bytes: proofOf(4, { checkpoint: note(good, { ...signed(good), signature: turned(signed(good).signature, 1) }) }), result: 'checkpoint-signature' },
  { name: 'checkpoint-by-another-key', about: 'A checkpoint by a key nobody trusts.', bytes: proofOf(4, { checkpoint: note(good, signed(good, other)) }), result: 'checkpoint-key' },
  { name: 'checkpoint-missing', about: 'The proof ends before its checkpoint.', bytes: proofOf(4, { checkpoint: new Uint8Array() }), result: 'checkpoint-form' },
  { name: 'another-version', about: 'A format that is not known.', bytes: inProof('tlog-proof@v1', 'tlog-proof@v2'), result: 'proof-form' },
  { name: 'extra-missing', about: 'A proof without its row.', bytes: inProof(/extra [^\n]*\n/, ''), result: 'proof-form' },
  { name: 'extra-not-base64', about: 'A row that is no base64.', bytes: inProof('extra ', 'extra !'), result: 'proof-form' },
  { name: 'index-with-a-leading-zero', about: 'Two spellings of one number.', bytes: inProof('index 4', 'index 04'), result: 'proof-form' },
  { name: 'index-negative', about: 'A number below zero.', bytes: inProof('index 4', 'index -4'), result: 'proof-form' },
  { name: 'hash-of-31-bytes', about: 'A hash that is too short.', bytes: proofOf(4, { hashes: [new Uint8Array(31)] }), result: 'proof-form' },
  { name: 'no-empty-line', about: 'Nothing between path and checkpoint.', bytes: utf8('c2sp.org/tlog-proof@v1\nextra eA==\nindex 4\n'), result: 'proof-form' },
  { name: 'empty', about: 'Nothing.', bytes: new Uint8Array(), result: 'proof-form' },
];

function raised(signature: Uint8Array): Uint8Array {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  let s = signature.slice(32).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n) + order;
  const out = signature.slice();
  for (let i = 32; i < 64; i++, s /= 256n) out[i] = Number(s % 256n);
  return out;
}
