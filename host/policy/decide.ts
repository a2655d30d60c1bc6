/**
 * The decision: a pure function of the policy and of what was judged. Steps stand in order of precedence; the first that
 * refuses settles it. Nothing after the refusals can turn one into a permission, and a step that cannot tell refuses.
 */
import type { Policy } from './compile.ts';
import { commandRefusal } from './commands.ts';
import { contentRefusal, redaction, restoration } from './contents.ts';
import { limitRefusal } from './limits.ts';
import { pathRefusal } from './paths.ts';
import { protection } from './protect.ts';
import { block } from './refusal.ts';
import { routing } from './route.ts';
import type { Decision, Judged } from './types.ts';
import { vouched } from './vouched.ts';

export function decide(policy: Policy, judged: Judged): Decision {
  const always = inputFault(judged) ?? protection(policy, judged);
  if (always !== null) return always;
  const decided =
    pathRefusal(policy, judged) ??
    commandRefusal(policy, judged) ??
    contentRefusal(policy, judged) ??
    limitRefusal(policy, judged) ??
    redaction(policy, judged, restoration(policy, judged, vouched(policy, judged, routing(policy, judged))));
  return policy.preset === 'off' ? unenforced(decided) : decided;
}

function inputFault(judged: Judged): Decision | null {
  return judged.fault === undefined ? null : block(judged.fault, null);
}

function unenforced(decided: Decision): Decision {
  if (decided.action === 'PASS') return decided;
  return { action: 'PASS', reason: 'preset-off', rule: decided.rule, would: { action: decided.action, reason: decided.reason } };
}
