/** Nothing of a repository's configuration runs when git is run here: attack class E2, by name. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plainRepository } from '../../host/gate/repository.ts';
import { gitSettings } from '../../host/shell/local/git-config.ts';
import { executors } from '../../host/tools/index.ts';
import { openBench, type Bench } from './place.ts';
import { repositoryIn, version, type Repository } from './repository.ts';
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
const small = (): void => repository.small();
const env = (): Record<string, string> => repository.env();

/** Each makes a repository in which git would start `mark`, a program that leaves a file behind, for one of the commands. */
const teeth: readonly (readonly [name: string, make: (mark: string) => void])[] = [
  ['core.fsmonitor', (mark) => git('config', 'core.fsmonitor', mark)],
  ['core.hooksPath', (mark) => (mkdirSync(join(bench.cwd, 'hooks')), hook(join(bench.cwd, 'hooks'), mark), git('config', 'core.hooksPath', 'hooks'))],
  ['hooks', (mark) => hook(join(bench.cwd, '.git/hooks'), mark)],
  ['core.pager', (mark) => git('config', 'core.pager', mark)],
  ['pager.log', (mark) => git('config', 'pager.log', mark)],
  ['diff.external', (mark) => git('config', 'diff.external', mark)],
  ['diff driver command', (mark) => (git('config', 'diff.x.command', mark), attributes('diff=x'))],
  ['textconv', (mark) => (git('config', 'diff.x.textconv', mark), attributes('diff=x'))],
  ['filter clean', (mark) => (git('config', 'filter.x.clean', mark), attributes('filter=x'))],
  ['filter process', (mark) => (git('config', 'filter.x.process', mark), attributes('filter=x'))],
  ['filter, required, attributes in .git/info', (mark) => (git('config', 'filter.x.clean', mark), git('config', 'filter.x.required', 'true'), writeFileSync(join(bench.cwd, '.git/info/attributes'), '* filter=x\n'))],
  ['filter by attributes below the top', (mark) => (git('config', 'filter.x.clean', mark), writeFileSync(join(bench.cwd, 'src/.gitattributes'), '* filter=x\n'), appendFileSync(join(bench.cwd, 'src/a.ts'), 'more\n'))],
  ['alias', (mark) => ['status', 'log', 'diff', 'show', 'branch'].forEach((name) => git('config', `alias.${name}`, `!${mark}`))],
  ['gpg.program', (mark) => (git('config', 'gpg.program', mark), git('config', 'log.showSignature', 'true'))],
  ['include.path', (mark) => (writeFileSync(join(bench.cwd, 'conf'), `[core]\n\tfsmonitor = ${mark}\n[diff]\n\texternal = ${mark}\n`), git('config', 'include.path', '../conf'))],
  ['includeIf', (mark) => (writeFileSync(join(bench.cwd, 'conf'), `[core]\n\tfsmonitor = ${mark}\n`), git('config', `includeIf.gitdir:${bench.cwd}/.path`, join(bench.cwd, 'conf')))],
  ['a worktree configuration', (mark) => (git('config', 'extensions.worktreeConfig', 'true'), writeFileSync(join(bench.cwd, '.git/config.worktree'), `[core]\n\tfsmonitor = ${mark}\n`))],
  ['core.sshCommand and a promisor remote', (mark) => (git('config', 'core.sshCommand', mark), git('config', 'remote.origin.promisor', 'true'), git('config', 'remote.origin.url', `ext::${mark}`), git('config', 'extensions.partialClone', 'origin'))],
  ['core.editor and core.askPass', (mark) => (git('config', 'core.editor', mark), git('config', 'core.askPass', mark))],
  ['trailer command', (mark) => git('config', 'trailer.x.command', mark)],
  ['an embedded repository with fsmonitor', (mark) => nested((inner) => spawnSync('git', ['-C', inner, 'config', 'core.fsmonitor', mark], { env: env() }))],
  ['an embedded repository with a filter', (mark) => nested((inner) => {
    spawnSync('git', ['-C', inner, 'config', 'filter.x.clean', mark], { env: env() });
    writeFileSync(join(inner, '.gitattributes'), '* filter=x\n');
    writeFileSync(join(inner, 'file'), 'y\n');
  })],
  ['a submodule with fsmonitor', (mark) => {
    nested((inner) => spawnSync('git', ['-C', inner, 'config', 'core.fsmonitor', mark], { env: env() }));
    writeFileSync(join(bench.cwd, '.gitmodules'), '[submodule "inner"]\n\tpath = inner\n\turl = ./inner\n\tignore = none\n');
  }],
  ['a .git file that leads elsewhere', (mark) => (git('config', 'core.fsmonitor', mark), renameSync(join(bench.cwd, '.git'), join(bench.cwd, 'elsewhere')), writeFileSync(join(bench.cwd, '.git'), 'gitdir: elsewhere\n'))],
  ['a .git link that leads elsewhere', (mark) => (git('config', 'core.fsmonitor', mark), renameSync(join(bench.cwd, '.git'), join(bench.cwd, 'elsewhere')), symlinkSync('elsewhere', join(bench.cwd, '.git')))],
  ['core.worktree', (mark) => (git('config', 'core.worktree', '../../'), git('config', 'core.fsmonitor', mark))],
  ['a bare repository in the folder itself', (mark) => (git('config', 'core.fsmonitor', mark), git('config', 'core.bare', 'false'), git('config', 'core.worktree', '.'), ['HEAD', 'objects', 'refs', 'config', 'index'].forEach((name) => renameSync(join(bench.cwd, '.git', name), join(bench.cwd, name))), rmSync(join(bench.cwd, '.git'), { recursive: true }))],
];

function hook(folder: string, mark: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ['post-index-change', 'fsmonitor-watchman', 'reference-transaction', 'post-checkout', 'pre-auto-gc']) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${mark}\n`);
    chmodSync(join(folder, name), 0o755);
  }
}

function attributes(what: string): void {
  writeFileSync(join(bench.cwd, '.gitattributes'), `* ${what}\n`);
}

function nested(make: (inner: string) => void): void {
  const inner = join(bench.cwd, 'inner');
  mkdirSync(inner);
  writeFileSync(join(inner, 'file'), 'x\n');
  for (const args of [['init', '-q'], ['add', 'file'], ['commit', '-q', '-m', 'i']]) spawnSync('git', ['-C', inner, ...args], { env: env() });
  git('-c', 'advice.addEmbeddedRepo=false', 'add', 'inner');
  writeFileSync(join(inner, 'dirty'), 'x\n');
  make(inner);
}

describe.skipIf(lacking(version === '', 'no git: what a repository can start is not tried'))('a_repository_starts_no_program', () => {
  const commands = ['git status', 'git diff HEAD', 'git log -p'];
  const marker = (): string => {
    const mark = join(bench.top, 'mark.sh');
    writeFileSync(mark, `#!/bin/sh\ntouch ${bench.top}/started\ncat\n`);
    chmodSync(mark, 0o755);
    return mark;
  };
  test.each(teeth)('%s', async (_, make) => {
    small();
    make(marker());
    for (const line of commands) await ours(line);
    expect(existsSync(join(bench.top, 'started'))).toBe(false);
    // As the gate would have it, and again with every look at the configuration overruled: git is started in any case.
    const forced = { ...bench.context([]), repository: () => Promise.resolve({ top: bench.cwd, folder: join(bench.cwd, '.git'), settings: [] }) };
    for (const line of commands) await executors['builtin:shell']?.(bench.ops, bench.core, { command: line }, forced);
    expect(existsSync(join(bench.top, 'started'))).toBe(false);
  }, 60_000);

  test('the_same_repositories_start_one_under_plain_git', () => {
    const without: string[] = [];
    for (const [name, make] of teeth) {
      bench.end();
      bench = openBench();
      repository = repositoryIn(bench);
      small();
      make(marker());
      for (const line of commands) spawnSync('bash', ['-c', line], { cwd: bench.cwd, env: { ...env(), GIT_PAGER: undefined }, timeout: 5_000 });
      if (!existsSync(join(bench.top, 'started'))) without.push(name);
    }
    console.log(`git: ${teeth.length - without.length} of ${teeth.length} of these repositories start a program under plain ${version.trim()}; not: ${without.join('; ')}`);
    expect(without.length).toBeLessThan(teeth.length / 2);
  }, 120_000);

  test('variables_of_ours_do_not_reach_it', async () => {
    small();
    const set = { GIT_DIR: '/nowhere', GIT_EXTERNAL_DIFF: marker(), GIT_PAGER: marker(), GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.fsmonitor', GIT_CONFIG_VALUE_0: marker(), LD_PRELOAD: '/nowhere.so' };
    const before = Object.fromEntries(Object.keys(set).map((name) => [name, process.env[name]]));
    Object.assign(process.env, set);
    try {
      expect(await ours('git status -s')).toContain('M notes.txt');
      expect(await ours('git diff')).toContain('+delta');
    } finally {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
    expect(existsSync(join(bench.top, 'started'))).toBe(false);
  });

  test('a_git_that_a_project_brings_along_is_not_started', async () => {
    small();
    const bin = join(bench.cwd, 'node_modules/.bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'git'), `#!/bin/sh\ntouch ${bench.top}/started\n`);
    chmodSync(join(bin, 'git'), 0o755);
    const before = process.env['PATH'];
    process.env['PATH'] = `${bin}:.:${before ?? ''}`;
    try {
      expect(await ours('git branch --show-current')).toBe('main');
    } finally {
      process.env['PATH'] = before;
    }
    expect(existsSync(join(bench.top, 'started'))).toBe(false);
  });
});

describe('which_repositories_are_plain', () => {
  const config = (text: string, whose: 'repository' | 'user' = 'repository'): unknown => gitSettings(text, whose);
  test.each([
    ['[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n', [['core.filemode', 'true']]],
    ['[core] ignorecase\n[Branch "Main.x"]\n remote = "or\\"igin" ; c\n', [['core.ignorecase', 'true'], ['branch.Main.x.remote', 'or"igin']]],
    ['[remote "origin"]\n\turl = a\n\tfetch = +refs/heads/*:refs/remotes/origin/*   # x\n[user]\nname=a\n', [['remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*']]],
    ['', []],
  ])('%j', (text, wanted) => expect(config(text)).toEqual(wanted));
  test.each([
    '[core]\n\tfsmonitor = x', '[CORE]\n\tFsMonitor = x', '[core] fsmonitor = x', '[include]\n\tpath = x', '[includeIf "gitdir:/"]\n\tpath = x', '[filter "x"]\n\tclean = x', '[diff "x"]\n\ttextconv = x', '[diff]\n\texternal = x', '[extensions]\n\tworktreeConfig = true', '[core]\n\tbare = true', '[core]\n\trepositoryformatversion = 2',
    '[core]\n\tworktree = ..', '[core]\n\tattributesFile = x', '[core]\n\texcludesFile = /etc/shadow', '[core]\n\tsshCommand = x', '[submodule "x"]\n\tupdate = !x', '[trailer "x"]\n\tcommand = x', '[log]\n\tshowSignature = true', 'fsmonitor = x', '[core\nfilemode = true', '[core]\n\tfilemode = "true', '[core]\n# a \\\n', '[core]\n\tfilemode = tr\\ue', '[color]\n\tui = always', '[status]\n\tshort = true',
  ])('%j is for the shell', (text) => expect(config(text)).toBeNull());
  test('a user may have what a repository may not', () => {
    expect(config('[filter "lfs"]\n\tclean = git-lfs clean -- %f\n[core]\n\texcludesfile = ~/.ignore\n[color]\n\tui = auto\n', 'user')).toEqual([['core.excludesfile', '~/.ignore']]);
    expect(config('[color]\n\tui = always\n', 'user')).toBeNull();
    expect(config('[diff]\n\texternal = difft\n', 'user')).toBeNull();
  });
  test('a state of its own is for the shell, and so is a file under LFS', async () => {
    small();
    const plain = async (): Promise<boolean> => (await plainRepository(bench.ops, join(bench.cwd, 'src'))) !== null;
    expect(await plain()).toBe(true);
    for (const name of ['MERGE_HEAD', 'rebase-merge', 'BISECT_LOG', 'worktrees', 'reftable']) {
      writeFileSync(join(bench.cwd, '.git', name), 'x');
      expect([name, await plain()]).toEqual([name, false]);
      rmSync(join(bench.cwd, '.git', name));
    }
    attributes('filter=lfs diff=lfs merge=lfs -text');
    expect(await plain()).toBe(false);
    attributes('text=auto');
    expect(await plain()).toBe(true);
    expect(await plainRepository(bench.ops, bench.home)).toBeNull();
  });
});
