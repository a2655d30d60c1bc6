/** All secret rules, one list. Of two findings that overlap the earlier, then the longer, then the lower rule is kept. */
import type { SecretRule } from './rule.ts';
import type { ProvenRule } from './proven.ts';
import { ASSIGNED_RULES } from './rules-assigned.ts';
import { CHAT_RULES } from './rules-chat.ts';
import { CLOUD_RULES } from './rules-cloud.ts';
import { FORM_RULES } from './rules-form.ts';
import { HOSTING_RULES } from './rules-hosting.ts';
import { MODEL_RULES } from './rules-model.ts';
import { PAYMENT_RULES } from './rules-payment.ts';
import { MONITORING_RULES, SERVICE_RULES, VAULT_RULES } from './rules-service.ts';
import { SOURCE_RULES } from './rules-source.ts';
import { SECRET_SETS, secretSets } from './sets.ts';

export const SECRET_RULES: readonly SecretRule[] = [
  ...CLOUD_RULES, ...SOURCE_RULES, ...MODEL_RULES, ...PAYMENT_RULES, ...CHAT_RULES, ...HOSTING_RULES, ...VAULT_RULES, ...MONITORING_RULES, ...SERVICE_RULES, ...FORM_RULES, ...ASSIGNED_RULES,
];

export type TabledRule = SecretRule | ProvenRule;

/** Those whose automata are made when the program is built. */
export const TABLED_RULES: readonly TabledRule[] = [...SECRET_RULES, ...secretSets.flatMap((set) => SECRET_SETS[set])];
