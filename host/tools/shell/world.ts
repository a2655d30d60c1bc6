/**
 * What the commands of a line share: where it starts, what it has said so far, and how a word becomes files. As everywhere
 * in this room a file is opened once and judged on its descriptor.
 */
import type { Core } from '../../../core-wasm/core.ts';
import type { Kind, OpenFile, Ops, Stat } from '../../ops.ts';
import { joined, openJudged, orNull, type Limits, type LocalAccess, type LocalContext, type Refused } from '../local.ts';
import { clockOf, type Clock, type Cuts } from '../walk.ts';

export interface Shell {
  readonly ops: Ops;
  readonly core: Core;
  readonly context: LocalContext;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly cuts: Cuts;
  readonly out: Output;
  /** The folder that the command runs in, absolute. */
  base: string;
}

/** Output and errors as one stream, as the agent shows them. */
export interface Output {
  /** False once something did not fit. */
  write(bytes: Uint8Array): boolean;
  line(text: string): boolean;
  text(): string;
}

const encoder = new TextEncoder();

export function openShell(ops: Ops, core: Core, context: LocalContext, limits: Limits): Shell {
  const cuts: Cuts = new Set();
  return { ops, core, context, limits, clock: clockOf(ops, limits), cuts, out: createOutput(limits.bytes, cuts), base: context.cwd };
}

function createOutput(limit: number, cuts: Cuts): Output {
  const parts: Uint8Array[] = [];
  let left = limit;
  let cut = false;
  const write = (bytes: Uint8Array): boolean => {
    const kept = bytes.slice(0, left);
    parts.push(kept);
    left -= kept.length;
    if (kept.length < bytes.length) {
      cut = true;
      cuts.add(`${limit} bytes`);
    }
    return !cut;
  };
  return {
    write,
    line: (text) => write(encoder.encode(`${text}\n`)),
    text() {
      const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
      const text = parts.map((part) => decoder.decode(part, { stream: true })).join('');
      // A character that the limit cut in two is left out.
      return cut ? text : text + decoder.decode();
    },
  };
}

export type Missing = Refused | 'below-file';

/** Why a name leads nowhere, in the words that programs use. */
export const sentences: { readonly [why in Missing]: string } = {
  absent: 'No such file or directory',
  'below-file': 'Not a directory',
  denied: 'Permission denied (by the policy of this machine; do not try to reach it another way)',
  folder: 'Is a directory',
  special: 'Not a regular file',
  unreadable: 'Permission denied',
  moved: 'It moved while it was opened',
};

/** A name as programs put it into a sentence: in quotes where a shell would need them. */
export function quoted(name: string, always = false): string {
  if (!always && !/[\s"'*?[()<>|&;$`\\!^=]|^[#~]/.test(name)) return name;
  return name.includes("'") && !/["$`\\!]/.test(name) ? `"${name}"` : `'${name.replaceAll("'", "'\\''")}'`;
}

export function absolute(shell: Shell, name: string): string {
  return name.startsWith('/') ? name : joined(shell.base, name);
}

export interface Located {
  /** What the kernel is given: not normalised. */
  readonly path: string;
  readonly spellings: readonly string[];
  /** Of what a link leads to; `link` where that is nothing. */
  readonly kind: Kind;
  /** Of what stands at the name itself. */
  readonly stat: Stat;
}

/** Looks a name up without opening it; a device is not opened even to see what it is. */
export async function locate(shell: Shell, name: string, access: LocalAccess): Promise<Located | Missing> {
  const { ops, context } = shell;
  const path = absolute(shell, name);
  const { resolved, fault } = await context.resolve(path);
  if (fault !== undefined || !(await context.allowed(resolved, access))) return 'denied';
  let stat: Stat | null;
  try {
    stat = await ops.files.stat(path);
  } catch (e) {
    if (e instanceof Error && e.name === 'OccasioError') return 'unreadable';
    throw e;
  }
  if (stat === null) return (await isBelowFile(shell, path)) ? 'below-file' : 'absent';
  const kind = stat.kind === 'link' ? await kindBehind(shell, resolved) : stat.kind;
  return { path, spellings: resolved, kind, stat };
}

async function isBelowFile({ ops }: Shell, path: string): Promise<boolean> {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
    const stat = await orNull(ops.files.stat(path.slice(0, at)));
    if (stat !== null) return stat.kind === 'file';
  }
  return false;
}

/** The last place of a chain of links that is there and is no link itself. */
async function kindBehind({ ops }: Shell, resolved: readonly string[]): Promise<Kind> {
  const stats = await Promise.all(resolved.map((path) => orNull(ops.files.stat(path))));
  const kinds = stats.flatMap((stat) => (stat === null || stat.kind === 'link' ? [] : [stat.kind]));
  return kinds.includes('other') ? 'other' : (kinds.at(-1) ?? 'link');
}

export async function openFile(shell: Shell, name: string): Promise<OpenFile | Missing> {
  const located = await locate(shell, name, 'read');
  if (typeof located === 'string') return located;
  if (located.kind === 'folder') return 'folder';
  if (located.kind !== 'file') return located.kind === 'link' ? 'absent' : 'special';
  const opened = await openJudged(shell.ops, shell.context, located.path, located.spellings, 'read');
  return opened.ok ? opened.file : opened.why;
}

/** As bytes of UTF-8 sort, which is how programs sort where no language is set. */
export function byCodePoint(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const difference = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}
