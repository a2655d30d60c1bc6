/** A disk that takes no more: nothing goes on without its row, and the proxy works again once there is room. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bundle, runtime } from '../support/command.ts';
import { createUpstream, say, use } from '../support/upstream.ts';
import { createClient } from './client.ts';
import { lacking } from '../support/lacking.ts';

it.skipIf(lacking(process.platform === 'win32', 'no limit on the size of files'))('calls_are_refused_not_passed_and_a_new_run_names_the_one_that_broke', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-full-')));
  const [home, cwd] = [join(root, 'home'), join(root, 'work')];
  mkdirSync(home, { mode: 0o700 });
  mkdirSync(cwd);
  const upstream = await createUpstream({ script: (ask) => (ask.assistantTurns < 60 ? say('', use('Read', { file_path: `notes-${ask.assistantTurns}.txt` })) : say('Done.')) });
  // The limit on a file's size stands for the end of the disk: 40 blocks of 512 or 1,024 bytes.
  const child = spawn('/bin/sh', ['-c', 'trap "" XFSZ; ulimit -f 40; exec "$@"', 'sh', ...runtime, bundle, 'proxy', '--upstream', upstream.url, '--cwd', cwd], { env: { ...process.env, OCCASIO_HOME: home }, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (d) => (out += d));
    while (!out.includes('\n')) await once(child.stdout, 'data');
    const base = /http:\/\/\S+/.exec(out)?.[0] ?? '';
    const ran: string[] = [];
    const said: string[] = [];
    for (let round = 0; round < 4; round++) {
      const client = createClient({ base, tools: { Read: () => ({ text: 'x' }) }, session: 'full' });
      said.push(await client.prompt('Go.').catch((e: unknown) => String(e)));
      ran.push(...client.ran.map((call) => call.id));
      expect(child.exitCode).toBe(null);
    }
    expect(said.some((text) => /Cannot write the record|402/.test(text)), said.join('\n')).toBe(true);
    const rows = readdirSync(join(home, 'runs')).filter((name) => /^[^.]+\.jsonl$/.test(name)).flatMap((name) => readFileSync(join(home, 'runs', name), 'utf8').split('\n').slice(0, -1)).map((line) => JSON.parse(line) as Record<string, unknown>);
    const decided = new Set(rows.filter((row) => row['kind'] === 'tool_call').map((row) => row['tool_use_id']));
    expect(ran.length).toBeGreaterThan(5);
    for (const id of ran) expect(decided.has(id), id).toBe(true);
    expect(rows.filter((row) => row['kind'] === 'run_start' && row['previous_run'] !== undefined).length).toBeGreaterThan(0);
  } finally {
    child.kill('SIGKILL');
    await upstream.close();
    rmSync(root, { recursive: true, force: true });
  }
}, 60_000);
