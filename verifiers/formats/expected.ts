/**
 * Who a signature must be by. Exact unless a pattern is asked for, and a pattern is held against the whole: `main` does not
 * meet `refs/heads/main-evil`. Patterns come from the person who verifies; names are attacker-controlled.
 */
import { OccasioError } from './error.ts';

/** A text to be met whole: the text itself, or a regular expression that is anchored at both ends. */
export type Expected = { readonly exact: string } | { readonly pattern: string };

/** UTF-16 units of a name that a pattern is tried on; real ones have some hundred. */
const MAX_NAME = 2_048;

/** Null is nobody's name. A pattern that is none throws: it is no fault of the evidence. */
export function meets(expected: Expected, name: string | null): boolean {
  if (name === null) return false;
  if ('exact' in expected) return name === expected.exact;
  const whole = anchored(expected.pattern);
  return name.length <= MAX_NAME && whole.test(name);
}

function anchored(pattern: string): RegExp {
  try {
    // On its own first: `a)|(?:b` must not become one by the parentheses put around it.
    new RegExp(pattern, 'u');
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch (error) {
    throw new OccasioError({ code: 'usage', cannot: 'use pattern', thing: pattern, found: error instanceof Error ? error.message : 'no regular expression' });
  }
}
