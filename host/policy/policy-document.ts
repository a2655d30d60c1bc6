/** A policy document whole: the members that `document.ts` has, and the sets of secret rules it asks for beside those that always hold. */
import { DEFAULTS as BASE, type PolicyDocument as Base } from './document.ts';
import type { SecretSet } from './secrets/sets.ts';

export interface PolicyDocument extends Base {
  readonly secret_sets: readonly SecretSet[];
}

/** What holds for a member that the text leaves out. */
export const DEFAULTS: PolicyDocument = { ...BASE, secret_sets: [] };
