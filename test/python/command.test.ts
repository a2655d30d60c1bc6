/** The command in Python: its words, its exits, and that nothing of the evidence steers a terminal. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpoints, proofs } from '../formats/checkpoint-cases.ts';
import { lacking } from '../support/lacking.ts';
import { attested, bundleOf, bytesOf, checkpointOf, linesOf, ours, runRows, signed, theirs, witness, witnessKey } from '../verify/make.ts';
import { python, verifier } from './ask.ts';

const folder = mkdtempSync(join(tmpdir(), 'occasio-python-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...words: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync('python3', ['-I', '-B', verifier, ...words], { cwd: folder, encoding: 'utf8', timeout: 60_000, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } });
}

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

describe.skipIf(lacking(!python, 'no python3 of 3.9 or later: the command in Python was not run'))('occasio_verify.py', () => {
  beforeAll(async () => {
    file('good.json', await bundleOf());
    file('unsigned.json', await bundleOf({ key: null }));
    file('ours.pem', ours.pem);
    file('theirs.pem', theirs.pem);
    const predicate = await attested(linesOf(runRows()));
    file('attestation.json', JSON.stringify(predicate));
    file('attestation.json.sigstore.json', signed(predicate));
    file('run.jsonl', linesOf(runRows()));
    file('witnessed.json', await bundleOf({ checkpoints: [checkpointOf({ cosigner: witness })] }));
    file('kept', checkpointOf());
    file('kept-of-others', checkpointOf({ rows: runRows().map((row) => ({ ...row, agent: 'codex' })) }));
    file('beside.json', JSON.stringify(predicate));
    file('beside.json.sigstore.json', signed(predicate));
    file('beside.json.occasio.json', JSON.stringify({ checkpoints: [checkpointOf()], policies: [], run_id: predicate.subject.run_id, schema: 'occasio-sidecar/v1' }));
    file('run.proof', proofs.find(({ name }) => name === 'good')?.bytes ?? expect.unreachable());
    file('note', checkpoints.find(({ name }) => name === 'good')?.bytes ?? expect.unreachable());
    file('strange.json', await bundleOf({ rows: runRows().map((row) => ({ ...row, run_id: 'x\u001b[2J\u202e\u2028\u009b' })) }));
    file('deep.json', '['.repeat(200_000));
    file('deep.jsonl', `{"kind":"x","hash":${'['.repeat(500_000)}${']'.repeat(500_000)}}\n`);
    file('digits.json', `{"schema":"occasio-bundle/v1","n":${'9'.repeat(100_000)}}`);
    file('lines.jsonl', '{"kind":"run_start","hash":1,"a":"\u2028\u0085"}\n');
  });

  it.each<readonly [name: string, words: readonly string[], status: number, first: RegExp]>([
    ['a_bundle_that_a_trusted_key_signed', ['good.json', '--key', 'ours.pem', '--require', 'coverage,policy'], 0, /^good\.json: verified\n/],
    ['a_bundle_by_somebody_else', ['good.json', '--key', 'theirs.pem'], 1, /^good\.json: failed\n[^]*signature +failed \[signature-mismatch\]/],
    ['a_bundle_without_any_trusted_key', ['good.json'], 1, /signature +failed \[no-trusted-key\]/],
    ['an_unsigned_bundle', ['unsigned.json'], 1, /signature +failed \[unsigned\]/],
    ['an_unsigned_bundle_as_asked', ['unsigned.json', '--allow-unsigned'], 0, /^unsigned\.json: self-consistent\n/],
    ['an_attestation_with_sidecar_and_chain', ['attestation.json', '--key', 'ours.pem', '--chain', 'run.jsonl'], 0, /^attestation\.json: verified\n/],
    ['a_requirement_that_cannot_be_checked_here', ['good.json', '--key', 'ours.pem', '--require', 'checkpoint'], 1, /required +failed \[requirement-not-met\] at member \/checkpoint/],
    ['an_attestation_with_checkpoints_beside_it', ['beside.json', '--key', 'ours.pem', '--chain', 'run.jsonl', '--require', 'checkpoint'], 0, /^beside\.json: verified\n/],
    ['a_bundle_that_a_witness_vouches_for', ['witnessed.json', '--key', 'ours.pem', '--witness-key', witnessKey, '--require', 'checkpoint'], 0, /^witnessed\.json: verified\n/],
    ['a_checkpoint_that_was_kept', ['good.json', '--key', 'ours.pem', '--checkpoint', 'kept', '--require', 'checkpoint'], 0, /^good\.json: verified\n/],
    ['a_checkpoint_that_was_kept_of_other_rows', ['good.json', '--key', 'ours.pem', '--checkpoint', 'kept-of-others'], 1, /checkpoint +failed \[checkpoint-root\]\n/],
    ['a_run', ['run.jsonl', '--allow-unsigned'], 0, /^run\.jsonl: self-consistent\n/],
    ['a_proof_without_a_key', ['run.proof'], 1, /failed \[checkpoint-key\]/],
    ['rows_nested_deep', ['deep.jsonl', '--allow-unsigned'], 1, /form +failed \[depth\]/],
    ['separators_that_are_no_line_feeds', ['lines.jsonl', '--allow-unsigned'], 1, /\n1 rows of run/],
  ])('%s', (_, words, status, first) => {
    const said = run(...words);
    expect([said.status, said.stderr]).toEqual([status, '']);
    expect(said.stdout).toMatch(first);
  });

  it.each<readonly [name: string, words: readonly string[], says: RegExp]>([
    ['no_file', [], /0 files are given/],
    ['a_file_that_is_not_there', ['none.json'], /No such file/],
    ['an_option_that_is_none', ['good.json', '--trust-me'], /no such option/],
    ['a_requirement_that_is_none', ['good.json', '--require', 'luck'], /Cannot require "luck"/],
    ['a_key_that_is_none', ['good.json', '--key', 'good.json'], /holds no public key/],
    ['a_file_of_another_kind', ['note', '--key', 'ours.pem'], /neither a bundle/],
    ['a_document_nested_deep', ['deep.json'], /neither a bundle/],
    ['a_key_of_a_witness_for_a_bundle', ['good.json', '--witness-key', 'w+00000000+AA=='], /no key of a witness/],
  ])('exit_2_for_%s', (_, words, says) => {
    const said = run(...words);
    expect([said.status, said.stdout]).toEqual([2, '']);
    expect(said.stderr).toMatch(says);
    expect(said.stderr).not.toMatch(/Traceback/);
  });

  it('gives_the_verdict_as_canonical_json', () => {
    const { status, stdout } = run('good.json', '--key', 'ours.pem', '--json');
    const verdict = JSON.parse(stdout) as { readonly word: string; readonly verdict: string; readonly checks: readonly unknown[] };
    expect([status, verdict.word, verdict.verdict]).toEqual([0, 'verified', 'occasio-verdict/v1']);
    expect(Object.keys(verdict)).toEqual(Object.keys(verdict).sort());
  });

  it('a_number_of_100000_digits_is_a_fault_and_no_crash', () => {
    expect(run('digits.json')).toMatchObject({ status: 2, stdout: '' });
  });

  it('shows_evidence_in_characters_that_steer_nothing', () => {
    const { stdout } = run('strange.json', '--key', 'ours.pem');
    expect(stdout).toMatch(/failed/);
    expect(bytesOf(stdout).some((byte) => (byte < 32 && byte !== 10) || byte === 127)).toBe(false);
    expect(stdout).not.toMatch(/[\u0080-\u009f\u2028\u202e]/);
  });
});
