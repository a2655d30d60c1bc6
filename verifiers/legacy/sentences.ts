/** A sentence for each code of a verdict on the original's chain. */
import type { LegacyCheck, LegacyCode, LegacyFinding } from './verify.ts';

const CHECKS: { readonly [check in LegacyCheck]: string } = {
  form: 'every line is a row as the original prints it',
  hashes: 'every row is what its hash says',
  chain: 'every row follows the row before, from the first',
  members: 'every row is of a kind that is known',
  time: 'times are well formed',
  end: 'the last line is whole',
};

const CODES: { readonly [code in LegacyCode]: string } = {
  'not-json': 'the line is not JSON',
  'not-object': 'the line is not a JSON object',
  utf8: 'the line is not UTF-8',
  bom: 'the line begins with a byte order mark',
  surrogate: 'a string holds half a surrogate pair',
  'duplicate-name': 'a member stands twice: two readers read two things',
  'number-range': 'a number is beyond what a double holds',
  depth: 'the line is nested too deep',
  'line-too-long': 'the line is longer than 1 MiB',
  'empty-line': 'the line is empty',
  'not-minimal': 'the hash is that of the row printed again, not of the line as it stands: its bytes are not covered',
  'hash-mismatch': 'the row was altered: its bytes have another hash',
  empty: 'the file holds no row',
  'before-chain': 'the row has no hash and stands before the chain begins: nothing covers it',
  'hash-missing': 'the row has no hash although the chain has begun: it was added, or its hash was taken away',
  'prev-hash-missing': 'the row does not say which row it follows',
  'not-genesis': 'the chain begins with a row that follows another: the rows before it are missing',
  restart: 'the chain begins anew here: nothing ties what follows to what stands before',
  fork: 'the row follows an earlier row than the one before it: two writers, or a row that was put in',
  'link-mismatch': 'the row does not follow the row before it: rows were removed, added or moved here',
  float: 'numbers that are no integers: walkers in other languages may print them differently',
  'unknown-kind': 'rows of this kind are not interpreted',
  'kind-form': 'the row has no kind',
  'time-form': 'ts is no time in UTC with milliseconds',
  'clock-went-back': 'the clock went back here',
  'torn-line': 'the file ends within this line. See: occasio audit repair',
  'no-expectation': 'nothing says where the chain ends: rows removed from its end would not be noticed',
};

export function legacySentenceOf(finding: LegacyFinding): string {
  if (finding.code === null) return CHECKS[finding.check];
  const at = finding.position === null ? '' : `row ${finding.position.row}, byte ${finding.position.offset}: `;
  return `${at}${CODES[finding.code]}`;
}
