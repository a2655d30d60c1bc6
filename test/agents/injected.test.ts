/**
 * What the agent itself puts into a request: files named in the prompt, imports of instruction files, the history of a session
 * that had read a denied file before anybody governed it. None of its lines reaches the upstream.
 */
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createUpstream, say, use, type Script } from '../support/upstream.ts';
import { runClaude, sessionOf } from './claude.ts';
import { versions } from './install.ts';
import { expectGoverned } from './record.ts';
import { bash, inWorld, linesLeaked, older, once, testWays } from './way.ts';
import { denied, type World } from './world.ts';

const quiet = (): Script => [say('that is all')];
const deepImport = (w: World): Script => once(say('', use('Read', { file_path: w.path('sub/a.txt') })));

/** The smallest PNG, which agents send as it is. */
const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

function picture(w: World): void {
  deny(w, '.env', 'picture.png');
  writeFileSync(w.write('picture.png', ''), Buffer.from(PICTURE, 'base64'));
}

const deny = (w: World, ...paths: string[]): string => w.write(join(w.occasioHome, 'policy.yml'), `version: 1\ndeny_paths:\n${paths.map((path) => `  - ${path}\n`).join('')}`);

/** The agent writes a file; then the policy denies it and it changes outside: the agent tells the model of the change. */
function changedOutside(w: World): Script {
  return (ask) => {
    if (ask.assistantTurns === 0) return say('', use('Write', { file_path: w.path('draft.txt'), content: 'first\nlast\n' }));
    if (ask.assistantTurns > 2) return say('that is all');
    if (ask.assistantTurns === 1) {
      deny(w, '.env', 'draft.txt');
      utimesSync(w.write('draft.txt', `first\n${denied.join('\n')}\nlast\n`), new Date(), new Date(Date.now() + 5000));
    }
    return say('', bash('true'));
  };
}

testWays([
  { name: '@ in the prompt', prompt: 'look at @.env', turns: quiet },
  { name: '@ in the prompt, two files, a range', prompt: 'look at @notes.txt and @./.env#L1-2', turns: quiet },
  { name: '@ of a symlink in the prompt', prepare: (w) => w.link('harmless.txt', '.env'), prompt: 'look at @harmless.txt', turns: quiet },
  { name: '@ in the prompt, another model', args: older, prompt: 'look at @.env', turns: quiet },
  { name: '@ of an image in the prompt', lines: [PICTURE], ownPolicy: true, prepare: (w) => picture(w), prompt: 'look at @picture.png', turns: quiet },
  { name: '@ of an image in the prompt, another model', args: older, lines: [PICTURE], ownPolicy: true, prepare: (w) => picture(w), prompt: 'look at @picture.png', turns: quiet },
  { name: 'an import from CLAUDE.md', files: { 'CLAUDE.md': 'See @./.env and @notes.txt\n' }, turns: quiet },
  { name: "an import from a parent's CLAUDE.md", files: { '../CLAUDE.md': 'See @./project/.env\n' }, turns: quiet },
  { name: "an import from the user's own CLAUDE.md", prepare: (w) => w.write('~/.claude/CLAUDE.md', `See @${w.path('.env')}\n`), turns: quiet },
  { name: 'an import of an import', files: { 'CLAUDE.md': 'See @./more.md\n', 'more.md': 'See @./.env\n' }, turns: quiet },
  { name: "a subfolder's CLAUDE.md", files: { 'sub/CLAUDE.md': 'See @../.env\n', 'sub/a.txt': 'a\n' }, turns: deepImport },
  { name: "a subfolder's CLAUDE.md, another model", files: { 'sub/CLAUDE.md': 'See @../.env\n', 'sub/a.txt': 'a\n' }, args: older, turns: deepImport },
  { name: '@ in a slash command', not: '2.1.197', files: { '.claude/commands/look.md': 'Look at @.env\n' }, prompt: '/look', turns: quiet },
  { name: 'a change of a file denied meanwhile', ownPolicy: true, prepare: (w) => deny(w, '.env'), turns: changedOutside },
  { name: 'a change of a file denied meanwhile, another model', ownPolicy: true, args: older, prepare: (w) => deny(w, '.env'), turns: changedOutside },
]);

describe.each(versions)('Claude Code %s', (version) => {
  const later: readonly [string, (session: string) => readonly string[]][] = [
    ['--continue', () => ['and now?', '--continue']],
    ['--resume', (session) => ['and now?', '--resume', session]],
    ['--continue --fork-session', () => ['and now?', '--continue', '--fork-session']],
    ['/compact', () => ['/compact', '--continue']],
  ];
  it.each(later)('a session that had read it without Occasio, %s', (_name, args) =>
    inWorld(version, {}, async (w) => {
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
    }));
});
