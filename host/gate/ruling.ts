/** The one place that asks `decide`, for what has been gathered. */
import { decide } from '../policy/index.ts';
import type { Access, Judged } from '../policy/types.ts';
import type { Ruling, Turn } from './turn.ts';
import { wellFormed } from './well-formed.ts';

/** Decides, and writes beside the judged value what preset `off` would have done. */
export function decided(turn: Turn, given: Judged): Ruling {
  const judged = wellFormed(given);
  const { would, ...decision } = decide(turn.inForce.policy, judged);
  return { judged: would === undefined ? judged : { ...judged, would }, decision };
}

/** Whether what was found may be touched, by every spelling that leads there, as the call itself may touch what it names. */
export function mayTouch(turn: Turn, { judged }: Ruling, resolved: readonly string[], access: Access): boolean {
  const { counters: _, ...rest } = judged;
  return decide(turn.inForce.policy, { ...rest, paths: [{ asked: resolved[0] ?? '', access, resolved }] }).action !== 'BLOCK';
}
