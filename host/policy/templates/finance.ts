/** dev-default for those whose data holds money: numbers of cards and accounts are secrets as well. */
import { DENIED_PATHS } from './denied-paths.ts';

export const FINANCE = `# Occasio policy: finance. As dev-default, and numbers of payment cards and bank accounts reach the model as placeholders.
# Lists are not ordered: a deny always wins.
version: 1

# Card numbers by prefix, length and check digit, IBANs by country, length and check digits, account and routing numbers behind
# a word that names them. Numbers that payment services publish for tests are left alone. A number that only looks like one:
# put it into allow_secrets.
secret_sets: [finance]

# Redacted, the model can still work on code and files around the numbers, and the same number has the same mark everywhere.
# To keep whole results with such numbers from the model, set block_secrets_in_tool_results to true.
redact_secrets_in_tool_results: true
block_secrets_in_tool_results: false

opaque_commands: pass

${DENIED_PATHS}`;
