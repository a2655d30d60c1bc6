/** The root that is built in is the one that the update framework's package carries, and it is whole. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { TrustedMetadataStore } from 'tuf-js/dist/store.js';
import { PUBLIC_GOOD_TUF_ROOT } from '../../host/attest/sigstore/public-good-tuf.ts';
import { PUBLIC_GOOD_ROOT, PUBLIC_GOOD_SHA256 } from '../../verifiers/sigstore/public-good.ts';
import { loadRoot, publicGoodRoot } from '../../verifiers/sigstore/index.ts';
import { core, utf8 } from './signing.ts';

type Seeds = { readonly [url: string]: { readonly 'root.json': string; readonly targets: { readonly [name: string]: string } } };

const seeds = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json'), 'utf8')) as Seeds;

describe('the built-in trusted root', () => {
  it('is, byte for byte, the one of @sigstore/tuf', () => {
    const published = Buffer.from(seeds['https://tuf-repo-cdn.sigstore.dev']?.targets['trusted_root.json'] ?? '', 'base64');
    expect(PUBLIC_GOOD_ROOT).toBe(published.toString('utf8'));
    expect(createHash('sha256').update(published).digest('hex')).toBe(PUBLIC_GOOD_SHA256);
  });

  it('is updated from the root that @sigstore/tuf begins with, byte for byte', () => {
    const published = Buffer.from(seeds['https://tuf-repo-cdn.sigstore.dev']?.['root.json'] ?? '', 'base64');
    expect(PUBLIC_GOOD_TUF_ROOT).toBe(published.toString('utf8'));
    expect(() => new TrustedMetadataStore(published)).not.toThrow();
  });

  it('has logs of both versions, authorities and a timestamp authority, none left out', () => {
    const { root, sha256, skipped } = publicGoodRoot(core);
    expect([sha256, skipped]).toEqual([PUBLIC_GOOD_SHA256, []]);
    expect([root.tlogs.length, root.certificateAuthorities.length, root.ctlogs.length, root.timestampAuthorities.length].every((n) => n > 0)).toBe(true);
  });
});

describe('a trusted root', () => {
  const changed = (edit: (root: { [member: string]: { publicKey: { keyDetails: string; validFor?: object } }[] }) => void): Uint8Array => {
    const value = JSON.parse(PUBLIC_GOOD_ROOT) as Parameters<typeof edit>[0];
    edit(value);
    return utf8(JSON.stringify(value));
  };

  it.each<[string, Uint8Array]>([
    ['that is no JSON', utf8('{')],
    ['with a member twice', utf8(PUBLIC_GOOD_ROOT.replace('"tlogs"', '"tlogs":[],"tlogs"'))],
    ['of another type', utf8('{"mediaType":"application/json"}')],
    ['that is null', utf8('null')],
    ['whose log has no beginning', changed((r) => void delete r['tlogs']?.[0]?.publicKey.validFor)],
    ['whose certificate log has no beginning', changed((r) => void delete r['ctlogs']?.[0]?.publicKey.validFor)],
    ['whose logs are no list', utf8(JSON.stringify({ ...JSON.parse(PUBLIC_GOOD_ROOT) as object, tlogs: {} }))],
  ])('%s is refused', (_name, bytes) => {
    expect(() => loadRoot(core, bytes, 'test')).toThrow(/Cannot use trusted root "test"/);
  });

  it('a key of a kind that is not known is left out and named, and the others stay', () => {
    const bytes = changed((r) => Object.assign(r['tlogs']?.[0]?.publicKey ?? {}, { keyDetails: 'PKIX_OF_THE_FUTURE' }));
    const { root, skipped } = loadRoot(core, bytes, 'test');
    expect(skipped.length).toBe(1);
    expect(skipped[0]).toContain('tlogs[0]');
    expect(root.tlogs.length).toBe(publicGoodRoot(core).root.tlogs.length - 1);
  });
});
