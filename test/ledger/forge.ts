/** Somebody who can write every file of a home: index and runs are written anew, every hash fits. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deviceKeyId, formatCheckpoint, originOf } from '../../verifiers/formats/checkpoint.ts';
import { ED25519, formatNote, verifierKey } from '../../verifiers/formats/note.ts';
import { rootOf } from '../../verifiers/formats/tree.ts';
import { chained, type Row } from '../formats/cases.ts';
import { core } from './support.ts';

export type Signer = { readonly publicKey: Uint8Array; sign(message: Uint8Array): Uint8Array };

const bare = (line: string): Row => {
  const { prev_hash: _prev, hash: _hash, ...row } = JSON.parse(line) as Row;
  return row;
};
const text = (rows: readonly Row[]): string => chained(rows).map((line) => `${line}\n`).join('');

/** Writes the rows of a run anew. Gives the hashes. */
export function forgeRun(home: string, id: string, change: (rows: Row[]) => readonly Row[]): readonly string[] {
  const path = join(home, 'runs', `${id}.jsonl`);
  const rows = change(readFileSync(path, 'utf8').trimEnd().split('\n').map(bare)).map((row, seq) => ({ ...row, seq }));
  writeFileSync(path, text(rows));
  return chained(rows).map((line) => (JSON.parse(line) as { hash: string }).hash);
}

/** Writes the index anew. */
export function forgeIndex(home: string, change: (entries: Row[]) => readonly Row[]): void {
  const folder = join(home, 'index');
  const names = readdirSync(folder).filter((name) => name.endsWith('.json')).sort();
  const entries = change(names.map((name) => bare(readFileSync(join(folder, name), 'utf8')))).map((entry, seq) => ({ ...entry, seq }));
  names.forEach((name) => rmSync(join(folder, name)));
  chained(entries).forEach((line, n) => writeFileSync(join(folder, `${String(n).padStart(12, '0')}.json`), `${line}\n`));
}

/** What the index says of a closed run, made to fit other rows. With a signer its checkpoint too, else it is left out. */
export function fitted(entries: readonly Row[], id: string, hashes: readonly string[], signer: Signer | null): Row[] {
  return entries.flatMap((entry): Row[] => {
    if (entry['run_id'] !== id) return [entry];
    if (entry['kind'] === 'run_opened') return [{ ...entry, first_hash: hashes[0] }];
    if (entry['kind'] === 'run_closed') return [{ ...entry, rows: hashes.length, last_hash: hashes.at(-1) }];
    if (entry['kind'] !== 'checkpoint' || signer === null) return [];
    const root = rootOf(core, core.treeLeaves(new Uint8Array(Buffer.from(hashes.join(''), 'hex'))));
    return [{ ...entry, size: hashes.length, root: Buffer.from(root).toString('hex'), note: noteOf(signer, id, hashes.length, root) }];
  });
}

export function noteOf(signer: Signer, id: string, size: number, root: Uint8Array): string {
  const origin = originOf(deviceKeyId(core, signer.publicKey), id);
  const content = formatCheckpoint({ origin, size, root });
  const { keyId } = verifierKey(core, origin, ED25519, signer.publicKey);
  return new TextDecoder().decode(formatNote({ text: content, signatures: [{ name: origin, keyId, signature: signer.sign(new TextEncoder().encode(content)) }] }));
}
