/** `Ops` on Node, Bun and Deno: the clock, chance, this machine, its disk, and one way out. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import type { HostFacts, Ops } from '../ops.ts';
import { ed25519 } from './ed25519.ts';
import { errno } from './fault.ts';
import { files } from './files.ts';
import { run } from './run.ts';
import { send } from './send.ts';

export function createOps(): Ops {
  return {
    host: hostFacts(),
    now: () => Date.now(),
    monotonic: () => performance.now(),
    random,
    alive,
    files,
    ed25519,
    run,
    send,
  };
}

/** Chance is drawn in larger pieces, as each draw asks the system; no byte is given twice, and none is kept once it is given. */
const POOL = 4096;
let pool = new Uint8Array(0);

function random(bytes: number): Uint8Array {
  if (bytes > POOL / 4) return new Uint8Array(randomBytes(bytes));
  if (pool.length < bytes) pool = new Uint8Array(randomBytes(POOL));
  const given = pool.slice(0, bytes);
  pool.fill(0, 0, bytes);
  pool = pool.subarray(bytes);
  return given;
}

function hostFacts(): HostFacts {
  return {
    pid: process.pid,
    user: process.getuid?.() ?? null,
    hostId: named(`host${processes()}`, ['/etc/machine-id', '/var/lib/dbus/machine-id']),
    bootId: named('boot', ['/proc/sys/kernel/random/boot_id']),
    flavour: process.platform === 'win32' ? 'win32' : process.platform === 'darwin' ? 'darwin' : 'posix',
    home: physical(homedir()),
    runtime: runtimeName(),
  };
}

/** Links followed, as each path into it is judged by where it leads; a home that is not there is what it says. */
function physical(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch (error) {
    if (errno(error) === '') throw error;
    return folder;
  }
}

/** Process ids mean something within one namespace only: a container counts as a machine of its own. */
function processes(): string {
  try {
    const namespace = readlinkSync('/proc/self/ns/pid');
    return namespace === 'pid:[4026531836]' ? '' : ` ${namespace}`;
  } catch (error) {
    if (errno(error) === '') throw error;
    return '';
  }
}

/** Signal 0 asks and does nothing; EPERM is the answer for a process of somebody else. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errno(error) === 'EPERM';
  }
}

/** The system's own id never leaves the machine: only its hash does, with our name in it. */
function named(what: string, places: readonly string[]): string | null {
  for (const place of places) {
    try {
      const id = readFileSync(place, 'utf8').trim();
      if (id !== '') return createHash('sha256').update(`occasio ${what} ${id}`).digest('hex');
    } catch (error) {
      if (errno(error) === '') throw error;
    }
  }
  return null;
}

function runtimeName(): string {
  const { bun, deno, node } = process.versions as { readonly bun?: string; readonly deno?: string; readonly node: string };
  return bun !== undefined ? `bun ${bun}` : deno !== undefined ? `deno ${deno}` : `node ${node}`;
}
