/** The tool `PowerShell`, end to end: what the policy denies is refused however it is spelt, other lines run as asked. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Judged } from '../../host/policy/types.ts';
import { say, use } from '../support/upstream.ts';
import { createWorld, realTools, type World, type WorldOptions } from './world.ts';

let worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.reverse()) await world.close();
  worlds = [];
});

const POLICY = 'version: 1\ndeny_paths: [".env", "~/.ssh"]\ndeny_commands: ["Remove-Item -Recurse", "git push"]\n';
const FILES = { '.env': 'DB_PASSWORD=hunter2-very-secret\n', 'notes.txt': 'alpha\nbeta\n', 'src/a.ts': 'const a = 1;\n' };

async function play(commands: readonly string[], answer: (command: string) => string = (command) => `ran: ${command}`, options: Partial<WorldOptions> = {}): Promise<{ readonly world: World; readonly rows: readonly Record<string, unknown>[]; readonly results: readonly unknown[]; readonly ran: readonly string[] }> {
  const script = [...commands.map((command) => say('', use('PowerShell', { command }))), say('Done.')];
  const world = await createWorld({ script, files: FILES, policy: POLICY, ...options });
  worlds.push(world);
  const client = createClientOf(world, answer);
  expect(await client.prompt('Go.')).toBe('Done.');
  expect(world.upstream.problems).toEqual([]);
  await world.stop();
  const messages = world.upstream.asked.at(-1)?.body?.['messages'] as { content: { type?: string; content?: unknown }[] | string }[];
  const results = messages.flatMap(({ content }) => (Array.isArray(content) ? content.filter((block) => block.type === 'tool_result') : [])).map((block) => block.content);
  return { world, rows: world.calls().filter((row) => row['direction'] === 'inbound'), results, ran: client.ran.map(({ name }) => name) };
}

function createClientOf(world: World, answer: (command: string) => string): ReturnType<World['client']> {
  return world.client({ tools: { ...realTools(world.cwd), PowerShell: (input) => ({ text: answer(String(input['command'])) }) } });
}

const LOCAL = 'version: 1\ntools:\n  shell_powershell: { action: LOCAL, classifier: powershell-allowlist }\ndeny_paths: [".env"]\n';

const encoded = (text: string): string => Buffer.from(text, 'utf16le').toString('base64');

describe('a PowerShell line', () => {
  it('that_reaches_a_denied_file_is_refused_in_every_spelling', async () => {
    const lines = ['Get-Content .env', 'gc .\\src\\..\\.env', "& 'gc' .e\"n\"v", 'cat .e*', 'gc $env:USERPROFILE\\.ssh\\id_rsa', `powershell -enc ${encoded('gc .env')}`, 'cmd /c type .env', "[IO.File]::ReadAllText('.env')", 'gci .env | gc', 'cd src; gc ..\\.env', 'ls > .env', 'Copy-Item .env a.txt', "$f = '.env'; gc $f", "iex ('gc .e' + 'nv')"];
    const { rows, world, ran } = await play(lines);
    expect(rows.map((row) => [row['action'], row['reason']])).toEqual(lines.map(() => ['BLOCK', 'path-denied']));
    expect(ran.every((name) => name.startsWith('occasio_denied__'))).toBe(true);
    expect(world.upstream.leaks(['hunter2-very-secret'])).toEqual([]);
    for (const row of rows) expect(row['tool_name']).toBe('shell_powershell');
  });

  it('that_is_innocent_runs_as_asked', async () => {
    const lines = ['Get-Content notes.txt', 'Get-ChildItem -Recurse -Filter *.ts | Select-String const', 'npm run build -- --watch', 'git diff -- src/a.ts', 'npm test 2>&1 | Select-Object -Last 5', 'Test-Path .\\dist', 'if (-not (Test-Path out)) { New-Item -ItemType Directory out | Out-Null }'];
    const { rows, results, ran } = await play(lines);
    expect(rows.map((row) => row['action'])).toEqual(lines.map(() => 'PASS'));
    expect(ran).toEqual(lines.map(() => 'PowerShell'));
    expect(results).toEqual(lines.map((line) => `ran: ${line}`));
    expect((rows[0]?.['judged'] as Judged).shell).toEqual({ fault: null, opaque: null, programs: ['Get-Content'], commands: ['Get-Content notes.txt'], local: 'Get-Content' });
  });

  it('that_cannot_be_read_whole_is_refused', async () => {
    const { rows } = await play(['gc "a', 'gc .e\u200bnv', 'class A { }']);
    expect(rows.map((row) => row['reason'])).toEqual(['command-unparsable', 'command-unparsable', 'command-unparsable']);
  });

  it('meets_rules_on_commands_by_the_cmdlet_s_own_name', async () => {
    const { rows } = await play(['ri -r src', 'rd src -Rec -fo', 'rm -Recurse src', 'ri notes.txt', 'GIT.exe push', 'Stop-Process -Name node', "$env:ANTHROPIC_BASE_URL = 'http://x'", 'Remove-Item Env:ANTHROPIC_BASE_URL']);
    expect(rows.map((row) => row['reason'])).toEqual(['command-denied', 'command-denied', 'command-denied', 'tool_not_handled', 'command-denied', 'self-protected-process', 'self-protected-process', 'self-protected-process']);
  });

  it('has_names_and_lines_of_denied_files_withheld_from_what_it_prints', async () => {
    const table = '\n    Directory: C:\\p\n\nMode                 LastWriteTime         Length Name\n----                 -------------         ------ ----\n-a---          11/20/2026  9:00 AM             31 .env\n-a---          11/20/2026  9:00 AM             11 notes.txt\n';
    const { results } = await play(['Get-ChildItem', 'Select-String -Pattern a -Path *'], (command) => (command === 'Get-ChildItem' ? table : '.env:1:DB_PASSWORD=x\nnotes.txt:1:alpha\n'));
    expect(String(results[0])).not.toContain('.env');
    expect(String(results[0])).toContain('notes.txt');
    expect(String(results[1])).toBe('notes.txt:1:alpha\n\n[occasio: 1 line withheld: path-denied]');
  });

  it('that_is_opaque_is_refused_where_the_policy_says_so', async () => {
    const { rows } = await play(['.\\build.ps1', 'gc notes.txt', '[Console]::Beep()'], undefined, { policy: 'version: 1\nopaque_commands: block\n' });
    expect(rows.map((row) => row['action'])).toEqual(['BLOCK', 'PASS', 'BLOCK']);
  });
});

describe('a plain cmdlet, where the policy says LOCAL', () => {
  const files = { ...FILES, 'crlf.txt': '\ufeffone\r\ntwo\r\nTwo two\r\n', 'Zoo.txt': 'z\n', 'empty.txt': '', '.hidden': 'h\n' };

  it('is_answered_here_and_recorded_so', async () => {
    const lines = ['Get-Content notes.txt', 'gc crlf.txt -TotalCount 2', 'gc -Path .\\crlf.txt -Tail 1', 'Get-ChildItem -Name', 'gci -Name -Directory', 'gci -Name src', 'Test-Path notes.txt', 'Test-Path nope.txt', 'Test-Path src -PathType Leaf', 'Select-String TWO .\\crlf.txt', 'sls -Pattern two -Path crlf.txt -CaseSensitive', 'sls nothing notes.txt', 'gc empty.txt'];
    const { rows, results, ran } = await play(lines, undefined, { policy: LOCAL, files });
    expect(rows.map((row) => [row['action'], row['executor']])).toEqual(lines.map(() => ['LOCAL', 'builtin:powershell']));
    expect(ran.every((name) => name.startsWith('occasio_local__'))).toBe(true);
    const none = '(PowerShell completed with no output)';
    expect(results).toEqual(['alpha\nbeta', 'one\ntwo', 'Two two', 'src\ncrlf.txt\nempty.txt\nnotes.txt\nZoo.txt', 'src', 'a.ts', 'True', 'False', 'False', 'crlf.txt:2:two\ncrlf.txt:3:Two two', 'crlf.txt:2:two\ncrlf.txt:3:Two two', none, none]);
    expect((rows[0]?.['judged'] as Judged).shell?.local).toBe('Get-Content');
  });

  it('that_is_not_there_or_a_link_is_the_agent_s', async () => {
    const { rows } = await play(['gc nope.txt', 'gc src', 'gc link.txt', 'Test-Path link.txt', 'gci -Name notes.txt', 'sls a nope.txt', 'gc notes.txt | sls a', 'cat notes.txt'], undefined, { policy: LOCAL, files, links: { 'link.txt': 'notes.txt' } });
    expect(rows.map((row) => row['action'])).toEqual(Array.from({ length: 8 }, () => 'PASS'));
  });

  it('after_a_change_of_folder_only_the_agent_knows_where_it_is', async () => {
    const { rows } = await play(['gc notes.txt', 'Set-Location src; npm test', 'gc a.ts'], undefined, { policy: LOCAL, files });
    expect(rows.map((row) => row['action'])).toEqual(['LOCAL', 'PASS', 'PASS']);
  });

  it('shows_nothing_that_is_denied', async () => {
    const { rows, results, world } = await play(['gc .env', 'gci -Name -Force', 'Select-String PASSWORD .env', 'Test-Path .env'], undefined, { policy: LOCAL, files, links: { 'innocent.txt': '.env' } });
    expect(rows.map((row) => row['action'])).toEqual(['BLOCK', 'LOCAL', 'BLOCK', 'BLOCK']);
    expect(results[1]).toBe('src\n.hidden\ncrlf.txt\nempty.txt\nnotes.txt\nZoo.txt');
    expect(world.upstream.leaks(['hunter2-very-secret'])).toEqual([]);
  });
});
