/** Made-up secrets: a template's `<set:count>` becomes that many random characters of the set, so that none of them stands in this repository. */

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const SETS: { readonly [name: string]: string } = {
  digit: '123456789', hex: `${DIGITS}abcdef`, HEX: `${DIGITS}ABCDEF`, lower: LOWER, upper: UPPER, letters: LOWER + UPPER, lowernum: LOWER + DIGITS, uppernum: UPPER + DIGITS,
  alnum: LOWER + UPPER + DIGITS, b64: `${LOWER}${UPPER}${DIGITS}+/`, b64u: `${LOWER}${UPPER}${DIGITS}-_`, b32: `${UPPER}234567`, base32: `${LOWER}234567`, bech32: 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L',
};

/** `random(n)` is a whole number below n. */
export function made(template: string, random: (n: number) => number): string {
  const some = (set: string, count: number): string => Array.from({ length: count }, () => set[random(set.length)] ?? '').join('');
  return template.replaceAll(/<(\w+):(\d+)>/g, (whole, name: string, count: string) => {
    if (name === 'uuid') return [8, 4, 4, 4, 12].map((n) => some(SETS['hex'] ?? '', n)).join('-');
    if (name === 'pair') return btoa(`robot:${some(SETS['alnum'] ?? '', Number(count))}`);
    const set = SETS[name];
    if (set === undefined) throw new Error(`no set of characters "${name}" in ${whole}`);
    return some(set, Number(count));
  });
}
