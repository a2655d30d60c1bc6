/**
 * Words of the command line. `node:util` cuts them; what is unknown, doubled or lacks its value is wrong use (exit 2),
 * with the nearest known word.
 */
import { parseArgs } from 'node:util';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { didYouMean } from '../../verifiers/formats/nearest.ts';

export { didYouMean };

export type OptionTypes = { readonly [name: string]: 'flag' | 'value' };

export interface Words {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

/** Options every command has. */
const common: OptionTypes = { json: 'flag', help: 'flag' };

/** Takes a command's arguments apart; at most `most` words besides options. */
export function readWords(command: string, args: readonly string[], own: OptionTypes, most: number): Words {
  const types: OptionTypes = { ...common, ...own };
  const options = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type: type === 'flag' ? ('boolean' as const) : ('string' as const) }]));
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const type = Object.hasOwn(types, token.name) ? types[token.name] : undefined;
    if (type === undefined) throw wrongUse(command, token.rawName, 'no such option', didYouMean(token.rawName, Object.keys(types).map((n) => `--${n}`)));
    if (flags.has(token.name) || values.has(token.name)) throw wrongUse(command, token.rawName, 'given twice');
    if (type === 'flag') {
      if (token.value !== undefined) throw wrongUse(command, token.rawName, 'it takes no value');
      flags.add(token.name);
    } else {
      // A value that looks like an option is taken for one that was forgotten; `--name=-value` says it is meant.
      if (token.value === undefined || (!token.inlineValue && token.value.startsWith('-') && token.value !== '-')) throw wrongUse(command, token.rawName, 'it has no value');
      values.set(token.name, token.value);
    }
  }
  if (words.length > most) throw wrongUse(command, words[most] ?? '', 'one word too many');
  return { flags, values, words };
}

/** The value of an option that allows only these. */
export function oneOf<T extends string>(command: string, option: string, value: string | undefined, allowed: readonly T[], otherwise: T): T {
  if (value === undefined) return otherwise;
  const found = allowed.find((a) => a === value);
  if (found === undefined) throw wrongUse(command, `--${option} ${value}`, 'no such value', `Use ${allowed.join(', ')}.`);
  return found;
}

export function portNumber(command: string, value: string | undefined): number {
  if (value === undefined) return 0;
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port < 1 || port > 65535) throw wrongUse(command, `--port ${value}`, 'no port number', 'Use 1 to 65535, or leave it out for a free one.');
  return port;
}

export function wrongUse(command: string, thing: string, found: string, next?: string): OccasioError {
  const help = `See: occasio help${command === '' ? '' : ` ${command}`}`;
  return new OccasioError({ code: 'usage', cannot: command === '' ? 'run' : `run ${command} with`, thing, found, next: next === undefined ? help : `${next} ${help}` });
}
