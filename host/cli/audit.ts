/** `occasio audit verify`: is the record whole, and what it was when it was written? */
import { join } from 'node:path';
import { OccasioError, printable } from '../../verifiers/formats/error.ts';
import { sentenceOf } from '../../verifiers/formats/sentences.ts';
import { exitOf, type Finding, type Verdict } from '../../verifiers/formats/verdict.ts';
import type { Ops } from '../ops.ts';
import { createOps } from '../runtime/node.ts';
import { didYouMean, readWords, wrongUse } from './args.ts';
import { checkRun } from './audit-check.ts';
import type { Command } from './command.ts';
import { absolute, occasioHome } from './files.ts';
import { document, line, paint, table, type Cell, type Io, type Tone } from './print.ts';
import { progressLine } from './progress.ts';

const MAX_RUNS = 1_000_000;

interface Checked {
  readonly path: string;
  readonly verdict: Verdict;
}

export const audit: Command = {
  name: 'audit',
  summary: 'check the record: audit verify [FILE|RUN|--all]',
  help: `Usage: occasio audit verify [FILE|RUN|--all] [--json]

  FILE     a run's file        RUN   the id of a run in the home
  --all    every run in the home
  --json   the verdict as one JSON document; with --all {home, runs: [{path, verdict}]}

Without FILE, RUN or --all: the newest run. The word is "self-consistent" where every row is what its hash says and the
rows are one whole run, "open" where its end is not written yet, "failed" otherwise. No word here says that the user who
owns the record did not write all of it anew; that needs evidence from outside this machine.
Exit: 0 self-consistent or open, 1 failed, 2 wrong use or unreadable.
`,
  async run(args, io) {
    const [what, ...rest] = args;
    if (what !== 'verify') throw wrongUse('audit', what ?? 'nothing', 'no such action', didYouMean(what ?? '', ['verify']) ?? 'Use: occasio audit verify.');
    const { flags, words } = readWords('audit', rest, { all: 'flag' }, 1);
    if (flags.has('all') && words[0] !== undefined) throw wrongUse('audit', words[0], '--all takes no run beside it');
    const ops = createOps();
    const home = occasioHome(io);
    const paths = flags.has('all') ? await runsOf(ops, home) : [words[0] === undefined ? await newest(ops, home) : await named(io, ops, home, words[0])];
    const checked: Checked[] = [];
    for (const path of paths) {
      const { progress, done } = progressLine(io, printable(path), (await ops.files.stat(path))?.size ?? 0);
      checked.push({ path, verdict: await checkRun(ops, path, {}, progress) });
      done();
    }
    const [only] = checked;
    if (flags.has('json')) document(io, flags.has('all') ? { home, runs: checked } : (only?.verdict ?? null));
    else if (flags.has('all')) printAll(io, home, checked);
    else if (only !== undefined) printOne(io, only);
    return Math.max(0, ...checked.map((c) => exitOf(c.verdict.word)));
  },
};

async function runsOf(ops: Ops, home: string): Promise<string[]> {
  const folder = join(home, 'runs');
  if ((await ops.files.stat(folder)) === null) throw new OccasioError({ code: 'not-found', cannot: 'find runs in', thing: home, found: 'there is no record', next: 'It begins with: occasio claude' });
  const names = (await ops.files.list(folder, MAX_RUNS)).map((e) => e.name).filter((n) => n.endsWith('.jsonl') && !n.endsWith('.inputs.jsonl'));
  return names.map((n) => join(folder, n));
}

async function newest(ops: Ops, home: string): Promise<string> {
  let found: { readonly path: string; readonly at: number } | undefined;
  for (const path of await runsOf(ops, home)) {
    const at = (await ops.files.stat(path))?.modified ?? 0;
    if (found === undefined || at > found.at) found = { path, at };
  }
  if (found === undefined) throw new OccasioError({ code: 'not-found', cannot: 'find a run in', thing: home, found: 'there is none', next: 'The first begins with: occasio claude' });
  return found.path;
}

/** A word is a run's id where it has the form of one and the home has that run; a file otherwise. */
async function named(io: Io, ops: Ops, home: string, word: string): Promise<string> {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(word)) {
    const path = join(home, 'runs', `${word}.jsonl`);
    if ((await ops.files.stat(path)) !== null) return path;
  }
  const path = absolute(io, word);
  if ((await ops.files.stat(path)) === null) {
    throw new OccasioError({ code: 'not-found', cannot: 'verify', thing: word, found: `no file, and no run in ${printable(home)}`, next: 'List the runs with: occasio audit verify --all' });
  }
  return path;
}

const tones: { readonly [word: string]: Tone } = { failed: 'bad', open: 'note', 'self-consistent': 'good', verified: 'good', ok: 'good', 'not checked': 'dim' };

function printOne(io: Io, { path, verdict }: Checked): void {
  line(io.out, printable(path, 500));
  table(io, [{ title: 'Check' }, { title: 'Result' }, { title: 'What was found', wrapTo: 20 }], verdict.checks.map((f) => [f.check, { text: f.result, tone: tones[f.result] ?? 'plain' }, printable(sentenceOf(f))]));
  const listed = verdict.checks.filter((f) => f.result === 'failed').length;
  if (verdict.faults > listed) line(io.out, `and ${verdict.faults - listed} more faults`);
  line(io.out);
  line(io.out, `${word(io, verdict)}: ${verdict.rows} rows, ${verdict.bytes} bytes, run ${printable(verdict.run_id ?? 'without an id')}`);
}

function printAll(io: Io, home: string, checked: readonly Checked[]): void {
  const first = (v: Verdict): Finding | undefined => v.checks.find((f) => f.result === 'failed');
  const rows = checked.map(({ path, verdict }): (Cell | string)[] => {
    const fault = first(verdict);
    return [printable(verdict.run_id ?? path), String(verdict.rows), { text: verdict.word, tone: tones[verdict.word] ?? 'plain' }, fault === undefined ? '' : printable(sentenceOf(fault))];
  });
  if (rows.length > 0) table(io, [{ title: 'Run' }, { title: 'Rows' }, { title: 'Verdict' }, { title: 'First fault', wrapTo: 20 }], rows);
  const failed = checked.filter((c) => c.verdict.word === 'failed').length;
  line(io.out, `${checked.length} runs in ${printable(home)}, ${failed} failed`);
}

function word(io: Io, verdict: Verdict): string {
  return paint(io, io.out, tones[verdict.word] ?? 'plain', verdict.word);
}
