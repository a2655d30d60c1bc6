/**
 * Who a signature must be by. Exact unless a pattern is asked for, and a pattern is held against the whole: `main` does not
 * match `refs/heads/main-evil`. Patterns come from the person who verifies; names are attacker-controlled.
 */
import { OccasioError } from '../formats/error.ts';
import type { Signer } from './answer.ts';

export type Wanted = { readonly exact: string } | { readonly pattern: string };

/** Characters of a name that a pattern is tried on: real ones have some hundred. */
const MAX_NAME = 2048;

export function matches(wanted: Wanted, name: string | null): boolean {
  if (name === null || name.length > MAX_NAME) return false;
  return 'exact' in wanted ? name === wanted.exact : anchored(wanted.pattern).test(name);
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

/** Which of the two is not as expected; null when both are. */
export function unexpected(signer: Signer, identity: Wanted | null, issuer: Wanted | null): 'identity' | 'issuer' | null {
  if (identity !== null && !matches(identity, signer.identity)) return 'identity';
  return issuer !== null && !matches(issuer, signer.issuer) ? 'issuer' : null;
}
