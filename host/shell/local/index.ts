/**
 * Which command lines are answered here when the policy says so: one command of the table below, words and globs only,
 * behind `cd` with folders that the text names. Null: the line is for the agent's own shell. Pure; the line is
 * attacker-controlled.
 */
import { bat, cat, echo, ls, page, test, wc } from './files.ts';
import { find } from './find.ts';
import { git } from './git.ts';
import { isPlace } from './options.ts';
import type { LocalCommand, LocalPlan } from './plan.ts';
import { localWords, type LocalWord } from './words.ts';

export function localCommand(line: string): LocalCommand | null {
  const commands = localWords(line);
  const last = commands?.at(-1);
  const folders = commands?.slice(0, -1).map(folderOf);
  if (last === undefined || folders === undefined || folders.some((folder) => folder === null)) return null;
  const plan = planOf(last);
  if (plan === null) return null;
  const cd = folders as readonly LocalWord[];
  return { cd, plan, relative: isRelative(plan) && !cd.some(isAbsolute) };
}

function folderOf(words: readonly LocalWord[]): LocalWord | null {
  const [program, folder, more] = words;
  // `cd -` and `cd` alone lead to places that the text does not tell; CDPATH is looked through for names without a dot or slash in front.
  if (program?.text !== 'cd' || folder === undefined || more !== undefined || folder.glob !== null) return null;
  return folder.text.startsWith('-') || !isPlace(folder.text) ? null : folder;
}

function planOf([head, ...args]: readonly LocalWord[]): LocalPlan | null {
  switch (head?.glob === null || head?.text === '[' ? head.text : undefined) {
    case 'cat':
      return cat(args);
    case 'bat':
    case 'batcat':
      return bat(args);
    case 'head':
      return page('head', args);
    case 'tail':
      return page('tail', args);
    case 'ls':
      return ls('ls', args);
    case 'dir':
      return ls('dir', args);
    case 'wc':
      return wc(args);
    case 'test':
      return test('test', args);
    case '[':
      return test('[', args);
    case 'echo':
      return echo(args);
    case 'find':
      return find(args);
    case 'git':
      return git(args);
    default:
      return null;
  }
}

function isRelative(plan: LocalPlan): boolean {
  if (plan.program === 'echo') return false;
  if (plan.program === 'git') return true;
  return plan.files.length === 0 || !plan.files.every(isAbsolute);
}

function isAbsolute(word: LocalWord): boolean {
  return word.home || word.text.startsWith('/');
}

export type { CatPlan, CountPlan, FindPlan, FindTest, GitPlan, ListPlan, LocalCommand, LocalPlan, PagePlan, TestPlan } from './plan.ts';
export { namePattern, type NamePattern } from './pattern.ts';
export { revisionsIn } from './git.ts';
export type { LocalWord } from './words.ts';
