/** `occasio proxy`: the proxy alone, for an agent started by hand. Runs until it is told to stop. */
import { formatDollars } from '../cost/index.ts';
import { createOps } from '../runtime/node.ts';
import { startProxy } from '../runtime/start.ts';
import { oneOf, portNumber, readWords } from './args.ts';
import type { Command } from './command.ts';
import { absolute, occasioHome } from './files.ts';
import { document, line } from './print.ts';
import { budgetOf, presets, summaryLine } from './session.ts';
import { chooseUpstream } from './upstream.ts';

export const proxy: Command = {
  name: 'proxy',
  summary: 'run the proxy alone and print the address to give to an agent',
  help: `Usage: occasio proxy [--port N] [--upstream URL] [--preset P] [--cwd FOLDER] [--budget N] [--json]

  --port N         port on 127.0.0.1; default: a free one
  --upstream URL   the model API; default: ANTHROPIC_BASE_URL, else the public one
  --preset P       balanced, strict or off; see: occasio help claude
  --cwd FOLDER     the folder the agent works in; default: where the proxy was started
  --budget N       dollars for all sessions together; see: occasio help claude
  --json           print {url, port, home, upstream, preset, cwd, budget_microusd} instead of the export line

stdout gets one line to be evaluated by the agent's shell. Runs until SIGINT, SIGTERM or SIGHUP.

Example: occasio proxy --port 4141
`,
  async run(args, io) {
    const { flags, values } = readWords('proxy', args, { port: 'value', upstream: 'value', preset: 'value', cwd: 'value', budget: 'value' }, 0);
    const preset = oneOf('proxy', 'preset', values.get('preset'), presets, 'balanced');
    const port = portNumber('proxy', values.get('port'));
    const budget = budgetOf('proxy', values.get('budget'));
    const cwd = absolute(io, values.get('cwd') ?? '.');
    const home = occasioHome(io);
    const upstream = await chooseUpstream(io, createOps(), home, values.get('upstream'));
    const notice = (text: string): void => line(io.err, `occasio: ${text}`);
    const running = await startProxy({ occasioHome: home, upstream, preset, cwd, port, notice, ...(budget === undefined ? {} : { budget }) });
    // Before the address is out: who reads it may stop us at once.
    const told = toldToStop();
    if (flags.has('json')) document(io, { url: running.url, port: running.port, home, upstream, preset, cwd, budget_microusd: budget ?? null });
    else line(io.out, `export ANTHROPIC_BASE_URL=${running.url}`);
    line(io.err, `occasio: listening on ${running.url}, upstream ${upstream}${budget === undefined ? '' : `, budget ${formatDollars(budget)}`}. Stop with ^C.`);
    await told;
    line(io.err, summaryLine(await running.stop('stop')));
    return 0;
  },
};

/** Resolves at the first signal to stop; the second ends the process at once. */
function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    let told = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (told) process.exit(130);
        told = true;
        resolve();
      });
    }
  });
}
