import { describe, expect, test } from 'vitest';
import { readStream } from '../../host/wire/anthropic-response.ts';
import { isReserved } from '../../host/wire/substitute.ts';
import { blockStart, broken, delta, drain, end, frame, json, outcome, ping, start, stop, stream, text, tool, uses, utf8, words } from './stream.ts';
import type { Event } from './stream.ts';
import { cpuMs } from '../support/cpu.ts';

const READ = { id: 'toolu_1', name: 'Read' };
const SIMPLE = stream(start(), words(0, 'I look.'), tool(1, 'toolu_1', 'Read', '{"file_', 'path":"/w/a.ts"}'), end());
const THINKING = stream(
  start(),
  [blockStart(0, { type: 'thinking', thinking: '', signature: '' }), delta(0, { type: 'thinking_delta', thinking: 'hm é😀' }), delta(0, { type: 'signature_delta', signature: 'c2ln' }), stop(0)],
  [blockStart(1, { type: 'redacted_thinking', data: 'eA==' }), stop(1)],
  ping,
  tool(2, 'toolu_1', 'Bash', '', '{"command":"ls"}'),
  tool(3, 'toolu_2', 'Read', '{"file_path":"b"}'),
  words(4, 'after'),
  end(),
);
const crlf = (s: string): string => s.replaceAll('\n', '\r\n');

const PASSED: { readonly [what: string]: string } = {
  'words and one call': SIMPLE,
  'thinking, a ping, two calls and words behind them': THINKING,
  'CR LF': crlf(THINKING),
  'CR': SIMPLE.replaceAll('\n', '\r'),
  'no space after the colon': SIMPLE.replaceAll(': ', ':'),
  'comments and unknown fields': `: hello\n\nid: 1\nretry: 5\n\n${SIMPLE.replaceAll('event: content_block_stop', ': c\nevent: content_block_stop')}`,
  'no event fields': SIMPLE.replace(/event: .*\n/g, ''),
  'data over several lines': SIMPLE.replace('"type":"message_start",', '"type":"message_start",\ndata: '),
  'an unknown event and an unknown block': stream(start(), { type: 'weather', sun: true }, [blockStart(0, { type: 'hologram', x: 1 }), delta(0, { type: 'hologram_delta', x: 2 }), stop(0)], end('end_turn')),
  'a server tool and its result': stream(
    start(),
    [blockStart(0, { type: 'server_tool_use', id: 'srv_1', name: 'web_search', input: {} }), json(0, '{"query":"x"}'), stop(0)],
    [blockStart(1, { type: 'web_search_tool_result', tool_use_id: 'srv_1', content: [] }), stop(1)],
    end('end_turn'),
  ),
  'an error event': stream(start(), { type: 'error', error: { type: 'overloaded_error', message: 'busy' } }),
  'an error event whose data has no type': stream(start()) + 'event: error\ndata: {"error":{"message":"busy"}}\n\n',
  'words whose indices repeat and go down': stream(start(), words(3, 'a'), words(3, 'b'), words(1, 'c'), end('end_turn')),
  'two messages of words': stream(start(), words(0, 'a'), end('end_turn'), start(), words(0, 'b'), end('end_turn')),
  'the end mark of some gateways': `${SIMPLE}event: data\ndata: [DONE]\n\n`,
  'no message_stop': stream(start(), tool(0, 'toolu_1', 'Read', '{}')),
  'a block that stops behind message_delta': stream(start(), blockStart(0, { type: 'text', text: '' }), end()[0] as Event, stop(0), { type: 'message_stop' }),
  'an empty body': '',
};

describe('what passes', () => {
  for (const [what, input] of Object.entries(PASSED)) {
    test(`${what}: byte-identical, at every chunk border`, () => {
      const bytes = utf8(input);
      expect(outcome(drain(readStream(), bytes))).toBe(input);
      for (let at = 1; at < bytes.length; at += 1) {
        const reader = readStream();
        const events = [...reader.push(bytes.slice(0, at)), ...reader.push(bytes.slice(at)), ...reader.end()];
        if (outcome(events) !== input) expect(outcome(events), `border at ${at}`).toBe(input);
      }
      expect(outcome(drain(readStream(), bytes, 1))).toBe(input);
    });
  }

  test('substituted, the answer is the same whatever the chunks', () => {
    for (const input of [SIMPLE, THINKING, crlf(THINKING)]) {
      const bytes = utf8(input);
      const by = { name: 'occasio_denied__path-denied', input: { reason: 'r' } };
      const want = outcome(drain(readStream(), bytes), () => by);
      for (let at = 1; at < bytes.length; at++) {
        const reader = readStream();
        const events = [...reader.push(bytes.slice(0, at)), ...reader.push(bytes.slice(at)), ...reader.end()];
        if (outcome(events, () => by) !== want) expect(outcome(events, () => by), `border at ${at}`).toBe(want);
      }
    }
  });
});

describe('positions', () => {
  test('refused, left out or passed, blocks count 0, 1, 2, …: what a client joins by position is what was judged', () => {
    const input = stream(start(), tool(0, 'a', 'N', '{}'), tool(1, 'a', 'N', '{}'), tool(2, 'b', 'N', '{}'), words(3, 'x'), tool(4, 'c', 'N', '{}'), end());
    for (const refused of ['', 'a', 'b', 'abc']) {
      const out = outcome(drain(readStream(), utf8(input)), (use) => (refused.includes(use.id) ? { name: 'occasio_denied__x', input: {} } : undefined));
      expect([...out.matchAll(/"content_block_start","index":(\d)/g)].map((m) => m[1]).join('')).toBe('01234');
    }
  });
});

describe('holding', () => {
  test('nothing of a tool_use leaves before its stop, words before it leave at once', () => {
    const reader = readStream();
    expect(outcome(reader.push(utf8(stream(start(), words(0, 'hi')))))).toBe(stream(start(), words(0, 'hi')));
    for (const event of tool(1, 'toolu_1', 'Read', '{}').slice(0, -1)) expect(reader.push(utf8(frame(event)))).toEqual([]);
    expect(reader.holding()).toBe(true);
    const [use] = reader.push(utf8(frame(stop(1))));
    expect(use).toMatchObject({ kind: 'tool_use', use: { ...READ, input: {}, fault: null } });
    expect(reader.holding()).toBe(false);
  });

  test('a ping and a comment go out while a block is held, other events wait in order', () => {
    const reader = readStream();
    reader.push(utf8(stream(start(), blockStart(0, { type: 'tool_use', ...READ, input: {} }))));
    expect(outcome(reader.push(utf8(frame(ping))))).toBe(frame(ping));
    expect(outcome(reader.push(utf8(': still here\n\n')))).toBe(': still here\n\n');
    expect(reader.push(utf8(frame({ type: 'weather' })))).toEqual([]);
    expect(reader.push(utf8(frame(end()[0] as Event)))).toEqual([]);
    expect(outcome(reader.push(utf8(frame(stop(0)))))).toBe(stream(blockStart(0, { type: 'tool_use', ...READ, input: {} }), stop(0), { type: 'weather' }, end()[0] as Event));
  });

  test('overlapping calls leave one after the other, each with its own bytes', () => {
    const [a, b] = [tool(0, 'toolu_1', 'Read', '{"file_path":', '"a"}'), tool(1, 'toolu_2', 'Bash', '{"command":', '"b"}')];
    const mixed = [a[0], b[0], a[1], b[1], b[2], b[3], a[2], a[3]] as Event[];
    const events = drain(readStream(), utf8(stream(start(), mixed, end())));
    expect(uses(events).map((use) => [use.name, use.input])).toEqual([['Read', { file_path: 'a' }], ['Bash', { command: 'b' }]]);
    expect(outcome(events)).toBe(stream(start(), a, b, end()));
  });

  test('words that overlap a call wait for it', () => {
    const said = words(0, 'x');
    const call = tool(1, 'toolu_1', 'Read', '{}');
    const events = drain(readStream(), utf8(stream(start(), said[0] as Event, call[0] as Event, said[1] as Event, call.slice(1), said[2] as Event, end())));
    expect(outcome(events)).toBe(stream(start(), said[0] as Event, call, said.slice(1), end()));
  });

  test('a stream cut at any byte passes a prefix, and never a part of a call', () => {
    const bytes = utf8(THINKING);
    const stops = [...THINKING.matchAll(/event: content_block_stop\ndata: .*"index":[23]\}\n\n/g)].map((m) => m.index + m[0].length);
    const starts = [...THINKING.matchAll(/event: content_block_start\ndata: .*"type":"tool_use"/g)].map((m) => m.index);
    for (let at = 0; at < bytes.length; at++) {
      const reader = readStream();
      const got = outcome([...reader.push(bytes.slice(0, at)), ...reader.end()]);
      expect(THINKING.startsWith(got)).toBe(true);
      const cutAt = utf8(got).length;
      starts.forEach((begin, i) => {
        const from = utf8(THINKING.slice(0, begin)).length;
        const to = utf8(THINKING.slice(0, stops[i])).length;
        if (cutAt > from && cutAt < to) throw new Error(`cut at ${at}: a part of call ${i} was passed`);
      });
      expect(reader.summary().complete).toBe(false);
    }
  });

  test('a cut stream that begins a call yields no call and is not complete', () => {
    const reader = readStream();
    const events = drain(reader, utf8(stream(start(), tool(0, 'toolu_1', 'Read', '{}').slice(0, 2))));
    expect([uses(events), reader.summary().complete]).toEqual([[], false]);
  });
});

describe('inputs', () => {
  const of = (block: object, ...pieces: string[]) => {
    const input = stream(start(), blockStart(0, { type: 'tool_use', ...READ, ...block }), pieces.map((p) => json(0, p)), stop(0), end());
    return uses(drain(readStream(), utf8(input)))[0];
  };
  const CASES: readonly (readonly [string, object, readonly string[], object | undefined, string | null])[] = [
    ['joined from deltas', { input: {} }, ['{"a"', ':1}'], { a: 1 }, null],
    ['none is the empty object', { input: {} }, [], {}, null],
    ['empty deltas are the empty object', { input: {} }, ['', ''], {}, null],
    ['an absent input member is the empty object', {}, [], {}, null],
    ['from the start block when no delta came', { input: { a: 1 } }, [], { a: 1 }, null],
    ['an empty string in the start block counts as none', { input: '' }, ['{"a":1}'], { a: 1 }, null],
    ['both in the start block and in deltas is refused', { input: { file_path: 'ok' } }, ['{"file_path":".env"}'], undefined, 'input-not-json'],
    ['cut short', { input: {} }, ['{"a":'], undefined, 'input-not-json'],
    ['text behind the object', { input: {} }, ['{"a":1}{"a":2}'], undefined, 'input-not-json'],
    ['a name twice', { input: {} }, ['{"a":1,"\\u0061":2}'], undefined, 'input-not-json'],
    ['a list', { input: {} }, ['[1]'], undefined, 'input-not-object'],
    ['a string', { input: {} }, ['"x"'], undefined, 'input-not-object'],
    ['a string in the start block', { input: '{"a":1}' }, [], undefined, 'input-not-object'],
    ['white space alone', { input: {} }, [' '], undefined, 'input-not-json'],
    ['deeper than 64, in the start block', { input: JSON.parse('{"a":'.repeat(65) + '1' + '}'.repeat(65)) as object }, [], undefined, 'input-not-json'],
    ['deeper than 64', { input: {} }, ['{"a":'.repeat(65) + '1' + '}'.repeat(65)], undefined, 'input-not-json'],
  ];
  for (const [what, block, pieces, input, fault] of CASES) {
    test(`input: ${what}`, () => {
      expect(of(block, ...pieces)).toMatchObject({ fault });
      expect(of(block, ...pieces)?.input).toEqual(input);
    });
  }

  test('an input of 64 levels is read', () => {
    expect(of({ input: {} }, '{"a":'.repeat(63) + '{}' + '}'.repeat(63))?.fault).toBeNull();
  });

  test('a __proto__ in an input reaches the judge as a member', () => {
    const use = of({ input: {} }, '{"__proto__":{"file_path":"x"}}');
    expect(Object.keys(use?.input ?? {})).toEqual(['__proto__']);
    expect((use?.input as { file_path?: string }).file_path).toBeUndefined();
  });

  test('a call of more than 8 MB has a fault, is not kept, and can still be refused', () => {
    const reader = readStream();
    const piece = frame(json(0, 'x'.repeat(1024 * 1024)));
    let events = [...reader.push(utf8(stream(start(), blockStart(0, { type: 'tool_use', ...READ, input: {} }))))];
    for (let i = 0; i < 9; i++) events = [...events, ...reader.push(utf8(piece))];
    events = [...events, ...reader.push(utf8(frame(stop(0))))];
    const held = events.find((event) => event.kind === 'tool_use');
    expect(held).toMatchObject({ use: { fault: 'held-too-large', input: undefined } });
    expect(outcome(events)).toContain('"text":"[occasio: a tool call was left out: held-too-large]"');
    expect(outcome(events, () => ({ name: 'occasio_denied__held-too-large', input: {} }))).toContain('occasio_denied__held-too-large');
  });

  test('more than 8 MB behind a held block break the stream', () => {
    const reader = readStream();
    let events = [...reader.push(utf8(stream(start(), blockStart(0, { type: 'tool_use', ...READ, input: {} }))))];
    const filler = utf8(frame({ type: 'weather', pad: 'x'.repeat(1024 * 1024) }));
    for (let i = 0; i < 9; i++) events = [...events, ...reader.push(filler)];
    expect(broken(events)).toMatch(/bytes wait/);
    expect(reader.push(utf8(frame(stop(0))))).toEqual([]);
  });

  test('a million small deltas are read in time', () => {
    const reader = readStream();
    const piece = utf8(frame(json(0, ' ')).repeat(1000));
    const began = cpuMs();
    reader.push(utf8(stream(start(), blockStart(0, { type: 'tool_use', ...READ, input: {} }))));
    for (let i = 0; i < 200; i++) reader.push(piece);
    expect(uses(reader.push(utf8(frame(stop(0)))))[0]?.fault).toBe('held-too-large');
    expect(cpuMs() - began).toBeLessThan(20_000);
  }, 40_000);
});

describe('ids and names', () => {
  test('a repeated id has a fault and its bytes cannot be passed', () => {
    const events = drain(readStream(), utf8(stream(start(), tool(0, 'toolu_1', 'Read', '{"file_path":"ok"}'), tool(1, 'toolu_1', 'Read', '{"file_path":".env"}'), end())));
    expect(uses(events).map((use) => use.fault)).toEqual([null, 'repeated-id']);
    expect(outcome(events)).not.toContain('.env');
    // The blocks behind it keep their positions.
    expect([...outcome(events).matchAll(/"content_block_start","index":(\d)/g)].map((m) => m[1])).toEqual(['0', '1']);
  });

  test('an id that the history holds is repeated', () => {
    const events = drain(readStream({ knownIds: new Set(['toolu_1']) }), utf8(SIMPLE));
    expect(uses(events)[0]?.fault).toBe('repeated-id');
  });

  test('a name of ours is recognised in every writing', () => {
    for (const name of ['occasio_denied__x', 'Occasio_Denied', 'OCCASIO_LOCAL__Read', 'occasio_local', 'ｏccasio_denied', 'occasio_\u200bdenied__x', ' occasio_denied', 'occaſio_denied']) expect([name, isReserved(name)]).toEqual([name, true]);
    for (const name of ['Read', 'mcp__occasio__denied', 'occasio', 'my_occasio_denied']) expect([name, isReserved(name)]).toEqual([name, false]);
  });
});

describe('summary', () => {
  test('it says what the answer said of itself', () => {
    const reader = readStream();
    const message = start({ usage: { input_tokens: 3, cache_read_input_tokens: 5, cache_creation_input_tokens: 7, output_tokens: 1 } });
    const call = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} };
    drain(reader, utf8(stream(message, [blockStart(0, call), stop(0)], [blockStart(1, { type: 'hologram' }), stop(1)], tool(2, 'toolu_9', 'Read'), { type: 'weather' }, end())));
    expect(reader.summary()).toEqual({
      message_id: 'msg_1',
      model: 'model-1',
      stop_reason: 'tool_use',
      tool_use_ids: ['toolu_9'],
      unscanned: ['hologram', 'weather'],
      executed_upstream: ['web_search'],
      usage: { input_tokens: 3, output_tokens: 20, cache_read_tokens: 5, cache_write_tokens: 7 },
      metering: { cache_write_1h_tokens: 0, web_searches: 0, speed: null, inference_geo: null, told: 'all' },
      complete: true,
    });
  });

  test('usage is cumulative within a message, summed over messages, and no count is believed that is none', () => {
    const reader = readStream();
    const late = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { input_tokens: 11, output_tokens: -4 } };
    drain(reader, utf8(stream(start(), late, { type: 'message_stop' }, start(), end('max_tokens'))));
    expect(reader.summary().usage).toEqual({ input_tokens: 21, output_tokens: 21, cache_read_tokens: 0, cache_write_tokens: 0 });
  });

  test('stop reasons other than tool_use do not hide a call', () => {
    for (const reason of ['end_turn', 'max_tokens', 'pause_turn', 'refusal', 'something_new']) {
      expect(uses(drain(readStream(), utf8(stream(start(), tool(0, 'toolu_1', 'Read', '{}'), end(reason))))).length).toBe(1);
    }
  });
});

describe('a substitute', () => {
  const by = { name: 'occasio_denied__path-denied', input: { tool: 'Read', input: { file_path: 'é"\n\ud800' }, reason: 'path-denied', mac: 'ab' } };
  test('it is legal: the same id and index, the new name, the input as one delta, a stop', () => {
    const block = { type: 'tool_use', id: 'toolu_1', name: 'Read', input: {}, caller: { type: 'direct' } };
    const events = drain(readStream(), utf8(stream(start(), blockStart(0, block), json(0, '{}'), stop(0), end())));
    const out = outcome(events, () => by);
    expect(out).toBe(stream(start()) + frame(blockStart(0, { ...block, name: by.name })) + frame(json(0, JSON.stringify(by.input))) + frame(stop(0)) + stream(end()));
    const again = uses(drain(readStream(), utf8(out)))[0];
    expect(again).toMatchObject({ id: 'toolu_1', name: by.name, input: by.input, fault: null });
  });

  test('a start without input, or over several lines, gives a legal frame too', () => {
    const input = 'event: content_block_start\ndata: {"type":"content_block_start","index":0,\ndata: "content_block":{"name":"Read",\ndata: "type":"tool_use","id":"toolu_1"}}\n\n';
    const events = drain(readStream(), utf8(stream(start()) + input + stream(stop(0), end())));
    const again = uses(drain(readStream(), utf8(outcome(events, () => by))));
    expect(again).toMatchObject([{ id: 'toolu_1', name: by.name, input: by.input }]);
  });

  test('only the refused call of a turn changes', () => {
    const out = outcome(drain(readStream(), utf8(THINKING)), (use) => (use.id === 'toolu_1' ? by : undefined));
    const [a, b] = [tool(2, 'toolu_1', 'Bash', '', '{"command":"ls"}'), stream(tool(3, 'toolu_2', 'Read', '{"file_path":"b"}'))];
    const [before, after] = THINKING.split(stream(a));
    expect(out.startsWith(before as string)).toBe(true);
    expect(out.endsWith(after as string)).toBe(true);
    expect(out).toContain(b);
    expect(text(utf8(out))).not.toContain('"name":"Bash"');
  });
});
