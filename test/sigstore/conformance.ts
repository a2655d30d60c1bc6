/** The cases of sigstore-conformance's bundle verification, read from $OCCASIO_CORPORA. Their README says what a folder may hold. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createHash, createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import type { Artifact } from '../../verifiers/sigstore/index.ts';
import type { Case } from './judge.ts';

export interface ConformanceCase extends Case {
  readonly artifact: Uint8Array;
}

const IDENTITY = 'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
const ISSUER = 'https://token.actions.githubusercontent.com';

const corpora = process.env['OCCASIO_CORPORA'] ?? '';
const folder = join(corpora, 'sigstore-conformance/bundle-verify');

export const noCorpora = corpora === '' || !existsSync(folder);
export const whichCorpora = corpora === '' ? 'no corpora: OCCASIO_CORPORA is not set' : `no corpora in ${folder}`;

/** None where there are no corpora. */
export function conformanceCases(): readonly ConformanceCase[] {
  if (noCorpora) return [];
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => readCase(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function readCase(name: string): ConformanceCase {
  const bytes = (file: string): Uint8Array | null => (existsSync(join(folder, name, file)) ? new Uint8Array(readFileSync(join(folder, name, file))) : null);
  const text = (file: string): string | undefined => (bytes(file) === null ? undefined : readFileSync(join(folder, name, file), 'utf8').trim());
  const pem = text('key.pub');
  return {
    name,
    good: !name.endsWith('_fail'),
    bundle: bytes('bundle.sigstore.json') ?? new Uint8Array(),
    artifact: bytes('artifact') ?? new Uint8Array(readFileSync(join(folder, 'a.txt'))),
    root: bytes('trusted_root.json'),
    key: pem === undefined ? null : new Uint8Array(createPublicKey(pem).export({ format: 'der', type: 'spki' })),
    identity: text('identity') ?? IDENTITY,
    issuer: text('issuer') ?? ISSUER,
  };
}

/** The artifact whole, and by its digest alone. */
export const forms: readonly (readonly [string, (bytes: Uint8Array) => Artifact])[] = [
  ['file', (bytes) => ({ bytes })],
  ['digest', (bytes) => ({ sha256: new Uint8Array(createHash('sha256').update(bytes).digest()) })],
];
