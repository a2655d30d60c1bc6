/** The finance set: card numbers, IBANs, account and routing numbers; what is found, what is left alone, what it costs. */
import { describe, expect, it } from 'vitest';
import { redact, scanContent } from '../../host/policy/index.ts';
import { made } from '../support/made.ts';
import { SECRET_RULES } from '../../host/policy/secrets/rules.ts';
import { SECRET_SETS } from '../../host/policy/secrets/sets.ts';
import { exampleSecret } from '../support/secrets.ts';
import { core, document, faults, policy, seeded, template, utf8 } from './given.ts';
import { cpuMs } from '../support/cpu.ts';

const finance = policy('secret_sets: [finance]');
const key = utf8('a key of thirty-two bytes or such');
const found = (text: string): string[] => scanContent(core, finance, text).secrets.map((s) => `${s.label} ${text.slice(s.start, s.end)}`);
const labels = (text: string): string[] => scanContent(core, finance, text).secrets.map((s) => s.label);
const redacted = (text: string): string => redact(core, key, finance, text).text;

describe.each(SECRET_SETS.finance)('rule $label', (rule) => {
  it.each(rule.examples)('finds example %#', (text) => {
    for (const around of [text, `x ${text} y`, `"${text}"`, `key=${text}\n`, `\u00e9\u{1f600} ${text}\n\u00e9`, `1,${text},2`]) expect([around, labels(around)]).toEqual([around, [rule.label]]);
    expect(JSON.parse(redacted(JSON.stringify({ text })))).toBeTypeOf('object');
    expect(redacted(JSON.stringify({ text }))).toContain(`[REDACTED:${rule.label}:`);
  });

  it.each(rule.counterexamples)('leaves counterexample %#', (text) => {
    expect(labels(text)).toEqual([]);
    expect(redacted(text)).toBe(text);
  });

  it('is_found_only_where_the_policy_asks_for_it', () => {
    for (const text of rule.examples) expect(scanContent(core, policy(''), text).secrets).toEqual([]);
  });
});

/** Put together anew from the standards, so that the rules are held against something else than themselves. */
const random = seeded(20_240_611);
const digits = (n: number): string => Array.from({ length: n }, () => random(10)).join('');
/** The digit that makes the doubled sum a multiple of ten, found by trying all. */
function withLuhn(body: string): string {
  const sum = (number: string): number => [...number].reverse().reduce((total, d, i) => total + [...String(Number(d) * (i % 2 === 0 ? 1 : 2))].reduce((s, x) => s + Number(x), 0), 0);
  return `${body}${[...'0123456789'].find((d) => sum(body + d) % 10 === 0) ?? ''}`;
}
function card(prefix: string, length: number): string {
  const number = withLuhn(prefix + digits(length - prefix.length - 1));
  return /(\d)\1{5}/.test(number) ? card(prefix, length) : number;
}
function iban(country: string, length: number): string {
  const account = `${'ABCDEFGHJK'[random(10)] ?? ''}${digits(length - 5)}`;
  const number = [...`${account}${country}00`].map((c) => parseInt(c, 36)).join('');
  return `${country}${String(98n - (BigInt(number) % 97n)).padStart(2, '0')}${account}`;
}
const grouped = (text: string, sizes: readonly number[], by: string): string => {
  let at = 0;
  return sizes.map((size) => text.slice(at, (at += size))).join(by);
};

const CARDS: readonly (readonly [string, string, number, readonly number[]])[] = [
  ['Visa', '4', 16, [4, 4, 4, 4]],
  ['Visa', '4', 19, [4, 4, 4, 4, 3]],
  ['Mastercard', '51', 16, [4, 4, 4, 4]],
  ['Mastercard', '55', 16, [4, 4, 4, 4]],
  ['Mastercard', '2221', 16, [4, 4, 4, 4]],
  ['Mastercard', '2720', 16, [4, 4, 4, 4]],
  ['American Express', '34', 15, [4, 6, 5]],
  ['American Express', '37', 15, [4, 6, 5]],
  ['Discover', '6011', 16, [4, 4, 4, 4]],
  ['Discover', '644', 16, [4, 4, 4, 4]],
  ['Discover', '65', 19, [4, 4, 4, 4, 3]],
  ['Diners Club', '305', 14, [4, 6, 4]],
  ['Diners Club', '3095', 14, [4, 6, 4]],
  ['Diners Club', '36', 14, [4, 6, 4]],
  ['JCB', '3528', 16, [4, 4, 4, 4]],
  ['JCB', '3589', 16, [4, 4, 4, 4]],
  ['UnionPay', '62', 16, [4, 4, 4, 4]],
  ['UnionPay', '62', 19, [4, 4, 4, 4, 3]],
  ['Maestro', '6759', 16, [4, 4, 4, 4]],
  ['Mir', '2204', 16, [4, 4, 4, 4]],
];

describe('cards', () => {
  it.each(CARDS)('%s %s with %i digits is found in every spelling', (_issuer, prefix, length, sizes) => {
    for (let i = 0; i < 40; i++) {
      const number = card(prefix, length);
      for (const spelt of [number, grouped(number, sizes, ' '), grouped(number, sizes, '-')]) expect(found(`to ${spelt}.`)).toEqual([`payment-card ${spelt}`]);
    }
  });

  it('one_digit_altered_is_no_card', () => {
    for (let i = 0; i < 300; i++) {
      const number = card('4', 16);
      const at = 1 + random(15);
      const other = `${number.slice(0, at)}${(Number(number[at]) + 1 + random(9)) % 10}${number.slice(at + 1)}`;
      expect([other, labels(other)]).toEqual([other, []]);
    }
  });

  it.each(['1', '2719', '2721', '2220', '50', '60', '33', '35', '7', '9'])('a number that begins with %s is no Mastercard, Visa or American Express', (prefix) => {
    for (let i = 0; i < 20; i++) {
      const issued = /^(?:35(?:2[89]|[3-8])|50(?:18|19|20|38)|6011|220[0-4]|9792|2719)/;
      const number = card(prefix, prefix === '33' ? 15 : 16);
      expect([number, labels(number)]).toEqual([number, issued.test(number) ? ['payment-card'] : []]);
    }
  });

  it('many_in_a_line_and_many_lines_are_all_redacted', () => {
    const numbers = Array.from({ length: 60 }, (_, i) => card(['4', '51', '6011'][i % 3] ?? '', 16));
    const four = [4, 4, 4, 4];
    for (const text of [numbers.join(','), numbers.join('\n'), numbers.join(' '), numbers.map((n) => grouped(n, four, ' ')).join(' '), numbers.map((n) => grouped(n, four, '-')).join(' '), numbers.map((n) => `${n};12/27;123`).join('\n'), numbers.map((n) => `| ${grouped(n, four, ' ')} |`).join('')]) {
      expect(redacted(text).split('[REDACTED:payment-card:').length - 1).toBe(60);
      expect(redacted(text)).not.toMatch(/[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}/);
    }
  });

  it.each<[string, (n: string) => string]>([
    ['JSON', (n) => `{"pan":"${n}"}`],
    ['a number in JSON', (n) => `{"pan":${n},"x":1}`],
    ['JSON in JSON', (n) => `"{\\"pan\\":\\"${n}\\"}"`],
    ['XML', (n) => `<Pan>${n}</Pan>`],
    ['a query', (n) => `?pan=${n}&x=1`],
    ['SQL', (n) => `VALUES (1,'${n}','Doe')`],
    ['the end of a sentence', (n) => `Charge ${n}. Then wait.`],
    ['a line of grep', (n) => `data.csv:12:${n},Doe`],
    ['a numbered line', (n) => `    12\t${n}`],
    ['a numbered line with groups', (n) => `12 ${grouped(n, [4, 4, 4, 4], ' ')}`],
    ['groups with date and check value', (n) => `${grouped(n, [4, 4, 4, 4], ' ')} 0927 123`],
    ['groups with a check value', (n) => `${grouped(n, [4, 4, 4, 4], ' ')} 123`],
    ['an abbreviation', (n) => `Card no.${n}`],
    ['letters of another script', (n) => `\u756a\u53f7${n}\u3002`],
  ])('are found in %s', (_name, put) => {
    const number = card('5412', 16);
    const text = put(number);
    expect([text, labels(text)]).toEqual([text, ['payment-card']]);
    expect(redacted(text).replaceAll(/\D/g, '')).not.toContain(number);
  });
});

/** ISO 13616 registry: a few of each length, typed in again. */
const IBANS: readonly (readonly [string, number])[] = [['NO', 15], ['BE', 16], ['DK', 18], ['FI', 18], ['NL', 18], ['MK', 19], ['SI', 19], ['AT', 20], ['EE', 20], ['LT', 20], ['CH', 21], ['HR', 21], ['LV', 21], ['DE', 22], ['GB', 22], ['IE', 22], ['BG', 22], ['GI', 23], ['IL', 23], ['AE', 23], ['CZ', 24], ['ES', 24], ['SE', 24], ['SK', 24], ['RO', 24], ['PT', 25], ['IS', 26], ['TR', 26], ['FR', 27], ['GR', 27], ['IT', 27], ['PL', 28], ['HU', 28], ['CY', 28], ['BR', 29], ['QA', 29], ['UA', 29], ['JO', 30], ['KW', 30], ['MT', 31], ['SC', 31], ['LC', 32], ['RU', 33]];

describe('IBANs', () => {
  it.each(IBANS)('of %s have %i characters', (country, length) => {
    for (let i = 0; i < 20; i++) {
      const number = iban(country, length);
      const sizes = [...Array<number>(Math.floor(length / 4)).fill(4), length % 4].filter((n) => n > 0);
      for (const spelt of [number, grouped(number, sizes, ' '), grouped(number, sizes, '-')]) expect(found(`to ${spelt} BANK`)).toEqual([`iban ${spelt}`]);
      for (const other of [iban(country, length - 1), iban(country, length + 1), `${number}0`, number.slice(0, -1), `X${number}`]) expect([other, labels(other).filter((l) => l === 'iban')]).toEqual([other, []]);
    }
  });

  it('one_character_altered_is_none', () => {
    for (let i = 0; i < 300; i++) {
      const number = iban('DE', 22);
      const at = 5 + random(17);
      const other = `${number.slice(0, at)}${(Number(number[at]) + 1 + random(9)) % 10}${number.slice(at + 1)}`;
      expect([other, labels(other).includes('iban')]).toEqual([other, false]);
    }
  });

  it('a_real_one_behind_many_that_are_none_is_found', () => {
    for (const fake of ['DE44 ', 'GB12 AB12 ', 'account number DE44 ', '4539 1488 ']) {
      for (const n of [1, 9, 40]) {
        const number = iban('GB', 22);
        expect(found(`${fake.repeat(n)}${number}`)).toEqual([`iban ${number}`]);
      }
    }
  });
});

describe('with other kinds', () => {
  it('a_token_beside_a_card_is_found_too', () => {
    const token = exampleSecret();
    for (const text of [`${card('4', 16)} ${token}`, `${token},${card('37', 15)}`, `account number: ${card('4', 16)} ${token}`]) {
      expect(redacted(text)).not.toContain(token.slice(4, 20));
      expect(redacted(text)).not.toMatch(/[0-9]{9}/);
    }
  });

  it('a_key_of_a_cloud_behind_what_might_be_an_IBAN_is_found', () => {
    const aws = made(SECRET_RULES.find((r) => r.label === 'aws-access-key')?.examples[0] ?? '', random);
    expect(found(`${'DE44 '.repeat(30)}${aws}`)).toEqual([`aws-access-key ${aws}`]);
  });

  it('redacting_twice_is_redacting_once', () => {
    const examples = [...SECRET_SETS.finance, ...SECRET_RULES].flatMap((r) => [...r.examples, ...r.counterexamples]).map((text) => made(text, random));
    for (let i = 0; i < 400; i++) {
      const text = Array.from({ length: 1 + random(4) }, () => examples[random(examples.length)] ?? '').join([' ', '\n', ',', '-', ''][random(5)] ?? '');
      const once = redacted(text);
      expect([text, redacted(once), scanContent(core, finance, once).secrets]).toEqual([text, once, []]);
    }
  });

  it('allow_secrets_lets_a_number_through', () => {
    const number = card('4', 16);
    const p = policy(`secret_sets: [finance]\nallow_secrets: ["${number}"]`);
    expect(scanContent(core, p, `${number} ${card('51', 16)}`).secrets).toHaveLength(1);
  });

  it('places_are_units_of_a_string', () => {
    const number = card('4', 16);
    expect(found(`\u00e9\u{1f600}\u20ac ${number} \u00e9`)).toEqual([`payment-card ${number}`]);
  });
});

describe('secret_sets', () => {
  it('is_a_list_of_known_sets', () => {
    expect(document('version: 1\nsecret_sets: [finance]').secret_sets).toEqual(['finance']);
    expect(document('version: 1').secret_sets).toEqual([]);
    expect(document('version: 1\nsecret_sets: []').secret_sets).toEqual([]);
  });

  it.each([
    ['finanse', 'finance'],
    ['Finance', 'finance'],
    ['health', 'Known are: finance'],
  ])('refuses %s and says what there is', (word, hint) => {
    const [fault, ...more] = faults(`version: 1\nsecret_sets:\n  - ${word}\n`);
    expect(more).toEqual([]);
    expect(fault).toMatchObject({ line: 3, column: 5 });
    expect(fault?.hint).toContain(hint);
  });

  it.each(['secret_sets: finance', 'secret_sets: {finance: true}', 'secret_sets:', 'secret_sets: [1]', 'secret_sets: [[finance]]'])('refuses %s', (text) => {
    expect(faults(`version: 1\n${text}\n`)).toHaveLength(1);
  });

  it('the_template_redacts_and_does_not_withhold', () => {
    const p = template('finance');
    expect(p.document).toMatchObject({ secret_sets: ['finance'], redact_secrets_in_tool_results: true, block_secrets_in_tool_results: false });
    expect(p.document.deny_paths).toEqual(template('dev-default').document.deny_paths);
  });
});

describe('cost', () => {
  it('a_flood_of_beginnings_takes_linear_time', () => {
    const time = (text: string): number => {
      const bytes = utf8(text);
      const started = cpuMs();
      scanContent(core, finance, bytes);
      return cpuMs() - started;
    };
    for (const word of ['4539', '4539 ', '4539-', '4539 1488 0343 6468 ', '45391488034364681234 ', 'DE44', 'DE44 ', 'DE44 ABCD ', 'account number ', 'account number: 1', 'account number"""" ', 'sort code 40-', 'aba routing number ', '3742 918305 ']) {
      const small = word.repeat(Math.ceil(100_000 / word.length));
      time(small);
      expect([word, time(small.repeat(4)) < 2_000]).toEqual([word, true]);
    }
  });
});
