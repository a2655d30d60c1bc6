/**
 * A line of git that only looks, in forms whose every option is known: status, log, diff, show, branch, rev-parse. What
 * would search contents for a text (`-S`, `-G`, `-L`), run something (`--ext-diff`, `%G`), write (`--output`) or look
 * elsewhere (`-C`, `--git-dir`, `HEAD:file`) is not among them.
 */
import { isPlace } from './options.ts';
import type { GitPlan } from './plan.ts';
import type { LocalWord } from './words.ts';

type Command = GitPlan['command'];

const DIFF = /^(?:-p|-u|--patch|--stat|--shortstat|--numstat|--summary|--name-only|--name-status|-U\d{1,4}|--unified=\d{1,4}|-w|-b|--ignore-all-space|--ignore-space-change|--ignore-blank-lines|-M|--no-renames|--minimal|--histogram|--patience|--word-diff|--no-color|--color=never)$/;
const LOG =
  /^(?:--oneline|-\d{1,6}|-n\d{1,6}|--max-count=\d{1,6}|--skip=\d{1,6}|--graph|--decorate|--no-decorate|--decorate=(?:short|full|no)|--all|--branches|--tags|--remotes|--no-merges|--merges|--first-parent|--reverse|--abbrev-commit|--no-abbrev-commit|--abbrev=\d{1,2}|--date=[a-z]+(?:-local)?|--(?:since|until|after|before|author|grep)=[^\0]*|-i|--topo-order|--date-order)$/;
const FORMAT = /^--(?:format|pretty)(?:=|$)/;

const OPTIONS: { readonly [command in Command]: RegExp } = {
  status: /^(?:-s|--short|-b|--branch|-sb|-bs|--porcelain(?:=v[12])?|--long|-u(?:no|normal|all)?|--untracked-files(?:=(?:no|normal|all))?|--no-renames)$/,
  log: either(LOG, DIFF, /^(?:-s|--no-patch)$/),
  diff: either(DIFF, /^(?:--cached|--staged|--exit-code|--quiet|--merge-base)$/),
  show: either(DIFF, /^(?:-s|--no-patch|--oneline|--abbrev-commit|--no-abbrev-commit|--abbrev=\d{1,2}|--decorate|--no-decorate|--date=[a-z]+(?:-local)?)$/),
  branch: /^(?:-a|--all|-r|--remotes|-v|-vv|-av|-avv|-rv|--list|--show-current|--no-color|--color=never)$/,
  'rev-parse': /^(?:--show-toplevel|--show-prefix|--show-cdup|--is-inside-work-tree|--abbrev-ref|--short(?:=\d{1,2})?|--verify|-q|--quiet|--symbolic-full-name)$/,
};
/** Options whose value is the next word. */
const SEPARATE: { readonly [command in Command]?: ReadonlySet<string> } = { log: new Set(['-n', '--max-count', '--since', '--until', '--after', '--before', '--author', '--grep', '--skip']) };
/** A log with one of these names files. */
const SHOWS_FILES = /^(?:-p|-u|--patch|--stat|--shortstat|--numstat|--summary|--name-only|--name-status|-U\d+|--unified=\d+|--word-diff)$/;

/** A name, `HEAD`, a hash, each with `~2`, `^`; two of them with `..` or `...` between. No `:path`, `@{…}`, `^!`, `:/text`. */
export const REVISION = /^(?:@|[A-Za-z0-9_](?:[A-Za-z0-9_./+-]*[A-Za-z0-9_+-])?)(?:[~^]\d{0,6})*$/;

export function git(args: readonly LocalWord[]): GitPlan | null {
  if (args.some(({ glob, home }) => glob !== null || home)) return null;
  const texts = args.map(({ text }) => text);
  while (texts[0] === '--no-pager' || texts[0] === '-P') texts.shift();
  const command = texts.shift() as Command | undefined;
  if (command === undefined || !Object.hasOwn(OPTIONS, command)) return null;
  const at = texts.indexOf('--');
  const read = readOptions(command, at < 0 ? texts : texts.slice(0, at));
  const paths = at < 0 ? null : texts.slice(at + 1);
  if (read === null || (paths !== null && !paths.every(isPathspec))) return null;
  const { options, words } = read;
  // What has a sign of a revision and is none that is known here may be one to git.
  if (!words.every((word) => isRevisions(word) || (isPathspec(word) && !/[\^~@{}!]/.test(word)))) return null;
  if (command === 'branch' && (words.length > 0 || paths !== null)) return null;
  if (command === 'rev-parse' && (paths !== null || !words.every((word) => REVISION.test(word)))) return null;
  if (command === 'show' && (paths !== null || words.some((word) => /\.\./.test(word)))) return null;
  const silent = options.some((option) => option === '-s' || option === '--no-patch');
  const names = command === 'status' || command === 'diff' || (command === 'show' && !silent) || (command === 'log' && options.some((option) => SHOWS_FILES.test(option)));
  // `-s` with an option that shows files: which of them holds differs between versions.
  if (silent && (command === 'log' || command === 'show') && options.some((option) => SHOWS_FILES.test(option))) return null;
  return { program: 'git', command, options, words, paths, names };
}

function readOptions(command: Command, texts: readonly string[]): Pick<GitPlan, 'options' | 'words'> | null {
  const options: string[] = [];
  const words: string[] = [];
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i] ?? '';
    if (!text.startsWith('-')) words.push(text);
    else if (SEPARATE[command]?.has(text) === true) {
      const value = texts[++i];
      if (value === undefined || (/^(?:-n|--max-count|--skip)$/.test(text) && !/^\d{1,6}$/.test(value))) return null;
      options.push(text === '-n' ? `-n${value}` : `${text}=${value}`);
    } else if ((command === 'log' || command === 'show') && FORMAT.test(text)) {
      // `%G` has a signature checked by a program; `%N` and the rest only print.
      if (/%[-+ ]?G/.test(text)) return null;
      options.push(text);
    } else if (OPTIONS[command].test(text)) options.push(text);
    else return null;
  }
  return { options, words };
}

/** One revision, or a range of two. */
export function revisionsIn(word: string): readonly string[] {
  return word.split(/\.\.\.?/).filter((part) => part !== '');
}

function isRevisions(word: string): boolean {
  const parts = word.split(/\.\.\.?/);
  return parts.length <= 2 && parts.every((part) => part === '' || REVISION.test(part)) && parts.some((part) => part !== '');
}

/** A plain path: no magic (`:(…)`, `:!`), no `HEAD:file`, no wildcard. */
function isPathspec(word: string): boolean {
  return isPlace(word) && !/^-|[:*?[\]\\]/.test(word);
}

function either(...parts: readonly RegExp[]): RegExp {
  return new RegExp(parts.map((part) => part.source).join('|'));
}
