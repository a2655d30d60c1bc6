/**
 * A trusted root (sigstore protobuf-specs TrustedRoot, JSON): authorities, logs and timestamp authorities, each with the time it
 * is good for. It comes from the person who verifies, never from evidence. Logs without a beginning are refused: the library
 * would trust them since 1970. Entries of kinds that this code does not know are left out and named.
 */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../formats/error.ts';
import { hex } from '../formats/hex.ts';
import { TrustedRoot, toTrustMaterial } from './library.ts';

export interface Root {
  readonly root: TrustedRoot;
  /** Of the text, hex. */
  readonly sha256: string;
  /** Entries left out: `tlogs[2]: …`. */
  readonly skipped: readonly string[];
}

const MAX_ROOT = 4 << 20;
const LISTS = ['tlogs', 'certificateAuthorities', 'ctlogs', 'timestampAuthorities'] as const;
type Entry = { readonly publicKey?: { readonly validFor?: { readonly start?: unknown } } };
type RootJson = { readonly mediaType?: unknown } & { readonly [L in (typeof LISTS)[number]]?: readonly Entry[] };

/** `name`: where the text is from, for the error. */
export function loadRoot(core: Core, bytes: Uint8Array, name: string): Root {
  const unfit = (found: string): OccasioError => new OccasioError({ code: 'unreadable', cannot: 'use trusted root', thing: name, found, next: 'A trusted root is the trusted_root.json of a Sigstore instance.' });
  if (bytes.length > MAX_ROOT) throw unfit(`${bytes.length} bytes`);
  const strict = core.canonicalize(bytes, 'jcs');
  if (!strict.ok) throw unfit(`${strict.fault.code} at byte ${strict.fault.offset}`);
  const json = JSON.parse(new TextDecoder().decode(bytes)) as RootJson | null;
  if (json === null || !/^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=|\.v)0\.[12](?:\+json)?$/.test(String(json.mediaType))) throw unfit('no trusted root');
  const skipped: string[] = [];
  const kept: { [list: string]: readonly Entry[] } = {};
  for (const list of LISTS) {
    const entries = json[list] ?? [];
    if (!Array.isArray(entries)) throw unfit(`${list} is no list`);
    const dated = list === 'tlogs' || list === 'ctlogs';
    entries.forEach((entry, i) => {
      if (dated && typeof entry.publicKey?.validFor?.start !== 'string') throw unfit(`${list}[${i}] has no beginning of its validity`);
    });
    kept[list] = entries.filter((entry, i) => isKnown(list, entry, (why) => skipped.push(`${list}[${i}]: ${why}`)));
  }
  return { root: TrustedRoot.fromJSON({ mediaType: json.mediaType, ...kept }), sha256: hex(core.sha256(bytes)), skipped };
}

/** By trying: the library gives up on a whole root for one key it does not know. */
function isKnown(list: string, entry: Entry, skip: (why: string) => void): boolean {
  try {
    const empty = { mediaType: '', tlogs: [], certificateAuthorities: [], ctlogs: [], timestampAuthorities: [] };
    toTrustMaterial(TrustedRoot.fromJSON({ ...empty, [list]: [entry] }));
    return true;
  } catch (error) {
    skip(error instanceof Error ? error.message : 'cannot be read');
    return false;
  }
}
