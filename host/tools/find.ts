/**
 * Glob{pattern; path}: files below a folder whose path matches, oldest first, one a line, relative to the session's
 * directory where they lie below it. Hidden and ignored files are listed, links and folders are not. A pattern without a
 * slash matches at any depth; one that is absolute starts from its own first folders.
 */
import type { Ops } from '../ops.ts';
import { checkInput, text, type Schema } from './input.ts';
import { compileChoice } from './filter.ts';
import { answer, byteLength, defaultLimits, openJudged, orNull, refusal, shown, type LocalContext, type LocalRun } from './local.ts';
import { findPlace } from './place.ts';
import { clockOf, walk, type Clock, type Cuts, type Seen } from './walk.ts';

const schema: Schema = { pattern: { type: 'text', required: true }, path: { type: 'text' } };
const BATCH = 32;

export const find: LocalRun = async (ops, core, input, context) => {
  const checked = checkInput('Glob', input, schema);
  if (!checked.ok) return refusal(checked.why);
  const limits = { ...defaultLimits, ...context.limits };
  const asked = { path: text(checked.values, 'path'), pattern: text(checked.values, 'pattern') };
  const from = asked.pattern.startsWith('/') ? splitAbsolute(asked.pattern) : asked;
  const choice = compileChoice(core, [from.pattern]);
  if (!choice.ok) return refusal(`Cannot run Glob: ${choice.why}`);
  const place = await findPlace(ops, context, from.path, 'list');
  if (!place.ok) return place.result;
  if (place.kind !== 'folder') return refusal(`${JSON.stringify(from.path.slice(0, 200))} is not a folder`);

  const clock = clockOf(ops, limits);
  const cuts: Cuts = new Set();
  const wanted = (relative: string): boolean => (choice.plain ? choice.lines(relative, false) > 0 : choice.lines(relative, false) >= 0);
  const seen: Seen[] = [];
  for await (const file of walk(ops, core, context, place.root, limits, clock, { access: 'list', ignore: false, choose: () => 0 }, cuts)) {
    if (wanted(file.relative)) seen.push(file);
  }
  const sorted = await byAge(ops, seen, clock, cuts, limits.milliseconds);
  const out: string[] = [];
  let left = limits.bytes;
  for (const file of sorted) {
    if (out.length >= limits.matches) {
      cuts.add(`${limits.matches} matches`);
      break;
    }
    if (!(await stillThere(ops, context, file))) continue;
    const line = shown(file.path, context.cwd);
    left -= byteLength(line) + 1;
    if (left < 0) {
      cuts.add(`${limits.bytes} bytes`);
      break;
    }
    out.push(line);
  }
  return answer(out.length === 0 ? 'No files found' : out.join('\n'), [...cuts]);
};

/** `/srv/app/src/*.ts` is `src/*.ts`'s kind of pattern below the folders that stand before the first glob character. */
function splitAbsolute(pattern: string): { path: string; pattern: string } {
  const names = pattern.split('/');
  const first = names.findIndex((name, i) => /[*?[{\\]/.test(name) || i === names.length - 1);
  // A leading slash keeps the rest anchored to that folder.
  return { path: names.slice(0, first).join('/') || '/', pattern: `/${names.slice(first).join('/')}` };
}

/** Oldest first; what was not looked at in time comes last, in order of path. */
async function byAge(ops: Ops, files: readonly Seen[], clock: Clock, cuts: Cuts, milliseconds: number): Promise<readonly Seen[]> {
  const times = new Map<Seen, number>();
  for (let i = 0; i < files.length; i += BATCH) {
    if (clock.over()) {
      cuts.add(`${milliseconds} ms`);
      break;
    }
    const batch = files.slice(i, i + BATCH);
    const stats = await Promise.all(batch.map((file) => orNull(ops.files.stat(file.path))));
    batch.forEach((file, k) => times.set(file, stats[k]?.modified ?? Infinity));
  }
  const timeOf = (file: Seen): number => times.get(file) ?? Infinity;
  return files.slice().sort((a, b) => (timeOf(a) === timeOf(b) ? 0 : timeOf(a) - timeOf(b)));
}

/**
 * A folder may have been swapped for a link while it was listed, so a name is told only if it is there now and where it
 * really is may be listed. A file that may not be opened is told by its name: its folder was judged.
 */
async function stillThere(ops: Ops, context: LocalContext, file: Seen): Promise<boolean> {
  const opened = await openJudged(ops, context, file.path, file.spellings, 'list');
  if (opened.ok) {
    await opened.file.close();
    return true;
  }
  if (opened.why !== 'unreadable') return false;
  const { resolved, fault } = await context.resolve(file.path);
  return fault === undefined && context.allowed(resolved, 'list');
}
