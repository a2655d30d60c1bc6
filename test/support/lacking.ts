/** Why a case is skipped stands in the output: `it.skipIf(lacking(!python, 'no python3'))`. */
export function lacking(is: boolean, what: string): boolean {
  if (is) console.log(`skipped: ${what}`);
  return is;
}
