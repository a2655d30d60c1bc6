/** What a git_state row says of a checkout, and that looking at one runs nothing of it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { plainRepository } from '../../host/gate/repository.ts';
import { createOps } from '../../host/runtime/node.ts';
import { gitState } from '../../host/tools/git-state.ts';
import { gitDigest } from '../../verifiers/formats/git-state.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Ops } from '../../host/ops.ts';
import { loadCore } from '../support/core.ts';

const core = loadCore();
const made: string[] = [];
afterEach(() => made.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-git-')));
  made.push(path);
  return path;
}

function repository(...commands: readonly string[][]): string {
  const cwd = folder();
  const git = (...args: readonly string[]): void => void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main', '-c', 'commit.gpgsign=false', ...args], { cwd, env: { PATH: process.env['PATH'] ?? '', HOME: cwd, GIT_CONFIG_NOSYSTEM: '1' }, stdio: 'ignore' });
  git('init', '-q');
  writeFileSync(join(cwd, 'a.txt'), 'alpha\n');
  git('add', '.');
  git('commit', '-qm', 'one');
  for (const args of commands) git(...args);
  return cwd;
}

function look(cwd: string, ops: Ops = createOps()) {
  return gitState({ ops, core, cwd, repository: (at) => plainRepository(ops, at), mask: (text) => text.replace('s3cret', '*') }, 'run_end').then((row) => row.tool_inputs);
}

describe('git_state', () => {
  it('says_what_a_clean_checkout_is_also_from_a_folder_within', async () => {
    const cwd = repository();
    mkdirSync(join(cwd, 'sub'));
    const state = await look(join(cwd, 'sub'));
    expect(state).toMatchObject({ phase: 'run_end', is_repo: true, head: expect.stringMatching(/^[0-9a-f]{40}$/), branch: 'main', dirty: false, changed_files: [], untracked_files: [], cut: false, diff_hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(state['digest']).toBe(gitDigest(core, state));
  });

  it('lists_what_was_changed_staged_deleted_and_added_and_digests_the_difference', async () => {
    const cwd = repository();
    const clean = await look(cwd);
    writeFileSync(join(cwd, 'a.txt'), 'beta\n');
    writeFileSync(join(cwd, 'new é.txt'), 'x\n');
    writeFileSync(join(cwd, 's3cret.txt'), 'x\n');
    const state = await look(cwd);
    expect(state).toMatchObject({ dirty: true, changed_files: ['a.txt'], untracked_files: ['*.txt', 'new é.txt'] });
    expect(state['diff_hash']).not.toBe(clean['diff_hash']);
    writeFileSync(join(cwd, 'a.txt'), 'gamma\n');
    const again = await look(cwd);
    expect([again['diff_hash'] === state['diff_hash'], again['digest'] === state['digest']]).toEqual([false, false]);
  });

  it('of_a_detached_head_names_no_branch', async () => {
    expect(await look(repository(['checkout', '-q', '--detach']))).toMatchObject({ is_repo: true, branch: null });
  });

  it('more_names_than_a_row_can_hold_are_cut', async () => {
    const cwd = repository();
    for (let i = 0; i < 400; i++) writeFileSync(join(cwd, `${'n'.repeat(200)}-${i}`), '');
    const state = await look(cwd);
    expect([(state['untracked_files'] as string[]).length, state['cut'], JSON.stringify(state).length < 200_000]).toEqual([expect.any(Number), true, true]);
    expect((state['untracked_files'] as string[]).length).toBeLessThan(400);
  });

  it.each([
    ['no-repository', () => folder()],
    ['not-plain', () => { const cwd = repository(['config', 'core.fsmonitor', './teeth.sh']); writeFileSync(join(cwd, 'teeth.sh'), `#!/bin/sh\ntouch ${cwd}/bitten\n`, { mode: 0o755 }); return cwd; }],
    ['not-plain', () => repository(['config', 'diff.external', 'touch bitten'])],
    ['not-plain', () => { const cwd = folder(); symlinkSync(join(repository(), '.git'), join(cwd, '.git')); return cwd; }],
  ])('says_%s', async (why, make) => {
    const cwd = make();
    expect(await look(cwd)).toEqual({ phase: 'run_end', is_repo: false, why });
    expect(existsSync(join(cwd, 'bitten'))).toBe(false);
  });

  it.each([
    ['no-git', (): never => { throw new OccasioError({ code: 'not-found', cannot: 'run', thing: 'git', found: 'it is not installed' }); }],
    ['time', () => ({ code: null, stdout: new Uint8Array(), stderr: new Uint8Array(), cut: 'time' as const })],
    ['failed', () => ({ code: 128, stdout: new Uint8Array(), stderr: new Uint8Array(), cut: null })],
  ])('says_%s_where_git_does_not_answer', async (why, run) => {
    expect(await look(repository(), { ...createOps(), run: async () => run() })).toMatchObject({ is_repo: false, why });
  });
});
