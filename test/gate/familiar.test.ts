/** What nothing was found in is not looked through again: for these characters, so judged, in this conversation, under this policy. */
import { describe, expect, it } from 'vitest';
import { familiarTexts, type JudgedAs } from '../../host/gate/familiar.ts';
import { newSession, sharedMemory } from '../../host/gate/session.ts';
import type { Ruling } from '../../host/gate/turn.ts';
import type { Run } from '../../host/ledger/index.ts';
import type { Policy } from '../../host/policy/index.ts';

const policy = {} as Policy;
const [ruling, another] = [{} as Ruling, {} as Ruling];
const LONG = 'export const a = 1;\n'.repeat(500);

/** A request in which nothing is found; the texts that were known. */
function request(texts: ReturnType<typeof familiarTexts>, list: readonly string[], { as = 'text' as JudgedAs, to = 'c', by = policy } = {}): string[] {
  const familiar = texts.open(to, by);
  const known = list.filter((text) => familiar.has(as, [text]) || (familiar.add(as, [text]), false));
  familiar.keep();
  return known;
}

describe('a text is familiar', () => {
  it('in_the_next_request_with_what_is_new_before_between_and_behind', () => {
    const texts = familiarTexts();
    expect(request(texts, ['a', LONG, 'c'])).toEqual([]);
    expect(request(texts, ['new', 'a', 'b', LONG, 'c', 'd'])).toEqual(['a', LONG, 'c']);
    expect(request(texts, ['a', 'd', 'e'])).toEqual(['a', 'd']);
  });

  const cases: readonly (readonly [name: string, text: string, at: Parameters<typeof request>[2]])[] = [
    ['another last character', `${LONG.slice(0, -1)} `, {}],
    ['another first character', ` ${LONG.slice(1)}`, {}],
    ['one character more', `${LONG} `, {}],
    ['another form of the same letters', LONG.replace('export', 'expor\u0074\u0301'), {}],
    ['another conversation', LONG, { to: 'd' }],
    ['another policy of the same content', LONG, { by: { ...policy } }],
    ['a string of an input', LONG, { as: 'input' }],
    ['a result', LONG, { as: 'result' }],
    ['the result of a call', LONG, { as: ruling }],
  ];
  it.each(cases)('but_not_as %s', (_, text, at) => {
    const texts = familiarTexts();
    request(texts, [LONG]);
    expect(request(texts, [text], at)).toEqual([]);
  });

  it('of_a_result_only_under_the_very_ruling', () => {
    const texts = familiarTexts();
    request(texts, [LONG], { as: ruling });
    expect(request(texts, [LONG], { as: another })).toEqual([]);
    request(texts, [LONG], { as: ruling });
    expect(request(texts, [LONG], { as: ruling })).toEqual([LONG]);
  });

  it('of_several_parts_only_in_the_same_parts', () => {
    const texts = familiarTexts();
    const first = texts.open('c', policy);
    first.add('result', ['ab', 'c']);
    first.keep();
    const next = texts.open('c', policy);
    expect([['a', 'bc'], ['ab'], ['ab', 'c', ''], ['ab', 'c']].map((parts) => next.has('result', parts))).toEqual([false, false, false, true]);
  });

  it('only_once_a_request_was_judged_whole', () => {
    const texts = familiarTexts();
    texts.open('c', policy).add('text', [LONG]);
    expect(request(texts, [LONG])).toEqual([]);
  });

  it('and_what_was_found_to_hold_something_is_not', () => {
    const texts = familiarTexts();
    texts.open('c', policy).keep();
    expect(texts.open('c', policy).has('text', [LONG])).toBe(false);
  });

  it('within_a_bound_for_all_conversations_and_the_oldest_goes', () => {
    const texts = familiarTexts(3 * (LONG.length + 64));
    for (const to of ['1', '2', '3']) request(texts, [LONG], { to });
    expect(request(texts, [LONG], { to: '1' })).toEqual([LONG]);
    request(texts, [LONG], { to: '4' });
    expect(['1', '3', '4'].map((to) => request(texts, [LONG], { to }).length)).toEqual([1, 1, 1]);
    expect(request(texts, [LONG], { to: '2' })).toEqual([]);
    request(texts, [LONG.repeat(4)], { to: 'large' });
    expect(request(texts, [LONG.repeat(4)], { to: 'large' })).toEqual([]);
  });

  it('to_no_other_session_and_no_other_agent_of_it', () => {
    const shared = sharedMemory();
    const [a, b] = ['a', 'b'].map((id) => newSession(id, { id } as Run, '', 0, shared));
    const opens = [() => a?.familiar(null, false, policy), () => a?.familiar('x', false, policy), () => a?.familiar(null, true, policy), () => b?.familiar(null, false, policy)];
    const first = opens[0]?.();
    first?.add('text', [LONG]);
    first?.keep();
    expect(opens.map((open) => open()?.has('text', [LONG]))).toEqual([true, false, false, false]);
  });
});
