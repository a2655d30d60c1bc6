/** One kind of secret, as data: how it is spelt, and what is and is not one. */

export interface SecretRule {
  /** What a placeholder and a row call it: `[a-z0-9-]+`. */
  readonly label: string;
  /** A match begins with one of these. ASCII, three characters or more; the rarer their first four, the faster the scan. */
  readonly keywords: readonly string[];
  /** Letter case of the keywords aside. */
  readonly fold?: boolean;
  /** The whole match, keyword included; no assertions. */
  readonly pattern: string;
  /** No word byte (letter, digit, `_`) stands before or after it. */
  readonly wordBefore?: boolean;
  readonly wordAfter?: boolean;
  /** As `wordBefore`, but an escape such as `\n` or `%3D` may end there. */
  readonly wordStart?: boolean;
  /** high: the form alone is proof. medium: the form is shared, so the value must look random as well. */
  readonly confidence: 'high' | 'medium';
  /** A name with a value behind it: where the value is one that another rule knows by its form, that rule names it. */
  readonly assigned?: boolean;
  /**
   * Where the secret stands within the match, as the one group of this expression; the whole of it when absent.
   * With the flag g, each place that it matches within what the pattern found has a value of its own.
   */
  readonly value?: RegExp;
  /** What must stand before the match, and belongs to the secret: an expression that ends with `$`, of at most 128 characters. */
  readonly lead?: RegExp;
  /** What must hold of the match before its value. */
  readonly context?: (before: string) => boolean;
  /** What must hold of the value besides the form, for kinds whose form says little. */
  readonly proof?: RegExp;
  readonly check?: (value: string) => boolean;
  /**
   * Texts in which the rule finds exactly one secret, and texts in which it finds none. `<hex:32>` stands for 32 random characters of
   * that set (test/support/made.ts), so that no text here looks like a secret of anyone.
   */
  readonly examples: readonly string[];
  readonly counterexamples: readonly string[];
}

/** Puts a text together from its pieces. */
export function pieces(...parts: readonly string[]): string {
  return parts.join('');
}
