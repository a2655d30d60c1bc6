/** The command line: finds the command, gives it its words, makes its answer the exit code. */
import { OccasioError } from '../../verifiers/formats/error.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import { version } from '../runtime/version.ts';
import { didYouMean, readWords, wrongUse } from './args.ts';
import { audit } from './audit.ts';
import { canonicalize } from './canonicalize.ts';
import { claude } from './claude.ts';
import type { Command } from './command.ts';
import { demo } from './demo.ts';
import { explain } from './explain.ts';
import { startedIn } from './files.ts';
import { init } from './init.ts';
import { policy } from './policy.ts';
import { document, fail, line, page, type Io, type Stream } from './print.ts';
import { proxy } from './proxy.ts';
import { status } from './status.ts';

const commands: readonly Command[] = [demo, init, claude, proxy, policy, explain, status, audit, canonicalize];

async function main(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    page(io, io.err, overview());
    return 2;
  }
  if (name === '--help' || name === '-h') return help([], io);
  if (name === 'help') return help(rest, io);
  if (name === '--version' || name === '-v') return printVersion(rest, io);
  const command = commands.find((c) => c.name === name);
  if (command === undefined) {
    const known = [...commands.map((c) => c.name), 'help', '--help', '--version'];
    throw wrongUse('', name, name.startsWith('-') ? 'no such option' : 'no such command', didYouMean(name, known));
  }
  if (command.passesArguments !== true && asksForHelp(rest)) return help([name], io);
  return command.run(rest, io);
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).some((a) => a === '--help' || a === '-h');
}

function overview(): string {
  const width = Math.max(...commands.map((c) => c.name.length));
  const list = commands.map((c) => `  ${c.name.padEnd(width)}  ${c.summary}`).join('\n');
  return `occasio ${version}: govern an AI coding agent, keep a record of what it did, prove it.

Usage: occasio <command> [options]

${list}
  ${'help'.padEnd(width)}  say more about a command

  --version [--json]   version, core and runtime
  --json               on every command: the answer as one JSON document

Start with: occasio demo
`;
}

function help(args: readonly string[], io: Io): number {
  const { words, flags } = readWords('help', args, {}, 1);
  const command = commands.find((c) => c.name === words[0]);
  if (words[0] !== undefined && command === undefined) {
    throw wrongUse('', words[0], 'no such command', didYouMean(words[0], commands.map((c) => c.name)));
  }
  const text = command === undefined ? overview() : `occasio ${command.name}: ${command.summary}\n\n${command.help}`;
  if (flags.has('json')) document(io, { help: text, commands: commands.map((c) => ({ name: c.name, summary: c.summary })) });
  else page(io, io.out, text);
  return 0;
}

/** Which program, which core, on what: what a report of a fault needs, as `bunx` may run Node or Bun. */
function printVersion(args: readonly string[], io: Io): number {
  const { flags } = readWords('--version', args, {}, 0);
  const facts = { version, core_sha256: loadCore().sha256, runtime: createOps().host.runtime, platform: `${process.platform}-${process.arch}` };
  if (flags.has('json')) document(io, facts);
  else line(io.out, `occasio ${facts.version} (core ${facts.core_sha256.slice(0, 16)}, ${facts.runtime}, ${facts.platform})`);
  return 0;
}

function stream(target: NodeJS.WriteStream): Stream {
  // A reader that has seen enough (`| head`) closes the pipe; that is no fault.
  target.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return { write: (text) => void target.write(text), terminal: target.isTTY === true, columns: target.columns };
}

const io: Io = {
  out: stream(process.stdout),
  err: stream(process.stderr),
  env: process.env,
  get cwd() {
    return startedIn(process.cwd);
  },
  stdin: process.stdin,
};
const words = process.argv.slice(2);
// What nobody awaited: a fault of ours like any other, and the end, as its state is not known.
process.on('uncaughtException', (error) => process.exit(fail(io, error, false)));
try {
  process.exitCode = await main(words, io);
} catch (error) {
  const ours = words[0] === 'claude' ? [] : words;
  process.exitCode = fail(io, error, error instanceof OccasioError && ours.includes('--json'));
}
