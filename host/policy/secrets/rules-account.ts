/** Bank account and routing numbers, which a word in front makes what they are: by themselves they are digits like any other. */
import { pieces } from './rule.ts';
import { isMadeUp, matches, type ProvenRule } from './proven.ts';

/** Between the word and its number, as sentences, assignments, JSON (in JSON), XML and YAML have it. */
const LINK = '[.]?[\\\\"\']{0,4}[ \\t]{0,8}(?:=>|[:=#>]|is)?[ \\t]{0,8}[\\\\"\']{0,4}';
const NUMBER = '(?:number|num|no|nr|nummer|#)';

const ACCOUNT = `(?:account|acct|a/c)[ _-]?${NUMBER}|konto-?(?:nummer|nr)|kto[.]?-?nr`;
const ROUTING = `(?:aba|routing|transit)[ _-]?(?:(?:transit|routing)[ _-]?)?${NUMBER}|bankleitzahl|blz|sort[ _-]?code`;

export const ACCOUNT_RULES: readonly ProvenRule[] = [
  {
    label: 'bank-account',
    keywords: ['account', 'acct', 'a/c', 'konto', 'kto'],
    fold: true,
    pattern: slashed(`(?:${ACCOUNT})${LINK}[0-9](?:[ -]?[0-9]){6,16}`),
    prove: (region) => matches(region, expression(ACCOUNT, '[0-9](?:[ -]?[0-9]){6,16}'), (value) => !isMadeUp(value.replaceAll(/[ -]/g, ''))),
    examples: [
      pieces('Account number: ', '7302', '9184'),
      pieces('"accountNumber": "', '0048', '2917', '36"'),
      pieces('{\\"account_no\\":\\"', '8830', '1127', '4\\"}'),
      pieces('<acct-nr>', '5510', '2873', '</acct-nr>'),
      pieces('Kto.-Nr. ', '2938', '4416', '07'),
    ],
    counterexamples: ['accountNumber: 12345678', 'account number: 0000000', 'ACCOUNT_NUMBER = 10000000', 'account no 42', 'accountId: 73029184', 'account number: string', pieces('account number ', '73029184', '73029184', '73')],
  },
  {
    label: 'bank-routing',
    keywords: ['aba', 'routing', 'transit', 'bankleitzahl', 'blz', 'sort code', 'sort-code', 'sort_code', 'sortcode'],
    fold: true,
    pattern: slashed(`(?:${ROUTING})${LINK}[0-9](?:[ -]?[0-9]){5,8}`),
    prove: (region) => matches(region, expression(ROUTING, '[0-9]{9}|[0-9]{8}|[0-9]{3} [0-9]{3} [0-9]{2}|[0-9]{2}-[0-9]{2}-[0-9]{2}'), (value, { 0: match }) => isRouting(value, match)),
    examples: [pieces('routing_number: ', '0724', '0195', '4'), pieces('ABA no. ', '3111', '7620', '9'), pieces('"sortCode": "', '40-', '71-', '62"'), pieces('BLZ ', '500 ', '729 ', '38')],
    counterexamples: ['routing number: 110000000', 'routing number: 123456789', pieces('routing_number: ', '0724', '0195', '8'), 'sort code: 12-34-56', 'sortCode: 404040', 'database: 072401957', 'blz 12345678'],
  },
];

function slashed(pattern: string): string {
  return `/${pattern.replaceAll('/', '\\/')}/i`;
}

function expression(words: string, value: string): RegExp {
  return new RegExp(`(?:${words})${LINK}(?<value>${value})(?!\\w|[ -][0-9])`, 'dgi');
}

/** Nine digits are American and have a check digit; eight are German; three pairs are a British sort code. */
function isRouting(value: string, match: string): boolean {
  const digits = value.replaceAll(/[ -]/g, '');
  if (isMadeUp(digits) || digits === '123456' || digits === '110000000') return false;
  if (/^sort/i.test(match)) return /^\d\d-\d\d-\d\d$/.test(value);
  if (/^b/i.test(match)) return digits.length === 8;
  return digits.length === 9 && isAba(digits);
}

/** Weights 3, 7, 1; the first two digits are a district of the Federal Reserve, or a kind of institute. */
function isAba(digits: string): boolean {
  const district = Number(digits.slice(0, 2));
  const sum = [...digits].reduce((total, digit, i) => total + Number(digit) * ([3, 7, 1][i % 3] ?? 0), 0);
  return sum % 10 === 0 && (district <= 12 || (district >= 21 && district <= 32) || (district >= 61 && district <= 72) || district === 80);
}
