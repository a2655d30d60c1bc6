/**
 * Runs the real Claude Code in print mode: bare, straight at the upstream, or governed, through `occasio claude`. The
 * environment is clean, the time limited; what was started is ended by its own process group.
 */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { Upstream } from '../support/upstream.ts';
import type { World } from './world.ts';

/** The built program; OCCASIO_PROGRAM names another build of it. */
export const program = process.env['OCCASIO_PROGRAM'] ?? fileURLToPath(new URL('../../dist/occasio.js', import.meta.url));

export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface RunOptions {
  readonly upstream: Upstream;
  readonly through: 'occasio' | 'nothing';
  /** Of `claude`, after -p and the output format; the prompt is among them unless it comes on stdin. */
  readonly args: readonly string[];
  /** Of `occasio claude`, before the agent's. */
  readonly own?: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly limitMs?: number;
  /** Called once with the process id of what was started. */
  readonly started?: (pid: number) => void;
  /** Without -p and output format: `--version`, `mcp list`. */
  readonly plain?: boolean;
}

const PRINT = ['-p', '--output-format', 'json', '--verbose', '--permission-mode', 'bypassPermissions'];

export function cleanEnv(world: World, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    HOME: world.home,
    OCCASIO_HOME: world.occasioHome,
    PATH: `${world.bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    TMPDIR: join(world.root, 'tmp'),
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    IS_SANDBOX: '1',
    ANTHROPIC_API_KEY: 'dummy-key-for-loopback',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_ERROR_REPORTING: '1',
    ...more,
  };
}

export function runClaude(world: World, options: RunOptions): Promise<Run> {
  const { upstream, through, limitMs = 60_000 } = options;
  const args = [...(options.plain === true ? [] : PRINT), ...options.args];
  const base = through === 'nothing' ? { ANTHROPIC_BASE_URL: upstream.url } : {};
  const governed = [program, 'claude', '--upstream', upstream.url, ...(options.own ?? []), ...args];
  const [command, words] = through === 'nothing' ? [join(world.bin, 'claude'), args] : [process.execPath, governed];
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd: world.project, env: cleanEnv(world, { ...base, ...options.env }), stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    let [stdout, stderr, timedOut] = ['', '', false];
    const stop = (signal: NodeJS.Signals): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    };
    const timer = setTimeout(() => {
      timedOut = true;
      stop('SIGKILL');
    }, limitMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined).end(options.stdin ?? '');
    child.on('error', reject);
    child.on('spawn', () => options.started?.(child.pid ?? 0));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      stop('SIGKILL');
      resolve({ code, signal, stdout, stderr, timedOut });
    });
  });
}

/** The events that print mode wrote, the last of which is the result. */
export function eventsOf(run: Run): readonly Record<string, unknown>[] {
  const value: unknown = JSON.parse(run.stdout);
  return Array.isArray(value) ? value : [value as Record<string, unknown>];
}

export const sessionOf = (run: Run): string => String(eventsOf(run).at(-1)?.['session_id']);

/** Runs the program once to its end. */
export function occasio(world: World, ...args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const run = spawnSync(process.execPath, [program, ...args], { cwd: world.project, env: cleanEnv(world), encoding: 'utf8', timeout: 30_000 });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}
