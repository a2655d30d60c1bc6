/** `occasio prove`: one row with all that shows it was in the run, in a file that verifies alone. */
import { basename, dirname, join } from 'node:path';
import { OccasioError, printable } from '../../verifiers/formats/error.ts';
import { proveRow, type Wanted } from '../ledger/index.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import { wrongUse } from './args.ts';
import type { Command } from './command.ts';
import { absolute, occasioHome } from './files.ts';
import { document, line } from './print.ts';
import { named, newest } from './run-file.ts';

export const prove: Command = {
  name: 'prove',
  summary: 'make a proof of one row, in a file that verifies alone',
  options: {
    row: { value: 'N', says: 'the row by its number, from 0' },
    event: { value: 'ID', says: 'the row by its event_id' },
    run: { value: 'RUN', of: 'run', says: 'the run by its id; default: the newest run' },
    out: { value: 'FILE', of: 'file', says: 'where to write it; it must not exist; default: standard output' },
    json: { says: 'what was proved, and the proof as text' },
  },
  says: `The proof holds the row, its path to the root of the run's tree, and the checkpoint that the device key signed, with the
signatures of witnesses. Whoever trusts that key (occasio key show) verifies it with: occasio verify FILE --key KEY. It says
that the row is in that run, no more.`,
  exit: '0 proved, 2 wrong use, no such row, or no checkpoint covers it',
  examples: ['occasio prove --row 2'],
  async run({ flags, values }, io) {
    const wanted = wantedOf(values.get('row'), values.get('event'));
    const { core } = loadCore();
    const ops = createOps();
    const home = occasioHome(io);
    const word = values.get('run');
    const path = word === undefined ? await newest(ops, home) : await named(io, ops, home, word, 'prove a row of');
    if (dirname(path) !== join(home, 'runs')) throw new OccasioError({ code: 'not-found', cannot: 'prove a row of', thing: path, found: 'its checkpoints are not here', want: 'a run of the home' });
    const { bytes, ...proved } = await proveRow(ops, core, home, basename(path, '.jsonl'), wanted);
    const out = values.get('out');
    if (out !== undefined && !(await ops.files.createExclusive(absolute(io, out), bytes))) throw new OccasioError({ code: 'exists', cannot: 'write the proof to', thing: out, found: 'it exists' });
    if (flags.has('json')) document(io, { ...proved, run_id: basename(path, '.jsonl'), proof: new TextDecoder().decode(bytes) });
    else if (out === undefined) io.out.write(bytes);
    else line(io.out, `Row ${proved.row} of ${proved.size} is proved in ${printable(out)}`);
    return 0;
  },
};

function wantedOf(row: string | undefined, event: string | undefined): Wanted {
  if (row !== undefined && event !== undefined) throw wrongUse('prove', '--event', '--row stands beside it');
  if (event !== undefined) return { event };
  if (row === undefined) throw wrongUse('prove', 'nothing', 'no row is named', 'Name one with --row N or --event ID.');
  if (!/^\d{1,15}$/.test(row)) throw wrongUse('prove', `--row ${row}`, 'no number of a row');
  return { row: Number(row) };
}
