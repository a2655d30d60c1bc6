/** ls, one name a line, as it writes into a pipe. */
import type { ListPlan } from '../../shell/local/index.ts';
import { kindMark, listFolder, type Name } from './folder.ts';
import { names } from './glob.ts';
import { byCodePoint, locate, quoted, sentences, type Located, type Shell } from './world.ts';

export async function ls(shell: Shell, plan: ListPlan): Promise<number> {
  const asked = plan.files.length === 0 ? ['.'] : await names(shell, plan.files);
  const found: { readonly name: string; readonly located: Located }[] = [];
  const state: State = { shell, plan, left: shell.limits.matches, entries: shell.limits.entries, code: 0, first: true };
  for (const name of [...asked].sort(byCodePoint)) {
    const located = await locate(shell, name, 'list');
    if (typeof located !== 'string') found.push({ name, located });
    else {
      shell.out.line(`ls: cannot access ${quoted(name, true)}: ${sentences[located]}`);
      state.code = 2;
    }
  }
  if (plan.reverse) found.reverse();
  const alone = found.filter(({ located }) => located.kind !== 'folder' || plan.itself || (located.stat.kind === 'link' && plan.marks === 'kinds'));
  for (const { name, located } of alone) show(state, name, await kindMark(shell, plan.marks, located.path, located.stat.kind));
  if (alone.length > 0) state.first = false;
  const folders = found.filter((one) => !alone.includes(one));
  for (const { name } of folders) await folder(state, name, asked.length > 1 || plan.recursive, 0);
  return state.code;
}

interface State {
  readonly shell: Shell;
  readonly plan: ListPlan;
  /** Names that may still be shown. */
  left: number;
  /** Names that may still be looked at. */
  entries: number;
  code: number;
  /** Nothing stands above that a blank line would set apart. */
  first: boolean;
}

function show(state: State, name: string, mark: string): boolean {
  if (state.left <= 0) {
    state.shell.cuts.add(`${state.shell.limits.matches} matches`);
    return false;
  }
  state.left -= 1;
  return state.shell.out.line(name + mark);
}

async function folder(state: State, name: string, titled: boolean, depth: number): Promise<void> {
  const { shell, plan } = state;
  if (titled) shell.out.line(`${state.first ? '' : '\n'}${name}:`);
  state.first = false;
  const listed = await listFolder(shell, name, state.entries, (entry) => plan.hidden !== 'none' || !entry.name.startsWith('.'));
  if (listed === null) {
    shell.out.line(`ls: cannot open directory ${quoted(name, true)}: Permission denied`);
    state.code = depth === 0 ? 2 : 1;
    return;
  }
  state.entries -= listed.met;
  const dots: Name[] = plan.hidden === 'all' ? [{ name: '.', kind: 'folder' }, { name: '..', kind: 'folder' }] : [];
  const sorted = [...dots, ...listed.names].sort((a, b) => byCodePoint(a.name, b.name));
  if (plan.reverse) sorted.reverse();
  const inner: string[] = [];
  for (const entry of sorted) {
    const path = name.endsWith('/') ? name + entry.name : `${name}/${entry.name}`;
    const isDot = entry.name === '.' || entry.name === '..';
    if (!show(state, entry.name, await kindMark(shell, plan.marks, path, entry.kind))) return;
    if (plan.recursive && entry.kind === 'folder' && !isDot) inner.push(path);
    if (shell.clock.over()) return void shell.cuts.add(`${shell.limits.milliseconds} ms`);
  }
  for (const path of inner) {
    if (depth >= shell.limits.depth) return void shell.cuts.add(`depth ${shell.limits.depth}`);
    if (state.left <= 0) return;
    await folder(state, path, true, depth + 1);
  }
}
