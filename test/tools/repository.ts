/** A scratch repository with a history, and git run on it as an agent's shell would. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { asShown } from './same.ts';
import type { Bench } from './place.ts';

export const version = spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout ?? '';
if (version === '') console.log('no git here: its answers are not compared');

export const SECRET = 'TOKEN=very-secret-line';

let tick = 1_700_000_000;

export interface Repository {
  env(): Record<string, string>;
  /** What git prints; throws where it fails. */
  git(...args: string[]): string;
  /** What the agent would be shown for the line. */
  real(line: string, cwd?: string): string;
  ours(line: string, denied?: readonly RegExp[]): Promise<string>;
  /** Commits, a merge, tags, a renamed file, a remote branch, and changes in every state. */
  history(): void;
  /** Two commits, and a change in the working tree and in the index. */
  small(): void;
}

export function repositoryIn(bench: Bench): Repository {
  const env = (): Record<string, string> => ({
    HOME: bench.home, PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@example.org', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.org',
    GIT_AUTHOR_DATE: `${tick} +0000`, GIT_COMMITTER_DATE: `${tick++} +0000`, GIT_PAGER: 'cat', ...(process.env['TZ'] === undefined ? {} : { TZ: process.env['TZ'] }),
  });
  const git = (...args: string[]): string => {
    const run = spawnSync('git', args, { cwd: bench.cwd, env: env(), encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`git ${args.join(' ')}: ${run.stderr}`);
    return run.stdout.trim();
  };
  return {
    env,
    git,
    real(line, cwd = bench.cwd) {
      const run = spawnSync('bash', ['-c', `{ ${line}\n} 2>&1`], { cwd, env: env(), encoding: 'utf8' });
      return asShown(run.status ?? -1, run.stdout, line);
    },
    ours: async (line, denied = []) => (await bench.run('builtin:shell', { command: line }, denied)).text,
    history: () => history(bench, git),
    small() {
      git('init', '-q', '-b', 'main');
      bench.put({ 'notes.txt': 'alpha\n', 'src/a.ts': 'a\n' });
      git('add', '.');
      git('commit', '-q', '-m', 'first');
      bench.put({ 'notes.txt': 'alpha\nbeta\n', 'staged.txt': 's\n' });
      git('commit', '-q', '-a', '-m', 'second');
      git('add', 'staged.txt');
      appendFileSync(join(bench.cwd, 'notes.txt'), 'delta\n');
      // Git looks at it again, and writes the index for it.
      utimesSync(join(bench.cwd, 'src/a.ts'), 1, 1);
    },
  };
}

function history(bench: Bench, git: Repository['git']): void {
  git('init', '-q', '-b', 'main');
  bench.put({ 'notes.txt': 'alpha\nbeta\ngamma\n', 'src/a.ts': 'export const a = 1;\n', 'old name.txt': Array.from({ length: 30 }, (_, i) => `row ${i}`).join('\n'), '.gitignore': '*.log\n' });
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  git('tag', 'v1');
  git('tag', '-a', 'v1-signed', '-m', 'a tag');
  bench.put({ '.env': `${SECRET}\n`, 'notes.txt': 'alpha\nBETA\ngamma\n' });
  git('add', '.');
  git('commit', '-q', '-m', 'second: a setting');
  git('checkout', '-q', '-b', 'topic');
  bench.put({ 'src/b.ts': 'b\n', 'ünï.txt': 'ü\n' });
  git('add', '.');
  git('commit', '-q', '-m', 'topic');
  git('checkout', '-q', 'main');
  git('mv', 'old name.txt', 'new name.txt');
  git('commit', '-q', '-m', 'moved');
  git('merge', '-q', '--no-ff', '-m', 'merge topic', 'topic');
  git('update-ref', 'refs/remotes/origin/main', 'HEAD~1');
  for (const [name, value] of [['remote.origin.url', 'https://example.org/x.git'], ['remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*'], ['branch.main.remote', 'origin'], ['branch.main.merge', 'refs/heads/main']] as const) git('config', name, value);
  appendFileSync(join(bench.cwd, 'notes.txt'), 'delta\n');
  bench.put({ 'staged.txt': 'staged\n', 'new/untracked.txt': 'u\n', 'x.log': 'ignored\n' });
  git('add', 'staged.txt');
}
