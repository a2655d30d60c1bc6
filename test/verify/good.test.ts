import { describe, expect, it } from 'vitest';
import { parsePublicKey, verifyEvidence, type Evidence, type VerifyOptions } from '../../verifiers/verify/index.ts';
import { formatPredicate } from '../../verifiers/formats/predicate.ts';
import { attested, bundleOf, bytesOf, core, gitRows, linesOf, ours, runRows, signed, theirs, POLICY } from './make.ts';

const trusted = (...pems: string[]): VerifyOptions => ({ keys: pems.map((pem) => parsePublicKey(core, pem) ?? expect.unreachable()) });
const verify = (evidence: Evidence, options: VerifyOptions = trusted(ours.pem)) => verifyEvidence(core, evidence, options);
const failures = (verdict: Awaited<ReturnType<typeof verify>>) => verdict.checks.filter((one) => one.result === 'failed');

describe('good evidence', () => {
  it.each([['1.1.0'], ['1.0.0']] as const)('a_bundle_of_profile_%s_is_verified_and_every_check_is_listed_once', async (version) => {
    const verdict = await verify({ kind: 'bundle', bytes: await bundleOf({ version }) });
    expect([failures(verdict), verdict.word]).toEqual([[], 'verified']);
    expect(verdict.signer).toEqual({ kind: 'key', identity: ours.id, issuer: null });
    expect(verdict.checks.map((one) => [one.check, one.result, one.code].join(' '))).toEqual([
      'document ok ', 'manifest ok ', 'signature ok ', 'identity ok ', 'statement ok ', 'predicate ok ', 'form ok ', 'chain ok ', 'run ok ', 'members ok ', 'time ok ',
      'end ok ', 'anchor ok ', 'figures ok ', 'policy ok ', 'decisions not checked no-replay', 'coverage ok ', 'git not checked no-git-state', 'checkpoint not checked no-checkpoint', 'required ok ',
    ]);
  });

  it('an_attestation_with_sidecar_and_chain_is_the_same', async () => {
    const lines = linesOf(gitRows());
    const predicate = await attested(lines);
    expect(predicate.subject).toMatchObject({ git_commit: 'c'.repeat(40), files_changed: ['a.txt', 'b.txt', 'new.txt'] });
    const verdict = await verify({ kind: 'attestation', bytes: formatPredicate(core, predicate), sidecar: signed(predicate), chain: [lines], policy: bytesOf(POLICY) }, { ...trusted(theirs.pem, ours.pem), require: ['coverage', 'git', 'policy'] });
    expect([failures(verdict), verdict.word]).toEqual([[], 'verified']);
  });

  it('rows_written_after_it_are_noted_and_not_counted', async () => {
    const rows = runRows();
    const predicate = await attested(linesOf(rows.slice(0, 5)));
    for (const size of [1, 100, 100_000]) {
      const chain = linesOf(rows);
      const pieces = Array.from({ length: Math.ceil(chain.length / size) }, (_, i) => chain.slice(i * size, (i + 1) * size));
      const verdict = await verify({ kind: 'attestation', bytes: formatPredicate(core, predicate), sidecar: signed(predicate), chain: pieces, policy: null });
      expect([verdict.word, verdict.rows, verdict.checks.find((one) => one.check === 'anchor')?.code]).toEqual(['verified', 5, 'rows-after']);
    }
  });

  it('a_bare_run_is_self_consistent_where_that_was_asked_and_failed_elsewhere', async () => {
    const run: Evidence = { kind: 'run', source: [linesOf(runRows())], policy: null };
    expect((await verify(run, { allowUnsigned: true })).word).toBe('self-consistent');
    expect((await verify(run)).word).toBe('failed');
    expect((await verify({ ...run, source: [linesOf(runRows().slice(0, 4))] }, { allowUnsigned: true })).word).toBe('open');
  });
});
