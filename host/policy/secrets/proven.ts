/**
 * Kinds of secret that no pattern proves: numbers with a check digit, numbers that a word in front makes secret. Keywords and
 * pattern lead the scanner to regions of the text; what is a secret within a region is proved there.
 */
import type { SecretRule } from './rule.ts';

/** From `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Attacker-controlled text, one unit a byte, of which [from, to) is looked at; what stands around it tells where a number ends. */
export interface Region {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export interface ProvenRule extends Pick<SecretRule, 'label' | 'keywords' | 'fold' | 'pattern' | 'wordBefore' | 'wordAfter' | 'examples' | 'counterexamples'> {
  /** The secrets that lie in the region, in order. Takes time linear in the region. */
  readonly prove: (region: Region) => readonly Span[];
}

/** Bytes on either side of a match that a region shows. */
export const AROUND = 24;

/** The spans that a global expression gives, where `holds` says so: of group `value`, else of the whole match. */
export function matches({ text, from, to }: Region, expression: RegExp, holds: (value: string, match: RegExpExecArray) => boolean): Span[] {
  const spans: Span[] = [];
  expression.lastIndex = from;
  for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
    const [start, end] = match.indices?.groups?.['value'] ?? [match.index, match.index + match[0].length];
    if (end > to) break;
    if (holds(text.slice(start, end), match)) spans.push({ start, end });
  }
  return spans;
}

/** Digits that count up or down one by one, repeat one digit, or end in nothing but zeros: what people write for a number. */
export function isMadeUp(digits: string): boolean {
  return /^(?:(\d)\1*|\d{0,3}0{5,}|0*(?:0?1234567\d*|98765432\d*|87654321\d*|7654321\d*))$/.test(digits);
}
