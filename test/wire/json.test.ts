import { describe, expect, test } from 'vitest';
import { badUtf8Offset, decodeText, splice, utf8Length } from '../../host/wire/bytes.ts';
import { depthOf, memberOf, parseJson, textOf, valueOf } from '../../host/wire/json.ts';
import type { JsonNode } from '../../host/wire/json.ts';
import { random, utf8 } from './stream.ts';
import { cpuMs } from '../support/cpu.ts';

function accepted(text: string): boolean {
  return parseJson(text).ok;
}

function root(text: string): JsonNode {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(`refused: ${JSON.stringify(parsed.fault)}`);
  return parsed.root;
}

/** The value built from nodes alone, names and strings decoded one by one. */
function build(text: string, node: JsonNode): unknown {
  if (node.kind === 'array') return node.items.map((item) => build(text, item));
  if (node.kind !== 'object') return node.kind === 'string' ? textOf(text, node) : valueOf(text, node);
  const out: { [name: string]: unknown } = {};
  for (const { name, value } of node.members) Object.defineProperty(out, name, { value: build(text, value), enumerable: true, writable: true, configurable: true });
  return out;
}

const REFUSED: readonly (readonly [string, string, string])[] = [
  ['a name twice', '{"a":1,"a":2}', 'duplicate-name'],
  ['a name twice, once escaped', '{"type":1,"t\\u0079pe":2}', 'duplicate-name'],
  ['a name twice, deep', '{"x":[{"y":{"a":1,"b":2,"a":3}}]}', 'duplicate-name'],
  ['__proto__ twice', '{"__proto__":1,"__proto__":2}', 'duplicate-name'],
  ['a name twice among many', `{${Array.from({ length: 40 }, (_, i) => `"n${i}":0`).join()},"n3":1}`, 'duplicate-name'],
  ['a byte order mark', '\ufeff{}', 'bom'],
  ['nothing', '', 'syntax'],
  ['white space alone', ' \n', 'syntax'],
  ['a second value', '{} {}', 'syntax'],
  ['a trailing comma', '[1,]', 'syntax'],
  ['a trailing comma in an object', '{"a":1,}', 'syntax'],
  ['a comment', '{/**/}', 'syntax'],
  ['single quotes', "{'a':1}", 'syntax'],
  ['NaN', 'NaN', 'syntax'],
  ['a leading zero', '01', 'syntax'],
  ['a bare minus', '-', 'syntax'],
  ['a dot without digits', '1.', 'syntax'],
  ['a plus sign', '+1', 'syntax'],
  ['hexadecimal', '0x10', 'syntax'],
  ['an unknown escape', '"\\x41"', 'syntax'],
  ['a short escape', '"\\u12"', 'syntax'],
  ['a raw line feed in a string', '"a\nb"', 'syntax'],
  ['a raw NUL in a string', '"a\u0000"', 'syntax'],
  ['an unclosed string', '"abc', 'syntax'],
  ['a string that ends in a backslash', '"abc\\', 'syntax'],
  ['a no-break space between tokens', '[1,\u00a02]', 'syntax'],
  ['a vertical tab between tokens', '[1,\u000b2]', 'syntax'],
  ['a capital word', 'True', 'syntax'],
  ['a word cut short', 'tru', 'syntax'],
  ['an unquoted name', '{a:1}', 'syntax'],
  ['depth 129', '['.repeat(129) + ']'.repeat(129), 'depth'],
  ['depth 10,000', '['.repeat(10_000) + ']'.repeat(10_000), 'depth'],
  ['objects 10,000 deep', '{"a":'.repeat(10_000), 'depth'],
];

describe('json', () => {
  for (const [what, text, code] of REFUSED) {
    test(`${what} is refused`, () => {
      const parsed = parseJson(text);
      expect(parsed.ok ? 'accepted' : parsed.fault.code).toBe(code);
    });
  }

  test('the limits are exact: depth 128 is accepted', () => {
    expect(accepted('['.repeat(128) + ']'.repeat(128))).toBe(true);
    expect(depthOf(root('[[{"a":[]}]]'))).toBe(4);
  });

  test('a fault stands at its offset', () => {
    expect(parseJson('{"a":1,"a":2}')).toEqual({ ok: false, fault: { code: 'duplicate-name', at: 7 } });
    expect(parseJson('[1,x]')).toEqual({ ok: false, fault: { code: 'syntax', at: 3 } });
  });

  test('__proto__ is a name like any other', () => {
    const text = '{"__proto__":{"polluted":true},"constructor":1}';
    const value = valueOf(text, root(text)) as { polluted?: boolean };
    expect(value.polluted).toBeUndefined();
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(memberOf(root(text), 'toString')).toBeUndefined();
  });

  test('a lone surrogate stays the escape that it was', () => {
    const text = '{"a":"\\ud800","b":1}';
    const one = memberOf(root(text), 'b') as JsonNode;
    expect(splice(text, [{ span: one, json: '2' }])).toBe('{"a":"\\ud800","b":2}');
    expect(textOf(text, memberOf(root(text), 'a'))).toBe('\ud800');
  });

  test('many names cost no more than their number', () => {
    const text = `{${Array.from({ length: 200_000 }, (_, i) => `"n${i}":0`).join()}}`;
    const began = cpuMs();
    expect(accepted(text)).toBe(true);
    expect(cpuMs() - began).toBeLessThan(8000);
  }, 30_000);

  test('more values than the limit are refused', () => {
    const parsed = parseJson(`[${'0,'.repeat(2_000_000)}0]`);
    expect(parsed.ok ? 'accepted' : parsed.fault.code).toBe('too-many');
  });
});

const PIECES = ['{', '}', '[', ']', ',', ':', '"a"', '"b"', '"\\u0061"', '"\\ud83d\\ude00é"', '"x\\n\\"y"', '1', '-0', '1.5e-3', '0', 'true', 'null', ' ', '\n', '01', '"', '\\', '\ufeff', '"__proto__"'];

/** A random value as JSON text, with white space and escapes of many kinds. */
function sample(next: () => number, depth: number): string {
  const pick = (n: number): number => Math.floor(next() * n);
  const space = ['', '', ' ', '\n\t'][pick(4)] as string;
  const string = (): string => `"${Array.from({ length: pick(6) }, () => ['a', 'é', '\\n', '\\u0041', '\\ud800', '😀', '\\"', '\\/', '\u2028'][pick(9)]).join('')}"`;
  switch (pick(depth > 4 ? 3 : 5)) {
    case 0:
      return space + ['0', '-1', '12.5', '1e9', '-0.0'][pick(5)] + space;
    case 1:
      return space + ['true', 'false', 'null'][pick(3)] + space;
    case 2:
      return space + string() + space;
    case 3:
      return `${space}[${Array.from({ length: pick(4) }, () => sample(next, depth + 1)).join()}${space}]`;
    default:
      return `${space}{${Array.from({ length: pick(5) }, (_, i) => `${space}"k${i}${pick(2) ? '\\u00e9' : ''}"${space}:${sample(next, depth + 1)}`).join()}${space}}`;
  }
}

describe('json, against JSON.parse', () => {
  test('random text is accepted by both or by neither, duplicate names and byte order marks aside', () => {
    const seed = 20260101;
    const next = random(seed);
    let both = 0;
    for (let round = 0; round < 60_000; round++) {
      const text = Array.from({ length: 1 + Math.floor(next() * 9) }, () => PIECES[Math.floor(next() * PIECES.length)]).join('');
      const ours = parseJson(text);
      let theirs = true;
      try {
        JSON.parse(text);
      } catch {
        theirs = false;
      }
      if (!ours.ok && ours.fault.code === 'duplicate-name') continue;
      expect(ours.ok, `seed ${seed}: ${JSON.stringify(text)}`).toBe(theirs);
      if (ours.ok) {
        both++;
        expect(build(text, ours.root)).toEqual(JSON.parse(text));
      }
    }
    expect(both).toBeGreaterThan(100);
  });

  test('random documents give the same value, and every span cuts out its own value', () => {
    const seed = 7;
    const next = random(seed);
    for (let round = 0; round < 3000; round++) {
      const text = sample(next, 0);
      const node = root(text);
      expect(build(text, node), `seed ${seed}: ${text}`).toEqual(JSON.parse(text));
      const walk = (at: JsonNode): void => {
        expect(JSON.parse(text.slice(at.start, at.end))).toEqual(build(text, at));
        if (at.kind === 'array') at.items.forEach(walk);
        if (at.kind === 'object') at.members.forEach((member) => walk(member.value));
      };
      walk(node);
    }
  });
});

describe('bytes', () => {
  test('text that is not UTF-8 is refused at the first bad byte', () => {
    for (const [bytes, at] of [
      [[0x61, 0xff, 0x62], 1],
      [[0x61, 0xc0, 0xaf], 1], // an overlong slash
      [[0x61, 0xed, 0xa0, 0x80], 1], // a surrogate
      [[0x61, 0x62, 0xe2, 0x82], 3], // cut short
    ] as const) {
      const body = new Uint8Array(bytes);
      expect(decodeText(body)).toBeUndefined();
      expect(badUtf8Offset(body)).toBeGreaterThanOrEqual(at);
      expect(badUtf8Offset(body)).toBeLessThanOrEqual(at + 2);
    }
    expect(decodeText(utf8('\ufeffé'))).toBe('\ufeffé');
  });

  test('the length in UTF-8 is that of the bytes', () => {
    for (const text of ['', 'abc', 'é', '€', '😀', 'a😀b\u2028c']) expect(utf8Length(text)).toBe(utf8(text).length);
  });

  test('overlapping edits are a bug, not a guess', () => {
    const edit = (start: number, end: number): { span: { start: number; end: number }; json: string } => ({ span: { start, end }, json: 'x' });
    expect(() => splice('abcdef', [edit(0, 3), edit(2, 4)])).toThrow('bug');
    expect(() => splice('abc', [edit(2, 9)])).toThrow('bug');
    expect(splice('abcdef', [edit(4, 5), edit(0, 1)])).toBe('xbcdxf');
  });
});
