/**
 * What every local tool shares: its context, its limits, its result, and the one way a file is opened. All input is
 * attacker-controlled, and so is the tree on disk, which may change while we look.
 *
 * A file is opened once and judged on the descriptor: where it really is, and by which other names. Only then is it read,
 * from that descriptor; what its path leads to by then does not matter.
 */
import type { Core } from '../../core-wasm/core.ts';
import type { OpenFile, Ops, Stat } from '../ops.ts';
import type { Repository } from '../shell/local/git-config.ts';
import type { TodoList } from './todo.ts';

export type LocalAccess = 'read' | 'list' | 'search';

export interface LocalContext {
  /** Absolute. */
  readonly cwd: string;
  readonly home: string;
  /** Every absolute spelling a path may be opened by; a fault when that cannot be known. */
  resolve(asked: string): Promise<{ readonly resolved: readonly string[]; readonly fault?: string }>;
  /** Other names of a file with several hard links. */
  otherNames(path: string, stat: Stat): Promise<readonly string[]>;
  /** May this path, known by these spellings, be touched so? Asked for each file, so it should be quick. */
  allowed(spellings: readonly string[], access: LocalAccess): boolean | Promise<boolean>;
  readonly limits?: Partial<Limits>;
  /** The git repository of a folder, if it is one that a command may be run on here. */
  readonly repository?: (folder: string) => Promise<Repository | null>;
  /** The session's list of things to do; without one, writing is forgotten. */
  readonly todos?: TodoList;
}

export interface Limits {
  /** Of a result, in bytes of UTF-8, the marker not counted. */
  readonly bytes: number;
  /** Lines, files or counts in a result. */
  readonly matches: number;
  /** Folders below the one asked for. */
  readonly depth: number;
  readonly milliseconds: number;
  /** Of one file that is searched, or decoded as a whole. */
  readonly fileBytes: number;
  /** Names met in one walk. */
  readonly entries: number;
}

export const defaultLimits: Limits = { bytes: 512 * 1024, matches: 500, depth: 16, milliseconds: 2_000, fileBytes: 16 * 1024 * 1024, entries: 200_000 };

export interface LocalResult {
  readonly text: string;
  readonly isError: boolean;
  /** A limit was met; the text says which. */
  readonly truncated: boolean;
  /** Of the text, as UTF-8. */
  readonly bytes: number;
}

export type LocalInput = { readonly [name: string]: unknown };
export type LocalRun = (ops: Ops, core: Core, input: LocalInput, context: LocalContext) => Promise<LocalResult>;

const encoder = new TextEncoder();

export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** `cuts` are limits that were met, as `500 matches`; the marker stands on a line of its own at the end. */
export function answer(text: string, cuts: readonly string[] = []): LocalResult {
  const whole = [...(text === '' ? [] : [text]), ...cuts.map((cut) => `[occasio: cut at ${cut}]`)].join('\n');
  return { text: whole, isError: false, truncated: cuts.length > 0, bytes: byteLength(whole) };
}

export function refusal(text: string): LocalResult {
  return { text, isError: true, truncated: false, bytes: byteLength(text) };
}

export type Refused = 'absent' | 'denied' | 'folder' | 'special' | 'unreadable' | 'moved';
export type Opened = { readonly ok: true; readonly file: OpenFile; readonly where: string } | { readonly ok: false; readonly why: Refused };

/** Opens a regular file and judges it by its descriptor and by `spellings`. The caller closes it. */
export async function openJudged(ops: Ops, context: LocalContext, path: string, spellings: readonly string[], access: LocalAccess): Promise<Opened> {
  const opened = await openAny(ops, path);
  if ('why' in opened) return { ok: false, why: opened.why };
  const { file } = opened;
  let passed = false;
  try {
    if (file.stat.kind !== 'file') return { ok: false, why: file.stat.kind === 'folder' ? 'folder' : 'special' };
    const where = await placeOf(ops, context, file, path);
    if (where === null) return { ok: false, why: 'moved' };
    const names = new Set([...spellings, where, ...(await context.otherNames(where, file.stat))]);
    if (!(await context.allowed([...names], access))) return { ok: false, why: 'denied' };
    passed = true;
    return { ok: true, file, where };
  } finally {
    if (!passed) await file.close();
  }
}

/**
 * The path of an open file by the system's own word. A system that has none is asked what the links say, and believed if
 * that is this very file; Linux has one, and there nothing else will do. Null: it is not known, as for a file that moves.
 */
async function placeOf(ops: Ops, context: LocalContext, file: OpenFile, path: string): Promise<string | null> {
  for (let tries = 0; tries < 3; tries++) {
    const told = await file.where();
    if (told !== null) return told;
  }
  if (ops.host.flavour === 'posix') return null;
  for (const candidate of (await context.resolve(path)).resolved.slice().reverse()) {
    const stat = await orNull(ops.files.stat(candidate));
    if (stat !== null && stat.kind !== 'link' && stat.identity === file.stat.identity) return candidate;
  }
  return null;
}

async function openAny(ops: Ops, path: string): Promise<{ file: OpenFile } | { why: Refused }> {
  try {
    return { file: await ops.files.open(path) };
  } catch (e) {
    const code = refusalCode(e);
    return { why: code === 'not-found' ? 'absent' : code === 'not-a-file' ? 'special' : 'unreadable' };
  }
}

/** The code of an answer of the disk; what is no answer is thrown on. */
export function refusalCode(e: unknown): string {
  if (e instanceof Error && e.name === 'OccasioError') return (e as Error & { code: string }).code;
  throw e;
}

export async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (e) {
    refusalCode(e);
    return null;
  }
}

/** The whole of an open file, up to `limit` bytes. */
export async function readBytes(file: OpenFile, limit: number): Promise<{ readonly bytes: Uint8Array; readonly cut: boolean }> {
  // The size is a first guess only: the file may grow, and /proc says 0.
  let bytes = new Uint8Array(Math.min(limit, Math.max(file.stat.size, 4_096)) + 1);
  let length = 0;
  for (;;) {
    if (length === bytes.length) {
      if (length > limit) break;
      const wider = new Uint8Array(Math.min(limit + 1, length * 2));
      wider.set(bytes);
      bytes = wider;
    }
    const got = await file.read(bytes.subarray(length), length);
    if (got === 0) break;
    length += got;
  }
  return { bytes: bytes.subarray(0, Math.min(length, limit)), cut: length > limit };
}

/** UTF-8, or UTF-16 with a byte order mark; what is not text becomes U+FFFD. The mark goes. */
export function decodeText(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

export function joined(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`;
}

/** Relative to the session's directory where it lies below it, as agents print paths. */
export function shown(path: string, cwd: string): string {
  const prefix = cwd.endsWith('/') ? cwd : `${cwd}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}
