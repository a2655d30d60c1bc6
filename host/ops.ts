/**
 * The one interface to the outside world: clock, chance, disk, programs, upstream. `host/runtime` implements it; tests may.
 * Paths are absolute strings in the host's own spelling. Failures are OccasioErrors (not-found, not-a-file, too-large,
 * unreadable, unwritable, exists); null stands only where a contract names it.
 */

export interface Ops {
  readonly host: HostFacts;
  /** Milliseconds since 1970 by the wall clock, which may jump. */
  now(): number;
  /** Milliseconds by a clock that never goes back. */
  monotonic(): number;
  random(bytes: number): Uint8Array;
  /** A process of this machine has this id now. */
  alive(pid: number): boolean;
  readonly files: Files;
  readonly ed25519: Ed25519;
  /** Runs a program to its end, without a shell and without input; what it started is ended with it. `not-found` when it is not installed. */
  run(program: Run): Promise<Ran>;
  /** One request, one answer. Redirects are not followed, nothing is decoded; `signal` ends both directions. */
  send(request: Outgoing): Promise<Incoming>;
}

export interface HostFacts {
  readonly pid: number;
  /** Numeric id of the user; null where the system has none. */
  readonly user: number | null;
  /** Names the machine and its boot, where the system tells: SHA-256 hex of what it says, else null. */
  readonly hostId: string | null;
  readonly bootId: string | null;
  readonly flavour: 'posix' | 'win32' | 'darwin';
  /** The user's home folder, links followed. */
  readonly home: string;
  readonly runtime: string;
}

/** Signing (RFC 8032). A private key is PKCS #8 in PEM. */
export interface Ed25519 {
  generate(): Uint8Array;
  /** Null where it is no private key of this kind. */
  open(pem: Uint8Array): SigningKey | null;
}

export interface SigningKey {
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The public key as SubjectPublicKeyInfo in PEM. */
  readonly pem: string;
  sign(message: Uint8Array): Uint8Array;
}

export interface Files {
  /** The whole file, read from one descriptor. More than `limit` bytes is too-large; anything but a regular file is not-a-file. */
  read(path: string, limit: number): Promise<Uint8Array>;
  /** Replaces the file in one step: temporary sibling 0600, fsync, rename, fsync of the folder. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  /** Makes the file with these bytes, durable, mode 0600, by write, fsync, link(2). False when the name is taken. */
  createExclusive(path: string, bytes: Uint8Array): Promise<boolean>;
  /** A second name for the same file, durable. False when the name is taken; what stands at `path` must be a regular file, not a link. */
  link(path: string, name: string): Promise<boolean>;
  /** Renames in one step, over what stands at the new name, durable. Both in one folder. */
  move(path: string, to: string): Promise<void>;
  /** A new file, mode 0600, opened for append only; `exists` when the name is taken, a link included. */
  createAppend(path: string): Promise<AppendFile>;
  /** Names in the folder, sorted by code unit; at most `limit`, then too-large. */
  list(path: string, limit: number): Promise<readonly Entry[]>;
  /** Makes the folder and its parents, mode 0700; one that is there is left as it is. */
  makeFolder(path: string): Promise<void>;
  /** What stands at this very name, links not followed; null when nothing does. */
  stat(path: string): Promise<Stat | null>;
  /** The text of the symbolic link (or junction) at this name; null when there is none. */
  readLink(path: string): Promise<string | null>;
  /** Opened once for reading, without blocking on a pipe or a device. */
  open(path: string): Promise<OpenFile>;
  /** Gone afterwards; absent is fine. */
  remove(path: string): Promise<void>;
}

export type Kind = 'file' | 'folder' | 'link' | 'other';

export interface Entry {
  readonly name: string;
  readonly kind: Kind;
}

export interface Stat {
  readonly kind: Kind;
  readonly size: number;
  /** Permission bits; null where the system has none. */
  readonly mode: number | null;
  /** Numeric owner; null where the system has none. */
  readonly owner: number | null;
  /** Numeric group; null where the system has none. */
  readonly group: number | null;
  readonly links: number;
  /** What it takes of the disk, in blocks of 512 bytes. */
  readonly blocks: number;
  /** What `other` stands for; null for the other kinds. */
  readonly special: 'pipe' | 'socket' | 'device' | null;
  /** `device:inode`, which names the file whatever its path. */
  readonly identity: string;
  readonly modified: number;
}

export interface OpenFile {
  readonly stat: Stat;
  /** Where the descriptor really is, by the system's own word; null where it does not tell. */
  where(): Promise<string | null>;
  /** Of a folder, what `Files.list` gives, of this very one where the system lists by descriptor (Linux); of anything else not-a-file. */
  list(limit: number): Promise<readonly Entry[]>;
  /** Up to `into.length` bytes from `position`; 0 at the end. */
  read(into: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/** Bytes are in the page cache when `write` returns, in whole or not at all as far as the caller can tell: it throws `unwritable` otherwise. */
export interface AppendFile {
  write(bytes: Uint8Array): void;
  /** All written bytes are durable when it resolves. Calls that overlap share one fsync. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface Run {
  /** A bare name: looked for in the system's own folders, then in absolute ones of PATH that no project brings along. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: { readonly [name: string]: string };
  readonly limits: { readonly bytes: number; readonly milliseconds: number };
  /** A folder of its own for this run, mode 0700, removed after it; the variable has its path. */
  readonly scratch?: Scratch;
}

export interface Scratch {
  readonly variable: string;
  /** `modified`: milliseconds since 1970 that the file's time is set to, at most as exact as the system has it. */
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array; readonly modified?: number }[];
  readonly links: readonly { readonly name: string; readonly target: string }[];
}

export interface Ran {
  /** Null when it was ended by a signal, ours included. */
  readonly code: number | null;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** The limit that ended it: more was to come. */
  readonly cut: 'bytes' | 'time' | null;
}

export interface Outgoing {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array | null;
  readonly signal: AbortSignal;
}

export type Header = readonly [name: string, value: string];

export interface Incoming {
  readonly status: number;
  readonly headers: readonly Header[];
  readonly body: ReadableStream<Uint8Array>;
}
