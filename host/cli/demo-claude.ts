/** The Claude Code of this machine in the scripted agent's place: without its user's settings, keys or history. */
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { PlayAgent } from '../demo/stage.ts';
import type { Ops } from '../ops.ts';
import { agentEnvironment, findClaude } from './agent.ts';
import { refuseBypass } from './bypass.ts';
import type { Io } from './print.ts';

const LIMIT_MS = 90_000;

export async function playClaude(io: Io, ops: Ops, scratch: string, project: string): Promise<PlayAgent> {
  const program = findClaude(io.env);
  const own = Object.fromEntries(Object.entries(io.env).filter(([name]) => !/^(ANTHROPIC_|CLAUDE)/.test(name)));
  const home = join(scratch, 'claude');
  await mkdir(home, { mode: 0o700 });
  const env = { ...own, HOME: home, CLAUDE_CONFIG_DIR: join(home, '.claude'), ANTHROPIC_API_KEY: 'demo', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' };
  await refuseBypass(ops, env, project, []);
  return (baseUrl, prompt) =>
    new Promise((resolve, reject) => {
      const child = spawn(program, ['-p', prompt, '--allowedTools', 'Read,Bash,Grep'], {
        cwd: project,
        env: agentEnvironment(env, baseUrl) as NodeJS.ProcessEnv,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: LIMIT_MS,
      });
      let said = '';
      const keep = (chunk: Buffer): void => void (said = (said + chunk.toString('utf8')).slice(-500));
      child.stdout.on('data', keep);
      child.stderr.on('data', keep);
      const failed = (found: string): OccasioError => new OccasioError({ code: 'agent', cannot: 'play the demo with', thing: program, found });
      child.on('error', (error) => reject(failed(error.message)));
      child.on('close', (code, signal) => (code === 0 ? resolve() : reject(failed(`it ended with ${signal ?? `exit code ${code}`}: ${said.trim()}`))));
    });
}
