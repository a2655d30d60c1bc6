import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { errorBody, errorEvent, PING } from '../../host/wire/anthropic-error.ts';
import { deniedName, isReserved, localName, macText, parseSubstitute } from '../../host/wire/substitute.ts';
import { text } from './stream.ts';

/** Another implementation of RFC 8785; its types do not fit its module form. */
const canonicalize = createRequire(import.meta.url)('canonicalize') as (value: unknown) => string;
const mac = createHmac('sha256', 'k').update('x').digest('hex');
const sealed = { tool: 'Read', input: { file_path: '.env' }, reason: 'path-denied', mac };

describe('substitutes', () => {
  test('names say the reason or the tool, fit the pattern and 64 characters, and are reserved', () => {
    for (const name of [deniedName('path-denied'), localName('Grep'), localName('mcp__x y__ü'), localName('x'.repeat(200)), deniedName('')]) {
      expect(name).toMatch(/^occasio_(denied|local)__[A-Za-z0-9_-]{1,48}$/);
      expect(isReserved(name)).toBe(true);
      expect(parseSubstitute(name, sealed)?.sealed).toEqual(sealed);
    }
    expect(parseSubstitute('occasio_local__Grep', sealed)).toMatchObject({ kind: 'local', label: 'Grep' });
  });

  test('a name that is not ours is no substitute', () => {
    for (const name of ['Read', 'occasio_denied', 'occasio_denied__', 'occasio_denied__a b', 'Occasio_denied__x', 'xoccasio_denied__x', 'occasio_denied__x\n', `occasio_denied__${'x'.repeat(49)}`]) expect(parseSubstitute(name, sealed)).toBeNull();
  });

  test('an input that an agent dropped or changed in form carries no seal', () => {
    const inputs = [{}, { ...sealed, mac: 'abc' }, { ...sealed, mac: mac.toUpperCase() }, { ...sealed, input: [] }, { ...sealed, input: '{}' }, { ...sealed, tool: 1 }, { tool: 'Read' }, Object.create(sealed) as object];
    for (const input of inputs) expect(parseSubstitute('occasio_denied__x', input as { [name: string]: unknown })).toEqual({ kind: 'denied', label: 'x', sealed: null });
  });

  test('members that an agent adds do not break the seal', () => {
    expect(parseSubstitute('occasio_denied__x', { replace_all: false, ...sealed })?.sealed).toEqual(sealed);
  });

  test('the text under the seal is canonical JSON, whatever the order of members', () => {
    const value = { tool_use_id: 't\u2028', name: 'occasio_denied__x', tool: 'R', reason: 'é😀', input: { b: [1, { z: null, a: true }], '10': -0, '9': 1e21, a: '"\u0000', __proto: 1, é: 0.1, '\ud83d\ude00': '', '\ufb33': 1 } };
    expect(macText(value)).toBe(canonicalize(value));
    const { a, ...rest } = value.input;
    expect(macText({ ...value, input: { a, ...rest } })).toBe(macText(value));
    for (const change of [{ tool_use_id: 'u' }, { name: 'occasio_denied__y' }, { tool: 'S' }, { reason: 'r' }, { input: {} }]) expect(macText({ ...value, ...change })).not.toBe(macText(value));
  });

  test('a __proto__ in the input is under the seal', () => {
    const input = JSON.parse('{"__proto__":{"x":1}}') as { [name: string]: unknown };
    expect(macText({ tool_use_id: 't', name: 'n', tool: 'R', reason: 'r', input })).toContain('"__proto__":{"x":1}');
  });
});

describe('errors for the client', () => {
  test('a body and an event of the form that clients show', () => {
    const error = { type: 'error', error: { type: 'invalid_request_error', message: 'no\n"way"' } };
    expect(JSON.parse(text(errorBody('no\n"way"', 'invalid_request_error')))).toEqual(error);
    expect(text(errorEvent('no\n"way"', 'invalid_request_error'))).toBe(`event: error\ndata: ${JSON.stringify(error)}\n\n`);
    expect(text(PING)).toBe('event: ping\ndata: {"type":"ping"}\n\n');
  });
});
