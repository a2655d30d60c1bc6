/** sigstore-python verifies, offline, what `occasio attest --sign` made on an instance on loopback; and refuses what we refuse. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { giveRecord, newProject } from '../cli/project.ts';
import { environment, occasio, type Place } from '../cli/run.ts';
import { lacking } from '../support/lacking.ts';
import { ISSUER, startSigstore } from '../support/sigstore.ts';
import { VERSION } from './install.ts';

const python = process.env['OCCASIO_TEST_PYTHON'] ?? '';
const WORKFLOW = 'https://github.com/o/r/.github/workflows/attest.yml@refs/heads/main';

describe.skipIf(lacking(python === '', `sigstore-python ${VERSION} is not installed`))('sigstore-python', () => {
  let place: Place;
  let lastHash: string;

  /** Its own form of what a verifier trusts. */
  const trust = (name: string, root: Uint8Array): void => {
    const signingConfig = { mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json', caUrls: [], oidcUrls: [], rekorTlogUrls: [], tsaUrls: [], rekorTlogConfig: { selector: 'ANY' }, tsaConfig: { selector: 'ANY' } };
    const config = { mediaType: 'application/vnd.dev.sigstore.clienttrustconfig.v0.1+json', trustedRoot: JSON.parse(new TextDecoder().decode(root)) as object, signingConfig };
    writeFileSync(join(place.cwd, name), JSON.stringify(config));
  };

  beforeAll(async () => {
    place = newProject();
    await giveRecord(place);
    const [sigstore, other] = await Promise.all([startSigstore({ dsseAs: 'hashedrekord' }), startSigstore()]);
    writeFileSync(join(place.cwd, 'root.json'), sigstore.trustedRoot);
    trust('trust.json', sigstore.trustedRoot);
    trust('other.json', other.trustedRoot);
    const words = ['attest', '--sign', '--fulcio-url', sigstore.url, '--rekor-url', sigstore.url, '--rekor-version', '2', '--tsa-url', sigstore.url, '--trusted-root', 'root.json', '--out', 'attestation.json'];
    expect(await occasio(place, words, { env: { SIGSTORE_ID_TOKEN: sigstore.token(WORKFLOW) } })).toMatchObject({ code: 0, err: '' });
    await Promise.all([sigstore.close(), other.close()]);
    lastHash = (JSON.parse(readFileSync(join(place.cwd, 'attestation.json'), 'utf8')) as { audit_chain: { last_hash: string } }).audit_chain.last_hash;
    const text = readFileSync(join(place.cwd, 'attestation.json.sigstore.json'), 'utf8');
    writeFileSync(join(place.cwd, 'tampered.json'), text.replace(/"sig":"(.{20})(.)/, (_, before: string, one: string) => `"sig":"${before}${one === 'A' ? 'B' : 'A'}`));
  });

  function verify({ config = 'trust.json', bundle = 'attestation.json.sigstore.json', identity = WORKFLOW, issuer = ISSUER, digest = lastHash }): { readonly code: number | null; readonly said: string } {
    const ran = spawnSync(python, ['-m', 'sigstore', '--trust-config', config, 'verify', 'identity', '--offline', '--bundle', bundle, '--cert-identity', identity, '--cert-oidc-issuer', issuer, `sha256:${digest}`], { cwd: place.cwd, env: environment(place), encoding: 'utf8' });
    return { code: ran.status, said: ran.stdout + ran.stderr };
  }

  it('verifies_the_attestation_by_the_expected_identity_and_shows_what_was_signed', () => {
    const { code, said } = verify({});
    expect([code, said]).toEqual([0, expect.stringMatching(/^OK: /m)]);
    expect(said).toContain(`"predicate":${readFileSync(join(place.cwd, 'attestation.json'), 'utf8').trim()}`);
  });

  it.each<[string, () => Parameters<typeof verify>[0]]>([
    ['another_run', () => ({ digest: createHash('sha256').update('x').digest('hex') })],
    ['another_identity', () => ({ identity: `${WORKFLOW}-evil` })],
    ['another_issuer', () => ({ issuer: `${ISSUER}/x` })],
    ['another_instance', () => ({ config: 'other.json' })],
    ['a_changed_signature', () => ({ bundle: 'tampered.json' })],
  ])('refuses_%s', (_, given) => {
    expect(verify(given()).code).toBe(1);
  });
});
