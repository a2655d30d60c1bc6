/**
 * Which proxies run on this home: `proxies/<pid>.json` {pid, port, started_at, token_file}, and beside it the token that its
 * state-changing routes ask for.
 */
import { OccasioError } from '../../verifiers/formats/error.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import type { Ops } from '../ops.ts';
import { decodeJson, encodeJson } from './json.ts';

export interface ProxyEntry {
  readonly pid: number;
  readonly port: number;
  readonly started_at: string;
  readonly token_file: string;
}

export interface Proxies {
  /** Writes our entry and clears those of processes that are gone. What it gives takes ours away. */
  register(port: number): Promise<() => Promise<void>>;
  /** Entries of processes that run. */
  list(): Promise<readonly ProxyEntry[]>;
}

const MAX_BYTES = 4096;
const MAX_FILES = 10_000;

export function openProxies(ops: Ops, folder: string): Proxies {
  const pathOf = (pid: number, ending: 'json' | 'token'): string => `${folder}/${pid}.${ending}`;

  async function pids(): Promise<readonly number[]> {
    const names = await ops.files.list(folder, MAX_FILES);
    return names.filter((entry) => /^[1-9]\d{0,9}\.json$/.test(entry.name)).map((entry) => Number.parseInt(entry.name, 10));
  }

  async function removeBoth(pid: number): Promise<void> {
    await ops.files.remove(pathOf(pid, 'json'));
    await ops.files.remove(pathOf(pid, 'token'));
  }

  return {
    async register(port) {
      for (const pid of await pids()) if (pid === ops.host.pid || !ops.alive(pid)) await removeBoth(pid);
      const { pid } = ops.host;
      await ops.files.replace(pathOf(pid, 'token'), new TextEncoder().encode(`${hex(ops.random(32))}\n`));
      const entry: ProxyEntry = { pid, port, started_at: new Date(ops.now()).toISOString(), token_file: pathOf(pid, 'token') };
      await ops.files.replace(pathOf(pid, 'json'), encodeJson(entry));
      return () => removeBoth(pid);
    },
    async list() {
      const entries: ProxyEntry[] = [];
      for (const pid of await pids()) {
        const entry = ops.alive(pid) ? await readEntry(ops, pathOf(pid, 'json')) : null;
        if (entry !== null && entry.pid === pid) entries.push(entry);
      }
      return entries;
    },
  };
}

async function readEntry(ops: Ops, path: string): Promise<ProxyEntry | null> {
  try {
    const { pid, port, started_at, token_file } = decodeJson(await ops.files.read(path, MAX_BYTES)) ?? {};
    if (typeof pid !== 'number' || typeof port !== 'number' || typeof started_at !== 'string' || typeof token_file !== 'string') return null;
    return { pid, port, started_at, token_file };
  } catch (error) {
    // It was taken away while we looked.
    if (error instanceof OccasioError && error.code === 'not-found') return null;
    throw error;
  }
}
