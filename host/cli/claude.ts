/** `occasio claude`: Claude Code, governed. The arguments after ours, the terminal and the exit code are the agent's. */
import { OccasioError } from '../../verifiers/formats/error.ts';
import { createOps } from '../runtime/node.ts';
import { startProxy, type Running } from '../runtime/start.ts';
import { agentEnvironment, findClaude, runProgram } from './agent.ts';
import { oneOf, portNumber, wrongUse } from './args.ts';
import { refuseBypass } from './bypass.ts';
import type { Command } from './command.ts';
import { occasioHome } from './files.ts';
import { line, type Io } from './print.ts';
import { budgetOf, presets, summaryLine } from './session.ts';
import { chooseUpstream } from './upstream.ts';

const own = new Set(['preset', 'upstream', 'port', 'budget']);

export const claude: Command = {
  name: 'claude',
  summary: 'run Claude Code with every tool call decided and recorded',
  help: `Usage: occasio claude [--preset P] [--upstream URL] [--port N] [--budget N] [--] [arguments of claude]

  --preset P       balanced (the policy as written, default), strict (secrets and opaque commands are blocked too),
                   off (nothing but self-protection is enforced, all is recorded)
  --upstream URL   the model API; default: ANTHROPIC_BASE_URL, else the public one
  --port N         port of the proxy on 127.0.0.1; default: a free one
  --budget N       dollars for the session, like 5 or 0.25: a warning at 80 %, and requests that it does not cover are
                   refused (402), those of a model without a known price too

Ours are read up to the first argument that is not ours, or "--"; the rest is the agent's.
The exit code is the agent's. At the end one line on stderr says what was decided and where the record is.

Example: occasio claude --preset strict -p "what does this project do?"
`,
  passesArguments: true,
  async run(args, io) {
    const { ours, rest } = splitArguments(args);
    const preset = oneOf('claude', 'preset', ours.get('preset'), presets, 'balanced');
    const port = portNumber('claude', ours.get('port'));
    const budget = budgetOf('claude', ours.get('budget'));
    const ops = createOps();
    const home = occasioHome(io);
    const program = findClaude(io.env);
    await refuseBypass(ops, io.env, io.cwd, rest);
    const upstream = await chooseUpstream(io, ops, home, ours.get('upstream'));
    const { notice, release } = notices(io);
    const running = await startProxy({ occasioHome: home, upstream, preset, cwd: io.cwd, port, notice, ...(budget === undefined ? {} : { budget }) });
    try {
      return await runProgram(program, rest, agentEnvironment(io.env, running.url), io.cwd);
    } finally {
      release();
      line(io.err, await closed(running));
    }
  },
};

/** Lines for the person: at once, or after the agent where its screen is theirs. */
function notices(io: Io): { notice(text: string): void; release(): void } {
  const kept: string[] = [];
  let hold = io.err.terminal;
  return {
    notice: (text) => (hold ? void kept.push(text) : line(io.err, `occasio: ${text}`)),
    release() {
      hold = false;
      for (const text of kept.splice(0)) line(io.err, `occasio: ${text}`);
    },
  };
}

/** The last line. A record that could not be closed is said here: the exit code stays the agent's. */
async function closed(running: Running): Promise<string> {
  try {
    return summaryLine(await running.stop('exit'));
  } catch (error) {
    if (!(error instanceof OccasioError)) throw error;
    return `occasio: the record was not closed. ${error.message}`;
  }
}

/** Ours up to the first argument that is not ours, or `--`, which is dropped. */
export function splitArguments(args: readonly string[]): { readonly ours: ReadonlyMap<string, string>; readonly rest: readonly string[] } {
  const ours = new Map<string, string>();
  let i = 0;
  for (; i < args.length; i++) {
    const word = args[i] ?? '';
    if (word === '--') return { ours, rest: args.slice(i + 1) };
    const [, name, inline] = /^--([a-z]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined || !own.has(name)) break;
    const value = inline ?? args[++i];
    if (value === undefined || (inline === undefined && value.startsWith('-'))) throw wrongUse('claude', `--${name}`, 'it has no value');
    if (ours.has(name)) throw wrongUse('claude', `--${name}`, 'given twice');
    ours.set(name, value);
  }
  return { ours, rest: args.slice(i) };
}
