/** `occasio audit repair`: cuts a torn last line, lets a damaged index go on; keeps what was there, and says so in the index. */
import { basename, join } from 'node:path';
import { OccasioError, printable } from '../../verifiers/formats/error.ts';
import { repairFile, repairIndex, type Repair } from '../ledger/index.ts';
import type { Ops } from '../ops.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import { legacyChain } from './audit-legacy.ts';
import type { Command } from './command.ts';
import { occasioHome } from './files.ts';
import { document, line, type Io } from './print.ts';
import { named, runsOf } from './run-file.ts';
import { table } from './table.ts';

interface Report {
  readonly repaired: readonly Repair[];
  /** What could not be repaired, and why. */
  readonly refused: readonly { readonly file: string; readonly found: string }[];
}

export const repair: Command = {
  name: 'repair',
  summary: 'cut a torn last line, let a damaged index go on',
  words: [{ name: 'RUN', of: 'run', optional: true, says: 'the id of a run of the home, or a file; default: all that needs it in the home' }],
  options: { json: { says: 'what was cut, and what was left and why' } },
  says: `Cuts a torn last line off a run whose writer is gone, or off a chain of the original Occasio, and replaces damaged newest
entries of the index. The whole file stays beside it as .bak, and the index says what was cut. A run that a process
still writes is left alone. Nothing else is mended.`,
  exit: '0 repaired or nothing to repair, 1 something was left as it is, 2 wrong use or unreadable',
  examples: ['occasio audit repair'],
  async run({ flags, words }, io) {
    const ops = createOps();
    const home = occasioHome(io);
    const [word] = words;
    const report = word === undefined ? await repairHome(ops, home, await runsOf(ops, home)) : { repaired: one(await repairFile(ops, loadCore().core, home, await named(io, ops, home, word, 'repair'))), refused: [] };
    if (flags.has('json')) document(io, report);
    else print(io, report);
    return report.refused.length === 0 ? 0 : 1;
  },
};

function one(repair: Repair | null): readonly Repair[] {
  return repair === null ? [] : [repair];
}

async function repairHome(ops: Ops, home: string, runs: readonly string[]): Promise<Report> {
  const { core } = loadCore();
  const repaired: Repair[] = [...(await repairIndex(ops, core, home))];
  const refused: { file: string; found: string }[] = [];
  const legacy = legacyChain(home);
  for (const path of [...runs, ...((await ops.files.stat(legacy)) === null ? [] : [legacy])]) {
    try {
      repaired.push(...one(await repairFile(ops, core, home, path)));
    } catch (error) {
      if (!(error instanceof OccasioError)) throw error;
      refused.push({ file: basename(path), found: error.parts.found });
    }
  }
  return { repaired, refused };
}

function print(io: Io, { repaired, refused }: Report): void {
  if (repaired.length === 0 && refused.length === 0) return line(io.out, 'Nothing to repair: every chain ends with a whole row.');
  const cut = repaired.map((r) => [printable(r.file), 'repaired', `${r.bytes_before - r.bytes_after} of ${r.bytes_before} bytes cut, SHA-256 ${r.cut_sha256.slice(0, 16)}…; the whole stands in ${printable(r.backup)}`]);
  const left = refused.map((r) => [printable(join('runs', r.file)), 'left', printable(r.found)]);
  table(io, [{ title: 'File', wrapTo: 20 }, { title: 'Result' }, { title: 'What was done', wrapTo: 30 }], [...cut, ...left]);
  line(io.out);
  line(io.out, 'The index has an entry for each repair. See: occasio audit verify --all');
}
