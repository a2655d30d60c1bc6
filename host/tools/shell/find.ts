/**
 * find without actions: names below folders, in order of path. Links are told, not followed; a denied folder is as good as
 * absent, and so is what is in it.
 */
import type { Kind } from '../../ops.ts';
import type { FindPlan, FindTest } from '../../shell/local/index.ts';
import { listFolder, type Name } from './folder.ts';
import { names } from './glob.ts';
import { byCodePoint, locate, sentences, type Shell } from './world.ts';

interface Search {
  readonly shell: Shell;
  readonly plan: FindPlan;
  left: number;
  entries: number;
}

export async function find(shell: Shell, plan: FindPlan): Promise<number> {
  const search: Search = { shell, plan, left: shell.limits.matches, entries: shell.limits.entries };
  let code = 0;
  for (const root of plan.files.length === 0 ? ['.'] : await names(shell, plan.files)) {
    const located = await locate(shell, root, 'list');
    if (typeof located === 'string') {
      shell.out.line(`find: '${root}': ${sentences[located]}`);
      code = 1;
    } else if (!(await visit(search, root, { name: lastName(root), kind: located.stat.kind }, 0))) break;
  }
  return code;
}

/** False once nothing more may be shown. */
async function visit(search: Search, path: string, entry: Name, depth: number): Promise<boolean> {
  const { shell, plan } = search;
  const seen = look(plan, path, entry, depth);
  for (; seen.printed > 0; seen.printed--) {
    if (search.left <= 0) return cut(shell, `${shell.limits.matches} matches`);
    search.left -= 1;
    if (!shell.out.line(path)) return false;
  }
  if (entry.kind !== 'folder' || seen.pruned || depth >= plan.maxDepth) return true;
  const belowOf = (name: string): string => (path.endsWith('/') ? path + name : `${path}/${name}`);
  const listed = await listFolder(shell, path, search.entries, (inner) => inner.kind === 'folder' || look(plan, belowOf(inner.name), inner, depth + 1).printed > 0);
  if (listed === null) return true;
  if (listed.names.length > 0 && depth >= shell.limits.depth) {
    cut(shell, `depth ${shell.limits.depth}`);
    return true;
  }
  search.entries -= listed.met;
  for (const inner of [...listed.names].sort((a, b) => byCodePoint(a.name, b.name))) {
    if (shell.clock.over()) return cut(shell, `${shell.limits.milliseconds} ms`);
    if (!(await visit(search, belowOf(inner.name), inner, depth + 1))) return false;
  }
  return true;
}

function cut(shell: Shell, what: string): false {
  shell.cuts.add(what);
  return false;
}

interface Seen {
  readonly path: string;
  readonly name: string;
  readonly kind: Kind;
  pruned: boolean;
  printed: number;
}

function look(plan: FindPlan, path: string, { name, kind }: Name, depth: number): Seen {
  const seen: Seen = { path, name, kind, pruned: false, printed: 0 };
  if (depth >= plan.minDepth) evaluate(plan.expression, seen);
  return seen;
}

const LETTERS: { readonly [kind in Kind]: string } = { file: 'f', folder: 'd', link: 'l', other: '' };

function evaluate(test: FindTest, seen: Seen): boolean {
  switch (test.op) {
    case 'name':
      return test.matches(seen.name);
    case 'path':
      return test.matches(seen.path);
    case 'type':
      return LETTERS[seen.kind] !== '' && test.letters.includes(LETTERS[seen.kind]);
    case 'print':
      seen.printed += 1;
      return true;
    case 'prune':
      seen.pruned = true;
      return true;
    case 'true':
      return true;
    case 'false':
      return false;
    case 'not':
      return !evaluate(test.of, seen);
    case 'and':
      return evaluate(test.left, seen) && evaluate(test.right, seen);
    case 'or':
      return evaluate(test.left, seen) || evaluate(test.right, seen);
  }
}

/** As find takes the name of a starting point: `./` is `.`, a trailing slash is none of it. */
function lastName(root: string): string {
  const trimmed = root.replace(/\/+$/, '');
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}
