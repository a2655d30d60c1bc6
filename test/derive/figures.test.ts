/** What is derived does not depend on how the file comes in, and a long run does not need memory for its rows. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derive, predicateOf } from '../../verifiers/derive/index.ts';
import { parsePredicate } from '../../verifiers/formats/predicate.ts';
import { goodRows } from '../formats/cases.ts';
import { deriveLines } from './rows.ts';

const ASSERTED = { chain_file: 'x.jsonl', verifier_url: 'https://example.com/', rules_digest: {} };
const count = (id: string) => ({ kind: 'tool_result', tool_use_id: id });

describe('figures', () => {
  it('of_a_run_make_a_predicate_of_either_version_in_its_form', () => {
    const derived = deriveLines(goodRows().map((row) => ({ ...row, hash: 'b'.repeat(64) })));
    for (const version of ['1.0.0', '1.1.0'] as const) expect(parsePredicate({ ...predicateOf(derived, ASSERTED, version) })).toMatchObject({ ok: true });
    const { agent, summary, policy } = derived.figures;
    expect([agent.wall_time_s, agent.model, summary.tool_calls, summary.blocked, policy.source]).toEqual([6, 'model-1', 2, 1, 'user']);
    expect(summary.blocked_events).toEqual([{ tool: 'read_file', target: '/project/.env', rule: 'path-denied', at_offset_s: 4 }]);
  });

  it.each([
    ['a_clock_that_went_back', [{ ts: '2026-03-01T12:00:05.000Z' }, { ts: '2026-03-01T12:00:01.000Z' }]],
    ['no_rows', []],
    ['rows_in_no_form', [{ kind: 7, hash: 1, ts: null, tool_use_ids: [1, {}], judged: [], tool_inputs: 3 }, { kind: 'request', tool_use_ids: 'x', unscanned: { a: 1 } }, { kind: 'git_state', tool_inputs: { is_repo: true, head: 1 } }]],
  ])('%s_do_no_harm', (_, rows) => {
    expect(deriveLines(rows).figures.agent.wall_time_s).toBe(0);
  });

  it('of_any_values_whatever_never_throw_and_hold_the_law_of_coverage', () => {
    const word = fc.constantFrom('request', 'tool_call', 'tool_result', 'policy_loaded', 'git_state', 'run_end', 'PASS', 'a', 'b', 'cloud_sent', 'inbound');
    const value = fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null), fc.array(word, { maxLength: 3 }), fc.dictionary(word, word, { maxKeys: 2 }));
    const row = fc.record({ kind: word, tool_use_ids: value, tool_use_id: value, complete: fc.boolean(), direction: word, event_type: word, message_id: value, agent_id: value, model: value, carried_in: fc.boolean(), judged: value, unscanned: value, executed_upstream: value }, { requiredKeys: ['kind'] });
    fc.assert(fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
      const { coverage } = deriveLines(rows).coverage;
      expect(coverage?.issued).toBe((coverage?.answered ?? 0) + (coverage?.interrupted ?? 0) + (coverage?.superseded ?? 0) + (coverage?.open ?? 0));
      expect(coverage?.agents.reduce((sum, agent) => sum + agent.issued + agent.carried_in + agent.decided, 0)).toBe((coverage?.issued ?? 0) + (coverage?.carried_in ?? 0) + (coverage?.decided ?? 0));
    }), { seed: 20260301, numRuns: 300 });
  });

  it('more_ids_than_are_kept_leave_no_coverage_to_claim', () => {
    const deriving = derive();
    const long = 'x'.repeat(1 << 20);
    for (let i = 0; i < 65; i++) deriving.row(count(`${i}${long}`), { row: i, offset: 0 });
    const derived = deriving.end();
    expect(derived.coverage.coverage).toBe(null);
    expect(predicateOf(derived, ASSERTED, '1.1.0')).not.toHaveProperty('coverage');
  });

  it('agents_and_names_beyond_their_number_are_counted_together', () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({ kind: 'request', agent_id: `agent-${String(i).padStart(3, '0')}`, tool_use_ids: [`t${i}`], unscanned: [`type-${String(i).padStart(3, '0')}`], complete: true }));
    const { coverage } = deriveLines(rows).coverage;
    expect([coverage?.agents.length, coverage?.unscanned.length]).toEqual([100, 100]);
    expect(coverage?.agents.at(-1)).toMatchObject({ agent_id: '…', issued: 201 });
    expect(coverage?.unscanned.at(-1)).toEqual({ name: '…', requests: 201 });
  });
});
