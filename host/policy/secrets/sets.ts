/** Sets of secret rules that hold where a policy asks for them, as `secret_sets: [finance]`: what is secret to some and an order number to others. */
import { ACCOUNT_RULES } from './rules-account.ts';
import { CARD_RULE } from './rules-card.ts';
import { IBAN_RULE } from './rules-iban.ts';
import type { ProvenRule } from './proven.ts';

export const secretSets = ['finance'] as const;
export type SecretSet = (typeof secretSets)[number];

export const SECRET_SETS: { readonly [set in SecretSet]: readonly ProvenRule[] } = {
  finance: [CARD_RULE, IBAN_RULE, ...ACCOUNT_RULES],
};
