/** A sentence for each code of a verdict, so that every face of the verifier says the same. */
import type { CoverCode } from './checkpoint.ts';
import type { Check, Finding, FindingCode } from './verdict.ts';

const CHECKS: { readonly [check in Check]: string } = {
  form: 'every line is a row in its one form',
  chain: 'every row is what its hash says and follows the row before',
  run: 'the rows are one run, in order',
  members: 'every row has the members of its kind',
  time: 'times are well formed',
  end: 'the run has its end',
  head: 'the run ends where the index says',
  checkpoint: 'a signed checkpoint covers the run',
  signature: 'a signature covers the run',
};

/** What the checkpoints of a run say. */
export const COVER: { readonly [code in CoverCode]: string } = {
  'checkpoint-form': 'it is no checkpoint',
  'checkpoint-origin': 'the checkpoint is of another run',
  'checkpoint-key': 'no key that is trusted signed the checkpoint',
  'checkpoint-signature': 'the signature of the checkpoint is not good',
  cosignature: 'the signature of a witness is not good',
  'checkpoint-differs': 'the entry says something else than the checkpoint in it',
  'checkpoint-rows': 'the run has fewer rows than were signed: its end was cut off',
  'checkpoint-root': 'the rows are others than were signed',
  'checkpoint-missing': 'the run was closed, and no checkpoint covers all its rows',
  'key-retired': 'the checkpoint is by a key that another one had followed by then',
  'rows-uncovered': 'no checkpoint covers its newest rows yet: rows cut from its end would not be noticed',
  'no-outside': 'nothing outside this machine vouches for its rows',
  'no-checkpoint': 'no checkpoint of it is at hand',
};

export const CODES: { readonly [code in FindingCode]: string } = {
  'not-minimal': 'the line is JSON, but not in the one form that is written',
  'not-json': 'the line is not JSON',
  'not-object': 'the line is not a JSON object',
  'duplicate-name': 'a member stands twice',
  name: 'a member has a name that may not stand in a row',
  surrogate: 'a string holds half a surrogate pair',
  utf8: 'the line is not UTF-8',
  bom: 'the line begins with a byte order mark',
  'number-form': 'a number is no plain integer',
  'number-range': 'a number is 2^53 or beyond',
  depth: 'the line is nested too deep',
  'line-too-long': 'the line is longer than 1 MiB',
  'empty-line': 'the line is empty',
  'hash-missing': 'the row has no hash as its last member',
  'prev-hash-missing': 'the row has no prev_hash before its hash',
  'hash-mismatch': 'the row was altered: its bytes have another hash',
  'link-mismatch': 'the row does not follow the row before it: rows were removed, added or moved here',
  'torn-line': 'the file ends within this line: the writer was cut off, or the file was cut',
  empty: 'the file holds no row',
  'no-run-start': 'the first row is no run_start: rows before it are missing',
  'no-policy-loaded': 'the second row is no policy_loaded',
  'run-start-again': 'a second run_start stands within the run',
  seq: 'the row has another number than its place',
  'run-id': 'the row belongs to another run',
  'session-id': 'the row belongs to another session',
  'after-end': 'a row stands after run_end',
  'end-counts': 'run_end counts other rows than stand here',
  'previous-run': 'the run names itself as the one before',
  'kind-form': 'the row has no kind',
  'member-missing': 'a member that its kind requires is missing',
  'member-form': 'a member has a form that its kind does not allow',
  'time-form': 'ts is no time in UTC with milliseconds',
  'clock-went-back': 'the clock went back here',
  'unknown-kind': 'rows of this kind are not interpreted',
  'unknown-member': 'the row has members that are not interpreted',
  'no-run-end': 'the run is open, or its writer stopped without closing it',
  'head-hash': 'the last row is another than the index names',
  'head-rows': 'there are more or fewer rows than the index names',
  'first-hash': 'the first row is another than the index names',
  'no-expectation': 'nothing says where the run ends: rows removed from its end would not be noticed',
  'no-rows': 'there are no rows to look at',
  unsigned: 'nobody signed it',
  ...COVER,
};

export function sentenceOf(finding: Finding): string {
  if (finding.code === null) return CHECKS[finding.check];
  const at = finding.position === null ? '' : `row ${finding.position.row}, byte ${finding.position.offset}: `;
  return `${at}${CODES[finding.code]}`;
}
