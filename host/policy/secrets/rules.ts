/** All secret rules, one list. Of two findings that overlap the earlier, then the longer, then the lower rule is kept. */
import type { SecretRule } from './rule.ts';
import { CLOUD_RULES } from './rules-cloud.ts';
import { FORM_RULES } from './rules-form.ts';
import { SERVICE_RULES } from './rules-service.ts';

export const SECRET_RULES: readonly SecretRule[] = [...CLOUD_RULES, ...SERVICE_RULES, ...FORM_RULES];
