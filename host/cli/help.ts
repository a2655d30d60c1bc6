/**
 * `occasio help`: what a command's table says, in one form for all of them.
 *
 *   occasio policy show: print the policy in force
 *
 *   Usage: occasio policy show [--diff] [--json]
 *
 *     --diff   only what differs from the template dev-default
 *
 *   Paragraphs of whole sentences.
 *   Exit: 0 done, 2 wrong use or unreadable.
 *
 *   Example: occasio policy show --diff
 */
import { version } from '../runtime/version.ts';
import { didYouMean, either, incomplete, wrongUse } from './args.ts';
import { isGroup, type Command, type Entry, type Group } from './command.ts';
import { document, page } from './print.ts';

/** The entry that these words name: a command, or an action of a group. */
export function find(entries: readonly Entry[], words: readonly string[], more: readonly string[] = []): { readonly name: string; readonly entry: Entry } | null {
  const [first, second] = words;
  if (first === undefined) return null;
  const entry = entries.find((e) => e.name === first);
  if (entry === undefined) throw wrongUse('', first, first.startsWith('-') ? 'no such option' : 'no such command', didYouMean(first, [...entries.map((e) => e.name), ...more]));
  if (second === undefined) return { name: entry.name, entry };
  if (!isGroup(entry)) throw wrongUse('help', second, 'one word too many');
  return { name: `${entry.name} ${second}`, entry: actionOf(entry, second) };
}

/** The action of a group, or what is wrong with the word. */
export function actionOf(group: Group, word: string | undefined): Command {
  const names = group.actions.map((a) => a.name);
  const found = group.actions.find((a) => a.name === word);
  if (found !== undefined) return found;
  if (word === undefined || word === '--json') throw incomplete(group.name, 'it needs an action', `Use ${either(names)}.`);
  throw wrongUse(group.name, word, 'no such action', didYouMean(word, names) ?? `Use ${either(names)}.`);
}

/** `entries` is asked for late, as the list holds this command too. */
export function helpCommand(entries: () => readonly Entry[]): Command {
  return {
    name: 'help',
    summary: 'say more about a command',
    words: [{ name: 'COMMAND', of: 'command', optional: true }, { name: 'ACTION', of: 'action', optional: true }],
    says: 'Without a command: the list of commands.',
    exit: '0 printed, 2 there is no such command',
    examples: ['occasio help policy show'],
    async run({ flags, words }, io) {
      const found = find(entries(), words);
      const text = found === null ? overview(entries()) : helpText(found.name, found.entry);
      const listed = found === null ? entries() : isGroup(found.entry) ? found.entry.actions : [found.entry];
      if (flags.has('json')) document(io, { help: text, commands: listed.map(({ name, summary }) => ({ name, summary })) });
      else page(io, io.out, text);
      return 0;
    },
  };
}

export function overview(entries: readonly Entry[]): string {
  return `occasio ${version}: govern an AI coding agent, keep a record of what it did, prove it.

Usage: occasio <command> [options]

${columns(entries.map((e) => [e.name, e.summary]))}

  --version [--json]   version, core and runtime
  --json               on every command: the answer as one JSON document

Start with: occasio demo
`;
}

export function helpText(name: string, entry: Entry): string {
  return `occasio ${name}: ${entry.summary}\n\n${isGroup(entry) ? groupHelp(entry) : commandHelp(name, entry)}`;
}

function groupHelp(group: Group): string {
  const usage = group.actions.map((a, i) => `${i === 0 ? 'Usage:' : '      '} ${usageOf(`${group.name} ${a.name}`, a)}`).join('\n');
  const examples = group.actions.map((a) => a.examples[0]);
  return `${usage}\n\n${columns(group.actions.map((a) => [a.name, a.summary]))}\n\nMore: occasio help ${group.name} <action>\n\n${exampleLines(examples)}`;
}

function commandHelp(name: string, command: Command): string {
  const words = (command.words ?? []).flatMap((w): [string, string][] => (w.says === undefined ? [] : [[w.name, w.says]]));
  const options = Object.entries(command.options ?? {}).map(([option, { value, says }]): [string, string] => [`--${option}${value === undefined ? '' : ` ${value}`}`, says]);
  const list = columns([...words, ...options]);
  return `Usage: ${usageOf(name, command)}\n\n${list === '' ? '' : `${list}\n\n`}${paragraphs(command.says)}\nExit: ${command.exit}.\n\n${exampleLines(command.examples)}`;
}

/** Each paragraph as one line, for `page` to break. */
function paragraphs(says: string): string {
  return says.trim().split('\n\n').map((text) => text.replaceAll('\n', ' ')).join('\n\n');
}

/** Characters of a usage line with every option. */
const LONGEST = 110;

export function usageOf(name: string, command: Command): string {
  const words = (command.words ?? []).map(({ name: word, optional, many }) => `${optional === true ? `[${word}]` : `<${word}>`}${many === true ? '...' : ''}`);
  const own = Object.entries(command.options ?? {}).filter(([option]) => option !== 'json');
  const options = own.map(([option, { value }]) => `[--${option}${value === undefined ? '' : ` ${value}`}]`);
  const last = command.passes === undefined ? '[--json]' : `[--] [arguments of ${command.passes}]`;
  const whole = ['occasio', name, ...words, ...options, last].join(' ');
  // The list below has them all.
  return whole.length <= LONGEST ? whole : ['occasio', name, ...words, '[options]', last].join(' ');
}

/** Two columns, the second under itself where it has several lines. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([head]) => head.length));
  return rows.map(([head, says]) => `  ${head.padEnd(width)}   ${says.split('\n').join(`\n${' '.repeat(width + 5)}`)}`).join('\n');
}

function exampleLines(examples: readonly string[]): string {
  return examples.map((line, i) => `${i > 0 ? '         ' : examples.length === 1 ? 'Example: ' : 'Examples:'} ${line}\n`.replace('Example:  ', 'Example: ')).join('');
}
