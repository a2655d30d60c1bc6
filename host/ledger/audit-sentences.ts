/** A sentence for each code of a home's verdict. */
import { COVER } from '../../verifiers/formats/sentences.ts';
import type { HomeCheck, HomeCode, HomeFinding } from './audit.ts';

const CHECKS: { readonly [check in HomeCheck]: string } = {
  index: 'the index is one unbroken chain',
  entries: 'every entry of the index makes sense',
  present: 'every run that was opened is there',
  indexed: 'every run that is there was opened',
  checkpoints: 'every checkpoint is signed, and the rows are those that were signed',
  policies: 'every policy that was in force is kept',
};

const CODES: { readonly [code in HomeCode]: string } = {
  ...COVER,
  'entry-missing': 'the entry is gone',
  'entry-form': 'it is no index entry',
  'entry-seq': 'the entry has another number than its file',
  'entry-hash': 'the entry was altered',
  'entry-link': 'the entry does not follow the one before',
  'opened-twice': 'the run is opened a second time',
  'closed-twice': 'the run is closed a second time',
  'not-opened': 'the run ends without having been opened',
  repaired: 'a repair cut what it names; the whole stands beside it as .bak',
  'run-deleted': 'the run was opened and its file is gone',
  'run-is-no-file': 'in the place of the run stands a link or a folder',
  'run-not-indexed': 'the index does not name the run',
  'never-used': 'the run was cut off while it was opened, before anything was let through',
  'strange-file': 'among the runs stand files that are none',
  'held-run-missing': 'a checkpoint that is held elsewhere is of this run, and it is not here',
  'rotate-signature': 'a key follows another, and not both signed that',
  'policy-missing': 'the text of a policy it names is gone',
  'policy-differs': 'the text of a policy it names was altered',
};

export function homeSentenceOf(finding: HomeFinding): string {
  if (finding.code === null) return CHECKS[finding.check];
  const entry = finding.entry === null ? '' : `index entry ${finding.entry}: `;
  const run = finding.run_id === null ? '' : `run ${finding.run_id}: `;
  return `${entry}${run}${CODES[finding.code]}`;
}
