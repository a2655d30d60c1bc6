/**
 * The one file of an update framework (TUF 1.0) that is wanted: a Sigstore instance's trusted_root.json. Follows the client workflow of
 * the specification, section 5: roots one by one, timestamp, snapshot, targets, target. What the repository says is attacker-controlled;
 * what is remembered of the last time keeps it from going back. tuf-js judges; what is fetched and kept is ours.
 */
import { EqualVersionError } from 'tuf-js/dist/error.js';
import { TrustedMetadataStore } from 'tuf-js/dist/store.js';
import type { Core } from '../../../core-wasm/core.ts';
import { OccasioError } from '../../../verifiers/formats/error.ts';
import { hex } from '../../../verifiers/formats/hex.ts';

/** What a repository vouched for before. Only `root` is needed. */
export interface Memory {
  readonly root: Uint8Array;
  readonly timestamp: Uint8Array | null;
  readonly snapshot: Uint8Array | null;
}

export interface Refreshed {
  readonly memory: Memory;
  readonly target: Uint8Array;
  readonly rootVersion: number;
}

export interface Refresh {
  readonly mirror: string;
  readonly memory: Memory;
  readonly fetch: typeof fetch;
  /** Bytes as the library takes them. */
  readonly bytes: (data: Uint8Array) => ConstructorParameters<typeof TrustedMetadataStore>[0];
}

const TARGET = 'trusted_root.json';
/** Bytes; a file is refused at the first one more. */
const LIMITS = { root: 512_000, timestamp: 16_384, snapshot: 2_000_000, targets: 5_000_000, target: 4 << 20 };
const MAX_ROTATIONS = 256;
const TIMEOUT_MS = 20_000;

export async function refreshTrustedRoot(core: Core, { mirror, memory, fetch: ask, bytes }: Refresh): Promise<Refreshed> {
  const refused = (what: string, error: unknown): OccasioError =>
    new OccasioError({ code: 'answer', cannot: 'trust the update from', thing: mirror, found: `${what}: ${error instanceof Error ? error.message : 'no reason given'}`, next: 'Nothing was changed.' }, error);
  const judged = <T>(what: string, judge: () => T): T => {
    try {
      return judge();
    } catch (error) {
      throw refused(what, error);
    }
  };
  const need = async (path: string, limit: number): Promise<Uint8Array> => (await get(ask, mirror, path, limit)) ?? Promise.reject(unreachable(mirror, `${path} is not there`));
  const store = judged('the root to begin with', () => new TrustedMetadataStore(bytes(memory.root)));
  let root = memory.root;
  for (let rotations = 0; rotations < MAX_ROTATIONS; rotations++) {
    const name = `${store.root.signed.version + 1}.root.json`;
    const next = await get(ask, mirror, name, LIMITS.root);
    if (next === null) break;
    judged(name, () => store.updateRoot(bytes(next)));
    root = next;
  }
  recall(memory.timestamp, (data) => store.updateTimestamp(bytes(data)));
  let timestamp = await need('timestamp.json', LIMITS.timestamp);
  judged('timestamp.json', () => {
    try {
      store.updateTimestamp(bytes(timestamp));
    } catch (error) {
      // The one that is known; an expired one stays refused when the snapshot is looked at.
      if (!(error instanceof EqualVersionError)) throw error;
      timestamp = memory.timestamp ?? timestamp;
    }
  });
  recall(memory.snapshot, (data) => store.updateSnapshot(bytes(data), true));
  const consistent = store.root.signed.consistentSnapshot;
  const versioned = (name: string, version: number | undefined): string => (consistent ? `${version ?? 0}.${name}` : name);
  const snapshotName = versioned('snapshot.json', store.timestamp?.signed.snapshotMeta.version);
  const snapshot = await need(snapshotName, LIMITS.snapshot);
  judged(snapshotName, () => store.updateSnapshot(bytes(snapshot)));
  const targetsName = versioned('targets.json', store.snapshot?.signed.meta['targets.json']?.version);
  const targets = await need(targetsName, LIMITS.targets);
  judged(targetsName, () => store.updateDelegatedTargets(bytes(targets), 'targets', 'root'));
  const info = store.targets?.signed.targets[TARGET];
  const sha256 = info?.hashes['sha256'];
  if (info === undefined || sha256 === undefined) throw refused(targetsName, new Error(`${TARGET} is not in it with a SHA-256`));
  const target = await need(`targets/${consistent ? `${sha256}.` : ''}${TARGET}`, LIMITS.target);
  if (target.length !== info.length || hex(core.sha256(target)) !== sha256) throw refused(TARGET, new Error('its length or SHA-256 is not what was signed'));
  return { memory: { root, timestamp, snapshot }, target, rootVersion: store.root.signed.version };
}

/** What is remembered may be signed by keys that have been rotated since, or have expired: then it binds no more (5.3.11). */
function recall(remembered: Uint8Array | null, take: (data: Uint8Array) => unknown): void {
  if (remembered === null) return;
  try {
    take(remembered);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

function unreachable(mirror: string, found: string, cause?: unknown): OccasioError {
  return new OccasioError({ code: 'upstream', cannot: 'update from', thing: mirror, found, next: 'Nothing was changed.' }, cause);
}

/** Null where the repository has no such file. */
async function get(ask: typeof fetch, mirror: string, path: string, limit: number): Promise<Uint8Array | null> {
  try {
    const response = await ask(`${mirror}/${path}`, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    // Buckets answer so for what is not there.
    if (response.status === 404 || response.status === 403) return null;
    if (response.status !== 200 || response.body === null) throw unreachable(mirror, `${path}: status ${response.status}`);
    return await upTo(response.body, limit, () => unreachable(mirror, `${path} is larger than ${limit} bytes`));
  } catch (error) {
    if (error instanceof OccasioError) throw error;
    throw unreachable(mirror, `${path}: ${error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : 'no answer'}`, error);
  }
}

async function upTo(body: ReadableStream<Uint8Array>, limit: number, tooLarge: () => OccasioError): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > limit) throw tooLarge();
    parts.push(part);
  }
  const all = new Uint8Array(size);
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}
