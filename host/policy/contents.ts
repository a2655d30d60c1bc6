/** Content rules. Only labels arrive here: what a text met, never the text. */
import type { Policy } from './compile.ts';
import { block } from './refusal.ts';
import { routeOf } from './route.ts';
import type { Decision, Judged } from './types.ts';

export function contentRefusal(policy: Policy, judged: Judged): Decision | null {
  const pattern = judged.patterns?.[0];
  if (pattern !== undefined) return block('pattern-denied', `deny_patterns.${pattern}`);
  const secret = judged.secrets?.[0];
  if (secret === undefined || judged.direction === 'inbound') return null;
  // Results can be had again; a prompt or the system's text cannot, so there the secret alone goes.
  if (judged.class === 'context') return null;
  if (policy.preset === 'strict') return block('secret-in-tool-result', 'preset strict');
  return policy.document.block_secrets_in_tool_results ? block('secret-in-tool-result', 'block_secrets_in_tool_results') : null;
}

/** Says so where placeholders in the input were turned back. */
export function restoration(policy: Policy, judged: Judged, routed: Decision): Decision {
  if (judged.restored === undefined || judged.direction !== 'inbound' || routed.action !== 'PASS') return routed;
  return { action: 'TRANSFORM', reason: 'secret-restored', rule: secretRule(policy), transform: 'restore-secrets' };
}

/** What is passed upwards with secrets in it is redacted, where the policy or the tool's own entry says so. */
export function redaction(policy: Policy, judged: Judged, routed: Decision): Decision {
  if (routed.action !== 'PASS' || judged.direction === 'inbound' || (judged.secrets ?? []).length === 0) return routed;
  const route = routeOf(policy, judged);
  const own = route?.action === 'TRANSFORM' && route.transform === 'redact-secrets';
  const rule = own ? `tools.${route.tool}` : secretRule(policy);
  if (rule === null) return routed;
  return { action: 'TRANSFORM', reason: 'outbound-secret-redacted', rule, transform: 'redact-secrets' };
}

function secretRule(policy: Policy): string | null {
  if (policy.document.redact_secrets_in_tool_results) return 'redact_secrets_in_tool_results';
  if (policy.preset === 'strict') return 'preset strict';
  return policy.document.block_secrets_in_tool_results ? 'block_secrets_in_tool_results' : null;
}
