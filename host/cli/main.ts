/** The command line: finds the command, gives it its words, makes its answer the exit code. */
import { OccasioError } from '../../verifiers/formats/error.ts';
import { loadCore } from '../runtime/core.ts';
import { errno, fileFault } from '../runtime/fault.ts';
import { createOps } from '../runtime/node.ts';
import { version } from '../runtime/version.ts';
import { readWords } from './args.ts';
import { isGroup, type Command } from './command.ts';
import { aliases, commands } from './commands.ts';
import { startedIn } from './files.ts';
import { actionOf, find, overview } from './help.ts';
import { document, fail, line, page, type Io, type Stream } from './print.ts';

async function main(args: readonly string[], io: Io): Promise<number> {
  const [first, ...rest] = args;
  if (first === undefined) {
    page(io, io.err, overview(commands));
    return 2;
  }
  if (first === '--help' || first === '-h') return main(['help', ...rest], io);
  if (first === '--version' || first === '-v') return printVersion(rest, io);
  const alias = aliases.get(`${first} ${rest[0] ?? ''}`);
  if (alias !== undefined) return main([alias, ...rest.slice(1)], io);
  const found = find(commands, [first], ['--help', '--version']);
  if (found === null) throw new Error('bug: no command');
  if (!isGroup(found.entry)) return runCommand(found.name, found.entry, rest, io);
  const [second, ...further] = rest;
  if (second === '--help' || second === '-h') return help([first], further, io);
  const action = actionOf(found.entry, second);
  return runCommand(`${first} ${action.name}`, action, further, io);
}

async function runCommand(name: string, command: Command, args: readonly string[], io: Io): Promise<number> {
  if (command.passes === undefined && asksForHelp(args)) return help(name.split(' '), args, io);
  return command.run(readWords(name, args, command), io);
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((a) => a === '--help' || a === '-h');
}

/** `--help` among a command's words: the rest of them does not matter, but for --json. */
async function help(words: readonly string[], args: readonly string[], io: Io): Promise<number> {
  return main(['help', ...words, ...(args.includes('--json') ? ['--json'] : [])], io);
}

/** Which program, which core, on what: what a report of a fault needs, as `bunx` may run Node or Bun. */
function printVersion(args: readonly string[], io: Io): number {
  const { flags } = readWords('--version', args, { examples: ['occasio --version'] });
  const facts = { version, core_sha256: loadCore().sha256, runtime: createOps().host.runtime, platform: `${process.platform}-${process.arch}` };
  if (flags.has('json')) document(io, facts);
  else line(io.out, `occasio ${facts.version} (core ${facts.core_sha256.slice(0, 16)}, ${facts.runtime}, ${facts.platform})`);
  return 0;
}

/** `failed` is told what keeps a text from being written: on a file Node throws it, on a pipe or a terminal it comes as an event. */
function stream(target: NodeJS.WriteStream, failed: (error: unknown) => void): Stream {
  target.on('error', failed);
  return {
    write(text) {
      try {
        target.write(text);
      } catch (error) {
        failed(error);
      }
    },
    terminal: target.isTTY === true,
    columns: target.columns,
  };
}

let unanswered = false;
/** Said once. The command goes on to its end, as there may be an agent to wait for or a folder to clear away. */
function noAnswer(error: unknown): void {
  // A reader that has seen enough (`| head`) closes the pipe; that is no fault.
  if (errno(error) === 'EPIPE' || unanswered) return;
  unanswered = true;
  process.exitCode = fail(io, fileFault('write the answer to', 'standard output', 'unwritable', error), false);
}

const io: Io = {
  out: stream(process.stdout, noAnswer),
  // What cannot be said on stderr can be said nowhere; neither the answer nor the exit code hangs on it.
  err: stream(process.stderr, () => undefined),
  env: process.env,
  get cwd() {
    return startedIn(process.cwd);
  },
  stdin: process.stdin,
};

/** The exit code of the whole, which what was said before may have settled. */
function end(code: number): void {
  if (!unanswered) process.exitCode = code;
}

const words = process.argv.slice(2);
// What nobody awaited: a fault of ours like any other, and the end, as its state is not known.
process.on('uncaughtException', (error) => process.exit(fail(io, error, false)));
try {
  end(await main(words, io));
} catch (error) {
  const ours = words[0] === 'claude' ? [] : words;
  end(fail(io, error, error instanceof OccasioError && ours.includes('--json')));
}
