/** `occasio claude`: Claude Code, governed. The arguments after ours, the terminal and the exit code are the agent's. */
import { OccasioError } from '../../verifiers/formats/error.ts';
import { createOps } from '../runtime/node.ts';
import { startProxy, type Running } from '../runtime/start.ts';
import { agentEnvironment, findClaude, runProgram } from './agent.ts';
import { oneOf, portNumber } from './args.ts';
import { refuseBypass } from './bypass.ts';
import type { Command } from './command.ts';
import { occasioHome } from './files.ts';
import { line, type Io } from './print.ts';
import { budgetOf, presetOption, presets, summaryLine, upstreamOption } from './session.ts';
import { chooseUpstream } from './upstream.ts';

export const claude: Command = {
  name: 'claude',
  summary: 'run Claude Code with every tool call decided and recorded',
  passes: 'claude',
  options: {
    preset: presetOption,
    upstream: upstreamOption,
    port: { value: 'N', says: 'port of the proxy on 127.0.0.1; default: a free one' },
    budget: {
      value: 'N',
      says: `dollars for the session, like 5 or 0.25: a warning at 80 %, and requests that it does not cover are refused (402), those of a model without a known price too`,
    },
  },
  says: `Ours are read up to the first argument that is not ours, or "--"; the rest is the agent's. At the end one line on stderr says
what was decided and where the record is.`,
  exit: "the agent's; 2 where it was not started",
  examples: ['occasio claude', 'occasio claude --preset strict -p "what does this project do?"'],
  async run({ values, rest }, io) {
    const preset = oneOf(values.get('preset'), presets, 'balanced');
    const port = portNumber('claude', values.get('port'));
    const budget = budgetOf('claude', values.get('budget'));
    const ops = createOps();
    const home = occasioHome(io);
    const program = findClaude(io.env);
    const notes = await refuseBypass(ops, io.env, io.cwd, rest);
    const upstream = await chooseUpstream(io, ops, home, values.get('upstream'));
    const { notice, release } = notices(io);
    notes.forEach(notice);
    const running = await startProxy({ occasioHome: home, upstream, preset, cwd: io.cwd, port, notice, checkout: true, ...(budget === undefined ? {} : { budget }) });
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
