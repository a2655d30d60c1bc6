/**
 * Words of the command line, read by a command's table. `node:util` cuts them; what is unknown, doubled, missing or lacks its
 * value is wrong use (exit 2), with the nearest known word.
 */
import { parseArgs } from 'node:util';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { didYouMean } from '../../verifiers/formats/nearest.ts';
import type { Command, Given, Kind, Options } from './command.ts';

export { didYouMean };

/** Options every command has that does not pass its arguments on. */
export const common: Options = { json: { says: 'the answer as one JSON document' }, help: { says: 'this text' } };

type Table = Pick<Command, 'words' | 'options' | 'examples' | 'passes'>;

/** Takes the arguments of the command `name` (`policy show`) apart. */
export function readWords(name: string, args: readonly string[], table: Table): Given {
  const options = { ...(table.passes === undefined ? common : {}), ...table.options };
  const mine = table.passes === undefined ? args.length : ownArguments(args, options);
  const cut = parseArgs({ args: args.slice(0, mine), options: typesOf(options), strict: false, allowPositionals: true, tokens: true });
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const words: string[] = [];
  for (const token of cut.tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) throw wrongUse(name, token.rawName, 'no such option', didYouMean(token.rawName, Object.keys(options).map((n) => `--${n}`)));
    if (flags.has(token.name) || values.has(token.name)) throw wrongUse(name, token.rawName, 'given twice');
    if (option.value === undefined) {
      if (token.value !== undefined) throw wrongUse(name, token.rawName, 'it takes no value');
      flags.add(token.name);
    } else {
      // A value that looks like an option is taken for one that was forgotten; `--name=-value` says it is meant.
      if (token.value === undefined || (!token.inlineValue && token.value.startsWith('-') && token.value !== '-')) throw wrongUse(name, token.rawName, 'it has no value');
      refuseOther(name, `${token.rawName} ${token.value}`, token.value, option.of);
      values.set(token.name, token.value);
    }
  }
  checkWords(name, words, table);
  return { flags, values, words, rest: args.slice(args[mine] === '--' ? mine + 1 : mine) };
}

function typesOf(options: Options): { readonly [name: string]: { readonly type: 'boolean' | 'string' } } {
  return Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }]));
}

/** How many arguments come before the first that is not ours, or before `--`. */
function ownArguments(args: readonly string[], options: Options): number {
  let i = 0;
  while (i < args.length) {
    const [, name, inline] = /^--([a-z-]+)(=.*)?$/s.exec(args[i] ?? '') ?? [];
    if (name === undefined || !Object.hasOwn(options, name)) break;
    i += options[name]?.value === undefined || inline !== undefined ? 1 : 2;
  }
  return Math.min(i, args.length);
}

function checkWords(name: string, words: readonly string[], table: Table): void {
  const slots = table.words ?? [];
  const extra = words[slots.length];
  if (extra !== undefined && slots.at(-1)?.many !== true) throw wrongUse(name, extra, 'one word too many');
  slots.forEach((slot, i) => {
    const word = words[i];
    if (word !== undefined) refuseOther(name, word, word, slot.of);
    else if (slot.optional !== true) throw incomplete(name, `${slot.name} is missing`, `For example: ${table.examples[0]}.`);
  });
}

function refuseOther(name: string, thing: string, word: string, kind: Kind | undefined): void {
  if (typeof kind !== 'object' || kind.includes(word)) return;
  throw wrongUse(name, thing, 'no such value', didYouMean(word, kind) ?? `Use ${either(kind)}.`);
}

export function either(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** Which of the words it is that the table allows: the table has refused every other. */
export function oneOf<T extends string>(value: string | undefined, allowed: readonly T[], otherwise: T): T {
  if (value === undefined) return otherwise;
  const found = allowed.find((a) => a === value);
  if (found === undefined) throw new Error(`bug: the table allows ${value}`);
  return found;
}

export function portNumber(name: string, value: string | undefined): number {
  if (value === undefined) return 0;
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port < 1 || port > 65535) throw wrongUse(name, `--port ${value}`, 'no port number', 'Use 1 to 65535, or leave it out for a free one.');
  return port;
}

/** What is there is right, and something is lacking. */
export function incomplete(name: string, found: string, next: string): OccasioError {
  return new OccasioError({ code: 'usage', cannot: 'run', thing: `occasio ${name}`, found, next: `${next} See: occasio help ${name}` });
}

export function wrongUse(name: string, thing: string, found: string, next?: string): OccasioError {
  const help = `See: occasio help${/^[a-z]/.test(name) ? ` ${name}` : ''}`;
  return new OccasioError({ code: 'usage', cannot: name === '' ? 'run' : `run ${name} with`, thing, found, next: next === undefined ? help : `${next} ${help}` });
}
