/** ls and dir, as they write into a pipe. */
import type { Stat } from '../../ops.ts';
import type { ListPlan } from '../../shell/local/index.ts';
import { orNull } from '../local.ts';
import { columns, escaped } from './columns.ts';
import { kindMark, listFolder } from './folder.ts';
import { names } from './glob.ts';
import { createLong, type Long } from './long.ts';
import { absolute, byCodePoint, locate, quoted, sentences, type Shell } from './world.ts';

/** A name that will be shown: what it is called there, and how it is opened. */
export interface Item {
  readonly name: string;
  readonly path: string;
  /** Of what stands at the name itself. */
  readonly stat: Stat;
}

interface State {
  readonly shell: Shell;
  readonly plan: ListPlan;
  readonly long: Long;
  /** Names that may still be shown. */
  left: number;
  /** Names that may still be looked at. */
  entries: number;
  code: number;
  /** Nothing stands above that a blank line would set apart. */
  first: boolean;
}

export async function ls(shell: Shell, plan: ListPlan): Promise<number> {
  const asked = plan.files.length === 0 ? ['.'] : await names(shell, plan.files);
  const state: State = { shell, plan, long: createLong(shell, plan), left: shell.limits.matches, entries: shell.limits.entries, code: 0, first: true };
  const found: Item[] = [];
  const folders = new Set<Item>();
  for (const name of [...asked].sort(byCodePoint)) {
    const located = await locate(shell, name, 'list');
    if (typeof located === 'string') {
      shell.out.line(`${plan.program}: cannot access ${quoted(name, true)}: ${sentences[located]}`);
      state.code = 2;
      continue;
    }
    const item = { name, path: name, stat: located.stat };
    found.push(item);
    const followed = located.stat.kind !== 'link' || (plan.marks !== 'kinds' && plan.layout !== 'long');
    if (located.kind === 'folder' && !plan.itself && followed) folders.add(item);
  }
  const sorted = ordered(plan, found);
  const alone = sorted.filter((item) => !folders.has(item));
  const listed = sorted.filter((item) => folders.has(item));
  await show(state, alone, listed);
  if (alone.length > 0) state.first = false;
  for (const { name } of listed) await folder(state, name, asked.length > 1 || plan.recursive, 0);
  return state.code;
}

function ordered(plan: ListPlan, items: readonly Item[]): Item[] {
  const key = ({ stat }: Item): number => (plan.order === 'time' ? stat.modified : plan.order === 'size' ? stat.size : 0);
  const sorted = [...items].sort((a, b) => key(b) - key(a) || byCodePoint(a.name, b.name));
  return plan.reverse ? sorted.reverse() : sorted;
}

/** `others` are folders asked for beside them. False once nothing more may be shown. */
async function show(state: State, items: readonly Item[], others: readonly Item[] = []): Promise<boolean> {
  const { shell, plan } = state;
  const shown = items.slice(0, state.left);
  if (shown.length < items.length) shell.cuts.add(`${shell.limits.matches} matches`);
  state.left -= shown.length;
  const name = (text: string): string => (plan.program === 'dir' ? escaped(text) : text);
  const lines: string[] = [];
  if (plan.layout === 'long') lines.push(...(await state.long.lines(shown, others, name)));
  else for (const item of shown) lines.push(name(item.name) + (await kindMark(shell, plan.marks, item.path, item.stat.kind)));
  for (const line of plan.layout === 'columns' ? columns(lines) : lines) if (!shell.out.line(line)) return false;
  return shown.length === items.length;
}

async function folder(state: State, name: string, titled: boolean, depth: number): Promise<void> {
  const { shell, plan } = state;
  if (titled) shell.out.line(`${state.first ? '' : '\n'}${plan.program === 'dir' ? escaped(name, true) : name}:`);
  state.first = false;
  const listed = await listFolder(shell, name, state.entries, (entry) => plan.hidden !== 'none' || !entry.name.startsWith('.'));
  if (listed === null) {
    shell.out.line(`${plan.program}: cannot open directory ${quoted(name, true)}: Permission denied`);
    state.code = depth === 0 ? 2 : 1;
    return;
  }
  state.entries -= listed.met;
  const within = (inner: string): string => (name.endsWith('/') ? name + inner : `${name}/${inner}`);
  const items: Item[] = [];
  for (const inner of [...(plan.hidden === 'all' ? ['.', '..'] : []), ...listed.names.map((entry) => entry.name)]) {
    const stat = await statOf(state, within(inner), inner === '..');
    if (stat !== null) items.push({ name: inner, path: within(inner), stat });
    if (shell.clock.over()) return void shell.cuts.add(`${shell.limits.milliseconds} ms`);
  }
  const sorted = ordered(plan, items);
  if (plan.layout === 'long') shell.out.line(`total ${state.long.total(sorted.slice(0, state.left))}`);
  if (!(await show(state, sorted)) || !plan.recursive) return;
  for (const inner of sorted.filter(({ name: one, stat }) => stat.kind === 'folder' && one !== '.' && one !== '..')) {
    if (depth >= shell.limits.depth) return void shell.cuts.add(`depth ${shell.limits.depth}`);
    if (state.left <= 0) return;
    await folder(state, inner.path, true, depth + 1);
  }
}

/** Null: it is gone, or it is the folder above, which a long listing tells of only where it may be. */
async function statOf({ shell, plan }: State, path: string, above: boolean): Promise<Stat | null> {
  if (above && plan.layout === 'long') {
    const located = await locate(shell, path, 'list');
    return typeof located === 'string' ? null : located.stat;
  }
  return orNull(shell.ops.files.stat(absolute(shell, path)));
}
