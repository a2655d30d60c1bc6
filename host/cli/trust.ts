/**
 * `occasio trust`: which Sigstore instance vouches for identities here. Below the home: `trust/trusted_root.json`, and in
 * `trust/<16 hex of SHA-256 of the mirror>/` what its update framework said last (root, timestamp, snapshot).
 */
import { join } from 'node:path';
import { OccasioError, printable } from '../../verifiers/formats/error.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import type { Memory } from '../attest/sigstore/tuf.ts';
import type { Ops } from '../ops.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import { incomplete, wrongUse } from './args.ts';
import type { Command, Group } from './command.ts';
import { absolute, occasioHome } from './files.ts';
import { document, line, type Io } from './print.ts';
import { refreshedRoot, trustedRoot, trustedRootOption } from './trusted-root.ts';

const PUBLIC_MIRROR = 'https://tuf-repo-cdn.sigstore.dev';
const MAX_METADATA = 2_000_000;

const update: Command = {
  name: 'update',
  summary: 'bring the trusted root of Sigstore up to date',
  options: {
    mirror: { value: 'URL', says: `another repository of The Update Framework;\ndefault: ${PUBLIC_MIRROR}` },
    root: { value: 'FILE', of: 'file', says: "the root.json to begin with, got from whom you trust;\nwhat was remembered of the repository is forgotten" },
  },
  says: `Goes out, as nothing else but signing does. The new root counts for verify and attest --sign from then on; it is taken only when
the repository's signatures, versions, times and digests hold and it can be read. Where anything is wrong, all stays as it was.`,
  exit: '0 up to date, 2 wrong use, not reached, or refused',
  examples: ['occasio trust update'],
  async run({ values, flags }, io) {
    const { core } = loadCore();
    const ops = createOps();
    const home = occasioHome(io);
    const mirror = (values.get('mirror') ?? PUBLIC_MIRROR).replace(/\/+$/, '');
    if (!/^https?:\/\/[!-~]+$/.test(mirror) || !URL.canParse(mirror)) throw wrongUse('trust update', `--mirror ${mirror}`, 'no http address');
    const folder = join(home, 'trust', hex(core.sha256(new TextEncoder().encode(mirror))).slice(0, 16));
    const named = values.get('root');
    const memory = await memoryOf(ops, folder, named === undefined ? null : await ops.files.read(absolute(io, named), MAX_METADATA), mirror);
    const before = await trustedRoot(io, ops, core, home, undefined).catch((error: unknown) => {
      // A root that cannot be read any more is what an update mends.
      if (error instanceof OccasioError) return null;
      throw error;
    });
    const [{ refreshTrustedRoot }, { loadRoot }] = await Promise.all([import('../attest/sigstore/tuf.ts'), import('../../verifiers/sigstore/index.ts')]);
    const refreshed = await refreshTrustedRoot(core, { mirror, memory, fetch, bytes: (data) => Buffer.from(data) });
    const { sha256 } = loadRoot(core, refreshed.target, `${mirror}/targets/trusted_root.json`);
    await keep(ops, folder, refreshed.memory);
    await ops.files.replace(refreshedRoot(home), refreshed.target);
    const said = { mirror, before: before?.root.sha256 ?? null, now: sha256, root_version: refreshed.rootVersion };
    if (flags.has('json')) document(io, said);
    else if (said.before === sha256) line(io.out, `Up to date: SHA-256 ${sha256}`);
    else line(io.out, `Updated: SHA-256 ${said.before ?? 'unreadable'} -> ${sha256}`);
    return 0;
  },
};

/** What is remembered of this repository; else the root that was named, or the one that is built in. */
async function memoryOf(ops: Ops, folder: string, named: Uint8Array | null, mirror: string): Promise<Memory> {
  if (named !== null) return { root: named, timestamp: null, snapshot: null };
  const read = async (name: string): Promise<Uint8Array | null> => ((await ops.files.stat(join(folder, name))) === null ? null : ops.files.read(join(folder, name), MAX_METADATA));
  const root = await read('root.json');
  if (root !== null) return { root, timestamp: await read('timestamp.json'), snapshot: await read('snapshot.json') };
  if (mirror !== PUBLIC_MIRROR) throw incomplete('trust update', '--root is missing', 'Another repository needs the root.json to begin with.');
  const { PUBLIC_GOOD_TUF_ROOT } = await import('../attest/sigstore/public-good-tuf.ts');
  return { root: new TextEncoder().encode(PUBLIC_GOOD_TUF_ROOT), timestamp: null, snapshot: null };
}

async function keep(ops: Ops, folder: string, { root, timestamp, snapshot }: Memory): Promise<void> {
  await ops.files.makeFolder(folder);
  // The root first: with a newer one the older others bind no less.
  for (const [name, bytes] of [['root.json', root], ['timestamp.json', timestamp], ['snapshot.json', snapshot]] as const) {
    if (bytes !== null) await ops.files.replace(join(folder, name), bytes);
  }
}

const show: Command = {
  name: 'show',
  summary: 'say which Sigstore instance is trusted',
  options: { 'trusted-root': trustedRootOption },
  says: 'Where the root is from, its SHA-256, and the authorities, logs and clocks in it, each with the time that it is good for.',
  exit: '0 shown, 2 wrong use, or a root that cannot be read',
  examples: ['occasio trust show'],
  async run({ values, flags }, io) {
    const { core } = loadCore();
    const { root, from } = await trustedRoot(io, createOps(), core, occasioHome(io), values.get('trusted-root'));
    const entries = entriesOf(root.root);
    if (flags.has('json')) document(io, { from, sha256: root.sha256, entries, skipped: root.skipped });
    else print(io, from, root.sha256, entries, root.skipped);
    return 0;
  },
};

interface Entry {
  readonly kind: 'authority' | 'log' | 'certificate log' | 'clock';
  readonly url: string;
  readonly from: string | null;
  readonly until: string | null;
}

type Instance = Awaited<ReturnType<typeof trustedRoot>>['root']['root'];
type Span = { readonly start?: Date | undefined; readonly end?: Date | undefined } | undefined;

function entriesOf({ certificateAuthorities, tlogs, ctlogs, timestampAuthorities }: Instance): readonly Entry[] {
  const entry = (kind: Entry['kind'], url: string, span: Span): Entry => ({ kind, url, from: span?.start?.toISOString() ?? null, until: span?.end?.toISOString() ?? null });
  return [
    ...certificateAuthorities.map((one) => entry('authority', one.uri, one.validFor)),
    ...tlogs.map((one) => entry('log', one.baseUrl, one.publicKey?.validFor)),
    ...ctlogs.map((one) => entry('certificate log', one.baseUrl, one.publicKey?.validFor)),
    ...timestampAuthorities.map((one) => entry('clock', one.uri, one.validFor)),
  ];
}

function print(io: Io, from: string, sha256: string, entries: readonly Entry[], skipped: readonly string[]): void {
  line(io.out, `Trusted root: ${from}, SHA-256 ${sha256}`);
  for (const { kind, url, from: start, until } of entries) line(io.out, `  ${kind.padEnd(16)}${printable(url)}, from ${start ?? 'ever'}${until === null ? '' : ` until ${until}`}`);
  for (const one of skipped) line(io.out, `  left out: ${printable(one)}`);
}

export const trust: Group = { name: 'trust', summary: 'the Sigstore instance that vouches for identities', actions: [update, show] };
