/** Which trusted root of a Sigstore instance holds: the one that is named, else the one that `occasio trust update` brought, else the one that is built in. */
import { join } from 'node:path';
import type { Core } from '../../core-wasm/core.ts';
import { printable } from '../../verifiers/formats/error.ts';
import type { Root } from '../../verifiers/sigstore/index.ts';
import type { Ops } from '../ops.ts';
import type { Option } from './command.ts';
import { absolute } from './files.ts';
import type { Io } from './print.ts';

export const trustedRootOption: Option = { value: 'FILE', of: 'file', says: "trust this Sigstore instance: its trusted_root.json;\ndefault: Sigstore's public one, as last updated" };

export interface TrustedRoot {
  readonly root: Root;
  /** Where it is from, as a sentence says it: `built in`. */
  readonly from: string;
}

export const MAX_ROOT = 4 << 20;

/** Below the home: what an update brought. */
export const refreshedRoot = (home: string): string => join(home, 'trust', 'trusted_root.json');

export async function trustedRoot(io: Io, ops: Ops, core: Core, home: string, named: string | undefined): Promise<TrustedRoot> {
  // Late: a command that needs no signature does not pay for the library.
  const { loadRoot, publicGoodRoot } = await import('../../verifiers/sigstore/index.ts');
  if (named !== undefined) return { root: loadRoot(core, await ops.files.read(absolute(io, named), MAX_ROOT), named), from: printable(named) };
  const refreshed = refreshedRoot(home);
  if ((await ops.files.stat(refreshed)) !== null) return { root: loadRoot(core, await ops.files.read(refreshed, MAX_ROOT), refreshed), from: 'as last updated' };
  return { root: publicGoodRoot(core), from: 'built in' };
}
