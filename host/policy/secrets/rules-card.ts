/**
 * Numbers of payment cards: an issuer's prefix, one of its lengths, and the check digit of ISO/IEC 7812-1 (Luhn). Written in one
 * piece, or in the groups that are printed on cards, with blanks or hyphens between them:
 *
 *   4-4-4-4   4-4-4-4-3   4-6-5 (American Express)   4-6-4 (Diners Club)
 *
 * One number of sixteen digits in forty that has nothing to do with cards is told apart by nothing: see docs/policy.md.
 */
import { pieces } from './rule.ts';
import { matches, type ProvenRule, type Region, type Span } from './proven.ts';

interface Issuer {
  /** Ranges of the first four digits. */
  readonly prefixes: readonly (readonly [number, number])[];
  readonly lengths: readonly number[];
}

/**
 * Lengths as issued. Left out are Visa's 13 digits of old, which article numbers have; Maestro's 12, which accounts of clouds have; and
 * 17 and 18 where they are allowed and nobody issues them, which identifiers of chat services have.
 */
const ISSUERS: readonly Issuer[] = [
  { prefixes: [[4000, 4999]], lengths: [16, 19] }, // Visa
  { prefixes: [[5100, 5599], [2221, 2720]], lengths: [16] }, // Mastercard
  { prefixes: [[3400, 3499], [3700, 3799]], lengths: [15] }, // American Express
  { prefixes: [[6011, 6011], [6440, 6599]], lengths: [16, 19] }, // Discover, RuPay
  { prefixes: [[3000, 3059], [3095, 3095], [3600, 3699], [3800, 3999]], lengths: [14, 16] }, // Diners Club
  { prefixes: [[3528, 3589]], lengths: [16, 19] }, // JCB
  { prefixes: [[6200, 6299]], lengths: [16, 19] }, // UnionPay
  { prefixes: [[5018, 5020], [5038, 5038], [5893, 5893], [6304, 6304], [6759, 6759], [6761, 6763]], lengths: [16, 18, 19] }, // Maestro, Dankort
  { prefixes: [[2200, 2204]], lengths: [16, 19] }, // Mir
  { prefixes: [[9792, 9792]], lengths: [16] }, // Troy
];

/** Numbers that payment services publish for tests, without their runs of one digit, which `isTestNumber` knows. */
const PUBLISHED: ReadonlySet<string> = new Set([
  '4012888888881881', '4000056655665556', '4917610000000000', '4444333322221111', '4988438843884305', '4166676667666746', '4646464646464644', '4532759734545858',
  '5555555555554444', '5200828282828210', '5105105105105100', '5431111111111111', '5454545454545454', '5555341244441115', '2223003122003222', '2223000048400011', '2222400070000005',
  '378282246310005', '371449635398431', '378734493671000', '370000000000002', '6011111111111117', '6011000990139424', '6011981111111113', '6011000000000004', '6445644564456445',
  '30569309025904', '3056930009020004', '38520000023237', '36227206271667', '36006666333344', '3566002020360505', '3530111333300000', '3566111111111113', '6555900000604105', '6243030000000001',
  '5019717010103742', '5000550000000029', '6304000000000000', '6759649826438453', '6799990100000000019', '4003600000000014', '5111111111111118', '2201382000000013',
]);

export const CARD_RULE: ProvenRule = {
  label: 'payment-card',
  keywords: [...new Set(ISSUERS.flatMap(({ prefixes }) => prefixes.flatMap(([low, high]) => tens(low, high))))],
  pattern: '[0-9](?:[ -]?[0-9]){13,}',
  wordBefore: true,
  prove: cards,
  examples: [
    pieces('4539', '1488', '0343', '6467'),
    pieces('"pan": "5398', '-2281', '-7704', '-1932"'),
    pieces('2317 ', '8804 ', '5521 ', '9062'),
    pieces('3742 ', '918305 ', '51761'),
    pieces('17,6011', '7302', '4418', '5266,12/27,Doe'),
    pieces('12:4539', '1488', '0343', '6467 0227 311'),
  ],
  counterexamples: [
    pieces('4539', '1488', '0343', '6468'),
    '4242 4242 4242 4242',
    '4111-1111-1111-1111',
    '378282246310005',
    pieces('0.4539', '1488', '0343', '6467'),
    pieces('1-4539', '-1488', '-0343', '-6467'),
    pieces('a4539', '1488', '0343', '6467'),
    pieces('4539 ', '1488 ', '0343 ', '6467 ', '2231 ', '9014'),
    pieces('51F1 ', '4539 ', '1488 ', '0343 ', '6467'),
    pieces('4539 ', '1488 ', '0343 ', '6467 ', '52DE'),
    '1732165876123456',
    '1859274036459208704',
  ],
};

function tens(low: number, high: number): string[] {
  const [first, last] = [Math.floor(low / 10), Math.floor(high / 10)];
  return Array.from({ length: last - first + 1 }, (_, i) => String(first + i));
}

const BARE = /(?<![\w+-]|(?:^|[^A-Za-z])\.)[0-9]{14,19}(?!\w|-\w|\.[0-9])/dg;
const ODD_GROUPS = /(?<![\w.+-])3[0-9]{3}([ -])[0-9]{6}\1[0-9]{4,5}(?!\w|-\w|\.[0-9])/dg;
/** Between blanks, a group of four hexadecimal digits in front or behind makes it a list of code points or a dump. */
const FOURS = [/(?<![\w.+-]|(?<!\w)[0-9A-F]{4} )[0-9]{4} [0-9]{4}(?: [0-9]{4}){2,}(?: [0-9]{3})?(?!\w|-\w|\.[0-9]| [0-9A-F]{4}(?!\w))/dg, /(?<![\w.+-])[0-9]{4}-[0-9]{4}(?:-[0-9]{4}){2,}(?:-[0-9]{3})?(?!\w|-\w|\.[0-9])/dg] as const;

function cards(region: Region): readonly Span[] {
  const single = [...matches(region, BARE, isCard), ...matches(region, ODD_GROUPS, (text) => isCard(digitsOf(text)))];
  const chains = FOURS.flatMap((fours) => matches(region, fours, () => true)).flatMap((chain) => cardsIn(region.text.slice(chain.start, chain.end), chain.start));
  return [...single, ...chains].sort((a, b) => a.start - b.start);
}

/**
 * Cards in a chain of groups, one behind the other. Groups that are left over make it a table of numbers, and none of them a
 * card; but for an expiry date and three digits for the check value.
 */
function cardsIn(chain: string, at: number): Span[] {
  const found: Span[] = [];
  let rest = 0;
  while (rest + 19 <= chain.length) {
    const long = chain.slice(rest, rest + 23);
    const length = long.length === 23 && rest + 23 === chain.length && isCard(digitsOf(long)) ? 23 : 19;
    if (!isCard(digitsOf(chain.slice(rest, rest + length)))) break;
    found.push({ start: at + rest, end: at + rest + length });
    rest += length + 1;
  }
  return /^(?:(?:0[1-9]|1[0-2])[0-9]{2})?(?:^|[ -])?(?:[0-9]{3})?$/.test(chain.slice(rest)) ? found : [];
}

function digitsOf(text: string): string {
  return text.replaceAll(/[ -]/g, '');
}

function isCard(digits: string): boolean {
  const prefix = Number(digits.slice(0, 4));
  const issued = ISSUERS.some(({ prefixes, lengths }) => lengths.includes(digits.length) && prefixes.some(([low, high]) => low <= prefix && prefix <= high));
  return issued && luhn(digits) && !isTestNumber(digits);
}

/** Eight digits alike in a row, or one group four times over. */
function isTestNumber(digits: string): boolean {
  return PUBLISHED.has(digits) || /(\d)\1{7}|^(\d{4})\2{3}/.test(digits);
}

function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0;
}
