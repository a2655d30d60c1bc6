/**
 * A line of find that only prints names: `-name -iname -path -wholename -ipath -type -maxdepth -mindepth -print -prune -true
 * -false`, joined by `! -not -a -and -o -or ( )`. Any other word makes it a line that is not answered here.
 */
import { filesOf } from './options.ts';
import { namePattern } from './pattern.ts';
import type { FindPlan, FindTest } from './plan.ts';
import type { LocalWord } from './words.ts';

const MAX_TESTS = 100;

export function find(args: readonly LocalWord[]): FindPlan | null {
  const first = args.findIndex(({ text }) => /^[-(!,)]/.test(text));
  const roots = filesOf(first < 0 ? args : args.slice(0, first), 0);
  const words = first < 0 ? [] : args.slice(first);
  if (roots === null || words.length > MAX_TESTS || words.some(({ glob, home }) => glob !== null || home)) return null;
  const reader: Reader = { words: words.map(({ text }) => text), at: 0, acts: false };
  const depths = readDepths(reader);
  if (depths === null) return null;
  const whole: FindTest | null = reader.at === reader.words.length ? { op: 'true' } : readOr(reader);
  if (whole === null || reader.at < reader.words.length) return null;
  const expression: FindTest = reader.acts ? whole : { op: 'and', left: whole, right: { op: 'print' } };
  return { program: 'find', files: roots, ...depths, expression };
}

interface Reader {
  readonly words: readonly string[];
  at: number;
  /** A test that prints was met: nothing else is printed. */
  acts: boolean;
}

/** They hold for the whole line, and find warns where they do not stand first. */
function readDepths(reader: Reader): Pick<FindPlan, 'minDepth' | 'maxDepth'> | null {
  let [minDepth, maxDepth] = [0, Infinity];
  for (let word = reader.words[reader.at]; word === '-maxdepth' || word === '-mindepth'; word = reader.words[reader.at]) {
    const value = reader.words[reader.at + 1] ?? '';
    if (!/^\d{1,4}$/.test(value)) return null;
    if (word === '-maxdepth') maxDepth = Number(value);
    else minDepth = Number(value);
    reader.at += 2;
  }
  return { minDepth, maxDepth };
}

function readOr(reader: Reader): FindTest | null {
  let left = readAnd(reader);
  while (left !== null && /^-(?:o|or)$/.test(reader.words[reader.at] ?? '')) {
    reader.at += 1;
    const right = readAnd(reader);
    left = right === null ? null : { op: 'or', left, right };
  }
  return left;
}

function readAnd(reader: Reader): FindTest | null {
  let left = readOne(reader);
  for (let word = reader.words[reader.at]; left !== null && word !== undefined && !/^(?:-o|-or|\)|,)$/.test(word); word = reader.words[reader.at]) {
    if (/^-(?:a|and)$/.test(word)) reader.at += 1;
    const right = readOne(reader);
    left = right === null ? null : { op: 'and', left, right };
  }
  return left;
}

function readOne(reader: Reader): FindTest | null {
  const word = reader.words[reader.at++];
  switch (word) {
    case '!':
    case '-not': {
      const of = readOne(reader);
      return of === null ? null : { op: 'not', of };
    }
    case '(': {
      const inner = readOr(reader);
      return reader.words[reader.at++] === ')' ? inner : null;
    }
    case '-name':
    case '-iname':
    case '-path':
    case '-wholename':
    case '-ipath':
      return named(word, reader.words[reader.at++]);
    case '-type': {
      const letters = reader.words[reader.at++] ?? '';
      return /^[fdl](?:,[fdl])*$/.test(letters) ? { op: 'type', letters } : null;
    }
    case '-print':
      reader.acts = true;
      return { op: 'print' };
    case '-prune':
      return { op: 'prune' };
    case '-true':
      return { op: 'true' };
    case '-false':
      return { op: 'false' };
    default:
      return null;
  }
}

function named(word: string, pattern: string | undefined): FindTest | null {
  if (pattern === undefined) return null;
  const path = /path|wholename/.test(word);
  // A slash in `-name` matches nothing, and find says so.
  if (!path && pattern.includes('/')) return null;
  const matches = namePattern(pattern, { fold: word.startsWith('-i'), slash: true });
  return matches === null ? null : { op: path ? 'path' : 'name', matches };
}
