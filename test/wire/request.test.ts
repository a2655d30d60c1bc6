import { describe, expect, test } from 'vitest';
import { identify, parseRequest } from '../../host/wire/anthropic-request.ts';
import { isKnownType } from '../../host/wire/anthropic-types.ts';
import type { Edit, RequestItem, RequestView } from '../../host/wire/events.ts';
import { random, text, utf8 } from './stream.ts';

function view(body: string): RequestView {
  const parsed = parseRequest(utf8(body));
  if (!parsed.ok) throw new Error(`refused: ${JSON.stringify(parsed.fault)}`);
  return parsed.view;
}

const inUser = (...blocks: object[]): RequestView => view(JSON.stringify({ messages: [{ role: 'user', content: blocks }] }));

/** Every text that a judge gets, in order. */
const texts = (of: RequestView): string[] => of.items.flatMap((item) => (item.kind === 'text' ? [item.part.text] : item.kind === 'tool_use' ? item.strings.map((p) => p.text) : item.parts.map((p) => p.text)));
const results = (of: RequestView) => of.items.filter((item): item is Extract<RequestItem, { kind: 'tool_result' }> => item.kind === 'tool_result');

/** White space, escapes, number forms and member order that no serializer would write. */
const BODY = `{ "model":"model-1", "max_tokens":1e3,
 "metadata":{"user_id":"{\\"device_id\\":\\"d\\",\\"session_id\\":\\"11111111-2222-4333-8444-555555555555\\"}"},
 "system":[{"type":"text","text":"be \\u00e9 good","cache_control":{"type":"ephemeral"}}],
 "messages":[
  {"role":"user","content":"do \\"it\\" 😀"},
  {"content":[{"type":"thinking","thinking":"SIGNED","signature":"c2ln"},{"type":"text","text":"I look."},
   {"type":"tool_use","id":"toolu_1","name":"Read","input":{"file_path":"/w/a", "n":1.50,"deep":[{"x":"y"}]}},
   {"type":"tool_use","id":"toolu_2","name":"Bash","input":{}}],"role":"assistant"},
  {"role":"user","content":[
   {"type":"tool_result","tool_use_id":"toolu_2","is_error":false,"content":"out\\n"},
   {"tool_use_id":"toolu_1","type":"tool_result","content":[{"type":"text","text":"1\\ta"},{"type":"image","source":{"type":"base64","data":"AAAA"}}]},
   {"type":"text","text":"<system-reminder>\\nx\\n</system-reminder>"}]},
  {"role":"system","content":"# Environment"}],
 "stream":true, "tools":[{"name":"Read","description":"reads","input_schema":{"type":"object"}},{"type":"bash_20250124","name":"bash"},{"type":"web_search_20250305","name":"web_search"}],
 "mcp_servers":[{"type":"url","url":"https://example.com","name":"notes"}] }`;

describe('a request taken apart', () => {
  const v = view(BODY);
  test('it says who asks for what', () => {
    expect([v.model, v.stream, v.sessionId, v.agentId]).toEqual(['model-1', true, '11111111-2222-4333-8444-555555555555', null]);
    expect(v.offered.map(({ type, name }) => [type, name])).toEqual([['web_search_20250305', 'web_search'], ['mcp_server', 'notes']]);
    expect(v.unscanned).toEqual(['thinking', 'image']);
  });

  test('items stand in the order of the body', () => {
    expect(texts(v)).toEqual(['be é good', 'do "it" 😀', 'I look.', '/w/a', 'y', 'out\n', '1\ta', '<system-reminder>\nx\n</system-reminder>', '# Environment', 'reads']);
    expect(v.items.map((item) => (item.kind === 'text' ? item.role : item.kind))).toEqual(['system', 'user', 'assistant', 'tool_use', 'tool_use', 'tool_result', 'tool_result', 'user', 'system', 'system']);
  });

  test('thinking and its signature are never an item', () => {
    expect(texts(v).join()).not.toContain('SIGNED');
  });

  test('a result has its id, flag, texts and bytes', () => {
    const image = '[{"type":"text","text":"1\\ta"},{"type":"image","source":{"type":"base64","data":"AAAA"}}]';
    expect(BODY).toContain(image);
    expect(results(v).map(({ toolUseId, isError, bytes }) => [toolUseId, isError, bytes])).toEqual([['toolu_2', false, 7], ['toolu_1', false, image.length]]);
    expect(results(inUser({ type: 'tool_result', tool_use_id: 'a', is_error: true, content: 'é😀' })).map(({ isError, bytes }) => [isError, bytes])).toEqual([[true, 8]]);
  });

  test('without edits the body is the very bytes', () => {
    const bytes = utf8(BODY);
    const parsed = parseRequest(bytes);
    expect(parsed.ok && parsed.view.edit([]) === bytes).toBe(true);
  });

  test('an edit changes its value and no other byte, any set of them', () => {
    const spans = v.items.flatMap((item) => (item.kind === 'text' ? [item.part] : item.kind === 'tool_use' ? item.strings : item.parts));
    const seed = 11;
    const next = random(seed);
    for (let round = 0; round < 300; round++) {
      const chosen = spans.filter(() => next() < 0.4).sort(() => next() - 0.5);
      const out = text(v.edit(chosen.map(({ span }) => ({ span, json: '"\u0000EDIT"' }))));
      const pieces = out.split('"\u0000EDIT"');
      expect(pieces.length, `seed ${seed}`).toBe(chosen.length + 1);
      // Put the old values back: the body is as it was.
      const old = [...chosen].sort((a, b) => a.span.start - b.span.start).map(({ span }) => BODY.slice(span.start, span.end));
      expect(pieces.map((piece, i) => piece + (old[i] ?? '')).join('')).toBe(BODY);
    }
  });

  test('a tool_use gets another name and input where they stand', () => {
    const use = v.items.find((item) => item.kind === 'tool_use');
    if (use?.kind !== 'tool_use') throw new Error('no tool_use');
    expect(use.input).toEqual({ file_path: '/w/a', n: 1.5, deep: [{ x: 'y' }] });
    const out = text(v.edit([{ span: use.nameSpan, json: '"Grep"' }, { span: use.inputSpan, json: '{"pattern":"x"}' }]));
    expect(out).toBe(BODY.replace('"id":"toolu_1","name":"Read","input":{"file_path":"/w/a", "n":1.50,"deep":[{"x":"y"}]}', '"id":"toolu_1","name":"Grep","input":{"pattern":"x"}'));
  });

  test('the same edits in a grown history leave the same prefix', () => {
    const turn = (n: number): object[] => [
      { role: 'assistant', content: [{ type: 'tool_use', id: `t${n}`, name: 'Read', input: { file_path: 'secret' } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${n}`, content: 'secret' }] },
    ];
    const clean = (turns: number): string => {
      const of = view(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'go' }, ...Array.from({ length: turns }, (_, i) => turn(i)).flat()] }));
      const edits = of.items.flatMap((item): readonly Edit[] => (item.kind === 'tool_result' ? item.replace('gone', true) : item.kind === 'tool_use' ? item.strings.map(({ span }) => ({ span, json: '"x"' })) : []));
      return text(of.edit(edits));
    };
    for (let n = 1; n < 6; n++) expect(clean(n + 1).startsWith(clean(n).slice(0, -2))).toBe(true);
  });
});

describe('a result replaced', () => {
  const replaced = (block: string, isError: boolean): unknown => {
    const of = view(`{"messages":[{"role":"user","content":[${block}]}]}`);
    const out = text(of.edit(results(of)[0]?.replace('no "way"', isError) ?? []));
    return JSON.parse(out).messages[0].content[0];
  };
  const CASES: readonly (readonly [string, string, boolean, object])[] = [
    ['text', '{"type":"tool_result","tool_use_id":"a","content":"x","more":[1]}', true, { type: 'tool_result', tool_use_id: 'a', is_error: true, content: 'no "way"', more: [1] }],
    ['blocks', '{"type":"tool_result","content":[{"type":"text","text":"x"}],"is_error":true,"tool_use_id":"a"}', false, { type: 'tool_result', content: 'no "way"', is_error: false, tool_use_id: 'a' }],
    ['no content', '{"type":"tool_result","tool_use_id":"a"}', true, { type: 'tool_result', tool_use_id: 'a', content: 'no "way"', is_error: true }],
    ['no flag and none needed', '{"type":"tool_result","tool_use_id":"a","content":"x"}', false, { type: 'tool_result', tool_use_id: 'a', content: 'no "way"' }],
    ['null content', '{"type":"tool_result","tool_use_id":"a","content":null,"is_error":null}', true, { type: 'tool_result', tool_use_id: 'a', content: 'no "way"', is_error: true }],
    ['a breakpoint of its own', '{"type":"tool_result","tool_use_id":"a","content":"x","cache_control":{"type":"ephemeral"}}', true, { type: 'tool_result', tool_use_id: 'a', is_error: true, content: 'no "way"', cache_control: { type: 'ephemeral' } }],
    ['a breakpoint within', '{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"x","cache_control":{"type":"ephemeral","ttl":"1h"}}]}', false, { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'no "way"', cache_control: { type: 'ephemeral', ttl: '1h' } }] }],
  ];
  for (const [what, block, isError, want] of CASES) test(`keeps every other member: ${what}`, () => expect(replaced(block, isError)).toEqual(want));
});

describe('what is judged, what is not', () => {
  const blocks: readonly (readonly [string, object, string[], string[]])[] = [
    ['text', { type: 'text', text: 'A' }, ['A'], []],
    ['text with citations', { type: 'text', text: 'A', citations: [{ type: 'char_location', cited_text: 'c' }] }, ['A'], ['citations']],
    ['a text document', { type: 'document', title: 'T', context: 'C', source: { type: 'text', media_type: 'text/plain', data: 'D' } }, ['T', 'C', 'D'], []],
    ['a document of blocks', { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'D' }, { type: 'image', source: {} }] } }, ['D'], ['image']],
    ['an encoded document', { type: 'document', title: 'T', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } }, ['T'], ['document']],
    ['an image', { type: 'image', source: { type: 'base64', data: 'AAAA' } }, [], ['image']],
    ['a search result', { type: 'search_result', source: 'S', title: 'T', content: [{ type: 'text', text: 'X' }] }, ['S', 'T', 'X'], []],
    ['a tool reference', { type: 'tool_reference', tool_name: 'x' }, [], []],
    ['redacted thinking', { type: 'redacted_thinking', data: 'AAAA' }, [], ['redacted_thinking']],
    ['a server tool call', { type: 'server_tool_use', id: 'i', name: 'web_search', input: { query: 'Q' } }, ['Q'], []],
    ['an MCP result', { type: 'mcp_tool_result', tool_use_id: 'i', content: [{ type: 'text', text: 'M' }] }, ['M'], []],
    ['an MCP result of text', { type: 'mcp_tool_result', tool_use_id: 'i', content: 'M' }, ['M'], []],
    ['code run upstream', { type: 'bash_code_execution_tool_result', tool_use_id: 'i', content: { type: 'bash_code_execution_result', stdout: 'O', stderr: 'E', content: [] } }, ['O', 'E'], []],
    ['a web search, its sealed content left', { type: 'web_search_tool_result', tool_use_id: 'i', content: [{ type: 'web_search_result', url: 'U', title: 'T', encrypted_content: 'Z' }] }, ['U', 'T'], []],
    ['a summary', { type: 'compaction', content: 'S' }, ['S'], []],
    ['an unknown block, every string in it', { type: 'hologram', a: 'A', deep: [{ type: 'x', b: 'B' }], cache_control: { type: 'ephemeral' } }, ['A', 'B'], ['hologram']],
    ['an uploaded file', { type: 'container_upload', file_id: 'f' }, [], ['container_upload']],
  ];
  for (const [what, block, want, unscanned] of blocks) {
    test(`${what}: at the top and within a result`, () => {
      const top = inUser(block);
      expect([texts(top), top.unscanned]).toEqual([want, unscanned]);
      if (block === null || ['redacted_thinking'].includes((block as { type: string }).type)) return;
      const within = inUser({ type: 'tool_result', tool_use_id: 'a', content: [block] });
      expect([texts(within), within.unscanned, results(within).length]).toEqual([want, unscanned, 1]);
    });
  }

  test('a secret that stands as a name is judged, and can be edited alone', () => {
    const body = '{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"Set","input":{"env":{"KEY-123\\u0034":"v"}}}]}]}';
    const of = view(body);
    expect(texts(of)).toEqual(['KEY-1234', 'v']);
    const [name] = of.items.flatMap((item) => (item.kind === 'tool_use' ? item.strings : []));
    expect(text(of.edit([{ span: name?.span ?? { start: 0, end: 0 }, json: '"x"' }]))).toBe(body.replace('"KEY-123\\u0034"', '"x"'));
  });

  test('a member that is not known is judged and recorded', () => {
    const of = view('{"messages":[],"safeguards":[{"type":"t","classifier_context":{"cwd":"/w"}}],"future":{"x":"y"},"flag":true}');
    expect([texts(of), of.unscanned]).toEqual([['/w', 'y'], ['member safeguards', 'member future']]);
    expect(of.unscanned.map(isKnownType)).toEqual([true, false]);
  });

  test('tools of the client are not offered to the upstream, all other types are', () => {
    const tools = ['custom', 'bash_20250124', 'text_editor_20250728', 'computer_20250124', 'memory_20250818', 'web_fetch_20250910', 'code_execution_20250825', 'mcp_toolset', 'tool_search_tool_regex_20251119', 'bash_new', 'future_1'];
    const of = view(JSON.stringify({ tools: [{ name: 'Read' }, ...tools.map((type) => ({ type, name: `n_${type}` }))], messages: [] }));
    expect(of.offered.map((o) => o.type)).toEqual(['web_fetch_20250910', 'code_execution_20250825', 'mcp_toolset', 'tool_search_tool_regex_20251119', 'bash_new', 'future_1']);
  });

  test('the session comes from the header, then from the body in both of its forms; no odd text is an id', () => {
    const of = (user_id: unknown) => view(JSON.stringify({ metadata: { user_id }, messages: [] }));
    const old = of('user_abc_account__session_11111111-2222-4333-8444-555555555555');
    expect(old.sessionId).toBe('11111111-2222-4333-8444-555555555555');
    for (const odd of ['x', '{"session_id":"../../etc"}', '{"session_id":"a\\nb"}', '{"session_id":7}', '{"session_id":"a","session_id":"b"}', 7]) expect(of(odd).sessionId).toBeNull();
    const headers = new Map([['x-claude-code-session-id', 's-1'], ['x-claude-code-agent-id', 'a b']]);
    expect(identify(old, (name) => headers.get(name))).toEqual({ sessionId: 's-1', agentId: null });
    expect(identify(old, () => null).sessionId).toBe('11111111-2222-4333-8444-555555555555');
  });
});

describe('a request that cannot be judged', () => {
  const BAD: readonly (readonly [string, string | Uint8Array, string, number | null])[] = [
    ['not JSON', '{"messages":[}', 'not-json', 13],
    ['nothing', '', 'not-json', 0],
    ['a byte order mark', '\ufeff{"messages":[]}', 'not-json', 0],
    ['text behind it', '{"messages":[]} x', 'not-json', 16],
    ['two lists of messages', '{"messages":[],"messages":[{"role":"user","content":"x"}]}', 'duplicate-name', 15],
    ['a name twice, escaped, the offset in bytes', '{"é":[],"mess\\u0061ges":[],"messages":[]}', 'duplicate-name', 28],
    ['10,000 levels', `{"messages":${'['.repeat(10_000)}`, 'depth', null],
    ['a byte that is not UTF-8', new Uint8Array([...utf8('{"a":"'), 0xff, ...utf8('"}')]), 'utf8', 6],
    ['a list', '[]', 'shape', 0],
    ['messages that are no list', '{"messages":{}}', 'shape', 12],
    ['a message that is text', '{"messages":["x"]}', 'shape', 13],
    ['a message without content', '{"messages":[{"role":"user"}]}', 'shape', 13],
    ['content that is a number', '{"messages":[{"role":"user","content":1}]}', 'shape', null],
    ['a block without a type', '{"messages":[{"role":"user","content":[{"text":"x"}]}]}', 'shape', null],
    ['a block within a result without a type', '{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"text":"x"}]}]}]}', 'shape', null],
    ['a tool_use whose input is text', '{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"b","input":"{}"}]}]}', 'shape', null],
    ['a tool_result without an id', '{"messages":[{"role":"user","content":[{"type":"tool_result","content":"x"}]}]}', 'shape', null],
    ['tools that are no list', '{"messages":[],"tools":{"a":1}}', 'shape', null],
  ];
  for (const [what, body, code, offset] of BAD) {
    test(what, () => {
      const parsed = parseRequest(typeof body === 'string' ? utf8(body) : body);
      expect(parsed.ok ? 'accepted' : parsed.fault.code).toBe(code);
      if (offset !== null) expect(parsed.ok ? -1 : parsed.fault.offset).toBe(offset);
    });
  }
});

describe('speed', () => {
  test('a body of 1 MB is taken apart in well under 100 ms, one of 10 MB in a second', () => {
    const turn = (n: number): object[] => [
      { role: 'assistant', content: [{ type: 'text', text: 'next' }, { type: 'tool_use', id: `t${n}`, name: 'Read', input: { file_path: `/w/src/file-${n}.ts` } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${n}`, content: Array.from({ length: 60 }, (_, i) => `${i}\tconst value${i} = "text ${n}";`).join('\n') }] },
    ];
    const body = (bytes: number): Uint8Array => utf8(JSON.stringify({ messages: Array.from({ length: Math.ceil(bytes / 2200) }, (_, i) => turn(i)).flat() }));
    for (const [bytes, limit] of [[1e6, 100], [1e7, 1000]] as const) {
      const input = body(bytes);
      // The best of some: the machine may be busy with something else.
      const times = Array.from({ length: 7 }, () => {
        const began = performance.now();
        expect(parseRequest(input).ok).toBe(true);
        return performance.now() - began;
      });
      expect(Math.min(...times)).toBeLessThan(limit);
    }
  }, 30_000);
});
