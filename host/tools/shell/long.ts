/**
 * Lines of `ls -l`, in the locale C and the time zone of this process:
 *
 *   -rw-r--r-- 1 dev dev  1234 Nov 21 07:08 name           older than half a year, or to come: `Nov 21  2025`
 *   lrwxrwxrwx 1 dev dev     6 Nov 21 07:08 name -> target
 *
 * Users and groups have the names that /etc/passwd and /etc/group give; where these have none, their numbers.
 */
import type { Stat } from '../../ops.ts';
import type { ListPlan } from '../../shell/local/index.ts';
import { orNull } from '../local.ts';
import { kindMark } from './folder.ts';
import type { Item } from './ls.ts';
import { absolute, locate, type Shell } from './world.ts';

export interface Long {
  /** One for each item, as wide as these and the `others` need; `name` is how a name is written. */
  lines(items: readonly Item[], others: readonly Item[], name: (text: string) => string): Promise<readonly string[]>;
  /** What the items take of the disk. */
  total(items: readonly Item[]): string;
}

const MAX_NAMES = 1024 * 1024;

export function createLong(shell: Shell, plan: ListPlan): Long {
  let known: Promise<readonly [ReadonlyMap<number, string>, ReadonlyMap<number, string>]> | undefined;
  const size = (bytes: number): string => (plan.human ? human(bytes) : String(bytes));
  return {
    total: (items) => {
      const blocks = items.reduce((sum, { stat }) => sum + stat.blocks, 0);
      return plan.human ? human(blocks * 512) : String(Math.ceil(blocks / 2));
    },
    async lines(items, others, name) {
      known ??= Promise.all([namesIn(shell, '/etc/passwd'), namesIn(shell, '/etc/group')]);
      const [users, groups] = await known;
      const rows = [...items, ...others].map(({ stat }) => [modeOf(stat), String(stat.links), named(users, stat.owner), named(groups, stat.group), stat.special === 'device' ? '?' : size(stat.size), timeOf(stat.modified, shell.ops.now())]);
      const width = (column: number): number => Math.max(0, ...rows.map((row) => (row[column] ?? '').length));
      const [links, owner, group, sizes] = [width(1), width(2), width(3), width(4)];
      const out: string[] = [];
      for (const [i, item] of items.entries()) {
        const [mode = '', link = '', user = '', of = '', bytes = '', time = ''] = rows[i] ?? [];
        out.push(`${mode} ${link.padStart(links)} ${user.padEnd(owner)} ${of.padEnd(group)} ${bytes.padStart(sizes)} ${time} ${await shownName(shell, plan, item, name)}`);
      }
      return out;
    },
  };
}

/** With its mark; a link with what it says, and the mark of that. */
async function shownName(shell: Shell, plan: ListPlan, { name, path, stat }: Item, written: (text: string) => string): Promise<string> {
  if (stat.kind !== 'link') return written(name) + (await kindMark(shell, plan.marks, path, stat.kind));
  const target = await orNull(shell.ops.files.readLink(absolute(shell, path)));
  if (target === null) return written(name);
  return `${written(name)} -> ${written(target)}${plan.marks === 'kinds' ? await markBehind(shell, path) : ''}`;
}

async function markBehind(shell: Shell, path: string): Promise<string> {
  const located = await locate(shell, path, 'list');
  if (typeof located === 'string') return '';
  for (const spelling of [...located.spellings].reverse()) {
    const stat = await orNull(shell.ops.files.stat(spelling));
    if (stat !== null && stat.kind !== 'link') return kindMark(shell, 'kinds', spelling, stat.kind);
  }
  return '';
}

function modeOf({ kind, special, mode }: Stat): string {
  const bits = mode ?? 0;
  const letter = kind === 'folder' ? 'd' : kind === 'link' ? 'l' : special === 'pipe' ? 'p' : special === 'socket' ? 's' : special === 'device' ? '?' : '-';
  const triple = (shift: number, set: number, small: string): string => {
    const three = (bits >> shift) & 7;
    const runs = (three & 1) !== 0;
    const last = (bits & set) === 0 ? (runs ? 'x' : '-') : runs ? small : small.toUpperCase();
    return `${three & 4 ? 'r' : '-'}${three & 2 ? 'w' : '-'}${last}`;
  };
  return letter + triple(6, 0o4000, 's') + triple(3, 0o2000, 's') + triple(0, 0o1000, 't');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Half of a mean year, in milliseconds. */
const RECENT = 15_778_476_000;

function timeOf(modified: number, now: number): string {
  const at = new Date(modified);
  const two = (n: number): string => String(n).padStart(2, '0');
  const recent = modified > now - RECENT && modified <= now;
  return `${MONTHS[at.getMonth()] ?? ''} ${String(at.getDate()).padStart(2)} ${recent ? `${two(at.getHours())}:${two(at.getMinutes())}` : String(at.getFullYear()).padStart(5)}`;
}

/** Rounded up: one digit behind the point below 10, none above. */
function human(bytes: number): string {
  let [value, unit] = [bytes, 0];
  for (; value >= 1024; unit++) value /= 1024;
  if (unit === 0) return String(bytes);
  const tenth = Math.ceil(value * 10) / 10;
  if (tenth < 10) return `${tenth.toFixed(1)}${'KMGTPE'.charAt(unit - 1)}`;
  const whole = Math.ceil(value);
  return whole < 1024 ? `${whole}${'KMGTPE'.charAt(unit - 1)}` : `1.0${'KMGTPE'.charAt(unit)}`;
}

function named(names: ReadonlyMap<number, string>, id: number | null): string {
  return id === null ? '?' : (names.get(id) ?? String(id));
}

/** `name:x:number:…`, a line each; the first with a number counts. */
async function namesIn(shell: Shell, path: string): Promise<ReadonlyMap<number, string>> {
  const bytes = await orNull(shell.ops.files.read(path, MAX_NAMES));
  const found = new Map<number, string>();
  for (const line of new TextDecoder().decode(bytes ?? new Uint8Array()).split('\n')) {
    const [name = '', , id = ''] = line.split(':');
    if (name !== '' && /^\d{1,10}$/.test(id) && !found.has(Number(id))) found.set(Number(id), name);
  }
  return found;
}
