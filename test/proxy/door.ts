/** The proxy under test: in this process, or, where another runtime is to run it, as the program `proxy` in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { formatDollars } from '../../host/cost/index.ts';
import { startProxy, type StartOptions } from '../../host/runtime/start.ts';
import { bundle, elsewhere, runtime } from '../support/command.ts';

export interface Door {
  readonly url: string;
  readonly port: number;
  /** Closes every run, then ends; throws when a process does not end with 0. */
  stop(): Promise<void>;
}

export interface ChildDoor extends Door {
  readonly pid: number;
  /** Ends the process as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
}

const STOP_MS = 15_000;

/** As the tests of this run are meant to start it. */
export async function openDoor(options: StartOptions): Promise<Door> {
  if (elsewhere) return openChild(options);
  const running = await startProxy(options);
  return { url: running.url, port: running.port, stop: async () => void (await running.stop('exit')) };
}

/** Always in a process of its own. */
export async function openChild(options: StartOptions): Promise<ChildDoor> {
  const { occasioHome, notice, port: wanted, budget, ...rest } = options;
  const words = Object.entries({ ...rest, ...(wanted === 0 ? {} : { port: wanted }), ...(budget === undefined ? {} : { budget: formatDollars(budget) }) }).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const [program, ...first] = runtime;
  const child = spawn(program, [...first, bundle, 'proxy', ...words], { env: { ...process.env, OCCASIO_HOME: occasioHome }, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  let [out, err, stopping] = ['', '', false];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    if (!stopping) noticed(text).forEach((line) => notice(line));
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const address = /^export ANTHROPIC_BASE_URL=(http:\S+)\n/.exec(out)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.on('error', reject);
    child.on('close', () => reject(new Error(`the proxy ended: ${out}${err}`)));
  });
  return {
    url,
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    async stop() {
      stopping = true;
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      child.kill('SIGTERM');
      const [code, signal] = await ended;
      clearTimeout(timer);
      if (code !== 0) throw new Error(`the proxy ended with ${code ?? signal}: ${err}`);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Notices as the proxy gave them: without our name in front, and without what the command says of itself. */
function noticed(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '' && !/^occasio: listening on /.test(line)).map((line) => line.replace(/^occasio: /, ''));
}
