/** Money through the whole line: what rows say, where a budget stops, what is never sent. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { costOf, priceOf, type Price } from '../../host/cost/index.ts';
import { loadCore } from '../../host/runtime/core.ts';
import { verifyRun } from '../../verifiers/verify.ts';
import { createWorld, type Row, type World, type WorldOptions } from '../proxy/world.ts';
import { say, use, type Turn } from '../support/upstream.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});
const open = async (options: WorldOptions): Promise<World> => (world = await createWorld(options));
const requests = (w: World): Row[] => w.rows().filter((row) => row.kind === 'request');
const costs = (w: World): unknown[] => requests(w).map((row) => [row['cost_basis'], row['cost_microusd']]);
const hi = (w: World, more: Record<string, unknown> = {}, path = '/v1/messages', stream = true): Promise<Response> =>
  w.client({ stream, messages: [{ role: 'user', content: 'hi' }] }).post(path, more);
const read = async (response: Response): Promise<[number, string]> => [response.status, await response.text().catch((e: unknown) => `broke off: ${String(e)}`)];
/** An answer whose usage costs so many micro-dollars: output of Opus 5.5 is 20 a token. */
const costing = (micro: number): Turn => ({ ...say('ok'), usage: { input_tokens: 0, output_tokens: micro / 20 } });
const settled = async (w: World, n: number): Promise<void> => {
  for (let i = 0; i < 200 && requests(w).length < n; i++) await new Promise((done) => setTimeout(done, 10));
};

describe('a request row', () => {
  it.each([true, false])('says_what_the_request_cost_streamed_%s', async (stream) => {
    const usage = { input_tokens: 11, output_tokens: 22, cache_read_input_tokens: 333, cache_creation_input_tokens: 44, cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 40 }, server_tool_use: { web_search_requests: 2 } };
    const w = await open({ script: [{ ...say('ok'), usage }] });
    await read(await hi(w, {}, '/v1/messages', stream));
    await w.stop();
    expect(requests(w)).toMatchObject([{ cache_write_tokens: 44, cache_write_1h_tokens: 40, web_searches: 2, cost_basis: 'usage', cost_microusd: Math.ceil(11 * 4 + 22 * 20 + 333 * 0.2 + 4 * 5 + 40 * 8) + 20_000 }]);
  });

  it('holds_the_figures_that_its_cost_is_made_of_and_the_run_verifies', async () => {
    const us = { ...say('', use('Read', { file_path: 'a.txt' })), usage: { input_tokens: 7, output_tokens: 3, speed: 'fast', inference_geo: 'us' } };
    const w = await open({ script: [us, say('done')], files: { 'a.txt': 'alpha\n' } });
    expect(await w.client().prompt('Go.')).toBe('done');
    await w.stop();
    for (const row of requests(w)) {
      const model = String(row['billed_model'] ?? row['model']);
      const figure = (name: string): number => Number(row[name] ?? 0);
      const metered = { input_tokens: figure('input_tokens'), output_tokens: figure('output_tokens'), cache_read_tokens: figure('cache_read_tokens'), cache_write_tokens: figure('cache_write_tokens'), cache_write_1h_tokens: figure('cache_write_1h_tokens'), web_searches: figure('web_searches') };
      const terms = { speed: (row['speed'] as string | undefined) ?? null, inference_geo: (row['inference_geo'] as string | undefined) ?? null };
      expect(costOf(priceOf(model, String(row['ts']).slice(0, 10)) as Price, metered, terms)).toBe(row['cost_microusd']);
    }
    expect(requests(w)[0]).toMatchObject({ speed: 'fast', inference_geo: 'us', cost_microusd: Math.ceil((7 * 4 + 3 * 20) * 2 * 1.1) });
    for (const name of readdirSync(join(w.home, 'runs')).filter((n) => !n.includes('.inputs.'))) {
      const verdict = await verifyRun(loadCore().core, [readFileSync(join(w.home, 'runs', name))], {});
      expect([verdict.word, verdict.checks.filter((c) => c.code === 'unknown-member')]).toEqual(['self-consistent', []]);
    }
  });

  it.each([
    ['a token count', '/v1/messages/count_tokens', say('ok'), 200],
    ['an error', '/v1/messages', { status: { code: 529 } }, 529],
    ['a path that the upstream does not know', '/v1/nothing/v1/messages', { status: { code: 404 } }, 404],
  ] as const)('%s_costs_nothing', async (_, path, turn, status) => {
    const w = await open({ script: [turn as Turn] });
    expect((await read(await hi(w, {}, path)))[0]).toBe(status);
    await w.stop();
    expect(costs(w)).toEqual([['usage', 0]]);
  });

  it('an_upstream_that_cannot_be_reached_charged_nothing', async () => {
    const w = await open({ script: [say('ok')], budget: 1_000_000 });
    await w.upstream.close();
    for (let i = 0; i < 60; i++) expect((await read(await hi(w)))[0]).toBe(502);
    await w.stop();
    expect(new Set(costs(w).map((c) => JSON.stringify(c)))).toEqual(new Set(['["usage",0]']));
  });

  it('a_model_without_a_price_is_unpriced_and_goes_up_all_the_same', async () => {
    const w = await open({ script: [say('ok')] });
    expect((await read(await hi(w, { model: 'gpt-6-astra' })))[0]).toBe(200);
    await w.stop();
    expect(requests(w)).toMatchObject([{ cost_basis: 'unpriced', complete: true }]);
    expect(requests(w)[0]).not.toHaveProperty('cost_microusd');
  });

  it('the_model_that_answered_is_the_one_that_is_charged', async () => {
    const answer = JSON.stringify({ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-haiku-4-5-20251001', content: [{ type: 'text', text: 'x' }], stop_reason: 'end_turn', usage: { input_tokens: 100, output_tokens: 20 } });
    const w = await open({ script: [{ status: { code: 200, headers: { 'content-type': 'application/json' }, body: new TextEncoder().encode(answer) } }] });
    await read(await hi(w, {}, '/v1/messages', false));
    await w.stop();
    expect(requests(w)).toMatchObject([{ model: 'claude-opus-5-5', billed_model: 'claude-haiku-4-5-20251001', cost_microusd: 200 }]);
  });
});

describe('an answer that was cut', () => {
  const REAL = { ...say('a long answer of many words that is cut somewhere'), usage: { input_tokens: 100, output_tokens: 900 } };
  const real = 100 * 4 + 900 * 20;

  it.each([...Array.from({ length: 10 }, (_, at) => ['end', at] as const), ['destroy', 3] as const])('is_bounded_from_above_by_%s_before_event_%i', async (how, at) => {
    const w = await open({ script: [{ ...REAL, fault: { cut: { at, how } } }] });
    await read(await hi(w));
    await w.stop();
    const [[basis, cost]] = costs(w) as [[string, number]];
    expect(basis === 'usage' ? cost === real : basis === 'bound' && cost >= real).toBe(true);
    // What went in was told with the first event: then the bound is that and all of max_tokens.
    if (at > 0 && basis === 'bound') expect(cost).toBe(100 * 4 + 1024 * 20);
  });

  it('without_usage_although_whole_is_bounded', async () => {
    const w = await open({ script: [{ ...REAL, fault: { omit: ['usage'] } }] });
    await read(await hi(w));
    await w.stop();
    const [[basis, cost]] = costs(w) as [[string, number]];
    expect([basis, cost >= real]).toEqual(['bound', true]);
  });

  it('by_the_client_is_bounded_before_and_after_its_first_byte', async () => {
    const w = await open({ script: [{ ...REAL, fault: { cut: { at: 4, how: 'hang' } } }, { ...REAL, fault: { delayMs: 5_000 } }], lenient: true });
    const leaving = new AbortController();
    const ask = (messages: unknown[]): Promise<Response> => fetch(`${w.proxy.url}/v1/messages`, { method: 'POST', signal: leaving.signal, headers: { 'content-type': 'application/json', 'x-api-key': 'k', 'anthropic-version': '2023-06-01' }, body: JSON.stringify({ model: 'claude-opus-5-5', max_tokens: 1024, stream: true, messages }) });
    const first = await ask([{ role: 'user', content: 'hi' }]);
    await first.body?.getReader().read();
    const second = ask([{ role: 'user', content: 'hi' }, { role: 'assistant', content: 'x' }, { role: 'user', content: 'again' }]);
    for (let i = 0; i < 200 && w.upstream.asked.length < 2; i++) await new Promise((done) => setTimeout(done, 10));
    leaving.abort();
    await expect(second).rejects.toThrow();
    await settled(w, 2);
    await w.stop();
    for (const [basis, cost] of costs(w) as [string, number][]) expect([basis, cost >= real]).toEqual(['bound', true]);
    expect(costs(w)).toHaveLength(2);
  });
});

describe('a budget', () => {
  it('warns_once_at_80_percent_and_refuses_at_100', async () => {
    const w = await open({ script: [costing(200_000)], budget: 1_000_000 });
    const statuses: number[] = [];
    let last = '';
    for (let i = 0; i < 7; i++) {
      const [status, text] = await read(await hi(w));
      statuses.push(status);
      last = text;
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 402, 402]);
    expect(last).toContain('the budget of $1.00 is spent ($1.00). Raise --budget to go on');
    expect(w.notices.filter((n) => n.includes('80 %'))).toEqual([expect.stringContaining('80 % of the budget of $1.00 is spent ($0.80)')]);
    await w.stop();
    expect(w.upstream.asked).toHaveLength(5);
    expect(requests(w).slice(5)).toMatchObject([{ event_type: 'budget_exceeded', reason: 'budget-spent', status: 402, cost_microusd: 0 }, { event_type: 'budget_exceeded' }]);
    expect(requests(w).reduce((sum, row) => sum + Number(row['cost_microusd']), 0)).toBe(1_000_000);
  });

  it('refuses_beforehand_what_alone_may_cost_more_than_all_of_it', async () => {
    const w = await open({ script: [say('ok')], budget: 1_000_000 });
    const [status, text] = await read(await hi(w, { max_tokens: 64_000 }));
    expect([status, JSON.parse(text).error.type]).toEqual([402, 'billing_error']);
    expect(text).toMatch(/this request alone may cost \$1\.28\d* \(estimated from its size and max_tokens\), more than the budget of \$1\.00/);
    expect((await read(await hi(w, { max_tokens: 1024 })))[0]).toBe(200);
    await w.stop();
    expect(w.upstream.asked).toHaveLength(1);
    expect(requests(w)).toMatchObject([{ event_type: 'budget_exceeded', reason: 'budget-request' }, { event_type: 'cloud_sent', status: 200 }]);
  });

  it.each([
    ['max_tokens that fit into what is left', 4_000, false, 200],
    ['max_tokens that do not', 12_000, false, 402],
    ['more max_tokens than an answer uses, where what is usual fits', 40_000, false, 200, 2_000_000],
    ['the same where the policy counts all of them', 40_000, true, 402, 2_000_000],
  ])('%s', async (_, max_tokens, whole, status, budget = 1_000_000) => {
    const w = await open({ script: [costing(budget === 1_000_000 ? 800_000 : 1_400_000)], budget, ...(whole ? { policy: 'version: 1\nblock_requests_over_budget: true\n' } : {}) });
    await read(await hi(w));
    const [got, text] = await read(await hi(w, { max_tokens }));
    expect(got).toBe(status);
    if (status === 402) expect(text).toMatch(/this request may cost \$0\.\d+ .* and \$0\.\d+ of the budget of \$\d\.00 is left/);
    await w.stop();
    expect(w.upstream.asked).toHaveLength(status === 402 ? 1 : 2);
  });

  it('counts_what_is_under_way_so_that_many_at_once_do_not_cross_it', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((done) => (release = done));
    const w = await open({ script: [{ ...costing(20_000), fault: { hold: { at: 0, until: () => held } } }], budget: 100_000, policy: 'version: 1\nblock_requests_over_budget: true\n' });
    const answers = Array.from({ length: 12 }, () => hi(w, { max_tokens: 1000 }).then(read));
    for (let i = 0; i < 300 && requests(w).length < 8; i++) await new Promise((done) => setTimeout(done, 10));
    release();
    const statuses = (await Promise.all(answers)).map(([status]) => status);
    await w.stop();
    expect(statuses.filter((s) => s === 200)).toHaveLength(4);
    expect(statuses.filter((s) => s === 402)).toHaveLength(8);
    expect(requests(w).reduce((sum, row) => sum + Number(row['cost_microusd']), 0)).toBeLessThanOrEqual(100_000);
  });

  it('covers_all_sessions_of_the_proxy', async () => {
    const w = await open({ script: [costing(600_000)], budget: 1_000_000 });
    const statuses: number[] = [];
    for (const session of ['one', 'two', 'three']) statuses.push((await read(await w.client({ session, messages: [{ role: 'user', content: 'hi' }] }).post()))[0]);
    expect(statuses).toEqual([200, 200, 402]);
    await w.stop();
  });

  it.each([
    ['a model without a price', { model: 'gpt-6-astra' }],
    ['no model', { model: 7 }],
    ['a speed without a price', { speed: 'ludicrous' }],
  ])('refuses_%s', async (_, more) => {
    const w = await open({ script: [say('ok')], budget: 5_000_000, lenient: true });
    const [status, text] = await read(await hi(w, more));
    expect([status, /no price is known for model/.test(text)]).toEqual([402, true]);
    await w.stop();
    expect(w.upstream.asked).toHaveLength(0);
    expect(requests(w)).toMatchObject([{ event_type: 'blocked', reason: 'unpriced-model', cost_microusd: 0 }]);
  });

  it('counts_an_answer_that_tells_no_usage_and_one_on_terms_without_a_price', async () => {
    const silent: Turn = { ...say('ok'), fault: { omit: ['usage'] } };
    const strange: Turn = { ...say('ok'), usage: { input_tokens: 1, output_tokens: 1, inference_geo: 'moon' } };
    for (const turn of [silent, strange]) {
      const w = await open({ script: [turn], budget: 30_000 });
      const statuses = [(await read(await hi(w)))[0], (await read(await hi(w)))[0]];
      expect(statuses).toEqual([200, 402]);
      await w.close();
      world = undefined;
    }
  });

  it('lets_token_counts_through_when_it_is_spent', async () => {
    const w = await open({ script: [costing(1_000_000)], budget: 1_000_000 });
    await read(await hi(w));
    expect((await read(await hi(w)))[0]).toBe(402);
    expect((await read(await hi(w, {}, '/v1/messages/count_tokens')))[0]).toBe(200);
    await w.stop();
  });
});
