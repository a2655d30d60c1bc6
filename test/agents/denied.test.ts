/** A denied file is never read by a tool call, whatever tool and whatever spelling: none of its lines reaches the upstream. */
import { spawnSync } from 'node:child_process';
import { say, threads, use } from '../support/upstream.ts';
import { bash, once, testWays, type Way } from './way.ts';
import type { World } from './world.ts';

const search = ['--tools', 'Bash,Read,Edit,Write,Grep,Glob'];

/** An MCP server on stdio with one tool that reads a file. */
const SERVER = `
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
const tools = [{ name: 'read_text_file', description: 'reads', inputSchema: { type: 'object', properties: { path: { type: 'string' } } } }];
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  const answers = {
    initialize: () => ({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'files', version: '1' } }),
    'tools/list': () => ({ tools }),
    'tools/call': () => ({ content: [{ type: 'text', text: readFileSync(params.arguments.path, 'utf8') }] }),
  };
  if (id === undefined) continue;
  const answer = answers[method] ? { result: answers[method]() } : { error: { code: -32601, message: 'no such method' } };
  console.log(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
}
`;
const MCP = JSON.stringify({ mcpServers: { files: { command: process.execPath, args: ['server.mjs'] } } });

const ways: readonly Way[] = [
  { name: 'Read', turns: (w) => once(say('', use('Read', { file_path: w.path('.env') }))) },
  { name: 'Read with ..', files: { 'sub/a.txt': 'a\n' }, turns: (w) => once(say('', use('Read', { file_path: `${w.path('sub')}/../.env` }))) },
  { name: 'Read through a symlink', prepare: (w) => w.link('harmless.txt', '.env'), turns: (w) => once(say('', use('Read', { file_path: w.path('harmless.txt') }))) },
  { name: 'Read through a linked folder', prepare: (w) => w.link('elsewhere', w.project), turns: (w) => once(say('', use('Read', { file_path: w.path('elsewhere/.env') }))) },
  { name: 'Bash cat', turns: () => once(say('', bash('cat .env'))) },
  { name: 'Bash cat of a symlink', prepare: (w) => w.link('harmless.txt', '.env'), turns: () => once(say('', bash('cat harmless.txt'))) },
  { name: 'a redirection', turns: () => once(say('', bash('while read -r line; do echo "$line"; done < .env'))) },
  { name: 'a here-string of a substitution', turns: () => once(say('', bash('cat <<< "$(< .env)"'))) },
  { name: 'quotes inside the word', turns: () => once(say('', bash(`cat .e''n"v"`))) },
  { name: 'a glob', turns: () => once(say('', bash('cat .e*'))) },
  { name: 'cd in the same call', files: { 'sub/a.txt': 'a\n' }, turns: () => once(say('', bash('cd sub && cat ../.env'))) },
  { name: 'cd in an earlier call', files: { 'sub/a.txt': 'a\n' }, turns: () => once(say('', bash('cd sub')), say('', bash('cat ../.env'))) },
  { name: 'base64', turns: () => once(say('', bash('base64 -w0 .env'))) },
  { name: 'an interpreter', turns: () => once(say('', bash(`node -e "console.log(require('fs').readFileSync('.env','utf8'))"`))) },
  { name: 'a copy under another name', turns: (w) => once(say('', bash('cp .env copy.txt')), say('', use('Read', { file_path: w.path('copy.txt') }))) },
  { name: 'git show', prepare: (w) => commitAll(w), turns: () => once(say('', bash('git show HEAD:.env'))) },
  { name: 'grep -r over the folder', turns: () => once(say('', bash('grep -r DENIED_ .'))) },
  { name: 'Grep over the folder', args: search, turns: () => once(say('', use('Grep', { pattern: 'DENIED_', output_mode: 'content' }))) },
  { name: 'Read through /proc', turns: () => once(say('', use('Read', { file_path: '/proc/self/cwd/.env' }))) },
  {
    name: 'an MCP tool',
    files: { 'server.mjs': SERVER, 'mcp.json': MCP },
    args: ['--mcp-config', 'mcp.json', '--strict-mcp-config'],
    turns: () => once(say('', use('mcp__files__read_text_file', { path: '.env' }))),
  },
  {
    name: 'Monitor',
    not: '2.1.197',
    turns: () => once(say('', use('ToolSearch', { query: 'select:Monitor' })), say('', use('Monitor', { description: 'watch', timeout_ms: 3000, command: 'cat .env; sleep 1' })), say('', bash('sleep 2'))),
  },
  {
    name: 'a subagent',
    turns: (w) => threads([/SUBTASK/, once(say('', use('Read', { file_path: w.path('.env') })))], [/./, once(say('', use('Agent', { description: 'look', prompt: 'SUBTASK: look', run_in_background: false })))]),
  },
];

function commitAll(w: World): void {
  const commit = ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', 'commit', '-q', '-m', 'x'];
  for (const args of [['init', '-q'], ['add', '-A'], commit]) {
    const git = spawnSync('git', args, { cwd: w.project, encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', HOME: w.home } });
    if (git.status !== 0) throw new Error(`bug: git ${args.join(' ')}: ${git.stderr}`);
  }
}

testWays(ways);
