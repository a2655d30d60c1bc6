/** A piece of work under the templates as they ship: it gets done, and what the agent reads is what it would have read alone. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { templateText } from '../../host/policy/index.ts';
import { createUpstream, say, use, type JsonObject, type Script, type Turn, type Upstream } from '../support/upstream.ts';
import { cleanEnv, eventsOf, runClaude, type Run } from './claude.ts';
import { versions } from './install.ts';
import { expectGoverned, rowsOf } from './record.ts';
import { bash, linesLeaked, usePolicy } from './way.ts';
import { createWorld, type World } from './world.ts';

const [version] = versions;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const FILES = {
  'package.json': '{"name":"sum","private":true,"scripts":{"test":"node --test"}}\n',
  'sum.js': "'use strict';\nexports.sum = (a, b) => a - b;\n",
  'sum.test.js': "'use strict';\nrequire('node:test')('sum', () => require('node:assert').equal(require('./sum.js').sum(2, 2), 4));\n",
  'docs/notes.md': '# Notes\n\nsum adds two numbers\n',
};

function git(w: World, ...args: string[]): string {
  const run = spawnSync('git', args, { cwd: w.project, encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', HOME: w.home } });
  if (run.status !== 0) throw new Error(`bug: git ${args.join(' ')}: ${run.stderr}`);
  return run.stdout.trim();
}

function project(): World {
  const w = createWorld(version, FILES);
  cleanups.push(() => w.remove());
  w.write('.gitignore', '.env\n');
  w.write('~/.gitconfig', '[user]\n\tname = t\n\temail = t@example.invalid\n');
  git(w, 'init', '-q');
  git(w, 'add', '-A');
  git(w, 'commit', '-q', '-m', 'start');
  return w;
}

async function session(w: World, script: Script, through: 'occasio' | 'nothing' = 'occasio', args: readonly string[] = []): Promise<{ upstream: Upstream; run: Run }> {
  const upstream = await createUpstream({ script });
  cleanups.push(() => upstream.close());
  return { upstream, run: await runClaude(w, { upstream, through, args: ['mend sum', ...args], env: { PATH: `${cleanEnv(w)['PATH']}:${join(process.execPath, '..')}` } }) };
}

/** What the last request says of each call, in the order of the calls: failed or not, and the text. Agents answer calls of one turn in any order. */
function results(upstream: Upstream): string[] {
  const messages = (upstream.asked.at(-1)?.body?.['messages'] ?? []) as JsonObject[];
  const blocks = messages.flatMap((message) => (Array.isArray(message['content']) ? (message['content'] as JsonObject[]) : []));
  const told = (id: unknown): string => {
    const found = blocks.find((block) => block['type'] === 'tool_result' && block['tool_use_id'] === id);
    return `${found?.['is_error'] === true ? 'error ' : ''}${JSON.stringify(found?.['content'])}`;
  };
  return blocks.filter((block) => block['type'] === 'tool_use').map((block) => told(block['id']));
}

const actions = (w: World): string[] => rowsOf(w).filter((row) => row.kind === 'tool_call' && row.direction === 'inbound').map((row) => `${row.action} ${row.reason}`);

/** What an agent does when it mends a bug. */
const work = (w: World): readonly Turn[] => [
  say('looking', bash('ls'), use('Read', { file_path: w.path('sum.js') }), bash('cat sum.test.js')),
  say('', bash('grep -rn "sum" --include=*.js .'), bash('git log --oneline | head -3'), bash('git status --short')),
  say('', bash('npm test')),
  say('', use('Edit', { file_path: w.path('sum.js'), old_string: 'a - b', new_string: 'a + b' })),
  say('', bash('npm test 2>&1 | tail -20')),
  say('', use('Write', { file_path: w.path('CHANGES.md'), content: 'sum adds\n' }), bash('mkdir -p out && cp CHANGES.md out/ && wc -l out/CHANGES.md')),
  say('', bash('git add -A && git diff --cached --stat')),
  say('', bash('git commit -q -m "sum: add, not subtract"')),
  say('', bash('cat .env'), bash('node -e "console.log(require(\'fs\').readFileSync(\'.e\'+\'nv\',\'utf8\'))"')),
  say('done'),
];

describe(`Claude Code ${version} under the template strict`, () => {
  it('mends, stages and looks; what only a person may start is refused, and the session goes on to its end', async () => {
    const w = project();
    usePolicy(w, 'strict');
    const { upstream, run } = await session(w, work(w));
    expectGoverned(w, upstream, run);
    expect(eventsOf(run).at(-1)?.['result']).toBe('done');
    expect(w.read('sum.js')).toContain('a + b');
    expect(w.read('out/CHANGES.md')).toBe('sum adds\n');
    expect(git(w, 'diff', '--cached', '--name-only').split('\n')).toEqual(['CHANGES.md', 'out/CHANGES.md', 'sum.js']);
    const told = actions(w);
    expect(told.filter((action) => action === 'BLOCK command-opaque').length).toBe(4);
    expect(told.filter((action) => action === 'BLOCK path-denied').length).toBe(1);
    expect(told.filter((action) => action.startsWith('PASS')).length).toBe(told.length - 5);
    expect(linesLeaked(upstream)).toEqual([]);
  });

  it('with tests and commits vouched for does all of it, and still reads no denied file', async () => {
    const w = project();
    w.write(join(w.occasioHome, 'policy.yml'), templateText('strict').replace('vouched_commands: []', 'vouched_commands:\n  - npm test\n  - git commit'));
    const { upstream, run } = await session(w, work(w));
    expectGoverned(w, upstream, run);
    const [, , , , , , red, , green] = results(upstream);
    expect([red, green].map((text) => /fail 1|fail 0/.exec(text ?? '')?.[0])).toEqual(['fail 1', 'fail 0']);
    expect(git(w, 'log', '-1', '--format=%s')).toBe('sum: add, not subtract');
    expect(actions(w).filter((action) => action === 'PASS command-vouched').length).toBe(3);
    expect(actions(w).filter((action) => action.startsWith('BLOCK'))).toEqual(['BLOCK path-denied', 'BLOCK command-opaque']);
    expect(linesLeaked(upstream)).toEqual([]);
  });
});

describe(`Claude Code ${version} under the template local-first`, () => {
  /** Reading only, so that both sessions see the same disk. */
  const looking = (w: World): Script => [
    say('', use('Read', { file_path: w.path('sum.js') }), use('Read', { file_path: w.path('docs/notes.md'), offset: 2, limit: 2 })),
    say('', use('Glob', { pattern: '**/*.js' }), use('Grep', { pattern: 'sum', output_mode: 'content', '-n': true }), use('Grep', { pattern: 'adds', output_mode: 'files_with_matches' })),
    say('', bash('cat sum.js'), bash('ls'), bash('head -2 sum.test.js'), bash('wc -l sum.js'), bash('git status --short'), bash('git log --format=%s'), bash('git rev-parse --abbrev-ref HEAD')),
    say('', use('Read', { file_path: w.path('missing.js') }), bash('test -f sum.js'), bash('cat missing.js')),
    say('', bash('echo done | tr a-z A-Z')),
    say('done'),
  ];

  it('the model reads, word for word, what the agent alone would have told it', async () => {
    const w = project();
    const search = ['--tools', 'Bash,Read,Edit,Write,Grep,Glob'];
    const bare = await session(w, looking(w), 'nothing', search);
    expect({ code: bare.run.code, problems: bare.upstream.problems }).toEqual({ code: 0, problems: [] });
    usePolicy(w, 'local-first');
    const governed = await session(w, looking(w), 'occasio', search);
    expectGoverned(w, governed.upstream, governed.run);
    // That a file is not there is said in words of our own.
    const plain = (text: string): string => (/^error .*does not exist/.test(text) ? 'error: no such file' : text);
    expect(results(governed.upstream).map(plain)).toEqual(results(bare.upstream).map(plain));
    const told = actions(w);
    expect(told.length).toBe(16);
    expect(told.filter((action) => action.startsWith('LOCAL')).length).toBeGreaterThanOrEqual(12);
  });

  it('a piece of work gets done, with commits', async () => {
    const w = project();
    writeFileSync(join(w.project, 'README.md'), 'sum\n');
    usePolicy(w, 'local-first');
    const { upstream, run } = await session(w, work(w).slice(0, -2).concat(say('done')));
    expectGoverned(w, upstream, run);
    expect([w.read('sum.js').includes('a + b'), git(w, 'log', '-1', '--format=%s')]).toEqual([true, 'sum: add, not subtract']);
    expect(actions(w).filter((action) => action.startsWith('BLOCK'))).toEqual([]);
  });
});
