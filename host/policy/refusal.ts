/** The one way to say no. */
import type { Decision } from './types.ts';

export function block(reason: string, rule: string | null): Decision {
  return { action: 'BLOCK', reason, rule };
}

/** A rule as a person finds it in the policy: `deny_paths[3] .env`. */
export function ruleName(list: string, index: number, text: string | undefined): string {
  return `${list}[${index}] ${text ?? ''}`.trimEnd();
}
