/**
 * Money is an integer count of micro-dollars: $1 is 1_000_000. On the command line dollars have up to six decimals; nothing in
 * between is a floating-point number.
 */

const PER_DOLLAR = 1_000_000n;
/** Ten million dollars: more is a typing error. */
const MOST = 10_000_000n * PER_DOLLAR;

/** `5`, `0.25`, `$12.50` in micro-dollars; null for anything else, zero included. */
export function parseDollars(text: string): number | null {
  const [, whole, decimals = ''] = /^\$?(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (whole === undefined) return null;
  const micro = BigInt(whole) * PER_DOLLAR + BigInt(decimals.padEnd(6, '0'));
  return micro > 0n && micro <= MOST ? Number(micro) : null;
}

/** `$1.50`, `$0.000805`: exact, at least two decimals. */
export function formatDollars(micro: number): string {
  const decimals = String(BigInt(micro) % PER_DOLLAR).padStart(6, '0');
  return `$${BigInt(micro) / PER_DOLLAR}.${decimals.slice(0, 2)}${decimals.slice(2).replace(/0+$/, '')}`;
}
