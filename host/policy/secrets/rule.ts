/** One kind of secret, as data: how it is spelt, and what is and is not one. */

export interface SecretRule {
  /** What a placeholder and a row call it: `[a-z0-9-]+`. */
  readonly label: string;
  /** A match begins with one of these. ASCII. */
  readonly keywords: readonly string[];
  /** Letter case of the keywords aside. */
  readonly fold?: boolean;
  /** The whole match, keyword included; no assertions. */
  readonly pattern: string;
  /** No word byte (letter, digit, `_`) stands before or after it. */
  readonly wordBefore?: boolean;
  readonly wordAfter?: boolean;
  /** high: the form alone is proof. medium: the form is shared, so the value must look random as well. */
  readonly confidence: 'high' | 'medium';
  /** Where the secret stands within the match, as the one group of this expression; the whole of it when absent. */
  readonly value?: RegExp;
  /** What must hold of the value besides the form, for kinds whose form says little. */
  readonly proof?: RegExp;
  /** Texts in which the rule finds exactly one secret, and texts in which it finds none. In pieces, so that no scanner trips over this file. */
  readonly examples: readonly string[];
  readonly counterexamples: readonly string[];
}

/** Puts a text together from its pieces. */
export function pieces(...parts: readonly string[]): string {
  return parts.join('');
}
