/**
 * International bank account numbers (ISO 13616): country, two check digits (ISO 7064, mod 97-10), and as many letters and digits
 * as the country has. In capitals; in one piece, or in groups of four with blanks or hyphens between them.
 */
import { pieces } from './rule.ts';
import { AROUND, matches, type ProvenRule, type Region, type Span } from './proven.ts';

/** Characters in all. */
const LENGTHS: { readonly [country: string]: number } = {
  AD: 24, AE: 23, AL: 28, AT: 20, AZ: 28, BA: 20, BE: 16, BG: 22, BH: 22, BI: 27, BR: 29, BY: 28, CH: 21, CR: 22, CY: 28, CZ: 24, DE: 22, DJ: 27, DK: 18,
  DO: 28, EE: 20, EG: 29, ES: 24, FI: 18, FK: 18, FO: 18, FR: 27, GB: 22, GE: 22, GI: 23, GL: 18, GR: 27, GT: 28, HN: 28, HR: 21, HU: 28, IE: 22, IL: 23,
  IQ: 23, IS: 26, IT: 27, JO: 30, KW: 30, KZ: 20, LB: 28, LC: 32, LI: 21, LT: 20, LU: 20, LV: 21, LY: 25, MC: 27, MD: 24, ME: 22, MK: 19, MN: 20, MR: 27,
  MT: 31, MU: 30, NI: 28, NL: 18, NO: 15, OM: 23, PK: 24, PL: 28, PS: 29, PT: 25, QA: 29, RO: 24, RS: 22, RU: 33, SA: 24, SC: 31, SD: 18, SE: 24, SI: 19,
  SK: 24, SM: 27, SO: 23, ST: 25, SV: 28, TL: 23, TN: 24, TR: 26, UA: 29, VA: 22, VG: 24, XK: 20, YE: 30,
};

/** What the registry and manuals print, without the country and the check digits. */
const PUBLISHED: ReadonlySet<string> = new Set([
  '370400440532013000', '500105175407324931', 'WEST12345698765432', 'NWBK60161331926819', 'BARC20031877745634', '20041010050500013M02606', '30006000011234567890189', 'ABNA0417164300',
  'RABO0300065264', 'INGB0001234567', '539007547034', '510007547061', '00762011623852957', '1904300234573201', '21000418450200051332', 'X0542811101000000123456', '109010140000071219812874',
  '000201231234567890154', '50000000058398257466', '00400440116243', '86011117947', '12345600000785', 'AIBK93115212345678', '08000000192000145399', '117730161111101800000000', '019400644750000',
  '01101250000000012300695', '0331234567890123456', 'AGRI00030001000000000000001', '0500000000113000',
]);

/** The longest, 34 characters, with blanks; shorter than what a region shows around a match it need not be. */
const LONGEST = 34 + 8;

export const IBAN_RULE: ProvenRule = {
  label: 'iban',
  keywords: Object.keys(LENGTHS).flatMap((country) => Array.from({ length: 10 }, (_, digit) => `${country}${digit}`)),
  pattern: '[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]){11,30}',
  wordBefore: true,
  prove: ibans,
  examples: [
    pieces('DE94', '5007', '2938', '4416', '0752', '83'),
    pieces('IBAN: FR86 ', '3142 ', '7718 ', '2906 ', 'K53T ', '8821 ', '947'),
    pieces('GB61', 'QXLM', '4071', '6283', '9150', '37, BIC'),
    pieces('NO66-', '8261-', '3907-', '415'),
    pieces('NL61 ', 'QZRT ', '0682 ', '9317 ', '45 QZRTNL2A'),
  ],
  counterexamples: [
    pieces('DE62', '5007', '2938', '4416', '0752', '83'),
    'DE89 3704 0044 0532 0130 00',
    'GB82 WEST 1234 5698 7654 32',
    'DE44 DE44 DE44 DE44 DE44 DE44 DE44 DE44',
    'ES2020 SE2022 FR01 BE02',
    'DE00 0000 0000 0000 0000 00',
  ],
};

const BEGINNING = /(?<!\w)(?<value>[A-Z]{2}[0-9]{2})/dg;

function ibans(region: Region): readonly Span[] {
  const { text, to } = region;
  return matches(region, BEGINNING, (_, { 0: head }) => Object.hasOwn(LENGTHS, head.slice(0, 2))).flatMap(({ start }) => {
    const length = LENGTHS[text.slice(start, start + 2)] ?? 0;
    const end = endOf(text.slice(start, start + LONGEST), length);
    return end > 0 && start + end <= to + AROUND ? proved(text.slice(start, start + end), start) : [];
  });
}

/** Where a number of `length` characters ends that begins the text; 0 if none does. */
function endOf(text: string, length: number): number {
  const separator = /^[ -]$/.test(text[4] ?? '') ? text[4] : undefined;
  const end = separator === undefined ? length : length + Math.floor((length - 1) / 4);
  const number = text.slice(0, end);
  const groups = separator === undefined ? [number] : number.split(separator);
  const whole = groups.every((group, i) => /^[A-Z0-9]+$/.test(group) && (separator === undefined || i === groups.length - 1 || group.length === 4));
  return whole && groups.join('').length === length && !/^\w/.test(text.slice(end)) ? end : 0;
}

function proved(number: string, start: number): Span[] {
  const plain = number.replaceAll(/[ -]/g, '');
  const check = Number(plain.slice(2, 4));
  const good = check >= 2 && check <= 98 && !PUBLISHED.has(plain.slice(4)) && !/^0*$/.test(plain.slice(4)) && mod97(plain.slice(4) + plain.slice(0, 4)) === 1;
  return good ? [{ start, end: start + number.length }] : [];
}

/** Letters count as 10 to 35. */
function mod97(text: string): number {
  let rest = 0;
  for (const c of text) for (const digit of parseInt(c, 36).toString()) rest = (rest * 10 + Number(digit)) % 97;
  return rest;
}
