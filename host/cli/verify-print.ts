/** A verdict on evidence for a person: the checks, the figures, the word and what it does not say. */
import { printable } from '../../verifiers/formats/error.ts';
import { checkSentence, evidenceSentence } from '../../verifiers/formats/evidence-sentences.ts';
import type { EvidenceVerdict, EvidenceWord } from '../../verifiers/formats/evidence.ts';
import { line, paint, prose, type Io, type Tone } from './print.ts';
import { table, type Cell } from './table.ts';
import type { TrustedRoot } from './trusted-root.ts';

export const tones: { readonly [word: string]: Tone } = { failed: 'bad', open: 'note', 'self-consistent': 'note', verified: 'good', ok: 'good', 'not checked': 'dim' };

const MEANS: { readonly [word in EvidenceWord]: string } = {
  verified: 'Who signed says so, and the rows at hand give the same figures. That the recorder left nothing out is the word of the recorder.',
  'self-consistent': 'All that was checked fits together. Nobody who is known here vouches for it: whoever holds the file can have written all of it.',
  open: 'All that was checked fits together, and the run has not ended: rows cut from its end would not be missed.',
  failed: 'Do not rely on it. What failed is named above, each with its place.',
};

export function printVerdict(io: Io, name: string, verdict: EvidenceVerdict, explain: boolean, trusted: TrustedRoot | null): void {
  line(io.out, printable(name, 500));
  table(io, [{ title: 'Check' }, { title: 'Result' }, { title: 'What was found', wrapTo: 20 }], verdict.checks.map((one): (Cell | string)[] => [
    one.check,
    { text: one.result, tone: tones[one.result] ?? 'plain' },
    printable(explain && one.code !== null ? `${checkSentence(one.check)}: ${evidenceSentence(one)}` : evidenceSentence(one), 500),
  ]));
  line(io.out);
  const { summary, coverage, covered, signer } = verdict;
  if (summary !== null) prose(io, `Counted from the rows: ${summary.tool_calls} tool calls, ${summary.passed} passed, ${summary.local} local, ${summary.blocked} blocked, ${summary.transformed} changed; secrets redacted: ${summary.secrets_redacted}.`);
  if (coverage !== null) prose(io, `Coverage: ${coverage.issued} calls issued, ${coverage.decided} decided, ${coverage.answered} answered, ${coverage.superseded} superseded, ${coverage.interrupted} interrupted, ${coverage.open} open, ${coverage.carried_in} carried in.`);
  if (signer !== null) prose(io, `Signed by ${signer.kind} ${printable(signer.identity, 500)}${signer.issuer === null ? '' : `, for whom ${printable(signer.issuer, 500)} vouches`}.`);
  if (signer?.kind === 'certificate' && trusted !== null) prose(io, rootSentence(trusted));
  if (verdict.preset === 'off') prose(io, 'Policy not enforced: the preset was off.');
  if (covered !== null && covered.signed > 0) prose(io, `Checkpoints: ${covered.signed} rows signed while the run was written, ${covered.outside} of them known outside the machine that wrote them.`);
  // Who holds evidence that somebody signed holds it where that machine cannot write.
  const outside = signer === null ? covered?.outside ?? 0 : verdict.rows;
  prose(io, outside === 0 ? 'For none of the rows is there evidence outside this machine.' : `Rows after ${outside}: no evidence outside this machine.`);
  if (explain) prose(io, MEANS[verdict.word]);
  line(io.out);
  const rows = `${verdict.rows} ${verdict.rows === 1 ? 'row' : 'rows'}`;
  line(io.out, `${paint(io, io.out, tones[verdict.word] ?? 'plain', verdict.word)}: ${verdict.evidence}, ${rows}, run ${printable(verdict.run_id ?? 'without an id')}`);
}

/** Which instance's word a certificate is good by; another machine may trust another. */
export function rootSentence({ root, from }: TrustedRoot): string {
  const left = root.skipped.length === 0 ? '' : ` Not understood and left out of it: ${printable(root.skipped.join('; '), 500)}.`;
  return `Trusted root: ${from}, SHA-256 ${root.sha256.slice(0, 16)}.${left}`;
}
