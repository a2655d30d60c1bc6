/**
 * Resolve: from a call to what `decide` is given. Everything a decision needs from the world is looked up here, once, and
 * lands in the row, so that deciding is pure and a replay anywhere gives the same answer.
 */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Ops, Stat } from '../ops.ts';
import type { Judged, JudgedPath, JudgedShell } from '../policy/types.ts';
import { tokensOf } from '../shell/bash/literals.ts';
import type { ShellFacts, ShellLanguage, ShellReader, ShellWord } from '../shell/facts.ts';
import type { Call, CallPath, Place } from './call.ts';
import { expandGlob } from './expand.ts';
import { answeredHere } from './answered.ts';
import { createResolver, type Resolver } from './resolve.ts';
import { arrivals, wholeFolders } from './whole.ts';

export interface World {
  readonly ops: Ops;
  readonly core: Core;
  readonly shell: (language: ShellLanguage) => Promise<ShellReader>;
  /** Puts a mark in place of every secret in a text that will be stored. */
  readonly mask: (text: string) => string;
  readonly self: Judged['self'];
  /** Which of the paths make a difference to the decision on the call. */
  readonly mattering: (judged: Judged) => (path: JudgedPath) => boolean;
}

export interface Facts {
  readonly judged: Judged;
  /** Folders that a `cd` of this call names: later calls of the session may start there. */
  readonly directories: readonly string[];
}

/** Words beyond this many in one call are too many to look up. */
const MAX_WORDS = 10_000;
/** Mentions that are stored though they make no difference: a script holds thousands. */
const MAX_MENTIONS = 100;
/** Spellings of one path that are stored though they make no difference. */
const MAX_SPELLINGS = 8;
/** UTF-8 bytes of a `judged` value; a larger one is refused and stored without its large members. */
const MAX_JUDGED = 65_536;

/** `directories` are those named by earlier calls of the session; the session's own comes first by itself. */
export async function gatherFacts(world: World, call: Call, place: Place, directories: readonly string[]): Promise<Facts> {
  const base: Judged = {
    direction: place.direction,
    door: place.door,
    tool: call.tool,
    class: call.class,
    flavour: world.ops.host.flavour,
    home: place.home,
    cwd: place.cwd,
    self: world.self,
  };
  if (call.fault !== null) return { judged: { ...base, fault: call.fault }, directories: [] };
  const disk = openDisk(world.ops, world.core, place.home, [...new Set([place.cwd, ...directories])]);
  const command = call.command === null ? null : (await world.shell(call.command.shell))(call.command.text, place);
  const named = command === null ? [] : await disk.folders(command.directories);
  const words = [...call.paths.map(asWord), ...(command?.words ?? []), ...programWords(call), ...(command === null ? [] : await folderWords(command, disk))];
  if (words.length > MAX_WORDS) return { judged: { ...base, fault: 'input-too-large' }, directories: named };
  const looked = await lookUp(disk, words);
  if (looked.fault) return settled(world, { ...base, fault: 'resolve-failed', paths: masked(world, looked.paths) }, named);
  const local = command === null ? null : await answeredHere(world.ops, call, place, directories);
  const shell = command === null ? undefined : { ...maskedShell(world, command, looked.tooWide), ...(local === null ? {} : { local }) };
  const judged: Judged = {
    ...base,
    ...(looked.paths.length === 0 ? {} : { paths: masked(world, looked.paths) }),
    ...(shell === undefined ? {} : { shell }),
  };
  return settled(world, judged, named);
}

function settled(world: World, all: Judged, named: readonly string[]): Facts {
  const judged = withoutIdleSpellings(world, withoutIdleMentions(world, all));
  const { paths: _, shell: __, ...base } = judged;
  return tooLarge(judged) ? { judged: { ...base, fault: base.fault ?? 'input-too-large' }, directories: named } : { judged, directories: named };
}

/**
 * Most mentions change no decision: beyond a number only those that do are kept, so that what is stored still gives the same
 * decision.
 */
function withoutIdleMentions(world: World, judged: Judged): Judged {
  const paths = judged.paths ?? [];
  if (paths.filter((path) => path.access === 'mention').length <= MAX_MENTIONS) return judged;
  const matters = world.mattering(judged);
  let idle = 0;
  const kept = paths.filter((path) => path.access !== 'mention' || matters(path) || ++idle <= MAX_MENTIONS);
  return { ...judged, paths: kept };
}

/** Likewise of the spellings of one path: a session that has been in many folders gives dozens for each word. */
function withoutIdleSpellings(world: World, judged: Judged): Judged {
  const paths = judged.paths ?? [];
  if (paths.every((path) => path.resolved.length <= MAX_SPELLINGS)) return judged;
  const matters = world.mattering(judged);
  const trimmed = (path: JudgedPath): JudgedPath => {
    // Names in the result are seen from each folder that was listed or searched.
    if (path.resolved.length <= MAX_SPELLINGS || path.access === 'list' || path.access === 'search') return path;
    const telling = matters(path);
    return { ...path, resolved: path.resolved.filter((spelling, i) => i < MAX_SPELLINGS || (telling && matters({ ...path, resolved: [spelling] }))) };
  };
  return { ...judged, paths: paths.map(trimmed) };
}

/** A text of several lines, or a longer one, names no file. */
export function mayBePath(text: string): boolean {
  return text !== '' && text.length <= 4096 && !/[\n\r\0]/.test(text);
}

function asWord(path: CallPath): ShellWord {
  return { text: path.text, access: path.access, glob: path.glob, directories: path.base === undefined ? [] : [path.base] };
}

async function folderWords(command: ShellFacts, disk: Disk): Promise<readonly ShellWord[]> {
  const isFolder = (word: ShellWord): Promise<boolean> => disk.isFolder(word);
  return [...(await wholeFolders(command, isFolder)), ...(await arrivals(command, isFolder))];
}

/** What a text in a language that is not read here names. */
function programWords(call: Call): readonly ShellWord[] {
  return (call.programs ?? []).flatMap((text) => tokensOf(text)).map((text) => ({ text, access: 'mention', glob: false, directories: [] }));
}

interface Looked {
  readonly paths: readonly JudgedPath[];
  readonly fault: boolean;
  /** A glob matched more names than we look at. */
  readonly tooWide: boolean;
}

async function lookUp(disk: Disk, words: readonly ShellWord[]): Promise<Looked> {
  const paths: JudgedPath[] = [];
  let fault = false;
  let tooWide = false;
  const done = new Set<string>();
  for (const word of words) {
    if (word.access === 'mention' && !mayBePath(word.text)) continue;
    const key = JSON.stringify(word);
    if (done.has(key)) continue;
    done.add(key);
    const from = [...new Set([...disk.starts, ...(await disk.folders(word.directories))])];
    const found = await disk.from(from).resolve(word.text);
    // A text that cannot be a path is no danger as a mention; a tool that would open it is another matter.
    if (found.fault !== undefined && word.access !== 'mention') fault = true;
    const resolved = [...found.resolved];
    if (word.glob) {
      const became = await expandGlob(disk.ops, disk.core, word.text, from);
      for (const name of became.names) resolved.push(...(await disk.from(from).resolve(name)).resolved);
      // Nobody knows then what the command would touch: one that opens names is refused, one that is opaque anyway stays so.
      if (became.fault !== undefined && word.access === 'mention') tooWide = true;
      else if (became.fault !== undefined) fault = true;
    }
    paths.push({ asked: word.text, access: word.access, resolved: [...new Set(resolved)] });
  }
  return { paths, fault, tooWide };
}

/** The disk as one call sees it: what was asked of it once is remembered. */
interface Disk {
  readonly ops: Ops;
  readonly core: Core;
  readonly home: string;
  readonly starts: readonly string[];
  from(folders: readonly string[]): Resolver;
  /** Absolute folders that the texts may mean, seen from each start. */
  folders(texts: readonly string[]): Promise<readonly string[]>;
  /** Something that the word may mean is a folder; what a glob becomes is taken for one. */
  isFolder(word: ShellWord): Promise<boolean>;
}

function openDisk(ops: Ops, core: Core, home: string, starts: readonly string[]): Disk {
  const resolvers = new Map<string, Resolver>();
  const from = (folders: readonly string[]): Resolver => {
    const key = folders.join('\0');
    const known = resolvers.get(key) ?? createResolver(ops, folders, home);
    resolvers.set(key, known);
    return known;
  };
  const folders = async (texts: readonly string[]): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const text of texts) found.push(...(await from(starts).resolve(text)).resolved);
    return [...new Set(found)];
  };
  return {
    ops,
    core,
    home,
    starts,
    from,
    folders,
    async isFolder(word) {
      if (word.glob) return true;
      const places = await from([...new Set([...starts, ...(await folders(word.directories))])]).resolve(word.text);
      for (const place of places.resolved) if ((await statOrNull(ops, place))?.kind === 'folder') return true;
      return false;
    },
  };
}

/** What may not be looked at counts as no folder here; resolving the same path makes it a fault, which is refused. */
async function statOrNull(ops: Ops, path: string): Promise<Stat | null> {
  try {
    return await ops.files.stat(path);
  } catch (e) {
    if (e instanceof OccasioError) return null;
    throw e;
  }
}

function masked(world: World, paths: readonly JudgedPath[]): JudgedPath[] {
  return paths.map((p) => ({ asked: world.mask(p.asked), access: p.access, resolved: p.resolved.map(world.mask) }));
}

function maskedShell(world: World, shell: ShellFacts, tooWide: boolean): JudgedShell {
  return {
    fault: shell.fault,
    opaque: shell.opaque ?? (tooWide ? 'glob: matches too many names' : null),
    programs: shell.programs.map(world.mask),
    commands: maskedCommands(world, shell),
    ...(shell.doubted === undefined || tooWide ? {} : { doubted: shell.doubted.map((words) => words.map(world.mask)) }),
  };
}

/**
 * Secrets are masked word by word: a match that reached over the end of a word could take the words behind it along, and a rule
 * would no longer meet them. Where one is still seen over several words, long runs of letters and digits are masked.
 */
function maskedCommands(world: World, shell: ShellFacts): string[] {
  const secret = shell.words.map((word) => word.text).filter((text) => world.mask(text) !== text).sort((a, b) => b.length - a.length);
  return shell.commands.map((command) => {
    const whole = secret.reduce((text, word) => text.replaceAll(word, () => world.mask(word)), command);
    const words = whole.split(' ').map(world.mask).join(' ');
    return world.mask(words) === words ? words : words.replace(/[A-Za-z0-9+=]{20,}/g, '[SECRET]');
  });
}

function tooLarge(judged: Judged): boolean {
  return new TextEncoder().encode(JSON.stringify(judged)).length > MAX_JUDGED;
}
