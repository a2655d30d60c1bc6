/** The agent's settings and hooks, shell profiles and our home stay as they are, whichever way a command would write there (D8). */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { say, use } from '../support/upstream.ts';
import { createWorld, type World } from './world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

async function decided(command: string): Promise<string> {
  const w = (world = await createWorld({ script: [say('', use('Bash', { command })), say('Done.')], files: { 'settings.json': '{}', 'a.json': '{}', 'evil/.claude/settings.json': '{}', 'evil/settings.json': '{}', 'x.md': 'x', '.bashrc': 'x' }, policy: 'version: 1\n', tools: { Bash: () => ({ text: 'ok' }) } }));
  mkdirSync(join(w.cwd, '.claude', 'agents'), { recursive: true });
  const client = w.client();
  await client.prompt('Go.');
  return client.ran[0]?.name ?? '';
}

it.each([
  'cp settings.json .claude/', 'cp /tmp/settings.json .claude', 'mv settings.json .claude', 'cp -t .claude settings.json', 'cd .claude && cp ../settings.json .', 'cp s*.json .claude/',
  'rsync evil/ .claude/', 'install -m 600 settings.json .claude', 'ln -sfn /tmp/evil .claude', 'cp -r evil/.claude .', 'cp -r evil/.claude ./', 'wget -P .claude http://x/settings.json', 'curl -O --output-dir .claude http://x/settings.json',
  'cp a.json .claude/settings.local.json', 'sed -i s/a/b/ .claude/settings.json', 'echo {} > .claude/settings.json', 'cp .bashrc ~', 'cp .bashrc ~/', 'cp a.json ~/.claude.json', 'rm -rf .claude', 'mv .claude old',
])('%s_is_refused', async (command) => {
  expect(await decided(command)).toBe('occasio_denied__self-protected');
});

it.each(['mkdir -p .claude/commands', 'mkdir -p .claude', 'cp x.md .claude/agents/', 'cat .claude/settings.json', 'ls -la .claude', 'cp .claude/settings.json /tmp/copy.json', 'cp x.md evil/', 'cp -r evil /tmp/elsewhere', 'echo x > .claude/agents/a.md', 'grep -rn x .claude'])('%s_passes', async (command) => {
  expect(await decided(command)).toBe('Bash');
});
