/** git, run here: the answers are git's own, without what is denied. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, linkSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBench, type Bench } from './place.ts';
import { repositoryIn, SECRET, version, type Repository } from './repository.ts';
import { lacking } from '../support/lacking.ts';

let bench: Bench;
let repository: Repository;
beforeEach(() => {
  bench = openBench();
  repository = repositoryIn(bench);
});
afterEach(() => bench.end());
const git = (...args: string[]): string => repository.git(...args);
const ours = (line: string, denied?: readonly RegExp[]): Promise<string> => repository.ours(line, denied);
const real = (line: string, cwd?: string): string => repository.real(line, cwd);
const history = (): void => repository.history();

const LINES: readonly string[] = [
  'git status', 'git status -s', 'git status -sb', 'git status --porcelain', 'git status --porcelain=v2', 'git status -uno', 'git status -uall -s', 'git status src', 'git status -s -- notes.txt staged.txt',
  'git log', 'git log --oneline', 'git log -2', 'git log -n 1 -p', 'git log --stat', 'git log --graph --oneline --all', 'git log --oneline --decorate', 'git log --name-only', 'git log --name-status -3', 'git log main..topic', 'git log topic --not-an-option', 'git log --format="%h %an %s"', 'git log --pretty=oneline --no-merges', 'git log -p -- notes.txt', 'git log --oneline src/a.ts', 'git log --oneline notes.txt src',
  'git log --author=A --since=2001-01-01 --oneline', 'git log --first-parent -p', 'git log --reverse --oneline', 'git log nope', 'git log --oneline v1..', 'git log --shortstat -1 topic',
  'git diff', 'git diff --stat', 'git diff --cached', 'git diff --staged --name-only', 'git diff HEAD', 'git diff HEAD~2', 'git diff v1 topic', 'git diff v1...topic --stat', 'git diff main..topic -- src', 'git diff notes.txt', 'git diff notes.txt staged.txt', 'git diff -U0 HEAD -- notes.txt', 'git diff -w', 'git diff --word-diff', 'git diff --name-status v1 HEAD', 'git diff --exit-code', 'git diff --quiet', 'git diff nope', 'git diff HEAD~1 HEAD --summary', 'git diff v1 -- "new name.txt"',
  'git show', 'git show HEAD~1', 'git show --stat HEAD^', 'git show -s', 'git show v1', 'git show v1-signed', 'git show topic --name-only', 'git show HEAD^2', 'git show --format=%B -s HEAD', 'git show nope',
  'git branch', 'git branch -a', 'git branch -v', 'git branch -vv', 'git branch -r', 'git branch --show-current', 'git branch --list',
  'git rev-parse HEAD', 'git rev-parse --short HEAD', 'git rev-parse --abbrev-ref HEAD', 'git rev-parse --show-toplevel', 'git rev-parse --verify main', 'git rev-parse --is-inside-work-tree', 'git rev-parse nope', 'git rev-parse --verify -q nope', 'git rev-parse HEAD~1 topic',
];

describe.skipIf(lacking(version === '', 'no git: answers are not compared with its own'))('as_git_answers', () => {
  test('in_a_repository_with_all_kinds_of_changes', async () => {
    history();
    for (const line of LINES) {
      if (/not-an-option/.test(line)) continue;
      const wanted = real(line);
      expect([line, await ours(line)]).toEqual([line, wanted]);
    }
  }, 60_000);

  test('below_the_top_and_behind_cd', async () => {
    history();
    for (const line of ['git status -s', 'git diff --stat', 'git log --oneline -- a.ts', 'git rev-parse --show-prefix', 'git diff HEAD -- ../notes.txt', 'git log -1 --name-only']) {
      expect(await ours(`cd src && ${line}`)).toBe(`${real(line, join(bench.cwd, 'src'))}\nShell cwd was reset to ${bench.cwd}`);
    }
  });

  test('in_an_empty_one_and_a_clean_one', async () => {
    git('init', '-q', '-b', 'main');
    for (const line of ['git status', 'git log', 'git branch', 'git diff', 'git rev-parse HEAD']) expect([line, (await ours(line)).split('\n')[1]]).toEqual([line, real(line).split('\n')[1]]);
    bench.put({ a: 'a\n' });
    git('add', '.');
    git('commit', '-q', '-m', 'a');
    for (const line of ['git status', 'git status -s', 'git diff', 'git log --oneline']) expect([line, await ours(line)]).toEqual([line, real(line)]);
  });

  test('a_change_of_the_same_second_and_size_is_seen', async () => {
    git('init', '-q', '-b', 'main');
    const names = ['r1', 'r2', 'r3', 'r4'];
    for (const name of names) writeFileSync(join(bench.cwd, name), 'a\n');
    git('add', '.');
    for (const name of names) writeFileSync(join(bench.cwd, name), 'b\n');
    // The index is told by its time to be as old as the files; a copy made now would not be.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await ours('git diff --name-only')).toBe(names.join('\n'));
  });

  test('the_user_s_own_settings_count', async () => {
    history();
    writeFileSync(join(bench.home, '.gitconfig'), '[user]\n\tname = Me\n[core]\n\texcludesFile = ~/.ignore-me ; mine\n[alias]\n\tst = !rm -rf /\n[color]\n\tui = auto\n');
    writeFileSync(join(bench.home, '.ignore-me'), 'new/\n');
    expect(await ours('git status -s')).toBe(real('git status -s'));
    expect(await ours('git status -s')).not.toContain('new/');
  });

  test('nothing_is_written', async () => {
    history();
    const before = spawnSync('bash', ['-c', 'find .git -type f -printf "%p %s %T@\\n" | sort'], { cwd: bench.cwd, encoding: 'utf8' }).stdout;
    utimesSync(join(bench.cwd, 'src/a.ts'), 1, 1);
    for (const line of LINES) await ours(line);
    expect(spawnSync('bash', ['-c', 'find .git -type f -printf "%p %s %T@\\n" | sort'], { cwd: bench.cwd, encoding: 'utf8' }).stdout).toBe(before);
  }, 60_000);
});

describe.skipIf(lacking(version === '', 'no git: what is denied in a repository'))('what_is_denied_is_left_out', () => {
  const rules = [/\/\.env$/];
  const lines = ['git status', 'git status -s', 'git diff', 'git diff HEAD', 'git diff --stat HEAD~3', 'git diff --name-only v1', 'git log -p', 'git log --stat', 'git log --name-status --all', 'git log --first-parent -p', 'git show HEAD~2', 'git show --stat HEAD~2', 'git show v1..topic', 'git diff v1 topic -- . ', 'git log -p topic -- .env', 'git diff v1 -- .env notes.txt', 'git show -p HEAD', 'git log -p --graph'];
  test('by_every_form_that_names_files', async () => {
    history();
    appendFileSync(join(bench.cwd, '.env'), 'OTHER=other-secret\n');
    for (const line of lines) {
      const text = await ours(line, rules);
      expect([line, text]).not.toEqual([line, expect.stringMatching(/secret|\.env|a setting\n\n\.env/)]);
    }
    expect(await ours('git diff HEAD', rules)).toContain('+delta');
    expect(await ours('git diff HEAD', rules)).toContain('[occasio: files that the policy denies are left out]');
    expect(await ours('git diff HEAD -- notes.txt', rules)).not.toContain('[occasio');
    expect(await ours('git log --oneline', rules)).toBe(real('git log --oneline'));
  });

  test('a_denied_file_that_was_renamed_is_denied_under_its_old_name', async () => {
    history();
    git('mv', '.env', 'plain.txt');
    const text = await ours('git diff --cached -M', rules);
    expect(text).not.toContain('.env');
    expect(text).not.toContain('rename from');
  });

  test('a_new_denied_file_is_not_named_by_status', async () => {
    history();
    bench.put({ 'deploy/.env': 'X=1\n' });
    expect(await ours('git status -s -uall', rules)).not.toContain('.env');
  });

  test('a_blob_has_no_path_to_judge', async () => {
    history();
    const blob = git('rev-parse', 'HEAD:.env');
    const tree = git('rev-parse', 'HEAD^{tree}');
    git('tag', 'innocent', blob);
    git('tag', '-a', 'noted', '-m', 'x', blob);
    for (const name of [blob, blob.slice(0, 8), tree, 'innocent', 'noted']) {
      for (const line of [`git show ${name}`, `git diff ${name} HEAD`, `git diff ${name} ${name}`, `git diff ${git('rev-parse', 'HEAD:notes.txt')} ${name}`, `git log -p ${name}`]) {
        const text = await ours(line, rules);
        expect([line, text]).not.toEqual([line, expect.stringMatching(/secret|\.env/)]);
      }
    }
  });

  test('a_file_that_is_another_name_of_a_denied_one', async () => {
    history();
    rmSync(join(bench.cwd, 'notes.txt'));
    linkSync(join(bench.cwd, '.env'), join(bench.cwd, 'notes.txt'));
    expect(await ours('git diff', rules)).not.toContain('secret');
  });

  test.each(['packed-refs', 'objects/info/alternates', 'info/attributes', 'info/exclude', 'shallow', 'HEAD', 'index', '../.gitattributes', 'refs/heads/odd', 'refs/heads/main'])('a_file_of_git_s_own_that_is_a_denied_one_is_not_quoted: %s', async (name) => {
    history();
    writeFileSync(join(bench.cwd, '.env'), `a first-secret !x second-secret\n`);
    rmSync(join(bench.cwd, '.git', name), { force: true });
    linkSync(join(bench.cwd, '.env'), join(bench.cwd, '.git', name));
    for (const line of ['git status', 'git diff', 'git log -p', 'git show', 'git branch -a', 'git rev-parse main odd', 'git diff odd']) expect([line, await ours(line, rules)]).not.toEqual([line, expect.stringContaining('secret')]);
  });

  test('two_paths_outside_are_not_compared_for_it', async () => {
    history();
    writeFileSync(join(bench.home, 'key'), `${SECRET}\n`);
    for (const line of [`git diff -- ../key ../key`, `git diff /etc/hostname ${bench.home}/key`, `git diff -- notes.txt ${bench.home}/key`, 'git diff ../key', 'git log -p -- ../key', 'git status ../key']) {
      const text = await ours(line);
      expect([line, text]).toEqual([line, expect.stringContaining('outside repository')]);
    }
  });
});
