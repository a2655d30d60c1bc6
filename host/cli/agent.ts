/** Starts a program in our place: same terminal, same input, same signals, and its exit code is ours. */
import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { constants as system } from 'node:os';
import { delimiter, resolve } from 'node:path';
import { OccasioError } from '../../verifiers/formats/error.ts';

type Env = { readonly [name: string]: string | undefined };

/** The program's file, found on PATH as a shell would. */
export function findProgram(name: string, env: Env): string | null {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((f) => f !== '')) {
    for (const ending of endings) {
      const file = resolve(folder, name + ending);
      if (isExecutable(file)) return file;
    }
  }
  return null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
}

/** Claude Code's own file; its absence has its own message. */
export function findClaude(env: Env): string {
  const file = findProgram('claude', env);
  if (file !== null) return file;
  throw new OccasioError({
    code: 'agent',
    cannot: 'start',
    thing: 'claude',
    found: 'no such program on the PATH',
    next: 'Install Claude Code (npm install -g @anthropic-ai/claude-code), or try: occasio demo',
  });
}

/**
 * The environment of an agent whose model is at `baseUrl`: ours with the address set. An HTTP proxy of the network, named here or
 * in the agent's settings, would be asked for our address too if NO_PROXY did not keep it out.
 */
export function agentEnvironment(env: Env, baseUrl: string): Env {
  const straight = (name: string): string => [env[name] ?? '', '127.0.0.1', 'localhost'].filter((h) => h !== '').join(',');
  return { ...env, ANTHROPIC_BASE_URL: baseUrl, NO_PROXY: straight('NO_PROXY'), no_proxy: straight('no_proxy') };
}

/** Runs it to its end. 128 + n when signal n ended it, as a shell says. */
export function runProgram(file: string, args: readonly string[], env: Env, cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit', env: env as NodeJS.ProcessEnv, cwd });
    const forward = (signal: NodeJS.Signals): void => {
      // At a terminal, ^C and ^\ reach the child already: sent twice, an agent would take it for "quit".
      if ((signal === 'SIGINT' || signal === 'SIGQUIT') && process.stdin.isTTY === true) return;
      signalTo(child, signal);
    };
    const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
    for (const signal of signals) process.on(signal, forward);
    // An agent whose proxy is gone can do nothing more; it is not left behind.
    const end = (): void => signalTo(child, 'SIGTERM');
    process.on('exit', end);
    const release = (): void => {
      process.off('exit', end);
      signals.forEach((signal) => void process.off(signal, forward));
    };
    child.on('error', (cause: NodeJS.ErrnoException) => {
      release();
      reject(new OccasioError({ code: 'agent', cannot: 'start', thing: file, found: cause.code ?? cause.message }, cause));
    });
    child.on('exit', (code, signal) => {
      release();
      resolve(signal === null ? (code ?? 1) : 128 + (system.signals[signal] ?? 0));
    });
  });
}

/** By its id: after `child.kill` Deno reports that signal as the child's end, also of a child that answers it and exits with a code. */
function signalTo(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
