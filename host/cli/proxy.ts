/** `occasio proxy`: the proxy alone, for an agent started by hand. Runs until it is told to stop. */
import { formatDollars } from '../cost/index.ts';
import { createOps } from '../runtime/node.ts';
import { startProxy } from '../runtime/start.ts';
import { oneOf, portNumber } from './args.ts';
import type { Command } from './command.ts';
import { absolute, occasioHome } from './files.ts';
import { document, line } from './print.ts';
import { budgetOf, presetOption, presets, summaryLine, upstreamOption } from './session.ts';
import { chooseUpstream } from './upstream.ts';

export const proxy: Command = {
  name: 'proxy',
  summary: 'run the proxy alone and print the address to give to an agent',
  options: {
    port: { value: 'N', says: 'port on 127.0.0.1; default: a free one' },
    upstream: upstreamOption,
    preset: presetOption,
    cwd: { value: 'FOLDER', of: 'folder', says: 'the folder the agent works in; default: where the proxy was started' },
    budget: { value: 'N', says: 'dollars for all sessions together; see: occasio help claude' },
    json: { says: 'print {url, port, home, upstream, preset, cwd, budget_microusd} instead of the export line' },
  },
  says: "stdout gets one line to be evaluated by the agent's shell. Runs until SIGINT, SIGTERM or SIGHUP.",
  exit: '0 stopped as told, 2 it could not start',
  examples: ['occasio proxy', 'occasio proxy --preset strict --cwd .'],
  async run({ flags, values }, io) {
    const preset = oneOf(values.get('preset'), presets, 'balanced');
    const port = portNumber('proxy', values.get('port'));
    const budget = budgetOf('proxy', values.get('budget'));
    const cwd = absolute(io, values.get('cwd') ?? '.');
    const home = occasioHome(io);
    const upstream = await chooseUpstream(io, createOps(), home, values.get('upstream'));
    const notice = (text: string): void => line(io.err, `occasio: ${text}`);
    const running = await startProxy({ occasioHome: home, upstream, preset, cwd, port, notice, checkout: true, ...(budget === undefined ? {} : { budget }) });
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
