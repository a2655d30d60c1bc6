/** A scratch world for tests of the whole line: folder, home, upstream, the real proxy on loopback. All of it goes with `close`. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createUpstream, type Upstream, type UpstreamOptions } from '../support/upstream.ts';
import { createClient, type Client, type ClientOptions, type Tools } from './client.ts';
import { openDoor, type Door } from './door.ts';

export type Row = Record<string, unknown> & { kind: string };

export interface World {
  readonly cwd: string;
  readonly home: string;
  readonly upstream: Upstream;
  readonly proxy: Door;
  readonly notices: string[];
  client(options?: Partial<ClientOptions>): Client;
  /** Rows of every run, in the order of the files' times. */
  rows(): Row[];
  calls(): Row[];
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions extends UpstreamOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  readonly policy?: string;
  readonly preset?: 'strict' | 'balanced' | 'off';
  readonly tools?: Tools;
  /** Micro-dollars. */
  readonly budget?: number;
  /** Runs say what the checkout was. */
  readonly checkout?: boolean;
  /** A world to go on in: same folder and home, another proxy. */
  readonly after?: World;
}

export async function createWorld(options: WorldOptions): Promise<World> {
  const root = options.after === undefined ? realpathSync(mkdtempSync(join(tmpdir(), 'occasio-world-'))) : dirname(options.after.cwd);
  const cwd = join(root, 'work');
  const home = join(root, 'home');
  mkdirSync(cwd, { recursive: true });
  mkdirSync(home, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  for (const [name, target] of Object.entries(options.links ?? {})) symlinkSync(target, join(cwd, name));
  if (options.policy !== undefined) writeFileSync(join(home, 'policy.yml'), options.policy, { mode: 0o600 });
  const upstream = await createUpstream(options);
  const notices: string[] = [];
  const clear = async (): Promise<void> => {
    await upstream.close();
    rmSync(root, { recursive: true, force: true });
  };
  const proxy = await openDoor({ occasioHome: home, upstream: upstream.url, preset: options.preset ?? 'balanced', cwd, port: 0, notice: (line) => notices.push(line), ...(options.budget === undefined ? {} : { budget: options.budget }), ...(options.checkout === undefined ? {} : { checkout: options.checkout }) }).catch(async (error: unknown) => {
    await clear();
    throw error;
  });
  // A proxy that is started by its command asks an upstream on loopback whether it is a proxy of ours.
  (upstream.requests as unknown[]).length = 0;
  let stopped: Promise<unknown> | undefined;
  const stop = async (): Promise<void> => {
    await (stopped ??= proxy.stop());
  };
  return {
    cwd, home, upstream, proxy, notices,
    client: (more = {}) => createClient({ base: proxy.url, tools: options.tools ?? realTools(cwd), ...more }),
    rows: () => readRows(home),
    calls: () => readRows(home).filter((row) => row.kind === 'tool_call'),
    stop,
    async close() {
      await stop();
      await clear();
    },
  };
}

export function readRows(home: string): Row[] {
  const folder = join(home, 'runs');
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl') && !name.endsWith('.inputs.jsonl'));
  return files
    .map((name) => readFileSync(join(folder, name), 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Row))
    .sort((a, b) => String(a[0]?.['ts']).localeCompare(String(b[0]?.['ts'])))
    .flat();
}

/** Read, Write and Edit as an agent has them, on the real folder; Bash only echoes what it was asked. */
export function realTools(cwd: string): Tools {
  const at = (path: unknown): string => (String(path).startsWith('/') ? String(path) : join(cwd, String(path)));
  return {
    Read: (input) => ({ text: readFileSync(at(input['file_path']), 'utf8').split('\n').map((line, i) => `${i + 1}\t${line}`).join('\n') }),
    Write: (input) => (writeFileSync(at(input['file_path']), String(input['content'])), { text: 'File written.' }),
    Bash: (input) => ({ text: `ran: ${String(input['command'])}` }),
  };
}
