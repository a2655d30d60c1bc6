/** `occasio audit verify`: is the record whole, and what it was when it was written? */
import { basename, dirname, join } from 'node:path';
import { printable } from '../../verifiers/formats/error.ts';
import { MAX_NOTE } from '../../verifiers/formats/note.ts';
import { sentenceOf } from '../../verifiers/formats/sentences.ts';
import { exitOf, type Verdict, type Word } from '../../verifiers/formats/verdict.ts';
import { verifyRun } from '../../verifiers/verify.ts';
import { auditHome, homeSentenceOf, indexedExpectation, openRunCovered, type RunCovered, type AuditOptions, type HomeVerdict } from '../ledger/index.ts';
import type { Ops } from '../ops.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import { wrongUse } from './args.ts';
import { checkRun } from './audit-check.ts';
import { auditLegacy } from './audit-legacy.ts';
import { repair } from './audit-repair.ts';
import type { Command, Group } from './command.ts';
import { absolute, occasioHome, shownPath } from './files.ts';
import { document, line, paint, prose, type Io, type Tone } from './print.ts';
import { progressLine } from './progress.ts';
import { named, newest, runsOf, shortNames } from './run-file.ts';
import { table, type Cell } from './table.ts';
import { deviceKeys, MAX_KEYS, trustedKeys, witnessKeyOf } from './trusted-keys.ts';

const MAX_JOBS = 64;

const verify: Command = {
  name: 'verify',
  summary: 'check a run, or all of them: is the record whole, and what it was?',
  words: [{ name: 'RUN', of: 'run', optional: true, says: 'the id of a run of the home or its first characters, or a file; default: the newest run' }],
  options: {
    all: { says: 'every run in the home, and the index: is a run gone, was a policy altered?' },
    jobs: { value: 'N', says: `threads that walk the chain, 1 to ${MAX_JOBS}; the verdict is the same` },
    key: { value: 'FILE', of: 'file', says: 'trust these device keys (PEM) and not the one of the home' },
    'witness-key': { value: 'KEY', says: 'the witness that is trusted, <name>+<8 hex>+<base64>' },
    checkpoint: { value: 'FILE', of: 'file', says: 'a checkpoint that was kept elsewhere: the record must go on from it' },
    legacy: { says: 'a chain of the original Occasio, and what of it no hash covers;\ndefault: pipeline-events.jsonl of the home' },
    json: { says: 'the verdict as one JSON document; with --all of the home: {checks, runs, ...}' },
  },
  says: `The word is "self-consistent" where every row is what its hash says and the rows are one whole run, "open" where its end is
not written yet, "failed" otherwise. No word here says that the user who owns the record did not write all of it anew; that
needs evidence from outside this machine.`,
  exit: '0 self-consistent or open, 1 failed, 2 wrong use or unreadable',
  examples: ['occasio audit verify', 'occasio audit verify --all'],
  async run({ flags, values, words }, io) {
    const [given] = ['key', 'witness-key', 'checkpoint'].filter((name) => values.has(name));
    if (given !== undefined && flags.has('legacy')) throw wrongUse('audit verify', `--${given}`, 'the original signed no checkpoints');
    if (flags.has('all') && words[0] !== undefined) throw wrongUse('audit verify', words[0], '--all takes no run beside it');
    if (flags.has('all') && flags.has('legacy')) throw wrongUse('audit verify', '--legacy', '--all is of our own record');
    const ops = createOps();
    const home = occasioHome(io);
    const jobs = jobsOf(values.get('jobs'), flags.has('all') || flags.has('legacy'));
    if (flags.has('legacy')) return auditLegacy(io, ops, home, words[0], flags.has('json'));
    if (flags.has('all')) return verifyAll(io, ops, home, await trusted(io, ops, values), flags.has('json'));
    const path = words[0] === undefined ? await newest(ops, home) : await named(io, ops, home, words[0], 'verify');
    const { progress, done } = progressLine(io, printable(path), (await ops.files.stat(path))?.size ?? 0);
    const verdict = await checkRun(ops, path, await expected(ops, home, path), progress, jobs, await signedOf(io, ops, home, path, values));
    done();
    if (flags.has('json')) document(io, verdict);
    else printOne(io, path, verdict);
    return exitOf(verdict.word);
  },
};

export const audit: Group = { name: 'audit', summary: 'check the record, mend it', actions: [verify, repair] };

function jobsOf(text: string | undefined, several: boolean): number {
  if (text === undefined) return 1;
  if (several) throw wrongUse('audit verify', '--jobs', 'it is for one run of ours');
  if (!/^[1-9][0-9]?$/.test(text) || Number(text) > MAX_JOBS) throw wrongUse('audit verify', `--jobs ${text}`, `not a number from 1 to ${MAX_JOBS}`);
  return Number(text);
}

/** What the home's index says of the run, where the file is one of its own. */
async function expected(ops: Ops, home: string, path: string): ReturnType<typeof indexedExpectation> {
  return dirname(path) === join(home, 'runs') ? indexedExpectation(ops, loadCore().core, home, basename(path, '.jsonl')) : {};
}

/** What was signed of the run: by its home's index, and by what the command line holds. */
async function signedOf(io: Io, ops: Ops, home: string, path: string, values: ReadonlyMap<string, string>): Promise<RunCovered | null> {
  const options = await trusted(io, ops, values);
  const ofHome = dirname(path) === join(home, 'runs');
  if (!ofHome && options.held === undefined) return null;
  const { core } = loadCore();
  return openRunCovered(ops, core, ofHome ? home : '', basename(path, '.jsonl'), options);
}

/** Whom the command line trusts, and what it holds. */
async function trusted(io: Io, ops: Ops, values: ReadonlyMap<string, string>): Promise<AuditOptions> {
  const { core } = loadCore();
  const [keys, held] = [values.get('key'), values.get('checkpoint')];
  const witness = witnessKeyOf(core, 'audit verify', values.get('witness-key'));
  return {
    ...(keys === undefined ? {} : { keys: deviceKeys(trustedKeys(core, await ops.files.read(absolute(io, keys), MAX_KEYS), keys)) }),
    ...(held === undefined ? {} : { held: [await ops.files.read(absolute(io, held), MAX_NOTE)] }),
    witnesses: witness === null ? [] : [witness],
  };
}

async function verifyAll(io: Io, ops: Ops, home: string, options: AuditOptions, json: boolean): Promise<number> {
  const { core } = loadCore();
  const shown = new Map<string, ReturnType<typeof progressLine>>();
  const sizes = new Map<string, number>();
  for (const path of await runsOf(ops, home)) sizes.set(basename(path, '.jsonl'), (await ops.files.stat(path))?.size ?? 0);
  const verdict = await auditHome(ops, core, (source, expectations, progress) => verifyRun(core, source, expectations, progress), home, {
    ...options,
    progress(runId, bytes) {
      const progress = shown.get(runId) ?? progressLine(io, runId, sizes.get(runId) ?? 0);
      shown.set(runId, progress);
      progress.progress?.(bytes);
    },
  });
  shown.forEach((progress) => progress.done());
  if (json) document(io, verdict);
  else printAll(io, home, verdict);
  return exitOf(verdict.word);
}

const tones: { readonly [word: string]: Tone } = { failed: 'bad', open: 'note', 'self-consistent': 'good', verified: 'good', ok: 'good', 'not checked': 'dim' };

function printOne(io: Io, path: string, verdict: Verdict): void {
  line(io.out, shownPath(io, path));
  table(io, [{ title: 'Check' }, { title: 'Result' }, { title: 'What was found', wrapTo: 14 }], verdict.checks.map((f) => [f.check, { text: f.result, tone: tones[f.result] ?? 'plain' }, printable(sentenceOf(f))]));
  const listed = verdict.checks.filter((f) => f.result === 'failed').length;
  if (verdict.faults > listed) line(io.out, `and ${verdict.faults - listed} more faults`);
  line(io.out);
  prose(io, `${word(io, verdict.word)}: ${verdict.rows} ${verdict.rows === 1 ? 'row' : 'rows'}, ${verdict.bytes} bytes, run ${printable(verdict.run_id ?? 'without an id')}`);
}

function printAll(io: Io, home: string, verdict: HomeVerdict): void {
  const names = shortNames(verdict.runs.flatMap((run) => run.run_id ?? []));
  const witnessed = Object.values(verdict.covered).some((run) => run.outside > 0);
  const rows = verdict.runs.map((run): (Cell | string)[] => {
    const fault = run.checks.find((f) => f.result === 'failed');
    const { signed = 0, outside = 0 } = verdict.covered[run.run_id ?? ''] ?? {};
    return [printable(names.get(run.run_id ?? '') ?? 'without an id'), String(run.rows), String(signed), ...(witnessed ? [String(outside)] : []), { text: run.word, tone: tones[run.word] ?? 'plain' }, fault === undefined ? '' : printable(sentenceOf(fault))];
  });
  if (rows.length > 0) table(io, [{ title: 'Run' }, { title: 'Rows' }, { title: 'Signed' }, ...(witnessed ? [{ title: 'Outside' }] : []), { title: 'Verdict' }, { title: 'First fault', wrapTo: 20 }], rows);
  if (rows.length > 0) line(io.out);
  table(io, [{ title: 'Check' }, { title: 'Result' }, { title: 'What was found', wrapTo: 14 }], verdict.checks.map((f) => [f.check, { text: f.result, tone: tones[f.result] ?? 'plain' }, printable(homeSentenceOf(f))]));
  line(io.out);
  prose(io, `${word(io, verdict.word)}: ${rows.length} ${rows.length === 1 ? 'run' : 'runs'} and ${verdict.entries} index entries in ${shownPath(io, home)}`);
}

function word(io: Io, text: Word): string {
  return paint(io, io.out, tones[text] ?? 'plain', text);
}
