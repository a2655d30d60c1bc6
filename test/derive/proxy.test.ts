/** Coverage of runs that a real proxy wrote: what became of each call, as `spec/coverage.md` counts it. */
import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { createWorld, type World, type WorldOptions } from '../proxy/world.ts';
import { say, threads, use, type Turn } from '../support/upstream.ts';
import type { Coverage } from '../../verifiers/formats/coverage.ts';
import { loadCore } from '../support/core.ts';
import { verifyEvidence } from '../../verifiers/verify/index.ts';
import { deriveBytes, runFiles } from './rows.ts';

let worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.reverse()) await world.close();
  worlds = [];
});

async function open(options: WorldOptions): Promise<World> {
  const world = await createWorld({ files: { 'a.txt': 'alpha\n', '.env': 'K=1\n' }, ...options });
  worlds.push(world);
  return world;
}

function coverageOf(home: string, run = 0): Coverage {
  const file = runFiles(home)[run];
  if (file === undefined) throw new Error(`no run ${run}`);
  const { coverage } = deriveBytes(file).coverage;
  if (coverage === null) throw new Error('no coverage');
  expect(coverage.issued).toBe(coverage.answered + coverage.interrupted + coverage.superseded + coverage.open);
  return coverage;
}

const NONE = { issued: 0, decided: 0, answered: 0, superseded: 0, interrupted: 0, open: 0, carried_in: 0 };
const read = (path = 'a.txt') => use('Read', { file_path: path });

describe('a run of the proxy', () => {
  it('that_goes_well_has_every_call_decided_and_answered', async () => {
    const w = await open({ script: [say('', read(), read('.env')), say('', read()), say('Done.')] });
    await w.client().prompt('Go.');
    await w.stop();
    const { coverage } = { coverage: coverageOf(w.home) };
    expect(coverage).toEqual({
      ...NONE, issued: 3, decided: 3, answered: 3, undecided: 0, unissued: 0, cut_answers: 0, agents: [{ ...NONE, agent_id: null, issued: 3, decided: 3, answered: 3 }],
      executed_upstream: [], unscanned: [], opaque: { calls: 0, rows: [] },
    });
  });

  it('answered_in_one_document_is_counted_alike', async () => {
    const w = await open({ script: [say('', read(), read('.env')), say('Done.')] });
    await w.client({ stream: false }).prompt('Go.');
    await w.stop();
    expect(coverageOf(w.home)).toMatchObject({ issued: 2, decided: 2, answered: 2, undecided: 0 });
  });

  it('a_result_that_is_lost_is_superseded_once_the_conversation_goes_on_and_open_before', async () => {
    const w = await open({ script: [say('', read()), say('Done.')], lenient: true });
    const client = w.client();
    client.messages.push({ role: 'user', content: 'Go.' });
    await (await client.post()).text();
    const first = coverageOf(w.home);
    expect([first.open, first.superseded]).toEqual([1, 0]);
    // The agent lost its history and asks anew.
    await (await w.client({ messages: [{ role: 'user', content: 'Again.' }] }).post()).text();
    await w.stop();
    expect(coverageOf(w.home)).toMatchObject({ issued: 2, decided: 2, answered: 0, superseded: 1, open: 1, undecided: 0 });
  });

  it('an_interrupted_turn_is_answered_by_the_agent_in_the_persons_name', async () => {
    const w = await open({ script: [say('', read(), use('Bash', { command: 'sleep 9' })), say('Done.')], tools: { Read: () => ({ text: 'x' }), Bash: () => ({ text: '[Request interrupted by user for tool use]', isError: true }) } });
    await w.client().prompt('Go.');
    await w.stop();
    expect(coverageOf(w.home)).toMatchObject({ issued: 2, answered: 2, open: 0 });
  });

  it('a_stream_that_breaks_off_leaves_its_calls_interrupted_and_the_held_one_is_no_gap', async () => {
    const cut: Turn = { ...say('', read(), read()), fault: { cut: { at: 9, how: 'end' } }, times: 1 };
    const w = await open({ script: [cut, say('Done.')], lenient: true });
    const client = w.client();
    client.messages.push({ role: 'user', content: 'Go.' });
    await (await client.post()).text();
    await w.stop();
    const rows = w.rows().filter((row) => row.kind === 'request');
    expect(rows).toMatchObject([{ complete: false }]);
    const coverage = coverageOf(w.home);
    expect(coverage).toMatchObject({ answered: 0, undecided: 0, unissued: 0, open: 0, cut_answers: 1 });
    expect(coverage.interrupted).toBe(coverage.issued);
    expect(coverage.issued).toBeGreaterThan(0);
  });

  it('a_block_of_a_type_that_nobody_knows_is_listed_unscanned', async () => {
    const w = await open({ script: [say('', { type: 'other', block: { type: 'hologram_of_tomorrow', data: 'x' } }), say('Done.')] });
    await w.client().prompt('Go.').catch(() => undefined);
    await w.stop();
    expect(coverageOf(w.home).unscanned).toEqual([{ name: 'hologram_of_tomorrow', requests: 1 }]);
  });

  it('a_server_tool_is_counted_apart', async () => {
    const server = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } };
    const result = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] };
    const w = await open({ script: [say('found', { type: 'other', block: server }, { type: 'other', block: result }), say('Done.')] });
    await w.client().prompt('Go.');
    await w.stop();
    const coverage = coverageOf(w.home);
    expect(coverage).toMatchObject({ issued: 0, decided: 0, executed_upstream: [{ name: 'web_search', requests: 1 }] });
  });

  it('an_opaque_command_is_listed_by_its_row', async () => {
    const w = await open({ script: [say('', use('Bash', { command: 'python3 x.py' })), say('Done.')] });
    await w.client().prompt('Go.');
    await w.stop();
    const { opaque } = coverageOf(w.home);
    expect(opaque.calls).toBe(1);
    expect(w.rows()[opaque.rows[0] ?? -1]).toMatchObject({ kind: 'tool_call', tool_name: 'shell_bash' });
  });

  it('two_subagents_side_by_side_are_counted_each', async () => {
    const w = await open({ script: threads([/first/, [say('', read()), say('One.')]], [/second/, [say('', read(), read()), say('Two.')]], [/./, [say('', read()), say('Main.')]]) });
    await Promise.all([w.client({ agentId: 'agent-1' }).prompt('the first'), w.client({ agentId: 'agent-2' }).prompt('the second'), w.client().prompt('Go.')]);
    await w.stop();
    const { agents, issued } = coverageOf(w.home);
    expect(issued).toBe(4);
    expect(agents.map((a) => [a.agent_id, a.issued, a.decided, a.answered])).toEqual([[null, 1, 1, 1], ['agent-1', 1, 1, 1], ['agent-2', 2, 2, 2]]);
  });

  it('a_session_that_is_resumed_brings_answered_calls_along_in_a_run_of_its_own', async () => {
    const first = await open({ script: [say('', read()), say('Done.')] });
    const client = first.client();
    await client.prompt('Go.');
    await first.stop();
    const second = await open({ script: [say('', read()), say('', read()), say('Done.')], after: first, issued: first.upstream.issued, lenient: true });
    await second.client({ messages: client.messages }).prompt('Go on.');
    await second.stop();
    expect(coverageOf(second.home, 1)).toMatchObject({ carried_in: 1, undecided: 0, unissued: 0 });
  });

  it('in_a_checkout_says_what_it_was_before_the_first_call_and_at_the_end', async () => {
    const w = await open({ script: [say('', use('Write', { file_path: 'b.txt', content: 'beta' })), say('Done.')], checkout: true });
    for (const args of [['init', '-q'], ['add', '.'], ['-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', 'one']]) execFileSync('git', args, { cwd: w.cwd, stdio: 'ignore' });
    await w.client().prompt('Go.');
    await w.stop();
    const rows = w.rows();
    expect(rows.map((row) => row.kind)).toEqual(['run_start', 'policy_loaded', 'git_state', 'tool_call', 'request', 'tool_result', 'request', 'git_state', 'run_end']);
    const states = rows.filter((row) => row.kind === 'git_state').map((row) => row['tool_inputs']);
    expect(states).toMatchObject([{ phase: 'run_start', dirty: false }, { phase: 'run_end', dirty: true, untracked_files: ['b.txt'] }]);
    const bytes = runFiles(w.home)[0] as Uint8Array;
    expect(deriveBytes(bytes).git).toEqual({ git_commit: expect.stringMatching(/^[0-9a-f]{40}$/), files_changed: ['b.txt'] });
    const verdict = await verifyEvidence(loadCore(), { kind: 'run', source: [bytes], policy: null }, { allowUnsigned: true, require: ['coverage', 'git'] });
    expect([verdict.word, verdict.checks.filter((one) => one.result === 'failed')]).toEqual(['self-consistent', []]);
  });

  it('a_session_that_is_forked_brings_calls_of_the_run_it_left', async () => {
    const w = await open({ script: [say('', read()), say('Done.')], lenient: true });
    const client = w.client();
    await client.prompt('Go.');
    await w.client({ session: 'fork-1', messages: structuredClone(client.messages) }).prompt('Another way.');
    await w.stop();
    const [parent, fork] = [coverageOf(w.home, 0), coverageOf(w.home, 1)];
    expect(parent).toMatchObject({ issued: 1, answered: 1, carried_in: 0 });
    expect(fork).toMatchObject({ carried_in: 1, unissued: 0 });
  });
});
