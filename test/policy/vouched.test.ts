/** Commands that the policy vouches for, from the line to the decision; and what nobody can vouch for. */
import { beforeAll, describe, expect, it } from 'vitest';
import { decide } from '../../host/policy/index.ts';
import { loadShell } from '../../host/runtime/shell.ts';
import type { ShellReader } from '../../host/shell/facts.ts';
import type { Decision } from '../../host/policy/types.ts';
import { faults, judged, policy } from './given.ts';

let shell: ShellReader;
beforeAll(async () => {
  shell = await loadShell();
});

const RULES = ['npm test', 'git commit', 'node scripts/check.mjs', './build.sh', 'bash scripts/ci.sh', 'deploy'];
const TEXT = `opaque_commands: block\ndeny_paths: [.env]\ndeny_commands: [npm test --publish]\nvouched_commands:\n${RULES.map((rule) => `  - ${rule}\n`).join('')}`;

function decided(line: string, preset: 'balanced' | 'strict' | 'off' = 'balanced', text = TEXT): Decision {
  const { words, directories: _, ...facts } = shell(line, { home: '/home/dev', cwd: '/home/dev/app' });
  const paths = words.map((word) => ({ asked: word.text, access: word.access, resolved: [word.text.startsWith('/') ? word.text : `/home/dev/app/${word.text}`] }));
  return decide(policy(text, preset), judged({ tool: 'shell_bash', class: 'shell', shell: facts, paths }));
}

describe('an opaque line', () => {
  it.each([
    ['npm test', 'vouched_commands[0] npm test'],
    ['npm test -- --watch src/a.test.ts', 'vouched_commands[0] npm test'],
    ['CI=1 npm test', 'vouched_commands[0] npm test'],
    ['timeout 60 npm test 2>&1 | tail -20', 'vouched_commands[0] npm test'],
    ['npm test && git commit -m "all of it works"', 'vouched_commands[0] npm test, vouched_commands[1] git commit'],
    ['ls src; node scripts/check.mjs --fix', 'vouched_commands[2] node scripts/check.mjs'],
    ['./build.sh', 'vouched_commands[3] ./build.sh'],
    ['bash scripts/ci.sh fast', 'vouched_commands[4] bash scripts/ci.sh'],
    ['deploy now', 'vouched_commands[5] deploy'],
    ['if true; then npm test; fi', 'vouched_commands[0] npm test'],
  ])('runs when each command that makes it so is vouched for: %s', (line, rule) => {
    expect(decided(line)).toMatchObject({ action: 'PASS', reason: 'command-vouched', rule });
    expect(decided(line, 'strict')).toMatchObject({ action: 'PASS', reason: 'command-vouched', rule });
  });

  it.each([
    ['words in another order', 'npm --prefix /tmp/x test'],
    ['another program behind it', 'npm test; make'],
    ['another program in a substitution', 'npm test $(make)'],
    ['a word that is not known', 'npm test $X'],
    ['a program from a variable', 'X=npm; [ -f a ] && X=evil; $X test'],
    ['a steering variable', 'NODE_OPTIONS=--require=./x.js npm test'],
    ['a steering variable set before', 'export PATH=./bin:$PATH; npm test'],
    ['a function of its name', 'npm() { make; }; npm test'],
    ['an alias of its name', "alias npm='make'; npm test"],
    ['a sourced file before it', 'source ./x.sh; npm test'],
    ['a text for its interpreter', "node -e 'x' scripts/check.mjs"],
    ['a program on its input', 'bash -s scripts/ci.sh <<< "make"'],
    ['two words in one', '"npm test" x'],
    ['a script whose name goes on', '"scripts/check.mjs x"'],
    ['a script whose name goes on, behind its interpreter', 'node "scripts/check.mjs x"'],
    ['another folder of programs', './node_modules/.bin/npm test'],
    ['xargs before it', 'ls | xargs npm test'],
    ['sudo before it', 'sudo npm test'],
    ['eval of it', 'eval "npm test"'],
    ['a pattern among its words', 'npm t?st'],
    ['options that run something beside it', 'npm test; find . -exec make {} +'],
    ['git with a configuration', 'git -c core.hooksPath=/tmp/x commit -m y'],
    ['git of another folder', 'git -C /tmp/x commit -m y'],
  ])('is refused with %s', (_name, line) => {
    expect(decided(line)).toMatchObject({ action: 'BLOCK', reason: 'command-opaque' });
  });

  it.each([
    ['a denied path among its words', 'npm test .env', 'path-denied'],
    ['a denied path it writes', 'npm test > .env', 'path-denied'],
    ['a denied command', 'npm test --publish', 'command-denied'],
    ['our own folder among its words', 'npm test /home/dev/.occasio/keys', 'self-protected'],
  ])('is refused with %s, vouched for or not', (_name, line, reason) => {
    expect(decided(line)).toMatchObject({ action: 'BLOCK', reason });
  });

  it('says nothing of vouching where opaque commands run anyway', () => {
    expect(decided('npm test', 'balanced', 'opaque_commands: pass\nvouched_commands: [npm test]\n')).toMatchObject({ action: 'PASS', reason: 'tool_not_handled', rule: null });
  });
});

describe('a rule that vouches', () => {
  it.each(['node', 'bash', 'python3.12', 'sudo', 'xargs', 'eval', 'node -e', 'bash -c', 'find -exec'])('for whatever %s runs is a mistake', (rule) => {
    expect(faults(`version: 1\nvouched_commands: [${rule}]\n`).map((fault) => fault.message)).toEqual([expect.stringContaining('runs any text')]);
  });

  it.each([['npm *', 'a wildcard'], ['a b c d e f g h i', 'more than 8 words'], ['npm test; make', 'shell syntax'], ['-x', 'no program']])('%s is a mistake', (rule, found) => {
    expect(faults(`version: 1\nvouched_commands: ["${rule}"]\n`).map((fault) => fault.message)).toEqual([expect.stringContaining(found)]);
  });
});
