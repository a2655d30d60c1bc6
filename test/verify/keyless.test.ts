/** Bundles signed under an identity on a loopback instance, through the whole procedure: whose signature, over which run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateChecker } from '../../verifiers/sigstore/checker.ts';
import { formatBundle } from '../../verifiers/formats/bundle.ts';
import { formatStatement } from '../../verifiers/formats/statement.ts';
import { verifyEvidence, type VerifyOptions } from '../../verifiers/verify/index.ts';
import { rootOf, signOn, startSigstore, WORKFLOW, type Sigstore } from '../sigstore/signing.ts';
import { attested, bytesOf, core, linesOf, POLICY, runRows, split } from './make.ts';

let sigstore: Sigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
}, 60_000);
afterAll(() => sigstore.close());

async function bundle(subject = WORKFLOW, rows = runRows(), signedRows = rows): Promise<Uint8Array> {
  const attestation = await attested(linesOf(rows));
  const statement = formatStatement(core, await attested(linesOf(signedRows)));
  const { bundle: signature } = await signOn(sigstore, 'Rekor 1', statement, subject);
  return formatBundle(core, { attestation, rows: split(linesOf(rows)), policy: bytesOf(POLICY), signature });
}

const ISSUER = { pattern: 'https?://[^ ]+' };
async function verdictOf(bytes: Uint8Array, options: VerifyOptions, checked = true) {
  const verdict = await verifyEvidence(core, { kind: 'bundle', bytes }, options, checked ? { certificate: certificateChecker(core, rootOf(sigstore)) } : {});
  return { word: verdict.word, signer: verdict.signer, failed: verdict.checks.filter((one) => one.result === 'failed').map((one) => `${one.check} ${one.code}`) };
}

describe('evidence signed under an identity', () => {
  it('is_verified_where_exactly_that_identity_is_expected', async () => {
    const verdict = await verdictOf(await bundle(), { identity: { exact: WORKFLOW }, issuer: ISSUER });
    expect(verdict).toMatchObject({ word: 'verified', failed: [], signer: { kind: 'certificate', identity: WORKFLOW } });
  });

  it.each([
    ['nobody_was_expected', {}, ['identity identity-not-expected']],
    ['no_issuer_was_expected', { identity: { exact: WORKFLOW } }, ['identity identity-not-expected']],
    ['another_was_expected', { identity: { exact: `${WORKFLOW}-evil` }, issuer: ISSUER }, ['identity identity-differs']],
    ['a_pattern_meets_only_a_part', { identity: { pattern: 'https://github.com/o/r' }, issuer: ISSUER }, ['identity identity-differs']],
    ['another_issuer_was_expected', { identity: { exact: WORKFLOW }, issuer: { exact: 'https://issuer.example' } }, ['identity issuer-differs']],
  ] as const)('fails_where_%s', async (_, options, failed) => {
    expect(await verdictOf(await bundle(), options)).toMatchObject({ word: 'failed', failed: [...failed, 'required requirement-not-met'] });
  });

  it('by_an_attackers_own_identity_fails', async () => {
    const verdict = await verdictOf(await bundle('https://github.com/o/r-fork/.github/workflows/attest.yml@refs/heads/main'), { identity: { exact: WORKFLOW }, issuer: ISSUER });
    expect(verdict).toMatchObject({ word: 'failed', failed: ['identity identity-differs', 'required requirement-not-met'] });
  });

  it('over_another_run_fails', async () => {
    const other = runRows().map((row) => ({ ...row, run_id: 'another-run' }));
    const { failed } = await verdictOf(await bundle(WORKFLOW, runRows(), other), { identity: { exact: WORKFLOW }, issuer: ISSUER });
    expect(failed).toContain('statement predicate-differs');
  });

  it('where_anybody_will_do_is_never_verified', async () => {
    expect(await verdictOf(await bundle(), { anyIdentity: true })).toMatchObject({ word: 'self-consistent', failed: [] });
  });

  it('that_nobody_here_can_check_fails', async () => {
    expect(await verdictOf(await bundle(), { identity: { exact: WORKFLOW }, issuer: ISSUER }, false)).toMatchObject({ word: 'failed', signer: null, failed: ['required requirement-not-met'] });
  });
});
