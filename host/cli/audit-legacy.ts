/** `occasio audit verify --legacy`: the chain of the original Occasio, and what of it no hash covers. */
import { join } from 'node:path';
import { printable } from '../../verifiers/formats/error.ts';
import { exitOf } from '../../verifiers/formats/verdict.ts';
import { legacySentenceOf } from '../../verifiers/legacy/sentences.ts';
import { verifyLegacy, type LegacyVerdict } from '../../verifiers/legacy/verify.ts';
import { readPieces } from '../ledger/index.ts';
import type { Ops } from '../ops.ts';
import { loadCore } from '../runtime/core.ts';
import { absolute } from './files.ts';
import { document, line, paint, type Io } from './print.ts';
import { table } from './table.ts';
import { progressLine } from './progress.ts';

/** Where the original keeps it. */
export function legacyChain(home: string): string {
  return join(home, 'pipeline-events.jsonl');
}

export async function auditLegacy(io: Io, ops: Ops, home: string, word: string | undefined, json: boolean): Promise<number> {
  const path = word === undefined ? legacyChain(home) : absolute(io, word);
  const { progress, done } = progressLine(io, printable(path), (await ops.files.stat(path))?.size ?? 0);
  const verdict = await verifyLegacy(loadCore().core, readPieces(ops, path), progress);
  done();
  if (json) document(io, verdict);
  else print(io, path, verdict);
  return exitOf(verdict.word);
}

const tones = { ok: 'good', failed: 'bad', 'not checked': 'dim' } as const;
/** Rows named in the text of one code; --json names more. */
const NAMED = 12;

function print(io: Io, path: string, verdict: LegacyVerdict): void {
  line(io.out, printable(path, 500));
  const rows: (readonly [string, { readonly text: string; readonly tone: 'good' | 'bad' | 'dim' }, string])[] = [];
  const said = new Set<string>();
  for (const finding of verdict.checks) {
    const { check, result, code } = finding;
    if (code !== null && said.has(code)) continue;
    said.add(code ?? '');
    const total = code === null ? 0 : (verdict.found[code] ?? 0);
    const named = verdict.checks.filter((f) => f.code === code && f.position !== null).slice(0, NAMED).map((f) => f.position?.row);
    const more = total > 1 ? ` (${total} rows: ${named.join(', ')}${total > named.length ? ', …' : ''})` : '';
    rows.push([check, { text: result, tone: tones[result] }, printable(`${legacySentenceOf(finding)}${more}`, 1000)]);
  }
  table(io, [{ title: 'Check' }, { title: 'Result' }, { title: 'What was found', wrapTo: 20 }], rows);
  line(io.out);
  const { covered, rows: all, sessions, runs } = verdict;
  const word = paint(io, io.out, verdict.word === 'failed' ? 'bad' : 'good', verdict.word);
  line(io.out, `${word}: ${covered} of ${all} rows are covered by a hash of their bytes; ${sessions} ${sessions === 1 ? 'session' : 'sessions'}, ${runs} ${runs === 1 ? 'run' : 'runs'}`);
}
