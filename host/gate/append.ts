/**
 * The one way into a run: a row stands behind the policy_loaded row of the policy it was decided by. Requests overlap, and one
 * that came before an edit is still decided by the policy it came under.
 */
import type { Run, Written } from '../ledger/index.ts';
import type { Turn } from './turn.ts';
import { loadedRow } from './runs.ts';
import { wellFormed } from './well-formed.ts';

export function append(turn: Turn, body: Parameters<Run['append']>[0]): Written {
  const { session, inForce } = turn;
  if (session.policyHash !== inForce.hash) {
    session.run.append(loadedRow(turn.setting.source.path, inForce));
    session.policyHash = inForce.hash;
  }
  return session.run.append(wellFormed(body));
}
