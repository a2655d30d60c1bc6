/** `occasio bundle`: a run and all that is said of it in one file. */
import { printable } from '../../verifiers/formats/error.ts';
import { bundleRun } from '../attest/index.ts';
import { attestGiven, attestOptions, figuresLine, refuseTaken, writeNew } from './attest.ts';
import type { Command } from './command.ts';
import { absolute } from './files.ts';
import { document, line } from './print.ts';

const OUT = 'run.occasio.json';

export const bundle: Command = {
  name: 'bundle',
  summary: 'put a run, its attestation and its policy into one file',
  options: {
    ...attestOptions,
    out: { value: 'FILE', of: 'file', says: `write it there; default: ${OUT}` },
    json: { says: '{out, run_id, rows, bytes, signed} as one JSON document' },
  },
  says: `The file holds every row as it stands in the record: names of tools, paths and programs, no contents; and the policy's text.
Whoever gets it checks it with: occasio verify.`,
  exit: '0 written, 2 wrong use, no such run, one that does not hold, too large, or a file that is there already',
  examples: ['occasio bundle --out evidence.json'],
  async run(given, io) {
    const { core, ops, path, attested, sign } = await attestGiven('bundle', given, io);
    const out = given.values.get('out') ?? OUT;
    if (sign !== null) await refuseTaken(ops, absolute(io, out));
    const signature = sign === null ? null : await sign(attested.predicate);
    const bytes = await bundleRun(ops, core, path, attested, signature);
    await writeNew(ops, absolute(io, out), bytes);
    const { subject, audit_chain } = attested.predicate;
    if (given.flags.has('json')) document(io, { out, run_id: subject.run_id, rows: audit_chain.event_count, bytes: bytes.length, signed: signature !== null });
    else line(io.out, `Wrote ${printable(out)}${signature === null ? ', unsigned' : ', signed'}: ${figuresLine(attested.predicate)}, ${bytes.length} bytes`);
    return 0;
  },
};
