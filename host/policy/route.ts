/** Routing: who runs a call that nothing refuses. `tools:` of the policy replaces the built-in answer, which is PASS, whole. */
import type { Policy } from './compile.ts';
import { EXECUTORS, type Route } from './document.ts';
import { block } from './refusal.ts';
import type { Decision, Judged } from './types.ts';

const UNNAMED: Decision = { action: 'PASS', reason: 'tool_not_handled', rule: null };

export function routing(policy: Policy, judged: Judged): Decision {
  const route = routeOf(policy, judged);
  if (route === null) return UNNAMED;
  const rule = `tools.${route.tool}`;
  switch (route.action) {
    case 'PASS':
      return { action: 'PASS', reason: route.reason ?? 'tool-passed', rule };
    case 'TRANSFORM':
      // Acts on the result; the call itself goes on as it is.
      return { action: 'PASS', reason: route.reason ?? 'result-transform', rule };
    case 'LOCAL':
      return local(route, judged, rule);
    case 'BLOCK':
      return block(route.reason ?? 'tool-denied', rule);
    case 'ASK':
      return block('approval-unavailable', rule);
    default:
      return block('unknown-action', rule);
  }
}

/** The entry for a tool; `*` speaks of calls, never of context that no call asked for. */
export function routeOf(policy: Policy, judged: Judged): Route | null {
  const named = policy.routes.get(judged.tool);
  if (named !== undefined) return named;
  return judged.class === 'context' ? null : (policy.routes.get('*') ?? null);
}

function local(route: Route, judged: Judged, rule: string): Decision {
  const executor = Object.hasOwn(EXECUTORS, judged.tool) ? EXECUTORS[judged.tool] : undefined;
  if (executor === undefined || (route.executor !== undefined && route.executor !== executor)) return { action: 'PASS', reason: 'tool_not_handled', rule };
  if (judged.class === 'shell' && judged.shell?.local === undefined) return { action: 'PASS', reason: 'tool_not_handled', rule };
  if (judged.direction === 'outbound') return { action: 'PASS', reason: 'tool-passed', rule };
  return { action: 'LOCAL', reason: route.reason ?? 'native-handleable', rule, executor };
}
