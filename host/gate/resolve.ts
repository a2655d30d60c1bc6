/**
 * From a path as a model wrote it to every absolute spelling it may be opened by. The text is attacker-controlled, and so
 * are the links on disk. One asked path can stand for several: relative to each directory in play, with `~` and `$HOME`
 * expanded or literal, `..` taken lexically (as Node and Go do) or after links (as the kernel does), each hop of a link
 * chain, other names of a hard-linked file. A deny of any is a deny, an allow needs all: so the list is a superset.
 *
 * Links of `/proc/<pid>` are never read where they would speak of this process instead of the agent's:
 *   root     is `/`                       cwd   is each directory in play (and, with a number, what the link says)
 *   fd/<n>   stays as it is written (with a number for the pid: and what the link says); anything below it is a fault
 */
import type { Ops, Stat } from '../ops.ts';
import type { Flavour } from '../policy/types.ts';
import { createLinkIndex, type LinkIndex } from './links.ts';
import { pathRules, type PathFault, type PathRules } from './paths.ts';

export type ResolveFault =
  | 'nul' // a NUL byte: what is opened is not what was written
  | 'too-long' // more than 16,384 characters
  | 'too-many' // more than 2,000 components, or 64 spellings a directory
  | 'link-loop' // more than 40 links in one walk
  | 'process-relative' // below a descriptor of a process we cannot see
  | PathFault
  | 'short-name' // `ENV~1`, and the disk does not say what it stands for
  | 'unreadable'; // the system would not say what stands there

export interface Resolution {
  /** Absolute, without `.`, `..`, doubled or trailing separators; unique, in order of finding. */
  readonly resolved: readonly string[];
  readonly fault?: ResolveFault;
}

/** Resolves for one call: what it has asked the disk is asked once. */
export interface Resolver {
  resolve(asked: string): Promise<Resolution>;
  /** Other names of a file with more than one, as far as they are found: `links.ts` says where is looked. */
  otherNames(path: string, stat: Stat): Promise<readonly string[]>;
}

const MAX_TEXT = 16_384;
const MAX_STEPS = 2_000;
const MAX_LINKS = 40;
/** Names in a folder that a short name is looked for among. */
const MAX_LISTED = 20_000;
/** For each directory in play. */
const MAX_SPELLINGS = 64;

export async function resolvePath(ops: Ops, asked: string, directories: readonly string[], home: string): Promise<Resolution> {
  return createResolver(ops, directories, home).resolve(asked);
}

/** Where a folder really lies, every link followed: the spelling that each path into it has among its own. */
export async function physicalPath(ops: Ops, path: string): Promise<string> {
  const { resolved } = await resolvePath(ops, path, [], ops.host.home);
  return resolved.at(-1) ?? path;
}

/** `directories` are absolute. `flavour` decides spelling only; what is on disk is asked of `ops`. */
export function createResolver(ops: Ops, directories: readonly string[], home: string, flavour: Flavour = ops.host.flavour): Resolver {
  const rules = pathRules(flavour);
  const links: LinkIndex = createLinkIndex(ops, rules, directories, home);
  const targets = new Map<string, string | null>();
  const readLink = async (path: string): Promise<string | null> => {
    let target = targets.get(path);
    if (target === undefined) {
      target = await ops.files.readLink(path);
      targets.set(path, target);
    }
    return target;
  };
  const longName = (folder: string, name: string): Promise<string> => aliased(ops, rules, folder, name);

  return {
    otherNames: (path, stat) => links.namesOf(path, stat),
    async resolve(asked) {
      if (asked.includes('\0')) return { resolved: [], fault: 'nul' };
      if (asked.length > MAX_TEXT) return { resolved: [], fault: 'too-long' };
      const found = new Set<string>();
      try {
        const texts = rules.expand(asked, home);
        const paths = texts.flatMap((text) => (rules.isAbsolute(text) ? [text] : directories.map((folder) => rules.from(folder, text))));
        const faults = [...texts, ...paths].map(rules.fault).filter((fault) => fault !== null);
        const fault = faults.find((one) => one === 'device-path') ?? faults[0];
        if (fault !== undefined) return { resolved: [], fault };
        for (const path of paths) {
          const lexical = rules.normalise(path);
          found.add(lexical);
          await walk({ rules, readLink, longName, directories, found }, path);
          if (lexical !== path) await walk({ rules, readLink, longName, directories, found }, lexical);
        }
        for (const path of [...found]) for (const again of rules.again(path)) found.add(rules.normalise(again));
        for (const path of [...found]) {
          const stat = await ops.files.stat(path);
          if (stat !== null) for (const name of await links.namesOf(path, stat)) found.add(name);
        }
      } catch (e) {
        return { resolved: [...found], fault: faultOf(e) };
      }
      return { resolved: [...found] };
    },
  };
}

interface Walk {
  readonly rules: PathRules;
  readonly readLink: (path: string) => Promise<string | null>;
  /** The name in the folder that another is short for. */
  readonly longName: (folder: string, name: string) => Promise<string>;
  readonly directories: readonly string[];
  /** Spellings are added here. */
  readonly found: Set<string>;
}

/** Follows a path as the kernel would, component by component, and adds where it ends and what each link on the way says. */
async function walk(world: Walk, path: string): Promise<void> {
  const { rules, found } = world;
  const pending: { at: string; rest: string[]; links: number }[] = [begin(rules, path, 0)];
  let steps = 0;
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    let { at, links } = state;
    const rest = state.rest;
    for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
      if (++steps > MAX_STEPS) throw new WalkFault('too-many');
      if (name === '' || name === '.') continue;
      if (name === '..') {
        at = rules.parent(at);
        continue;
      }
      const next = rules.join(at, rules.mayBeAlias(name) ? await world.longName(at, name) : name);
      const magic = rules.process ? processLink(next) : null;
      if (magic !== null && magic.kind !== 'plain') {
        if (magic.kind === 'descriptor' && rest.some((part) => part !== '' && part !== '.')) throw new WalkFault('process-relative');
        const told = magic.ofOther ? await world.readLink(next) : null;
        const places = [...(magic.kind === 'root' ? ['/'] : magic.kind === 'cwd' ? world.directories : []), ...(told === null ? [] : [told])];
        for (const place of places.filter((p) => rules.isAbsolute(p))) {
          if (++links > MAX_LINKS) throw new WalkFault('link-loop');
          pending.push(begin(rules, place, links, rest));
        }
        found.add(rules.normalise([next, ...rest.slice().reverse()].join(rules.separator)));
        at = '';
        break;
      }
      const said = magic === null ? await world.readLink(next) : null;
      const target = said === null ? null : rules.linked(said);
      if (target === null) {
        at = next;
        continue;
      }
      if (++links > MAX_LINKS) throw new WalkFault('link-loop');
      const fault = rules.fault(target);
      if (fault !== null) throw new WalkFault(fault);
      if (rules.isRooted(target)) at = rules.root(rules.from(at, target));
      rest.push(...rules.split(target).reverse());
      found.add(rules.normalise([at, ...rest.slice().reverse()].join(rules.separator)));
    }
    if (at !== '') found.add(at);
    if (found.size > MAX_SPELLINGS * Math.max(1, world.directories.length)) throw new WalkFault('too-many');
  }
}

function begin(rules: PathRules, path: string, links: number, rest: readonly string[] = []): { at: string; rest: string[]; links: number } {
  return { at: rules.root(path), rest: [...rest, ...rules.split(path).reverse()], links };
}

interface ProcessLink {
  readonly kind: 'root' | 'cwd' | 'descriptor' | 'plain';
  /** The pid is a number: it may be a process whose links we can read. */
  readonly ofOther: boolean;
}

/** What a name below /proc stands for; null outside. `plain`: no link, or one that must not be read as ours. */
function processLink(path: string): ProcessLink | null {
  const match = /^\/proc\/(self|thread-self|\d+)(?:\/task\/\d+)?(?:\/(root|cwd|fd\/[^/]+|exe))?$/.exec(path);
  if (match === null) return null;
  const ofOther = /^\d/.test(match[1] ?? '');
  const name = match[2];
  if (name === 'root' || name === 'cwd') return { kind: name, ofOther };
  if (name === undefined) return { kind: 'plain', ofOther };
  return { kind: name === 'exe' ? 'plain' : 'descriptor', ofOther };
}

/** A short name is not listed: its file is found by identity among those that are. A name that nothing stands at is what it is. */
async function aliased(ops: Ops, rules: PathRules, folder: string, name: string): Promise<string> {
  const stat = await ops.files.stat(rules.join(folder, name));
  if (stat === null) return name;
  const entries = await ops.files.list(folder, MAX_LISTED);
  if (entries.some((entry) => entry.name.toLowerCase() === name.toLowerCase())) return name;
  for (const entry of entries) if ((await ops.files.stat(rules.join(folder, entry.name)))?.identity === stat.identity) return entry.name;
  throw new WalkFault('short-name');
}

class WalkFault extends Error {
  readonly fault: ResolveFault;
  constructor(fault: ResolveFault) {
    super(fault);
    this.fault = fault;
  }
}

/** What the disk refuses to tell is a fault of the path: the caller denies it. A bug goes on. */
function faultOf(e: unknown): ResolveFault {
  if (e instanceof WalkFault) return e.fault;
  if (e instanceof Error && e.name === 'OccasioError') return 'unreadable';
  throw e;
}
