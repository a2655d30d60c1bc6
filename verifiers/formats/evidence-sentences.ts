/** A sentence for each code of a verdict on evidence, so that every face of the verifier says the same. */
import { CODES as ROW_CODES } from './sentences.ts';
import type { EvidenceCheck, EvidenceCode, EvidenceFinding, EvidencePosition } from './evidence.ts';
import type { FindingCode } from './verdict.ts';

const CHECKS: { readonly [check in EvidenceCheck]: string } = {
  document: 'the file is strict JSON of a known kind',
  manifest: 'every digest of the bundle is that of its part',
  signature: 'the signature is good',
  identity: 'it is by whom it was expected',
  statement: 'what was signed is this attestation of this run',
  predicate: 'the attestation has its members, each in its form',
  form: 'every line is a row in its one form',
  chain: 'every row is what its hash says and follows the row before',
  run: 'the rows are one run, in order',
  members: 'every row has the members of its kind',
  time: 'times are well formed',
  end: 'the run has its end',
  anchor: 'the rows are those that the attestation names',
  figures: 'every figure was counted again from the rows',
  policy: 'the policy shown is the one that was in force',
  decisions: 'every decision was made again from what was judged',
  coverage: 'every call that the rows name was decided',
  git: 'the state of the checkout is what its digest says',
  checkpoint: 'a signed checkpoint covers the run',
  required: 'what was required holds',
};

const CODES: { readonly [code in Exclude<EvidenceCode, FindingCode>]: string } = {
  syntax: 'it is not JSON', control: 'a control character stands in a string', size: 'it is larger than 64 MiB', trailing: 'something stands behind the document',
  'unknown-document': 'it is of no known schema',
  'no-manifest': 'there is no manifest: this is no bundle', 'no-attestation': 'there is no attestation that can be read',
  'attestation-digest': 'the attestation is not what the manifest says', 'slice-digest': 'the rows are not what the manifest says',
  'policy-digest': 'the policy is not what the manifest says', 'bundle-digest': 'the manifest is not what its own digest says',
  'no-trusted-key': 'it is signed with a key, and none is trusted: name one with --key',
  'signature-mismatch': 'no trusted key made this signature over this payload', 'signature-unsupported': 'a signature of this kind is not checked here',
  certificate: 'the certificate is not good', log: 'the entry of the transparency log is not good', timestamp: 'the timestamp is not good',
  'trust-root': 'the trusted root is not good', 'signature-invalid': 'the signature does not hold',
  'signature-json': 'the signature file is no strict JSON', 'signature-form': 'the signature file is no Sigstore bundle with an envelope',
  'signature-count': 'the envelope has no signature or several', 'signature-base64': 'the envelope is not in plain base64',
  'identity-differs': 'it was signed by somebody else', 'issuer-differs': 'somebody else vouches for who signed',
  'identity-not-expected': 'nobody said who is expected: name identity and issuer', 'any-identity': 'anybody may have signed it, as was said to be fine',
  'payload-type': 'what was signed says that it is no statement', 'statement-json': 'what was signed is no strict JSON', 'statement-type': 'what was signed is no in-toto statement of version 1',
  'predicate-type': 'what was signed is a claim of another kind', 'subject-count': 'what was signed is about nothing or about several things',
  'subject-name': 'what was signed names another run than it tells of', 'subject-digest': 'what was signed names another last row than it tells of',
  'predicate-differs': 'this member is not what was signed',
  'member-unknown': 'a member that is not known stands there',
  'anchor-run': 'the rows are of another run', 'anchor-first': 'the first row is another', 'anchor-rows': 'there are more or fewer rows', 'anchor-last': 'the last row is another',
  'rows-after': 'the run went on after it was attested; those rows are not looked at', 'figure-differs': 'the rows do not give this figure',
  'policy-text-differs': 'the policy shown is another than the one in force', 'policy-text-unused': 'no row names this policy', 'no-policy-text': 'the text of the policy is not at hand', 'policy-built-in': 'the built-in policy was in force',
  'policy-not-enforced': 'policy not enforced: the preset was off, so that only self-protection refused anything', 'rules-differ': 'the policy does not have this number of rules',
  'decision-differs': 'the policy in force decides this call another way', 'no-replay': 'this verifier makes no decisions', 'not-replayed': 'some rows stand under a policy whose text is not at hand',
  undecided: 'a call was issued and never decided', unissued: 'a call was answered that nobody issued', 'too-many-ids': 'there are more calls than are counted',
  'git-digest': 'the state of the checkout was altered', 'no-git-state': 'no row tells of a checkout', 'no-repository': 'there was no checkout',
  'requirement-not-met': 'it was required and does not hold',
};

/** May hold attacker-controlled text: a member's pointer. */
export function evidenceSentence(finding: EvidenceFinding): string {
  const { code } = finding;
  if (code === null) return finding.result === 'not checked' ? 'there was nothing to look at' : CHECKS[finding.check];
  return placed(finding.position) + (isRowCode(code) ? ROW_CODES[code] : CODES[code]);
}

/** What a check is about, whatever it found. */
export function checkSentence(check: EvidenceCheck): string {
  return CHECKS[check];
}

function placed(position: EvidencePosition | null): string {
  if (position === null) return '';
  if ('member' in position) return `${position.member}: `;
  return 'row' in position ? `row ${position.row}, byte ${position.offset}: ` : `byte ${position.offset}: `;
}

function isRowCode(code: EvidenceCode): code is FindingCode {
  return Object.hasOwn(ROW_CODES, code);
}
