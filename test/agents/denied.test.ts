/**
 * A denied file is never read: whatever way its lines could take to the model, none reaches the upstream. Each way is
 * first walked without Occasio, where the lines must arrive; so no case passes because its way leads nowhere.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createUpstream, say, threads, use, type Script, type Turn, type Upstream } from '../support/upstream.ts';
import { runClaude, sessionOf, type Run } from './claude.ts';
import { versions, type Version } from './install.ts';
import { expectGoverned } from './record.ts';
import { createWorld, denied, type World } from './world.ts';

const worlds: World[] = [];
afterEach(() => worlds.splice(0).forEach((world) => world.remove()));

function world(version: Version, files: Readonly<Record<string, string>> = {}): World {
  const made = createWorld(version, files);
  worlds.push(made);
  return made;
}

const bash = (command: string): ReturnType<typeof use> => use('Bash', { command, description: 'a step' });

interface Way {
  readonly name: string;
  readonly files?: Readonly<Record<string, string>>;
  /** What must not arrive, besides the lines of the denied file. */
  readonly lines?: readonly string[];
  /** Anything that must stand before the agent starts. */
  readonly prepare?: (world: World) => void;
  readonly prompt?: string;
  readonly args?: readonly string[];
  readonly turns: (world: World) => Script;
  /** A version whose agent does not walk this way. */
  readonly not?: Version;
}

const once = (...turns: readonly Turn[]): Script => [...turns, say('that is all')];
const quiet = (): Script => [say('that is all')];
const deepImport = (w: World): Script => once(say('', use('Read', { file_path: w.path('sub/a.txt') })));
const older = ['--model', 'claude-haiku-4-5-20251001'];
const search = ['--tools', 'Bash,Read,Edit,Write,Grep,Glob'];

/** The smallest PNG, which agents send as it is. */
const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

function picture(w: World): void {
  writeFileSync(w.write('.ssh/picture.png', ''), Buffer.from(PICTURE, 'base64'));
}

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
  { name: '@ in the prompt', prompt: 'look at @.env', turns: quiet },
  { name: '@ in the prompt, two files, a range', prompt: 'look at @notes.txt and @./.env#L1-2', turns: quiet },
  { name: '@ of a symlink in the prompt', prepare: (w) => w.link('harmless.txt', '.env'), prompt: 'look at @harmless.txt', turns: quiet },
  { name: '@ in the prompt, another model', args: older, prompt: 'look at @.env', turns: quiet },
  { name: '@ of an image in the prompt', lines: [PICTURE], prepare: (w) => picture(w), prompt: 'look at @.ssh/picture.png', turns: quiet },
  { name: 'an import from CLAUDE.md', files: { 'CLAUDE.md': 'See @./.env and @notes.txt\n' }, turns: quiet },
  { name: "an import from a parent's CLAUDE.md", files: { '../CLAUDE.md': 'See @./project/.env\n' }, turns: quiet },
  { name: "an import from the user's own CLAUDE.md", prepare: (w) => w.write('~/.claude/CLAUDE.md', `See @${w.path('.env')}\n`), turns: quiet },
  { name: 'an import of an import', files: { 'CLAUDE.md': 'See @./more.md\n', 'more.md': 'See @./.env\n' }, turns: quiet },
  { name: "a subfolder's CLAUDE.md", files: { 'sub/CLAUDE.md': 'See @../.env\n', 'sub/a.txt': 'a\n' }, turns: deepImport },
  { name: "a subfolder's CLAUDE.md, another model", files: { 'sub/CLAUDE.md': 'See @../.env\n', 'sub/a.txt': 'a\n' }, args: older, turns: deepImport },
  { name: '@ in a slash command', not: '2.1.197', files: { '.claude/commands/look.md': 'Look at @.env\n' }, prompt: '/look', turns: quiet },
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

async function walk(version: Version, way: Way, through: 'occasio' | 'nothing'): Promise<{ w: World; upstream: Upstream; run: Run }> {
  const w = world(version, way.files);
  way.prepare?.(w);
  const upstream = await createUpstream({ script: way.turns(w) });
  try {
    return { w, upstream, run: await runClaude(w, { upstream, through, args: [way.prompt ?? 'do the task', ...(way.args ?? [])] }) };
  } finally {
    await upstream.close();
  }
}

const linesLeaked = (upstream: Upstream, more: readonly string[] = []): string[] => [...new Set(upstream.leaks([...denied, ...more]).map((leak) => `request ${leak.request} ${leak.where}: ${leak.line}`))];

describe.each(versions)('Claude Code %s', (version) => {
  describe.each(ways.filter((way) => way.not !== version))('a denied file by $name', (way) => {
    it('arrives where nobody governs', async () => {
      const { upstream, run } = await walk(version, way, 'nothing');
      expect({ code: run.code, problems: upstream.problems }).toEqual({ code: 0, problems: [] });
      expect(linesLeaked(upstream, way.lines)).not.toEqual([]);
    });

    it('never arrives through occasio claude', async () => {
      const { w, upstream, run } = await walk(version, way, 'occasio');
      expect(linesLeaked(upstream, way.lines)).toEqual([]);
      expectGoverned(w, upstream, run);
    });
  });

  const later: readonly [string, (session: string) => readonly string[]][] = [
    ['--continue', () => ['and now?', '--continue']],
    ['--resume', (session) => ['and now?', '--resume', session]],
    ['--continue --fork-session', () => ['and now?', '--continue', '--fork-session']],
    ['/compact', () => ['/compact', '--continue']],
  ];
  it.each(later)('a session that had read it without Occasio, %s', async (_name, args) => {
    const w = world(version);
    const read = [use('Read', { file_path: w.path('.env') }), bash('cat .env'), use('Read', { file_path: w.path('notes.txt') })];
    const script: Script = (ask) => (ask.assistantTurns === 0 ? say('looking', ...read) : say('<summary>all was looked at</summary>'));
    const before = await createUpstream({ script });
    const after = await createUpstream({ script, issued: before.issued });
    try {
      const first = await runClaude(w, { upstream: before, through: 'nothing', args: ['look at @.env'] });
      expect({ code: first.code, problems: before.problems }).toEqual({ code: 0, problems: [] });
      expect(linesLeaked(before)).not.toEqual([]);
      const second = await runClaude(w, { upstream: after, through: 'occasio', args: args(sessionOf(first)) });
      expect(linesLeaked(after)).toEqual([]);
      expectGoverned(w, after, second);
      const third = await runClaude(w, { upstream: after, through: 'occasio', args: ['go on', '--continue'] });
      expect(linesLeaked(after)).toEqual([]);
      expectGoverned(w, after, third);
      expect(after.asked.length).toBeGreaterThan(1);
    } finally {
      await Promise.all([before.close(), after.close()]);
    }
  });
});
