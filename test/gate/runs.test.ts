/** A run that cannot be written is followed by another, which knows nothing of the first. */
import { expect, it } from 'vitest';
import { createRuns, type RunSetting } from '../../host/gate/runs.ts';
import type { InForce } from '../../host/gate/policy-source.ts';
import type { Run } from '../../host/ledger/index.ts';

it('a_call_of_the_run_before_is_carried_in_to_its_successor', async () => {
  const opened: { id: string; dead: boolean }[] = [];
  const openRun = async (): Promise<Run> => {
    const run = { id: `run-${opened.length}`, dead: false };
    opened.push(run);
    return run as unknown as Run;
  };
  const setting = { ops: { monotonic: () => 0, host: { runtime: 'test', hostId: null, bootId: null, pid: 1 } }, home: { openRun }, source: { path: '/p' } } as unknown as RunSetting;
  const runs = createRuns(setting);
  const context = { session_id: 's', agent: 'claude-code', protocol: 'anthropic-messages' } as const;
  const policy = { hash: 'a'.repeat(64), source: 'user', template: null, text: new Uint8Array() } as unknown as InForce;
  const session = await runs.enter('s', context, policy);
  session.issued.set('toolu_1', true);
  expect((await runs.enter('s', context, policy)).issued.has('toolu_1')).toBe(true);
  (opened[0] as { dead: boolean }).dead = true;
  const next = await runs.enter('s', context, policy);
  expect([next.run.id, next.issued.has('toolu_1')]).toEqual(['run-1', false]);
});
