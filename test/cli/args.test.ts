import { describe, expect, it } from 'vitest';
import { didYouMean, oneOf, portNumber, readWords } from '../../host/cli/args.ts';
import { claude } from '../../host/cli/claude.ts';
import type { Word } from '../../host/cli/command.ts';

const FILE: Word = { name: 'FILE', optional: true };
const table = { words: [FILE], options: { profile: { value: 'P', says: '' }, kind: { value: 'K', of: ['jcs', 'row'], says: '' }, force: { says: '' } }, examples: ['occasio it x'] } as const;
const read = (args: readonly string[]): ReturnType<typeof readWords> => readWords('canonicalize', args, table);

describe('words of the command line', () => {
  it('are_cut_into_flags_values_and_words', () => {
    const { flags, values, words } = read(['--profile', 'row', '--force', 'file.json']);
    expect([...flags]).toEqual(['force']);
    expect([...values]).toEqual([['profile', 'row']]);
    expect(words).toEqual(['file.json']);
  });

  it('after_two_dashes_nothing_is_an_option', () => {
    expect(read(['--', '--profile']).words).toEqual(['--profile']);
  });

  it('a_lone_dash_is_a_word', () => {
    expect(read(['-']).words).toEqual(['-']);
  });

  it.each([
    [['--profle', 'row'], /no such option.*Did you mean "--profile"\?/s],
    [['--profile'], /no value/],
    [['--profile', '--force'], /no value/],
    [['--force=yes'], /takes no value/],
    [['--force', '--force'], /given twice/],
    [['--profile=row', '--profile=jcs'], /given twice/],
    [['a', 'b'], /one word too many/],
    [['--__proto__'], /no such option/],
    [['--constructor=x'], /no such option/],
    [['-x'], /no such option/],
  ])('%j_is_wrong_use', (args, message) => {
    expect(() => read(args)).toThrow(message);
  });

  it('a_value_with_a_dash_is_meant_when_it_is_joined', () => {
    expect(read(['--profile=-x']).values.get('profile')).toBe('-x');
  });

  it('a_port_is_a_number_of_a_port', () => {
    expect(portNumber('proxy', undefined)).toBe(0);
    expect(portNumber('proxy', '4141')).toBe(4141);
    for (const wrong of ['0', '65536', '-1', '80a', '1e3', ' 80', '']) expect(() => portNumber('proxy', wrong)).toThrow(/no port number/);
  });

  it('an_option_takes_only_what_it_allows', () => {
    expect(oneOf(undefined, ['a', 'b'], 'b')).toBe('b');
    expect(oneOf('a', ['a', 'b'], 'b')).toBe('a');
    expect(read(['--kind', 'row']).values.get('kind')).toBe('row');
    expect(() => read(['--kind', 'xml'])).toThrow('Cannot run canonicalize with "--kind xml": no such value. Use jcs or row. See: occasio help canonicalize');
    expect(() => read(['--kind', 'jcz'])).toThrow(/Did you mean "jcs"\?/);
  });

  it('a_word_that_is_needed_is_asked_for_with_an_example', () => {
    const needs = (args: readonly string[]): ReturnType<typeof readWords> => readWords('it', args, { ...table, words: [{ name: 'TOOL' }, { name: 'SHELL', of: ['bash'] }] });
    expect(() => needs([])).toThrow('Cannot run "occasio it": TOOL is missing. For example: occasio it x. See: occasio help it');
    expect(() => needs(['a'])).toThrow(/"occasio it": SHELL is missing/);
    expect(() => needs(['a', 'sh'])).toThrow(/"sh": no such value/);
    expect(needs(['a', 'bash']).words).toEqual(['a', 'bash']);
  });

  it('a_near_word_is_offered_and_a_far_one_is_not', () => {
    expect(didYouMean('valdate', ['validate', 'show'])).toBe('Did you mean "validate"?');
    expect(didYouMean('x'.repeat(1000), ['validate'])).toBeUndefined();
    expect(didYouMean('frobnicate', ['validate', 'show'])).toBeUndefined();
  });
});

describe('arguments of claude', () => {
  it.each([
    [['-p', 'hello'], {}, ['-p', 'hello']],
    [['--preset', 'strict', '-p', '--preset', 'x'], { preset: 'strict' }, ['-p', '--preset', 'x']],
    [['--preset=off', '--port', '4141', '--', '--preset', 'x'], { preset: 'off', port: '4141' }, ['--preset', 'x']],
    [['--upstream=http://127.0.0.1:1/a=b', 'word'], { upstream: 'http://127.0.0.1:1/a=b' }, ['word']],
    [['--help'], {}, ['--help']],
    [['--json', '--preset', 'off'], {}, ['--json', '--preset', 'off']],
    [['--', '--'], {}, ['--']],
    [['--model', 'x', '--', 'y'], {}, ['--model', 'x', '--', 'y']],
    [[], {}, []],
  ])('%j', (args, ours, rest) => {
    const given = readWords('claude', args, claude);
    expect(Object.fromEntries(given.values)).toEqual(ours);
    expect(given.rest).toEqual(rest);
  });

  it.each([[['--preset']], [['--preset', '--port', '1']], [['--port', '1', '--port', '2']], [['--preset', '--']], [['--preset', 'lax']]])('%j_is_wrong_use', (args) => {
    expect(() => readWords('claude', args, claude)).toThrow(/Cannot run claude/);
  });
});
