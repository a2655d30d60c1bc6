/** Evidence with one defect each; what a verifier must find of it. Those who can rewrite the file are assumed to remake every digest in it. */
import type { Predicate } from '../../verifiers/formats/predicate.ts';
import { formatStatement, PAYLOAD_TYPE } from '../../verifiers/formats/statement.ts';
import type { Row } from '../formats/cases.ts';
import { ED25519, formatNote, verifierKey } from '../../verifiers/formats/note.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import { attested, bundleOf, bytesOf, checkpointOf, core, gitRows, linesOf, ours, runRows, signed, signedPayload, split, textOf, theirs, witness, witnessKey, POLICY } from './make.ts';
import { formatBundle } from '../../verifiers/formats/bundle.ts';

export interface VerdictCase {
  readonly name: string;
  readonly about: string;
  /** The bundle. */
  readonly bytes: Uint8Array;
  readonly options?: { readonly keys?: readonly string[]; readonly require?: readonly string[]; readonly allow_unsigned?: boolean; readonly witness_keys?: readonly string[]; readonly held?: readonly string[] };
  readonly word: 'verified' | 'self-consistent' | 'failed';
  /** What failed: check, code, and the member, the row or the byte it is placed at. */
  readonly failed: readonly (readonly [check: string, code: string, at?: string | number])[];
}

const clone = (predicate: Predicate): { [name: string]: { [name: string]: unknown } } => structuredClone(predicate) as never;
const changed = (change: (predicate: ReturnType<typeof clone>) => void) => (predicate: Predicate): unknown => {
  const copy = clone(predicate);
  change(copy);
  return copy;
};
/** The bundle with a text in it replaced, its digests left as they were. */
async function altered(from: string | RegExp, to: string): Promise<Uint8Array> {
  return bytesOf(textOf(await bundleOf()).replace(from, to));
}
/** Rows that are not those which were attested; the digests are made anew. */
async function withRows(rows: readonly Row[], attestedRows = runRows()): Promise<Uint8Array> {
  const attestation = await attested(linesOf(attestedRows));
  return formatBundle(core, { attestation, rows: split(linesOf(rows)), policy: bytesOf(POLICY), signature: signed(attestation) });
}
/** A signature file of another form around the statement that belongs there. */
async function withEnvelope(change: (bundle: { mediaType: string; verificationMaterial: Record<string, unknown>; dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string; keyid?: string }[] } }) => void): Promise<Uint8Array> {
  const attestation = await attested(linesOf(runRows()));
  const bundle = JSON.parse(textOf(signed(attestation)));
  change(bundle);
  return formatBundle(core, { attestation, rows: split(linesOf(runRows())), policy: bytesOf(POLICY), signature: bytesOf(JSON.stringify(bundle)) });
}
const statement = (change: (statement: { _type: string; predicateType: string; subject: { name: string; digest: Record<string, string> }[]; predicate: unknown }) => void) => (predicate: Predicate): Uint8Array => {
  const value = JSON.parse(textOf(formatStatement(core, predicate)));
  change(value);
  return bytesOf(JSON.stringify(value));
};
const coverageRows = (change: (rows: Row[]) => void): Row[] => {
  const rows = runRows();
  change(rows);
  return rows;
};

const NOT_SIGNED = ['required', 'requirement-not-met', '/signature'] as const;
const anchored = (...codes: readonly ('anchor-run' | 'anchor-first' | 'anchor-rows' | 'anchor-last')[]) => {
  const at = { 'anchor-run': '/subject/run_id', 'anchor-first': '/audit_chain/first_hash', 'anchor-rows': '/audit_chain/event_count', 'anchor-last': '/audit_chain/last_hash' };
  return codes.map((code) => ['anchor', code, at[code]] as const);
};
const figures = (...members: readonly string[]) => members.map((member) => ['figures', 'figure-differs', member] as const);
const other = (rows: Row[]): Row[] => rows.map((row) => ({ ...row, run_id: 'another-run' }));

export const cases = async (): Promise<readonly VerdictCase[]> => [
  { name: 'good', about: 'Nothing is wrong.', bytes: await bundleOf(), word: 'verified', failed: [] },
  { name: 'good-profile-1-0-0', about: 'Nothing is wrong, with the members of 1.0.0 alone.', bytes: await bundleOf({ version: '1.0.0' }), word: 'verified', failed: [] },
  { name: 'good-with-git-state', about: 'Nothing is wrong; the checkout is in it and required.', bytes: await bundleOf({ rows: gitRows() }), options: { require: ['git', 'coverage', 'policy'] }, word: 'verified', failed: [] },
  { name: 'unsigned', about: 'Nobody signed it, and nobody said that this is fine.', bytes: await bundleOf({ key: null }), word: 'failed', failed: [['signature', 'unsigned'], NOT_SIGNED] },
  { name: 'unsigned-as-asked', about: 'Nobody signed it, and that was said to be fine.', bytes: await bundleOf({ key: null }), options: { keys: [], allow_unsigned: true }, word: 'self-consistent', failed: [] },
  { name: 'unsigned-and-signature-required', about: 'Both were said: the stricter holds.', bytes: await bundleOf({ key: null }), options: { keys: [], allow_unsigned: true, require: ['signature'] }, word: 'failed', failed: [NOT_SIGNED] },
  { name: 'not-json', about: 'The file was cut.', bytes: (await bundleOf()).subarray(0, 1000), word: 'failed', failed: [['document', 'syntax', 1000], ['signature', 'unsigned'], NOT_SIGNED, ['required', 'requirement-not-met', '/rows']] },
  { name: 'member-twice', about: 'Two attestations in one file: readers disagree on which one counts.', bytes: await altered('{"schema"', '{"attestation":{},"schema"'), word: 'failed', failed: [['document', 'duplicate-name'], ['signature', 'unsigned'], NOT_SIGNED, ['required', 'requirement-not-met', '/rows']] },
  { name: 'unknown-schema', about: 'A file of another kind.', bytes: await altered('occasio-bundle/v1', 'occasio-bundle/v2'), word: 'failed', failed: [['document', 'unknown-document', '/schema'], ['signature', 'unsigned'], NOT_SIGNED, ['required', 'requirement-not-met', '/rows']] },
  { name: 'unknown-member', about: 'A member that no check covers.', bytes: await altered('{"schema"', '{"note":1,"schema"'), word: 'failed', failed: [['document', 'member-unknown', '/note'], ['signature', 'unsigned'], NOT_SIGNED, ['required', 'requirement-not-met', '/rows']] },
  { name: 'manifest-of-another-slice', about: 'The digest of the rows is another.', bytes: await altered(/("chain_slice_sha256":")[0-9a-f]{64}/, `$1${'e'.repeat(64)}`), word: 'failed', failed: [['manifest', 'slice-digest'], ['manifest', 'bundle-digest']] },
  { name: 'policy-text-swapped', about: 'Another policy than the one in force is shown, with its own digest.', bytes: await bundleOf({ policy: 'version: 1\n' }), word: 'failed', failed: [['policy', 'policy-text-differs']] },
  { name: 'policy-text-left-out', about: 'The policy is not shown, and it was required.', bytes: await bundleOf({ policy: null }), options: { require: ['policy'] }, word: 'failed', failed: [['required', 'requirement-not-met', '/policy']] },
  { name: 'policy-not-enforced', about: 'The preset was off: nothing was refused, and enforcement was required.', bytes: await bundleOf({ rows: coverageRows((r) => { (r[0] as Row)['preset'] = 'off'; }) }), options: { require: ['policy'] }, word: 'failed', failed: [['required', 'requirement-not-met', '/policy']] },

  { name: 'last-row-cut', about: 'The newest row was taken away.', bytes: await withRows(runRows().slice(0, -1)), word: 'failed', failed: [...anchored('anchor-rows', 'anchor-last'), ...figures('/agent/ended_at', '/agent/wall_time_s', '/audit_chain/complete', '/audit_chain/event_count', '/audit_chain/last_hash', '/audit_chain/root_hash', '/audit_chain/tree_size')] },
  { name: 'all-rows-cut', about: 'No row is left.', bytes: await withRows([]), word: 'failed', failed: [['run', 'empty', 0], ...anchored('anchor-first', 'anchor-rows', 'anchor-last')] },
  { name: 'refusal-turned-into-pass-and-chained-anew', about: 'Whoever holds the file makes every hash anew: the signature still names the old head.', bytes: await withRows(coverageRows((r) => { (r[4] as Row)['action'] = 'PASS'; (r[4] as Row)['result_kind'] = 'pass'; (r[6] as Row)['counts'] = { run_start: 1, policy_loaded: 1, tool_call: 2, tool_result: 1, request: 1, PASS: 2 }; })), word: 'failed', failed: [...anchored('anchor-last'), ...figures('/audit_chain/last_hash', '/audit_chain/root_hash', '/execution_summary/blocked', '/execution_summary/blocked_events', '/execution_summary/passed')] },
  { name: 'rows-of-another-run', about: 'Rows of another run of the same shape.', bytes: await withRows(other(runRows())), word: 'failed', failed: [['run', 'run-id', 0], ...anchored('anchor-first', 'anchor-last'), ...figures('/audit_chain/first_hash', '/audit_chain/last_hash', '/audit_chain/root_hash')] },
  { name: 'row-demoted', about: 'A row lost its hash.', bytes: await altered(/("kind":"tool_result".*?),"hash":"[0-9a-f]{64}"/, '$1'), word: 'failed', failed: [['manifest', 'slice-digest'], ['chain', 'hash-missing', 3]] },
  { name: 'row-doubled', about: 'A row stands twice.', bytes: await withRows([...runRows().slice(0, 3), ...runRows().slice(2)]), word: 'failed', failed: [['run', 'seq', 3], ['run', 'end-counts', 7], ...anchored('anchor-rows', 'anchor-last')] },
  { name: 'white-space-in-rows', about: 'A tool printed the file anew, with line breaks.', bytes: bytesOf(JSON.stringify(JSON.parse(textOf(await bundleOf())), null, 1)), word: 'failed', failed: [['manifest', 'attestation-digest'], ['manifest', 'slice-digest'], ['form', 'not-json', 0]] },
  { name: 'white-space-in-one-row', about: 'A tool put a space into a row.', bytes: await altered('"seq":3', '"seq": 3'), word: 'failed', failed: [['manifest', 'slice-digest'], ['form', 'not-minimal', 3]] },

  { name: 'figure-changed', about: 'One refusal fewer, not signed so.', bytes: await withEnvelopeOf((p) => { (p['execution_summary'] as Row)['blocked'] = 0; }), word: 'failed', failed: [['statement', 'predicate-differs', '/execution_summary'], ...figures('/execution_summary/blocked')] },
  { name: 'false-figure-signed-by-a-trusted-key', about: 'The signature is good and what it says is not so.', bytes: await bundleOf({ predicate: changed((p) => { (p['execution_summary'] as Row)['blocked'] = 0; (p['execution_summary'] as Row)['passed'] = 2; }) }), word: 'failed', failed: figures('/execution_summary/blocked', '/execution_summary/passed') },
  { name: 'blocked-event-left-out', about: 'A signed list that leaves one refusal out.', bytes: await bundleOf({ predicate: changed((p) => { (p['execution_summary'] as Row)['blocked_events'] = []; }) }), word: 'failed', failed: figures('/execution_summary/blocked_events') },
  { name: 'coverage-claimed-better', about: 'Signed coverage that the rows do not give.', bytes: await bundleOf({ predicate: changed((p) => { (p['coverage'] as Row)['answered'] = 2; (p['coverage'] as Row)['open'] = 0; }) }), word: 'failed', failed: figures('/coverage/answered', '/coverage/open') },
  { name: 'first-and-last-hash-swapped', about: 'The ends of the chain changed places.', bytes: await bundleOf({ predicate: changed((p) => { const chain = p['audit_chain'] as Row; [chain['first_hash'], chain['last_hash']] = [chain['last_hash'], chain['first_hash']]; }) }), word: 'failed', failed: [...anchored('anchor-first', 'anchor-last'), ...figures('/audit_chain/first_hash', '/audit_chain/last_hash')] },
  { name: 'root-of-another-tree', about: 'Another root than the rows have.', bytes: await bundleOf({ predicate: changed((p) => { (p['audit_chain'] as Row)['root_hash'] = 'f'.repeat(64); }) }), word: 'failed', failed: figures('/audit_chain/root_hash') },
  { name: 'commit-of-another-checkout', about: 'A commit that no row names.', bytes: await bundleOf({ rows: gitRows(), predicate: changed((p) => { (p['subject'] as Row)['git_commit'] = 'e'.repeat(40); }) }), word: 'failed', failed: figures('/subject/git_commit') },
  { name: 'git-state-altered', about: 'A git_state row whose digest is of another state.', bytes: await bundleOf({ rows: gitRows().map((row) => (row['kind'] === 'git_state' ? { ...row, tool_inputs: { ...(row['tool_inputs'] as Row), head: 'e'.repeat(40) } } : row)) }), word: 'failed', failed: [['git', 'git-digest', 6]] },
  { name: 'member-of-1-1-0-at-1-0-0', about: 'An old version with a new member.', bytes: await bundleOf({ version: '1.0.0', predicate: changed((p) => { p['coverage'] = {}; }) }), word: 'failed', failed: [['predicate', 'member-unknown', '/coverage']] },
  { name: 'number-as-text', about: 'A count in quotes.', bytes: await bundleOf({ predicate: changed((p) => { (p['execution_summary'] as Row)['tool_calls'] = '2'; }) }), word: 'failed', failed: [['predicate', 'member-form', '/execution_summary/tool_calls']] },
  { name: 'another-predicate-type', about: 'A claim of another kind, spelt alike.', bytes: await bundleOf({ predicate: changed((p) => { (p as Row)['predicate_type'] = 'https://github.com/occasiolabs/occasio/spec/agent-attestation/v1/'; }) }), word: 'failed', failed: [['predicate', 'member-form', '/predicate_type']] },

  { name: 'signed-by-somebody-else', about: 'A good signature by a key that nobody trusts.', bytes: await bundleOf({ key: theirs }), word: 'failed', failed: [['signature', 'signature-mismatch'], NOT_SIGNED] },
  { name: 'key-of-the-evidence-itself', about: 'The evidence names its key and no other is given: it vouches for itself.', bytes: await bundleOf(), options: { keys: [] }, word: 'failed', failed: [['signature', 'no-trusted-key'], NOT_SIGNED] },
  { name: 'hint-of-a-trusted-key', about: 'Signed by a foreign key under the name of a trusted one.', bytes: await withEnvelope((b) => { const text = textOf(signedPayload(Buffer.from(b.dsseEnvelope.payload, 'base64'), theirs)); const forged = JSON.parse(text); Object.assign(b.dsseEnvelope, forged.dsseEnvelope); (b.dsseEnvelope.signatures[0] as { keyid?: string }).keyid = ours.id; }), word: 'failed', failed: [['signature', 'signature-mismatch'], NOT_SIGNED] },
  { name: 'signature-of-another-run', about: 'A good signature over the attestation of another run.', bytes: await foreignSignature(), word: 'failed', failed: [['statement', 'predicate-differs', '/audit_chain'], ['statement', 'predicate-differs', '/subject'], NOT_SIGNED] },
  { name: 'no-signatures', about: 'An envelope that nobody signed.', bytes: await withEnvelope((b) => { b.dsseEnvelope.signatures = []; }), word: 'failed', failed: [['signature', 'signature-count'], NOT_SIGNED] },
  { name: 'two-signatures', about: 'One good and one of somebody else: a reader might pick either.', bytes: await withEnvelope((b) => { b.dsseEnvelope.signatures.push({ sig: Buffer.alloc(64).toString('base64') }); }), word: 'failed', failed: [['signature', 'signature-count'], NOT_SIGNED] },
  { name: 'payload-in-base64url', about: 'The payload in another alphabet.', bytes: await withEnvelope((b) => { b.dsseEnvelope.payload = `${b.dsseEnvelope.payload.replace(/=+$/, '')}_-==`; }), word: 'failed', failed: [['signature', 'signature-base64'], NOT_SIGNED] },
  { name: 'payload-with-a-byte-more', about: 'A byte behind what was signed.', bytes: await withEnvelope((b) => { b.dsseEnvelope.payload = Buffer.concat([Buffer.from(b.dsseEnvelope.payload, 'base64'), Buffer.from(' ')]).toString('base64'); }), word: 'failed', failed: [['signature', 'signature-mismatch'], NOT_SIGNED] },
  { name: 'payload-type-swapped', about: 'The same payload under another type.', bytes: await withEnvelope((b) => { b.dsseEnvelope.payloadType = 'application/json'; }), word: 'failed', failed: [['signature', 'signature-mismatch'], ['statement', 'payload-type'], NOT_SIGNED] },
  { name: 'payload-type-swapped-and-signed', about: 'A good signature over something that says it is no statement.', bytes: await withEnvelope((b) => { const payload = Buffer.from(b.dsseEnvelope.payload, 'base64'); Object.assign(b, JSON.parse(textOf(signedPayload(payload, ours, 'application/json')))); }), word: 'failed', failed: [['statement', 'payload-type'], NOT_SIGNED] },
  { name: 'lengths-moved-between-type-and-payload', about: 'Type and payload cut elsewhere: the lengths in what is signed tell.', bytes: await withEnvelope((b) => { const payload = Buffer.from(b.dsseEnvelope.payload, 'base64'); b.dsseEnvelope.payloadType = `${PAYLOAD_TYPE} ${payload.subarray(0, 1).toString()}`; b.dsseEnvelope.payload = payload.subarray(1).toString('base64'); }), word: 'failed', failed: [['signature', 'signature-mismatch'], ['statement', 'payload-type'], NOT_SIGNED] },
  { name: 'signed-over-the-payload-alone', about: 'A signature that does not cover the type.', bytes: await withEnvelope((b) => { b.dsseEnvelope.signatures = [{ sig: Buffer.from(ours.sign(Buffer.from(b.dsseEnvelope.payload, 'base64'))).toString('base64') }]; }), word: 'failed', failed: [['signature', 'signature-mismatch'], NOT_SIGNED] },
  { name: 'key-and-certificate', about: 'Two kinds of proof at once: readers disagree on which one counts.', bytes: await withEnvelope((b) => { b.verificationMaterial['certificate'] = { rawBytes: 'AA==' }; }), word: 'failed', failed: [['signature', 'signature-form'], NOT_SIGNED] },
  { name: 'statement-of-another-type', about: 'Another statement type, signed.', bytes: await bundleOf({ statement: statement((s) => { s._type = 'https://in-toto.io/Statement/v0.1'; }) }), word: 'failed', failed: [['statement', 'statement-type', '/_type'], NOT_SIGNED] },
  { name: 'statement-of-another-predicate-type', about: 'Another predicate type, signed.', bytes: await bundleOf({ statement: statement((s) => { s.predicateType = 'https://slsa.dev/provenance/v1'; }) }), word: 'failed', failed: [['statement', 'predicate-type', '/predicateType'], NOT_SIGNED] },
  { name: 'two-subjects', about: 'The second subject is the one that was meant.', bytes: await bundleOf({ statement: statement((s) => { s.subject.push({ name: 'other', digest: { sha256: 'a'.repeat(64) } }); }) }), word: 'failed', failed: [['statement', 'subject-count', '/subject'], NOT_SIGNED] },
  { name: 'no-subject', about: 'A statement about nothing.', bytes: await bundleOf({ statement: statement((s) => { s.subject = []; }) }), word: 'failed', failed: [['statement', 'subject-count', '/subject'], NOT_SIGNED] },
  { name: 'subject-by-another-digest', about: 'A subject that has no SHA-256.', bytes: await bundleOf({ statement: statement((s) => { (s.subject[0] as { digest: object }).digest = { sha512: 'a'.repeat(128) }; }) }), word: 'failed', failed: [['statement', 'member-missing', '/subject/0/digest/sha256'], NOT_SIGNED] },
  { name: 'subject-of-another-head', about: 'The subject is not the last row.', bytes: await bundleOf({ statement: statement((s) => { (s.subject[0] as { digest: object }).digest = { sha256: 'a'.repeat(64) }; }) }), word: 'failed', failed: [['statement', 'subject-digest', '/subject/0/digest/sha256'], NOT_SIGNED] },
  { name: 'subject-of-another-name', about: 'The subject is another run.', bytes: await bundleOf({ statement: statement((s) => { (s.subject[0] as { name: string }).name = 'occasio:run:another'; }) }), word: 'failed', failed: [['statement', 'subject-name', '/subject/0/name'], NOT_SIGNED] },
  { name: 'statement-with-a-member-twice', about: 'Two predicates in one payload.', bytes: await bundleOf({ statement: (p) => bytesOf(textOf(formatStatement(core, p)).replace('"predicateType"', '"predicate":{},"predicateType"')) }), word: 'failed', failed: [['statement', 'statement-json'], NOT_SIGNED] },

  { name: 'call-issued-and-not-decided', about: 'The answer names a call that no row decides, and coverage was required.', bytes: await bundleOf({ rows: coverageRows((r) => { (r[5] as Row)['tool_use_ids'] = ['toolu_2', 'toolu_4', 'toolu_x']; }) }), options: { require: ['coverage'] }, word: 'failed', failed: [['coverage', 'undecided', 5], ['required', 'requirement-not-met', '/coverage']] },
  { name: 'call-issued-and-not-decided-noted', about: 'The same where coverage was not required: a note.', bytes: await bundleOf({ rows: coverageRows((r) => { (r[5] as Row)['tool_use_ids'] = ['toolu_2', 'toolu_4', 'toolu_x']; }) }), word: 'verified', failed: [] },
  { name: 'result-of-a-call-that-nobody-issued', about: 'An answer to a call that no request row names.', bytes: await bundleOf({ rows: coverageRows((r) => { (r[5] as Row)['tool_use_ids'] = ['toolu_4']; }) }), options: { require: ['coverage'] }, word: 'failed', failed: [['coverage', 'unissued', 2], ['required', 'requirement-not-met', '/coverage']] },
  { name: 'good-with-a-checkpoint', about: 'The device key signed all rows while the run was written; it is trusted, and a checkpoint was required.', bytes: await bundleOf({ checkpoints: [checkpointOf({ key: theirs })] }), options: { keys: [ours.pem, theirs.pem], require: ['checkpoint'] }, word: 'verified', failed: [] },
  { name: 'good-with-a-witness', about: 'A trusted witness signed the newest of two checkpoints.', bytes: await bundleOf({ checkpoints: [checkpointOf({ size: 4 }), checkpointOf({ cosigner: witness })] }), options: { require: ['checkpoint'], witness_keys: [witnessKey] }, word: 'verified', failed: [] },
  { name: 'good-with-a-checkpoint-held', about: 'The bundle has no checkpoint; who verifies kept one.', bytes: await bundleOf(), options: { require: ['checkpoint'], held: [checkpointOf()] }, word: 'verified', failed: [] },
  { name: 'checkpoint-of-a-key-that-nobody-trusts', about: 'Somebody else signed these rows: it counts for nothing, and nothing was required.', bytes: await bundleOf({ checkpoints: [checkpointOf({ key: theirs })] }), word: 'verified', failed: [] },
  { name: 'checkpoint-of-a-key-that-nobody-trusts-required', about: 'The same where a checkpoint was required.', bytes: await bundleOf({ checkpoints: [checkpointOf({ key: theirs })] }), options: { require: ['checkpoint'] }, word: 'failed', failed: [['required', 'requirement-not-met', '/checkpoint']] },
  { name: 'checkpoint-of-the-first-rows-alone', about: 'Rows at the end are under no checkpoint, and one was required.', bytes: await bundleOf({ checkpoints: [checkpointOf({ size: 4 })] }), options: { require: ['checkpoint'] }, word: 'failed', failed: [['required', 'requirement-not-met', '/checkpoint']] },
  { name: 'checkpoint-of-other-rows', about: 'The device key signed the rows as they were: they were written anew, and attested anew.', bytes: await bundleOf({ rows: rewritten(), checkpoints: [checkpointOf()] }), word: 'failed', failed: [['checkpoint', 'checkpoint-root', '/checkpoints/0']] },
  { name: 'checkpoint-of-more-rows', about: 'Rows were cut from the end of what the device key signed, and the rest attested anew.', bytes: await bundleOf({ rows: runRows().slice(0, 5), checkpoints: [checkpointOf()] }), word: 'failed', failed: [['checkpoint', 'checkpoint-rows', '/checkpoints/0']] },
  { name: 'checkpoint-of-another-run', about: 'A good checkpoint of another run.', bytes: await bundleOf({ checkpoints: [checkpointOf({ runId: 'another-run', rows: other(runRows()) })] }), word: 'failed', failed: [['checkpoint', 'checkpoint-origin', '/checkpoints/0']] },
  { name: 'checkpoint-no-note', about: 'A text that is no signed note.', bytes: await bundleOf({ checkpoints: ['all is well\n'] }), word: 'failed', failed: [['checkpoint', 'checkpoint-form', '/checkpoints/0']] },
  { name: 'checkpoint-altered', about: 'Another number of rows under the same signature.', bytes: await bundleOf({ checkpoints: [checkpointOf().replace('\n7\n', '\n6\n')] }), word: 'failed', failed: [['checkpoint', 'checkpoint-signature', '/checkpoints/0']] },
  { name: 'checkpoint-under-a-trusted-name-by-another-key', about: 'The origin names the trusted key; another one signed.', bytes: await bundleOf({ checkpoints: [passedOff()] }), word: 'failed', failed: [['checkpoint', 'checkpoint-key', '/checkpoints/0']] },
  { name: 'checkpoint-good-and-bad', about: 'One that holds does not make up for one that does not.', bytes: await bundleOf({ checkpoints: [checkpointOf(), checkpointOf({ rows: rewritten() })] }), word: 'failed', failed: [['checkpoint', 'checkpoint-root', '/checkpoints/1']] },
  { name: 'cosignature-of-another-text', about: 'The trusted witness signed something else.', bytes: await bundleOf({ checkpoints: [checkpointOf({ cosigner: witness, cosigned: (text) => text.replace('\n7\n', '\n8\n') })] }), options: { witness_keys: [witnessKey] }, word: 'failed', failed: [['checkpoint', 'cosignature', '/checkpoints/0']] },
  { name: 'witness-trusted-and-absent', about: 'A witness is trusted and signed nothing: a note, and no checkpoint where one was required.', bytes: await bundleOf({ checkpoints: [checkpointOf()] }), options: { require: ['checkpoint'], witness_keys: [witnessKey] }, word: 'failed', failed: [['required', 'requirement-not-met', '/checkpoint']] },
  { name: 'rewritten-against-a-checkpoint-held', about: 'Whoever has every key wrote run, checkpoint and attestation anew; who verifies kept an earlier checkpoint.', bytes: await bundleOf({ rows: rewritten(), checkpoints: [checkpointOf({ rows: rewritten() })] }), options: { held: [checkpointOf()] }, word: 'failed', failed: [['checkpoint', 'checkpoint-root']] },
  { name: 'checkpoint-held-of-a-key-that-nobody-trusts', about: 'What who verifies brings himself must hold.', bytes: await bundleOf(), options: { held: [checkpointOf({ key: theirs })] }, word: 'failed', failed: [['checkpoint', 'checkpoint-key']] },
  { name: 'good-with-a-later-policy', about: 'A second policy was loaded; its text is shown too.', bytes: await bundleOf({ rows: reloaded(), policies: [LATER] }), options: { require: ['policy'] }, word: 'verified', failed: [] },
  { name: 'later-policy-of-nobody', about: 'A text is shown as a policy of the run, and no row names it.', bytes: await bundleOf({ rows: reloaded(), policies: [LATER, 'version: 1\n'] }), word: 'failed', failed: [['policy', 'policy-text-unused', '/policies/1']] },
  { name: 'checkpoint-required', about: 'A checkpoint was asked for and there is none.', bytes: await bundleOf(), options: { require: ['checkpoint'] }, word: 'failed', failed: [['required', 'requirement-not-met', '/checkpoint']] },
];

const LATER = 'version: 1\ndeny_paths: [".env", "secrets/"]\n';

/** The refusal is a pass, every hash fits. */
function rewritten(): Row[] {
  return coverageRows((rows) => {
    Object.assign(rows[4] as Row, { action: 'PASS', result_kind: 'pass' });
    (rows[6] as Row)['counts'] = { run_start: 1, policy_loaded: 1, tool_call: 2, tool_result: 1, request: 1, PASS: 2 };
  });
}

/** Another policy came into force before the last row. */
function reloaded(): Row[] {
  const rows = runRows();
  const end = rows.pop() as Row;
  const loaded = { ...(rows[1] as Row), ts: '2026-03-01T12:00:05.500Z', event_id: '00000000-0000-4000-8000-00000000000a', seq: 6 };
  rows.push({ ...loaded, tool_inputs: { policy_hash: hex(core.sha256(bytesOf(LATER))), policy_path: '/policy.yml', version: 1 } });
  rows.push({ ...end, seq: 7, counts: { ...(end['counts'] as object), policy_loaded: 2 } });
  return rows;
}

/** Signed by another key, under the origin of the trusted one. */
function passedOff(): string {
  const mine = checkpointOf();
  const text = mine.slice(0, mine.indexOf('\n\n') + 1);
  const origin = text.slice(0, text.indexOf('\n'));
  return textOf(formatNote({ text, signatures: [{ name: origin, keyId: verifierKey(core, origin, ED25519, theirs.raw).keyId, signature: theirs.sign(bytesOf(text)) }] }));
}

async function withEnvelopeOf(change: (predicate: ReturnType<typeof clone>) => void): Promise<Uint8Array> {
  const lines = linesOf(runRows());
  const attestation = await attested(lines);
  return formatBundle(core, { attestation: changed(change)(attestation) as Predicate, rows: split(lines), policy: bytesOf(POLICY), signature: signed(attestation) });
}

async function foreignSignature(): Promise<Uint8Array> {
  const attestation = await attested(linesOf(runRows()));
  return formatBundle(core, { attestation, rows: split(linesOf(runRows())), policy: bytesOf(POLICY), signature: signed(await attested(linesOf(other(runRows())))) });
}
