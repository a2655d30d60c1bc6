/** Derives from rows as a verifier does: from the bytes of a run's file. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { derive, type Derived } from '../../verifiers/derive/index.ts';
import { readRun } from '../../verifiers/formats/run.ts';

export function deriveBytes(bytes: Uint8Array): Derived {
  const deriving = derive();
  const run = readRun(null, (row, place) => deriving.row(row, place));
  run.write(bytes);
  run.end();
  return deriving.end();
}

export function deriveLines(rows: readonly object[]): Derived {
  return deriveBytes(new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
}

/** The files of a home's runs, the oldest first. */
export function runFiles(home: string): Uint8Array[] {
  const folder = join(home, 'runs');
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl') && !name.endsWith('.inputs.jsonl')).map((name) => readFileSync(join(folder, name)));
  return files.sort((a, b) => firstTs(a).localeCompare(firstTs(b))).map((bytes) => new Uint8Array(bytes));
}

function firstTs(bytes: Uint8Array): string {
  return (JSON.parse(new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(10)))) as { readonly ts: string }).ts;
}
