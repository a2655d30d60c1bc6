/** An upstream that wants one client to run what another reader does not see. Each stream must break off before the call. */

import { describe, expect, test } from 'vitest';
import { readJsonAnswer } from '../../host/wire/anthropic-answer.ts';
import { readStream } from '../../host/wire/anthropic-response.ts';
import { blockStart, broken, delta, drain, end, frame, json, outcome, start, stop, stream, tool, uses, utf8, words } from './stream.ts';
import type { Event } from './stream.ts';
import { cpuMs } from '../support/cpu.ts';

const CALL = { type: 'tool_use', id: 'toolu_evil', name: 'Bash', input: { command: 'evil' } };
const evil = tool(0, 'toolu_evil', 'Bash', '{"command":"evil"}');
const begin = frame(start());
const raw = (event: string, data: string): string => `event: ${event}\ndata: ${data}\n\n`;
const startText = JSON.stringify(blockStart(0, CALL));

const BREAK: { readonly [what: string]: string } = {
  'a tool_use in the content of message_start': stream(start({ content: [CALL] }), end()),
  'words in the content of message_start, which move positions': stream(start({ content: [{ type: 'text', text: 'x' }] }), evil, end()),
  'an event field that names another event than the data': begin + raw('ping', startText) + stream(stop(0), end()),
  'data of a ping under the name of a block start': begin + raw('content_block_start', '{"type":"ping","index":0}'),
  'a call under an unknown event name': begin + raw('message', startText) + stream(stop(0), end()),
  'a block started twice': stream(start(), blockStart(0, { type: 'text', text: '' }), blockStart(0, CALL), stop(0), end()),
  'a block of words started twice': stream(start(), blockStart(0, { type: 'text', text: '' }), blockStart(0, { type: 'text', text: '' }), stop(0), end()),
  'a held block started twice': stream(start(), blockStart(0, { ...CALL, input: {} }), blockStart(0, CALL), stop(0), end()),
  'a call at a repeated index': stream(start(), words(0, 'x'), evil, end()),
  'a second call at a repeated index': stream(start(), tool(0, 'toolu_ok', 'Note', '{}'), evil, end()).replace('toolu_evil', 'toolu_evil2'),
  'a call at an index that leaves a gap': stream(start(), tool(1, 'toolu_evil', 'Bash', '{"command":"evil"}'), end()),
  'calls at descending indices': stream(start(), tool(1, 'toolu_a', 'Bash', '{}'), tool(0, 'toolu_b', 'Note', '{"command":"evil"}'), end()),
  'a call behind words with a gap': stream(start(), words(0, 'a'), words(5, 'b'), tool(2, 'toolu_evil', 'Bash', '{}'), end()),
  'a delta for a block that has stopped': stream(start(), tool(0, 'toolu_1', 'Note', '{}'), json(0, '{"command":"evil"}'), end()),
  'a delta for a block that never started': stream(start(), json(0, '{"command":"evil"}'), end()),
  'a stop for a block that never started': stream(start(), stop(0), end()),
  'a text delta in a tool_use': stream(start(), blockStart(0, { ...CALL, input: {} }), delta(0, { type: 'text_delta', text: 'x' }), stop(0), end()),
  'an untyped delta in a tool_use': stream(start(), blockStart(0, { ...CALL, input: {} }), delta(0, { partial_json: '{}' }), stop(0), end()),
  'a delta of no text in a tool_use': stream(start(), blockStart(0, { ...CALL, input: {} }), delta(0, { type: 'input_json_delta', partial_json: { command: 'evil' } }), stop(0), end()),
  'a tool input in a block of words': stream(start(), blockStart(0, { type: 'text', text: '' }), json(0, '{}'), stop(0), end()),
  'a block outside a message': stream(evil, end()),
  'a block behind message_stop': stream(start(), words(0, 'x'), end('end_turn'), tool(1, 'toolu_evil', 'Bash', '{}')),
  'a message inside another': stream(start(), words(0, 'x'), start(), evil, end()),
  'a call in a second message': stream(start(), words(0, 'x'), end('end_turn'), start(), evil, end()),
  'a message that ends inside a call': stream(start(), evil.slice(0, 2), end()),
  'a type in capitals': stream(start(), blockStart(0, { ...CALL, type: 'Tool_Use' }), stop(0), end()),
  'a type with a space': stream(start(), blockStart(0, { ...CALL, type: 'tool_use ' }), stop(0), end()),
  'a type with a hyphen': stream(start(), blockStart(0, { ...CALL, type: 'tool-use' }), stop(0), end()),
  'a second type in capitals, for readers that match names without case': stream(start(), blockStart(0, { type: 'text', text: '', Type: 'tool_use', id: 'toolu_evil', name: 'Bash', input: {} }), stop(0), end()),
  'a second input with a long s': stream(start(), blockStart(0, { ...CALL, input: {} }), delta(0, { type: 'input_json_delta', partial_json: '{}', partial_jſon: '{"command":"evil"}' }), stop(0), end()),
  'a second name in capitals': begin + raw('content_block_start', '{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"Note","Name":"Bash","input":{}}}') + stream(stop(0)),
  'a second block in capitals': begin + raw('content_block_start', `{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""},"Content_Block":${JSON.stringify(CALL)}}`) + stream(stop(0), end()),
  'a second index in capitals': begin + raw('content_block_start', `{"type":"content_block_start","index":0,"INDEX":1,"content_block":${JSON.stringify(CALL)}}`),
  'two types in one event': begin + raw('content_block_start', startText.replace('{"type":', '{"type":"ping","type":')),
  'two types in one block': begin + raw('content_block_start', startText.replace('"type":"tool_use"', '"type":"text","t\\u0079pe":"tool_use"')),
  'data that is not JSON': begin + raw('content_block_start', `${startText}}`),
  'two values in one data': begin + raw('content_block_start', `{"type":"ping"}\ndata: ${startText}`),
  'data that is a list': begin + raw('content_block_start', `[${startText}]`),
  'data without a type': begin + raw('content_block_start', '{"index":0,"content_block":{"type":"tool_use"}}'),
  'an event without data': begin + 'event: content_block_stop\n\n',
  'a block without a type': stream(start(), blockStart(0, { id: 'x', name: 'Bash', input: {} }), stop(0), end()),
  'a call without an id': stream(start(), blockStart(0, { type: 'tool_use', name: 'Bash', input: {} }), stop(0), end()),
  'a call whose name is no text': stream(start(), blockStart(0, { type: 'tool_use', id: 't', name: ['Bash'], input: {} }), stop(0), end()),
  'a negative index': stream(start(), blockStart(-1, CALL), stop(-1), end()),
  'an index of 1e0': begin + raw('content_block_start', startText.replace('"index":0', '"index":0e0')),
  'an index as text': begin + raw('content_block_start', startText.replace('"index":0', '"index":"0"')),
  'a nested event in an error name': begin + raw('error', startText) + stream(stop(0), end()),
  'a byte order mark before the first event': `\ufeff${stream(start(), evil, end())}`,
  'a call in an event of an unknown type': stream(start(), { type: 'message', content: [CALL] }),
  'a call in an unknown block': stream(start(), blockStart(0, { type: 'group', blocks: [CALL] }), stop(0), end()),
  'a call in message_delta': stream(start(), { type: 'message_delta', delta: { stop_reason: 'tool_use', content: [CALL] } }),
  'a call in a delta': stream(start(), blockStart(0, { type: 'hologram' }), delta(0, { type: 'blocks_delta', block: CALL }), stop(0), end()),
  'a call as content_block of a stop': stream(start(), blockStart(0, { type: 'hologram' }), { ...stop(0), content_block: CALL }, end()),
  'a call in a ping': stream(start(), { type: 'ping', content_block: CALL }),
  'a JSON answer in the place of a stream': `{"type":"message","content":[${JSON.stringify(CALL)}]}\n\n`,
  'a JSON answer behind a first event': `${begin}{"type":"message","content":[${JSON.stringify(CALL)}]}\n\n`,
  'a line separator that hides a field': begin + `: \u2028data: ${startText}\n\n`,
};

describe('a hostile stream', () => {
  for (const [what, input] of Object.entries(BREAK)) {
    test(`${what}: nothing runs`, () => {
      const reader = readStream();
      const events = drain(reader, utf8(input));
      expect(broken(events)).not.toBeNull();
      expect(outcome(events)).not.toContain('toolu_evil');
      expect(events.at(-1)?.kind).toBe('broken');
      expect(outcome(events)).toMatch(/event: error\ndata: \{"type":"error","error":\{"type":"api_error","message":"occasio: [^\n]*\n\n$/);
      expect(reader.summary().complete).toBe(false);
      expect([...reader.push(utf8(stream(start(), evil))), ...reader.end()]).toEqual([]);
    });
  }

  test('bytes that are not UTF-8 break the stream', () => {
    const bytes = utf8(stream(start(), evil, end()));
    bytes[bytes.indexOf(0x65, 400)] = 0xff;
    expect(broken(drain(readStream(), bytes))).toBe('a frame is not UTF-8');
  });

  test('a call of a type that clients do not run is recorded, not judged', () => {
    for (const type of ['server_tool_use', 'mcp_tool_use']) {
      const reader = readStream();
      const events = drain(reader, utf8(stream(start(), blockStart(0, { ...CALL, type }), stop(0), end())));
      expect([uses(events), reader.summary().executed_upstream]).toEqual([[], ['Bash']]);
    }
  });

  test('a tool_use within an input is the model\'s own words', () => {
    const input = stream(start(), blockStart(0, { type: 'tool_use', id: 'a', name: 'Note', input: { says: [CALL] } }), stop(0), end());
    expect(outcome(drain(readStream(), utf8(input)))).toBe(input);
    const said = stream(start(), words(0, JSON.stringify(CALL)), end('end_turn'));
    expect(outcome(drain(readStream(), utf8(said)))).toBe(said);
  });

  test('told to refuse the unknown, a reader breaks at an unknown block and event', () => {
    for (const part of [[blockStart(0, { type: 'hologram' }), stop(0)], [{ type: 'weather' }]] as readonly Event[][]) {
      expect(broken(drain(readStream({ refuseUnknown: true }), utf8(stream(start(), part, end()))))).toMatch(/unknown/);
    }
    expect(broken(drain(readStream({ refuseUnknown: true }), utf8(stream(start(), [blockStart(0, { type: 'web_search_tool_result', content: [] }), stop(0)], end()))))).toBeNull();
  });

  test('many overlapping calls break the stream instead of costing the square of their number', () => {
    const starts = Array.from({ length: 20_000 }, (_, i) => blockStart(i, { type: 'tool_use', id: `t${i}`, name: 'X', input: {} }));
    const began = cpuMs();
    expect(broken(drain(readStream(), utf8(stream(start(), starts))))).toMatch(/overlap/);
    expect(cpuMs() - began).toBeLessThan(8000);
  }, 30_000);
});

const message = (content: string, more = ''): string => `{"id":"msg_1", "type":"message","role":"assistant","model":"model-1","content":${content},"stop_reason":"tool_use",\n "usage":{"input_tokens":3,"output_tokens":4}${more}}`;
const BLOCK = '{"type":"tool_use", "id":"toolu_1","name":"Read","input":{"file_path":"é/1e2" , "n":1.50}}';

describe('a JSON answer', () => {
  const PASSED = [
    message('[]'),
    message(`[{"type":"text","text":"hi é"}, ${BLOCK} ,{"type":"thinking","thinking":"t","signature":"s"}]`),
    message(`[${BLOCK},${BLOCK.replace('toolu_1', 'toolu_2')}]`),
    '{"type":"error","error":{"type":"overloaded_error","message":"busy"}}',
    '{"input_tokens": 12}',
    '',
  ];
  for (const input of PASSED) {
    test(`passes byte-identical: ${input.slice(0, 60)}`, () => {
      const bytes = utf8(input);
      for (let size = 1; size <= Math.max(1, bytes.length); size += 7) expect(outcome(drain(readJsonAnswer(), bytes, size))).toBe(input);
    });
  }

  test('a call is offered whole, and a substitute changes only its name and input', () => {
    const input = message(`[{"type":"text","text":"hi"}, ${BLOCK}]`);
    const reader = readJsonAnswer();
    const events = drain(reader, utf8(input));
    expect(uses(events)).toEqual([{ id: 'toolu_1', name: 'Read', inputText: '{"file_path":"é/1e2" , "n":1.50}', input: { file_path: 'é/1e2', n: 1.5 }, fault: null }]);
    const out = outcome(events, () => ({ name: 'occasio_denied__x', input: { tool: 'Read' } }));
    expect(out).toBe(input.replace('"name":"Read"', '"name":"occasio_denied__x"').replace('{"file_path":"é/1e2" , "n":1.50}', '{"tool":"Read"}'));
    expect(reader.summary()).toMatchObject({ message_id: 'msg_1', stop_reason: 'tool_use', tool_use_ids: ['toolu_1'], usage: { input_tokens: 3, output_tokens: 4 }, complete: true });
  });

  test('a call without input, or with an input that is no object', () => {
    const of = (block: string) => uses(drain(readJsonAnswer(), utf8(message(`[${block}]`))))[0];
    expect(of('{"type":"tool_use","id":"a","name":"N"}')).toMatchObject({ input: {}, fault: null });
    expect(of('{"type":"tool_use","id":"a","name":"N","input":"{}"}')).toMatchObject({ fault: 'input-not-object' });
    expect(of('{"type":"tool_use","id":"a","name":"N","input":[]}')).toMatchObject({ fault: 'input-not-object' });
  });

  test('a repeated id has a fault and its bytes cannot be passed', () => {
    const events = drain(readJsonAnswer(), utf8(message(`[${BLOCK},${BLOCK}]`)));
    expect(uses(events).map((use) => use.fault)).toEqual([null, 'repeated-id']);
    expect(JSON.parse(outcome(events)).content).toMatchObject([{ id: 'toolu_1' }, { type: 'text', text: '[occasio: a tool call was left out: repeated-id]' }]);
  });

  const BAD: { readonly [what: string]: string } = {
    'a name twice': message('[]', ',"content":[]'),
    'a content in capitals': message('[]', `,"Content":[${BLOCK}]`),
    'an empty content in capitals': message('[]', ',"CONTENT":[]'),
    'a byte order mark': `\ufeff${message('[]')}`,
    'a second document': `${message('[]')}{}`,
    'not JSON': '<html></html>',
    'content that is no list': message(`{"0":${BLOCK}}`),
    'a type in capitals': message(`[${BLOCK.replace('tool_use', 'TOOL_USE')}]`),
    'a type twice': message(`[${BLOCK.replace('"type":', '"type":"text","type":')}]`),
    'a call beside the content': message('[]', `,"more":[${BLOCK}]`),
    'a call in an unknown block': message(`[{"type":"group","blocks":[${BLOCK}]}]`),
    'a call in a list': `[${BLOCK}]`,
    'a call in a document without content': `{"type":"error","message":{"content":[${BLOCK}]}}`,
    'a block that is text': message('["x"]'),
    'depth 10,000': '['.repeat(10_000),
  };
  for (const [what, input] of Object.entries(BAD)) {
    test(`${what}: nothing passes`, () => {
      const reader = readJsonAnswer();
      const events = drain(reader, utf8(input));
      expect(events.map((event) => event.kind)).toEqual(['broken']);
      expect(JSON.parse(outcome(events))).toMatchObject({ type: 'error', error: { type: 'api_error' } });
      expect(reader.summary().complete).toBe(false);
    });
  }
});
