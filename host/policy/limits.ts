/** Limits per round: since the last message of the user, this call or result counted in. */
import type { Policy } from './compile.ts';
import { block } from './refusal.ts';
import type { Decision, Judged } from './types.ts';

export function limitRefusal(policy: Policy, judged: Judged): Decision | null {
  const { counters } = judged;
  if (counters === undefined) return null;
  const limits = policy.document.limits;
  const over = (count: number, limit: number | null): boolean => limit !== null && !(count <= limit);
  if (judged.direction === 'outbound') {
    return over(counters.bytes_to_model, limits.max_bytes_to_model_per_round) ? block('limit-bytes-to-model', 'limits.max_bytes_to_model_per_round') : null;
  }
  if (over(counters.tool_calls, limits.max_tool_calls_per_round)) return block('limit-tool-calls', 'limits.max_tool_calls_per_round');
  if (judged.class === 'shell' && over(counters.bash_calls, limits.max_bash_calls_per_round)) return block('limit-bash-calls', 'limits.max_bash_calls_per_round');
  return null;
}
