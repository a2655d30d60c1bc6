/** Runs that the index holds open although the process that wrote them is gone: a crash, a kill, a power cut. */
import type { Values } from '../../verifiers/formats/line.ts';
import type { Ops } from '../ops.ts';
import type { Index } from './entries.ts';

/** Newest entries that are looked at: older open runs were found by an earlier start. */
const LOOKED_AT = 512;

export async function markLost(ops: Ops, index: Index): Promise<void> {
  const open = new Map<unknown, Values>();
  for (const entry of await index.newest(LOOKED_AT)) {
    if (entry['kind'] === 'run_opened') open.set(entry['run_id'], entry);
    if (entry['kind'] === 'run_closed' || entry['kind'] === 'run_lost') open.delete(entry['run_id']);
  }
  for (const [run_id, entry] of open) {
    if (!isGone(ops, entry)) continue;
    await index.append({ kind: 'run_lost', run_id, reason: 'process-gone' }, (theirs) => theirs['run_id'] === run_id && theirs['kind'] !== 'run_opened');
  }
}

/** Only this machine can tell, and only of its own processes. A number that was given to another process since keeps the run open. */
export function isGone(ops: Ops, entry: Values): boolean {
  const { hostId, bootId, pid } = ops.host;
  if ((entry['host_id'] ?? null) !== hostId) return false;
  if ((entry['boot_id'] ?? null) !== bootId) return true;
  const writer = entry['pid'];
  return typeof writer === 'number' && writer !== pid && !ops.alive(writer);
}
