/** Which command lines are answered here, and that what is read of them is what bash reads. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { localCommand } from '../../host/shell/local/index.ts';
import { localWords } from '../../host/shell/local/words.ts';
import { createRandom, pick } from '../shell/reader.ts';
import { lacking } from '../support/lacking.ts';

const here: readonly (readonly [line: string, program: string])[] = [
  ['cat notes.txt', 'cat'], ['cat -n a b', 'cat'], ['cat -- -n', 'cat'], ["cat 'two words.txt'", 'cat'], ['cat two\\ words.txt', 'cat'], ['cat "a b"c', 'cat'], ['cat *.ts', 'cat'], ['cat ~/x', 'cat'], ['  cat a  \n', 'cat'],
  ['bat a', 'bat'], ['bat -pp --color=never a', 'bat'], ['batcat --plain a', 'bat'],
  ['head a', 'head'], ['head -5 a', 'head'], ['head -n 5 a b', 'head'], ['head -n5 a', 'head'], ['head -c 100 a', 'head'], ['head --lines=3 a', 'head'], ['head -n -3 a', 'head'], ['head -q -n 1 a', 'head'],
  ['tail a', 'tail'], ['tail -20 a', 'tail'], ['tail -n +5 a', 'tail'], ['tail -c 5 a', 'tail'],
  ['ls', 'ls'], ['ls -a', 'ls'], ['ls -1A src', 'ls'], ['ls -R', 'ls'], ['ls -d */', 'ls'], ['ls -ap .', 'ls'], ['ls src/*.ts', 'ls'], ['ls -lah', 'ls'], ['ls -ltr src', 'ls'], ['dir', 'dir'], ['dir -1 src', 'dir'],
  ['find', 'find'], ['find .', 'find'], ["find . -name '*.ts'", 'find'], ['find . -type f -name "*.ts" -not -path "*/node_modules/*"', 'find'], ['find src test -maxdepth 2 -type d', 'find'],
  ["find . -path ./node_modules -prune -o -name '*.ts' -print", 'find'], ["find . \\( -name '*.ts' -o -name '*.js' \\) -type f", 'find'], ["find . ! -iname 'README*'", 'find'],
  ['wc a', 'wc'], ['wc -l a b', 'wc'], ['test -f a', 'test'], ['[ -d src ]', '['], ['[ ! -e a ]', '['], ['test ! -d x', 'test'],
  ['echo hello world', 'echo'], ["echo 'a  b'", 'echo'], ['echo', 'echo'], ['echo "it is a # here"', 'echo'],
  ['git status', 'git'], ['git status -sb', 'git'], ['git --no-pager log --oneline -5', 'git'], ['git log -n 3 --stat', 'git'], ['git log --since="2 days ago" --author=me', 'git'], ['git log -p -- src/a.ts', 'git'],
  ['git log main..HEAD --format="%h %s"', 'git'], ['git diff', 'git'], ['git diff --cached --stat', 'git'], ['git diff HEAD~2 -- src', 'git'], ['git diff main...HEAD', 'git'], ['git show HEAD^', 'git'], ['git show --stat', 'git'],
  ['git branch', 'git'], ['git branch -vv', 'git'], ['git branch --show-current', 'git'], ['git rev-parse HEAD', 'git'], ['git rev-parse --abbrev-ref HEAD', 'git'], ['git rev-parse --show-toplevel', 'git'],
  ['cd src && ls', 'ls'], ['cd /srv/app && cd sub && git status', 'git'], ['cd ~/app && cat a', 'cat'],
];

const elsewhere: readonly string[] = [
  // Syntax of a shell.
  'cat a | head', 'cat a; ls', 'cat a || ls', 'cat a && ls', 'ls && cat a', 'cat a &', 'cat < a', 'cat a > b', 'cat a >> b', 'cat a 2>/dev/null', 'cat $HOME/a', 'cat ${A}', 'cat "$A"', 'cat `ls`', 'cat $(ls)', '(cat a)', '{ cat a; }',
  'cat {a,b}', 'cat a\ncat b', 'cat a # b', 'cat <<E\nE', 'A=b cat a', 'cat $\'a\'', 'cat "a`b`"', "cat 'a", 'cat "a', 'cat a\\', '! cat a', 'cat @(a|b)', 'cat a\u0000', 'cat a\rb', 'cat ~root/x', 'cat a=~/x', 'if true; then cat a; fi', 'cat \u2028',
  // Another way to start a program.
  'sudo cat a', 'env cat a', 'command cat a', '/bin/cat a', './cat a', 'timeout 5 cat a', 'xargs cat', 'c*t a', "'' cat",
  // Standard input, endless reading, places that are no files.
  'cat', 'cat -', 'head', 'tail -f a', 'tail -F a', 'tail --follow a', 'wc', 'wc -l -', 'cat /dev/zero', 'cat /dev/fd/0', 'cat /proc/self/environ', 'head -c 10 //dev/zero', 'ls /./dev/', 'cat //server/share/a', "cat '\\\\server\\share\\a'", 'cat file:///etc/passwd', 'ls /sys', 'cd /dev && cat zero', 'cd //server && ls',
  // Options that are not known to only look, or whose answer is not known.
  'cat -A a', 'cat --help', 'head -n 1k a', 'head -n x a', 'head -n +5 a', 'head -5 -n 3 a', 'ls -i', 'ls -n', 'ls -lu', 'ls --full-time', 'ls --time-style=iso -l', 'ls -L', 'vdir', 'dir --help', 'ls --color', 'ls --hyperlink', 'wc -L a', 'wc --files0-from=x', 'bat --pager=sh a', 'bat -l ts a', 'bat --paging=always a', 'bat --config-file x a',
  'echo -n a', 'echo -e a', 'echo a\\\\b', 'echo *', 'echo ~', 'test -s a', 'test a = b', 'test -f a -a -f b', '[ -f a', '[ -f *.ts ]', '[[ -f a ]]', 'test', 'test -f /dev/null', 'type a', 'type cat', 'pwd', 'cd src', 'cd - && ls', 'cd && ls', 'cd a b && ls', 'cd -P a && ls',
  'find . -exec rm {} ;', 'find . -exec cat {} \\;', 'find . -execdir a \\;', 'find . -ok a \\;', 'find . -okdir a \\;', 'find . -delete', 'find . -fprint x', 'find . -fprint0 x', 'find . -fprintf x y', 'find . -fls x', 'find . -ls', 'find . -printf x', 'find . -print0', 'find -L .', 'find -H .', 'find -O3 .', 'find -D exec .',
  'find . -files0-from x', 'find . -newer a', 'find . -size +1', 'find . -name *.ts', 'find . -name', 'find . -name a/b', 'find . -name "[[:alpha:]]"', 'find . -type x', 'find . \\( -name a', 'find . -name a \\)', 'find . -name a -maxdepth 1', 'find . -regex x', 'find . , -true', 'find . -perm 777', 'find . -lname x', 'find . -samefile x', 'find /dev -name x',
  // git: what runs, writes, looks elsewhere, or looks into contents for a text.
  'git', 'git commit', 'git add a', 'git fetch', 'git stash', 'git checkout a', 'git grep x', 'git blame a', 'git config -l', 'git st', 'git cat-file -p HEAD:.env', 'git -C /x status', 'git -c core.pager=x log', 'git --git-dir=x status', 'git --work-tree=x status', 'git -p log', 'git --paginate log', 'git --exec-path=x status', 'git --config-env=a=b status', 'git --namespace=x log', 'GIT_DIR=x git status', 'git --bare log',
  'git log --output=x', 'git diff --output x', 'git diff --ext-diff', 'git diff --textconv', 'git show --textconv', 'git log --show-signature', 'git log --format=%GG', 'git log --pretty=%h%+GK', 'git log -S secret', 'git log -Ssecret', 'git log -G x', 'git log -L1,2:a', 'git log --stdin', 'git log -c', 'git log --cc -m', 'git log --remerge-diff', 'git log -z', 'git log --follow a', 'git log --notes=x', 'git log -g', 'git log --walk-reflogs',
  'git diff --no-index a b', 'git diff --no-index /dev/null /etc/passwd', 'git diff --submodule=diff', 'git diff --exit-code --ext-diff', 'git diff -O a', 'git diff --pickaxe-all', 'git diff --relative', 'git diff :/x', 'git diff -- :!a', "git diff -- ':(attr:x)'", "git diff -- '*.ts'", 'git diff HEAD:a HEAD:b', 'git show HEAD:a', 'git show :a', 'git show HEAD^{tree}', 'git show HEAD^!', 'git show stash@{0}', 'git show a..b', 'git show :/x', 'git show -- a', 'git status -v', 'git status --ignored', 'git status --column', 'git status --porcelain=v3', 'git status --pathspec-from-file=x',
  'git branch x', 'git branch -d x', 'git branch -D x', 'git branch -m x', 'git branch --edit-description', 'git branch --list x', 'git branch --format=x', 'git branch -u x', 'git branch --set-upstream-to=x', 'git branch -f x', 'git rev-parse --git-dir', 'git rev-parse --parseopt', 'git rev-parse --sq-quote x', 'git rev-parse HEAD:a', 'git rev-parse --all', 'git rev-parse -- a', 'git diff --cached -- /dev/null', 'git *',
];

describe('lines', () => {
  test.each(here)('%s is answered here', (line, program) => expect(localCommand(line)?.plan.program).toBe(program));
  test.each(elsewhere)('%j is for the shell', (line) => expect(localCommand(line)).toBeNull());
  test('a line as long as it may be, and one longer', () => {
    expect(localCommand(`echo ${'x'.repeat(4_091)}`)).not.toBeNull();
    expect(localCommand(`echo ${'x'.repeat(4_092)}`)).toBeNull();
  });
  test('what starts from where the shell is, and what does not', () => {
    for (const line of ['ls', 'cat a', 'cat /a b', 'git status', 'cd a && ls', 'find', 'test -f a']) expect([line, localCommand(line)?.relative]).toEqual([line, true]);
    for (const line of ['ls /a', 'cat /a ~/b', 'cd /a && git status', 'cd ~ && ls', 'cd x && cd /a && ls', 'echo a', 'find / -maxdepth 1', '[ -f /a ]']) expect([line, localCommand(line)?.relative]).toEqual([line, false]);
  });
});

const bash = spawnSync('bash', ['-c', 'printf %s "$BASH_VERSION"'], { encoding: 'utf8' }).stdout ?? '';

/** Accepted lines as bash splits them, globs and home left alone. */
function split(lines: readonly string[]): readonly (readonly string[])[] {
  const script = lines.map((line) => `p ${line}`).join('\n');
  const run = spawnSync('bash', ['--norc', '-f', '-s'], { input: `p() { printf '%s\\1' "$@"; printf '\\2'; }\n${script}\n`, encoding: 'utf8', env: { HOME: '~', LC_ALL: 'C.UTF-8' }, maxBuffer: 1 << 26 });
  expect(run.stderr).toBe('');
  return run.stdout.split('\u0002').slice(0, -1).map((words) => words.split('\u0001').slice(0, -1));
}

test.skipIf(lacking(bash === '', 'no bash: words are not compared with its own'))('words_are_those_that_bash_reads', () => {
  const seed = 20_261_121;
  const random = createRandom(seed);
  const pieces = ['a', 'b', ' ', '  ', '\t', "'", '"', '\\', '~', '/', '=', ':', '.', '-', '#', '%', '^', ',', '+', '@', '!', '[', ']', '*', '?', '{', '}', '$', '`', 'é', '😀', '\u00a0', "'x y'", '"x y"', '\\ ', '&&', ';', '~/', '"$"', "'$'", '"\\$"', '"\\a"', '\n'];
  const accepted: string[] = [];
  const wanted: (readonly string[])[] = [];
  for (let i = 0; i < 60_000; i++) {
    const line = Array.from({ length: 1 + random(9) }, () => pick(random, pieces)).join('');
    const commands = localWords(line);
    if (commands === null || commands.length !== 1) continue;
    accepted.push(line.replace(/^[ \t\n]+|[ \t\n]+$/g, ''));
    wanted.push((commands[0] ?? []).map(({ text }) => text));
  }
  const found = split(accepted);
  accepted.forEach((line, i) => expect({ seed, line, words: found[i] }).toEqual({ seed, line, words: wanted[i] }));
  console.log(`words: ${accepted.length} lines read as bash reads them (seed ${seed})`);
  expect(accepted.length).toBeGreaterThan(5_000);
});
