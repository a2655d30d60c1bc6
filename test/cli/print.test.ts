import { describe, expect, it } from 'vitest';
import { document, fail, page, paint, widthOf } from '../../host/cli/print.ts';
import { table } from '../../host/cli/table.ts';
import { columnsOf, wrap } from '../../host/cli/wrap.ts';
import { fakeIo as fake } from './io.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';

const columns = [{ title: '#' }, { title: 'Asked', wrapTo: 8 }, { title: 'Why', wrapTo: 8 }];
const rows = [['1', 'Read src/../.env', 'path rule: deny_paths[0] .env'], ['12', 'short', 'no rule']];

describe('colour', () => {
  it.each([
    ['a terminal', {}, true, true],
    ['no terminal', {}, false, false],
    ['NO_COLOR', { NO_COLOR: '1' }, true, false],
    ['an empty NO_COLOR', { NO_COLOR: '' }, true, true],
    ['a dumb terminal', { TERM: 'dumb' }, true, false],
  ] as const)('with_%s', (_, env, terminal, shown) => {
    const { io } = fake(env, terminal);
    expect(paint(io, io.out, 'bad', 'x').includes('\u001b[')).toBe(shown);
  });
});

describe('a help', () => {
  const help = 'Usage: occasio x\n\n  --keep   leaves the scratch folder and prints its path\nA sentence that is too long for a terminal.\n';

  it('goes_on_under_its_second_column_and_breaks_no_word', () => {
    const { io, out } = fake({}, true, 32);
    page(io, io.out, help);
    expect(out()).toBe('Usage: occasio x\n\n  --keep   leaves the scratch\n           folder and prints its\n           path\nA sentence that is too long for\na terminal.\n');
  });

  it('stands_as_it_is_where_there_is_no_terminal', () => {
    const { io, out } = fake();
    page(io, io.out, help);
    expect(out()).toBe(help);
  });
});

describe('tables', () => {
  it('without_a_terminal_a_row_is_one_line', () => {
    const { io, out } = fake();
    table(io, columns, rows);
    expect(out()).toBe('#   Asked             Why\n1   Read src/../.env  path rule: deny_paths[0] .env\n12  short             no rule\n');
  });

  it.each([20, 24, 30, 40, 52, 200])('on_a_terminal_of_%i_columns_no_line_is_wider', (width) => {
    const { io, out } = fake({ NO_COLOR: '1' }, true, width);
    table(io, columns, rows);
    const lines = out().trimEnd().split('\n');
    expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(Math.max(width, 22));
    expect(out().replaceAll(/\s+/g, '')).toContain(width === 20 ? '#12Askedshort' : '12short');
  });

  it('a_row_is_a_block_where_the_terminal_is_too_narrow_for_a_table', () => {
    const { io, out } = fake({ NO_COLOR: '1' }, true, 20);
    table(io, columns, rows);
    expect(out()).toBe('#      1\nAsked  Read\n       src/../.env\nWhy    path rule:\n       deny_paths[0]\n       .env\n\n#      12\nAsked  short\nWhy    no rule\n');
    const pairs = fake({ NO_COLOR: '1' }, true, 20);
    table(pairs.io, [{ title: 'Member' }, { title: 'Value' }], [['a_name_as_long_as_this', 'and what it is']]);
    expect(pairs.out()).toBe('a_name_as_long_as_this\n  and what it is\n');
  });

  it('COLUMNS_overrides_and_nonsense_in_it_does_not', () => {
    expect(widthOf(fake({ COLUMNS: '60' }).io, fake().io.out)).toBe(60);
    for (const nonsense of ['0', '-5', 'wide', '1e9x', '']) expect(widthOf(fake({ COLUMNS: nonsense }).io, fake().io.out)).toBeUndefined();
  });

  it('colours_do_not_count_as_width', () => {
    const { io, out } = fake({}, true, 80);
    table(io, [{ title: 'a' }, { title: 'b' }], [[{ text: 'red', tone: 'bad' }, 'x'], ['plain', 'y']]);
    // eslint-style control characters are what is looked for here.
    const plain = out().replaceAll(new RegExp('\u001b\\[[0-9]*m', 'g'), '').split('\n');
    expect(plain.slice(1, 3)).toEqual(['red    x', 'plain  y']);
  });

  it.each([
    ['日本', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['😀', 2],
    ['abc', 3],
  ])('%s_takes_%i_columns', (text, width) => {
    expect(columnsOf(text)).toBe(width);
  });

  it('a_word_longer_than_the_column_is_broken_and_nothing_is_lost', () => {
    const lines = wrap('a/very/long/path/without/spaces and words', 10);
    expect(Math.max(...lines.map(columnsOf))).toBeLessThanOrEqual(10);
    expect(lines.join('').replaceAll(' ', '')).toBe('a/very/long/path/without/spacesandwords');
  });
});

describe('errors', () => {
  it('input_that_is_wrong_is_2_and_a_fault_of_ours_is_3', () => {
    const wrong = fake();
    expect(fail(wrong.io, new OccasioError({ code: 'not-found', cannot: 'read', thing: 'x\u001b[31m', found: 'it is not there' }), false)).toBe(2);
    expect(wrong.err()).toBe('occasio: Cannot read "x\\u{1b}[31m": it is not there\n');
    expect(wrong.out()).toBe('');
    const ours = fake();
    expect(fail(ours.io, new Error('bug: no'), false)).toBe(3);
    expect(ours.err()).toContain('internal fault');
  });

  it('with_json_the_error_is_the_one_document', () => {
    const { io, out } = fake();
    fail(io, new OccasioError({ code: 'port', cannot: 'listen on', thing: '127.0.0.1:1', found: 'the port is in use' }), true);
    expect(JSON.parse(out())).toEqual({ error: { code: 'port', cannot: 'listen on', thing: '127.0.0.1:1', found: 'the port is in use' } });
  });

  it('a_document_ends_with_one_line_feed', () => {
    const { io, out } = fake();
    document(io, { a: [1] });
    expect(out()).toBe('{\n  "a": [\n    1\n  ]\n}\n');
  });
});
