/** What a session remembers is bounded, and holds nothing more in memory than itself. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { bounded, countersOf, newSession, sharedMemory, type Decided } from '../../host/gate/session.ts';
import type { Run } from '../../host/ledger/index.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const session = (id: string, shared = sharedMemory()) => newSession(id, { id } as Run, '', 0, shared);

describe('memory', () => {
  it('an_id_that_is_remembered_does_not_keep_its_request', () => {
    const kept = bounded<true>(10_000);
    gc();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 2000; i++) {
      const request = JSON.parse(JSON.stringify(`${i} toolu_01abcdefghijklmnop `.repeat(2000))) as string;
      kept.set(request.slice(4, 32), true);
    }
    gc();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(5_000_000);
    expect(kept.has('x')).toBe(false);
  });

  it('of_rulings_is_one_for_all_sessions_and_keeps_what_is_asked_for', () => {
    const shared = sharedMemory();
    const [a, b] = [session('a', shared), session('b', shared)];
    const ruling = {} as Decided;
    a.decided.set('old', ruling);
    expect(b.decided.has('old')).toBe(false);
    for (let i = 0; i < 30_000; i++) {
      b.decided.set(`k${i}`, ruling);
      if (i % 1000 === 0) expect(a.decided.get('old')).toBe(ruling);
    }
    expect([b.decided.has('k0'), b.decided.has('k29999')]).toEqual([false, true]);
  });

  it('of_agents_that_are_invented_is_bounded', () => {
    const one = session('s');
    for (let i = 0; i < 5000; i++) countersOf(one, `agent-${i}`).tool_calls += 1;
    expect(one.rounds.size).toBe(1000);
    expect(countersOf(one, 'agent-4999').tool_calls).toBe(1);
  });
});
