/** Lines of the programs that show files: cat, bat, head, tail, ls, dir, wc, test, echo. */
import { filesOf, has, isPlace, readOptions, type Options } from './options.ts';
import type { CatPlan, CountPlan, EchoPlan, ListPlan, PagePlan, TestPlan } from './plan.ts';
import type { LocalWord } from './words.ts';

export function cat(args: readonly LocalWord[]): CatPlan | null {
  const options = readOptions(args, ['-n', '-u', '--number']);
  const files = options === null ? null : filesOf(options.operands);
  return options === null || files === null ? null : { program: 'cat', numbered: has(options, '-n', '--number'), files };
}

/** Into a pipe, as an agent runs it, bat is plain. */
export function bat(args: readonly LocalWord[]): CatPlan | null {
  const options = readOptions(args, ['-p', '-P', '--plain', '--no-paging', '--style=plain', '--paging=never', '--color=never']);
  const files = options === null ? null : filesOf(options.operands);
  return files === null ? null : { program: 'bat', numbered: false, files };
}

export function page(program: 'head' | 'tail', args: readonly LocalWord[]): PagePlan | null {
  // `-20` is the old form of `-n 20`, and stands first.
  const old = /^-(\d{1,9})$/.exec(args[0]?.text ?? '')?.[1];
  const options = readOptions(old === undefined ? args : args.slice(1), ['-q', '-v', '--quiet', '--silent', '--verbose'], ['-n', '-c', '--lines', '--bytes']);
  const files = options === null ? null : filesOf(options.operands);
  if (options === null || files === null) return null;
  let asked: Pick<PagePlan, 'unit' | 'count' | 'sign'> = { unit: 'lines', count: old === undefined ? 10 : Number(old), sign: '' };
  for (const { name, value } of options.given) {
    if (!/^(?:-[nc]|--(?:lines|bytes))$/.test(name)) continue;
    const number = /^([-+]?)(\d{1,9})$/.exec(value);
    // `-n -5` of tail is `-n 5`; `-n +5` of head is no number to all of them.
    const sign = number?.[1] === '-' && program === 'tail' ? '' : number?.[1];
    if (number === null || (sign === '+' && program === 'head') || old !== undefined) return null;
    asked = { unit: /c|bytes/.test(name) ? 'bytes' : 'lines', count: Number(number[2]), sign: sign as '' | '-' | '+' };
  }
  const headers = options.given.filter(({ name }) => /^(?:-[qv]|--(?:quiet|silent|verbose))$/.test(name)).at(-1)?.name;
  return { program, ...asked, headers: headers === undefined ? 'several' : /v/.test(headers) ? 'always' : 'never', files };
}

const LIST_FLAGS = ['-a', '-A', '-1', '-C', '-d', '-F', '-h', '-l', '-p', '-r', '-R', '-S', '-t', '--all', '--almost-all', '--directory', '--recursive', '--reverse', '--classify', '--human-readable', '--color=never'];

/** `dir` is `ls -C` with letters escaped that a shell would not take as they are. */
export function ls(program: 'ls' | 'dir', args: readonly LocalWord[]): ListPlan | null {
  const options = readOptions(args, LIST_FLAGS);
  const files = options === null ? null : filesOf(options.operands, 0);
  if (options === null || files === null) return null;
  const last = (form: RegExp): string | undefined => options.given.filter(({ name }) => form.test(name)).at(-1)?.name;
  const hidden = last(/^(?:-[aA]|--all|--almost-all)$/);
  const marks = last(/^(?:-[pF]|--classify)$/);
  const order = last(/^-[tS]$/);
  return {
    program,
    layout: layoutOf(options, program === 'ls' ? 'single' : 'columns'),
    order: order === undefined ? 'name' : order === '-t' ? 'time' : 'size',
    human: has(options, '-h', '--human-readable'),
    hidden: hidden === undefined ? 'none' : /^(?:-a|--all)$/.test(hidden) ? 'all' : 'most',
    itself: has(options, '-d', '--directory'),
    recursive: has(options, '-R', '--recursive'),
    reverse: has(options, '-r', '--reverse'),
    marks: marks === undefined ? 'none' : marks === '-p' ? 'folders' : 'kinds',
    files,
  };
}

/** The last one counts, but for `-1` behind `-l`. */
function layoutOf(options: Options, first: ListPlan['layout']): ListPlan['layout'] {
  let layout = first;
  for (const { name } of options.given) {
    if (name === '-l') layout = 'long';
    else if (name === '-C') layout = 'columns';
    else if (name === '-1' && layout !== 'long') layout = 'single';
  }
  return layout;
}

export function wc(args: readonly LocalWord[]): CountPlan | null {
  const options = readOptions(args, ['-l', '-w', '-c', '--lines', '--words', '--bytes']);
  const files = options === null ? null : filesOf(options.operands);
  if (options === null || files === null) return null;
  const all = options.given.length === 0;
  return { program: 'wc', lines: all || has(options, '-l', '--lines'), words: all || has(options, '-w', '--words'), bytes: all || has(options, '-c', '--bytes'), files };
}

/** `test -f X`, `[ ! -d X ]`. */
export function test(program: 'test' | '[', args: readonly LocalWord[]): TestPlan | null {
  const words = program === '[' ? args.slice(0, -1) : args;
  if (program === '[' && args.at(-1)?.text !== ']') return null;
  const negated = words[0]?.text === '!';
  const [operator, file, more] = negated ? words.slice(1) : words;
  const kind = /^-([efd])$/.exec(operator?.text ?? '')?.[1];
  if (kind === undefined || file === undefined || more !== undefined || file.glob !== null || !isPlace(file.text)) return null;
  return { program, negated, kind: kind as TestPlan['kind'], files: [file] };
}

/** Plain words only: an option, a backslash or a name that the shell would look up is for the shell. */
export function echo(args: readonly LocalWord[]): EchoPlan | null {
  if (args.some(({ text, glob, home }) => glob !== null || home || text.includes('\\'))) return null;
  return args[0]?.text.startsWith('-') === true ? null : { program: 'echo', text: args.map(({ text }) => text).join(' ') };
}
