import { describe, expect, test } from 'vitest';
import { createFramer } from '../../host/wire/sse.ts';
import type { Frame } from '../../host/wire/sse.ts';
import { text, utf8 } from './stream.ts';

function frames(input: Uint8Array, size = input.length || 1, limit?: number): { frames: Frame[]; rest: string } {
  const framer = createFramer(limit);
  const all: Frame[] = [];
  for (let at = 0; at < input.length; at += size) all.push(...framer.push(input.slice(at, at + size)));
  const last = framer.end();
  return { frames: [...all, ...last.frames], rest: text(last.rest) };
}

const READ: readonly (readonly [string, string, string | null, string | null])[] = [
  ['LF', 'event: a\ndata: 1\n\n', 'a', '1'],
  ['CR LF', 'event: a\r\ndata: 1\r\n\r\n', 'a', '1'],
  ['CR', 'event: a\rdata: 1\r\r', 'a', '1'],
  ['mixed line ends', 'event: a\rdata: 1\r\n\n', 'a', '1'],
  ['no space after the colon', 'event:a\ndata:1\n\n', 'a', '1'],
  ['only one space is dropped', 'data:  1\n\n', null, ' 1'],
  ['several data lines', 'data: {"a":\ndata: 1}\n\n', null, '{"a":\n1}'],
  ['a comment between', 'event: a\n: hello\ndata: 1\n\n', 'a', '1'],
  ['other fields', 'id: 7\nretry: 10\nevent: a\ndata: 1\n\n', 'a', '1'],
  ['data without a colon', 'event: a\ndata\n\n', 'a', ''],
  ['no event', 'data: 1\n\n', null, '1'],
];

describe('sse', () => {
  for (const [what, input, event, data] of READ) {
    test(`${what}: read the same at every chunk size, bytes kept`, () => {
      for (let size = 1; size <= input.length; size++) {
        const { frames: [one, ...more], rest } = frames(utf8(input), size);
        expect([one?.event, one?.data, one?.fault, more.length, rest]).toEqual([event, data, null, 0, '']);
        expect(text(one?.raw ?? utf8(''))).toBe(input);
      }
    });
  }

  test('the frames of any input are its bytes, whatever the line ends and chunks', () => {
    const input = utf8('\n\r\n: c\r\rdata: é😀\r\n\r\n\n\revent: x\r\n\ndata: y\r\r\n\r\nda');
    const whole = frames(input);
    for (let size = 1; size <= input.length; size++) {
      const cut = frames(input, size);
      expect(cut.frames.map((f) => text(f.raw))).toEqual(whole.frames.map((f) => text(f.raw)));
      expect(cut.frames.map((f) => text(f.raw)).join('') + cut.rest).toBe(text(input));
    }
  });

  test('a frame without its blank line is not dispatched, and its bytes are known', () => {
    const { frames: read, rest } = frames(utf8('data: 1\n\ndata: 2\n'));
    expect(read.map((f) => f.data)).toEqual(['1']);
    expect(rest).toBe('data: 2\n');
  });

  test('a stream that ends in CR CR ends in a frame', () => {
    expect(frames(utf8('data: 1\r\r')).frames.map((f) => f.data)).toEqual(['1']);
  });

  const FAULTS: readonly (readonly [string, Uint8Array])[] = [
    ['bytes that are not UTF-8', new Uint8Array([...utf8('data: '), 0xff, 0x0a, 0x0a])],
    ['a byte order mark', utf8('\ufeffdata: 1\n\n')],
    ['two event fields', utf8('event: ping\nevent: content_block_stop\ndata: 1\n\n')],
    ['a field name in capitals', utf8('DATA: 1\n\n')],
    ['a field name with a space', utf8('data : 1\n\n')],
    ['a field name behind a space', utf8(' data: 1\n\n')],
    ['a data line that is an event by itself', utf8('data: {"a":\ndata: {"type":"content_block_stop","index":0}\ndata: }\n\n')],
    ['a field behind a line separator U+2028', utf8('data: "\u2028data: {}"\n\n')],
    ['a field behind a form feed in a comment', utf8(': x\u000cdata: {}\n\n')],
    ['a field behind NEL', utf8('data: "\u0085event: x"\n\n')],
  ];
  for (const [what, input] of FAULTS) {
    test(`${what} is a fault`, () => {
      const read = frames(input, 1).frames;
      expect(read.map((f) => f.fault !== null)).toEqual([true]);
    });
  }

  test('a frame larger than the limit is a fault, and is not kept', () => {
    const read = frames(utf8(`data: ${'x'.repeat(200)}\n\ndata: 1\n\n`), 16, 100).frames;
    expect(read.map((f) => [f.fault, f.raw.length])).toEqual([['a frame is larger than 100 bytes', 0]]);
  });

  test('a line of 100 MB that never ends is bounded', () => {
    const framer = createFramer();
    const chunk = new Uint8Array(1024 * 1024).fill(0x78);
    let faults = 0;
    for (let i = 0; i < 100; i++) faults += framer.push(chunk).length;
    expect(faults).toBe(1);
    expect(framer.end()).toEqual({ frames: [], rest: new Uint8Array(0) });
  });
});
