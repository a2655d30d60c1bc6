/**
 * git, started without a shell, on the repository that the gate has found to be plain. It never reads the repository's
 * configuration: it gets a `.git` folder of our making, with copies of HEAD, index and refs' list, the real objects and
 * refs, and the settings that count. So no filter, hook, alias, fsmonitor, pager, external diff or textconv of the
 * repository's is known to it. What a policy denies is left out of every answer that names files: these are asked for first.
 */
import type { Run, Scratch } from '../../ops.ts';
import { revisionsIn, type GitPlan } from '../../shell/local/index.ts';
import type { Repository, Setting } from '../../shell/local/git-config.ts';
import { joined, orNull, readBytes } from '../local.ts';
import { absolute, openFile, sentences, type Shell } from './world.ts';

/** Of the index, the largest file that is copied. */
const MAX_COPY = 64 * 1024 * 1024;
/** Files that one answer may name. */
const MAX_NAMES = 5_000;
const MAX_DENIED = 200;
const COPIES = ['HEAD', 'index', 'packed-refs', 'shallow', 'info/exclude', 'info/attributes', 'objects/info/alternates'];
/** Judged with the others, and left where it is. */
const READ_IN_PLACE = new Set(['objects/info/alternates']);

/** Options that only say how a change is shown, not which files it has. */
const SHOWING = /^(?:-p|-u|--patch|--stat|--shortstat|--numstat|--summary|--name-only|--name-status|-U\d+|--unified.*|--word-diff|-M|-w|-b|--ignore.*|--minimal|--histogram|--patience|--graph|--oneline|--format.*|--pretty.*|--decorate.*|--no-decorate|--abbrev.*|--no-abbrev.*|--date=.*|--reverse|--exit-code|--quiet|--no-color|--color.*|-s|--short|--long|--porcelain.*|-b|--branch|-sb|-bs|--no-patch)$/;

/** What git is run with: exported for what else looks at a checkout. */
export interface Git {
  readonly shell: Shell;
  readonly repository: Repository;
  readonly scratch: Scratch;
}

export class Stop extends Error {
  readonly code: number;
  constructor(code: number, why: string) {
    super(why);
    this.code = code;
  }
}

export async function git(shell: Shell, plan: GitPlan): Promise<number> {
  const repository = (await shell.context.repository?.(shell.base)) ?? null;
  if (repository === null) return fail(shell, 'this repository is not one that can be looked at here; it has changed since the command was decided');
  const inside = await mayShow(shell, [repository.folder]);
  if (!inside) return fail(shell, 'the policy of this machine does not let this repository be read');
  try {
    const world: Git = { shell, repository, scratch: await scratchOf(shell, repository) };
    return await answered(world, plan);
  } catch (e) {
    if (!(e instanceof Stop)) throw e;
    shell.out.line(e.message);
    return e.code;
  }
}

function fail(shell: Shell, why: string): number {
  shell.out.line(`fatal: ${why}`);
  return 128;
}

async function answered(world: Git, plan: GitPlan): Promise<number> {
  const { shell } = world;
  if (plan.command === 'rev-parse') return said(world, ['rev-parse', ...plan.options, ...plan.words]);
  if (plan.command === 'branch') return said(world, ['branch', '--no-color', ...plan.options]);
  const { revisions, paths } = await parted(world, plan);
  for (const path of paths) if (!(await isBelow(world, path))) throw new Stop(128, `fatal: ${path}: '${path}' is outside repository at '${world.repository.top}'`);
  const denied = plan.names ? await deniedNames(world, plan, revisions, paths) : [];
  // Two paths alone could be taken for files to compare, whatever the repository.
  const asked = paths.length === 2 ? [...paths, paths[0] ?? ''] : paths;
  const without = denied.map((name) => `:(top,exclude,literal)${name}`);
  const specs = without.length === 0 ? asked : [...(asked.length === 0 ? [':(top)'] : asked), ...without];
  const words = [...revisions, ...(specs.length === 0 && plan.command === 'show' ? [] : ['--']), ...specs];
  const code = await said(world, [...fixed(plan), ...plan.options, ...words]);
  if (denied.length > 0) shell.out.line('[occasio: files that the policy denies are left out]');
  return code;
}

/** The command with what keeps it from running anything. */
function fixed({ command }: GitPlan): readonly string[] {
  if (command === 'status') return ['status', '--ignore-submodules=dirty'];
  return [command, '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty', '--no-color', ...(command === 'diff' ? [] : ['--no-show-signature', '--submodule=short'])];
}

/** Words that name a commit, and words that name files. A name of anything else in the repository is refused: a blob has no path to judge. */
async function parted(world: Git, plan: GitPlan): Promise<{ readonly revisions: readonly string[]; readonly paths: readonly string[] }> {
  const revisions: string[] = [];
  const paths: string[] = [...(plan.paths ?? [])];
  for (const word of plan.words) {
    if (plan.command !== 'status' && paths.length === (plan.paths ?? []).length && (await isCommit(world, word))) revisions.push(word);
    else if (plan.command !== 'show' && plan.paths === null && (await orNull(world.shell.ops.files.stat(absolute(world.shell, word)))) !== null) paths.push(word);
    else if (plan.command === 'status') paths.push(word);
    else throw new Stop(128, `fatal: ambiguous argument '${word}': unknown revision or path not in the working tree.\nUse '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'`);
  }
  return { revisions, paths };
}

async function isCommit(world: Git, word: string): Promise<boolean> {
  for (const revision of revisionsIn(word)) {
    if (!/^[@A-Za-z0-9_]/.test(revision)) return false;
    const found = await start(world, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
    if (found.code !== 0) return false;
  }
  return true;
}

/** By its text: a link on the way would be git's to refuse. */
async function isBelow({ shell, repository }: Git, path: string): Promise<boolean> {
  const { resolved, fault } = await shell.context.resolve(absolute(shell, path));
  return fault === undefined && resolved.every((place) => place === repository.top || place.startsWith(repository.top === '/' ? '/' : `${repository.top}/`));
}

/** Files that the answer would name and that may not be shown, as the repository calls them. */
async function deniedNames(world: Git, plan: GitPlan, revisions: readonly string[], paths: readonly string[]): Promise<readonly string[]> {
  const { repository } = world;
  const choosing = plan.options.filter((option) => !SHOWING.test(option));
  const spread = paths.length === 2 ? [...paths, paths[0] ?? ''] : paths;
  const listing: { readonly [command in GitPlan['command']]?: readonly string[] } = {
    status: ['status', '--porcelain=v1', '-z', '--no-renames', '--ignore-submodules=dirty', ...choosing, '--', ...paths],
    diff: ['diff', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty', '--name-only', '--no-renames', '-z', ...choosing, ...revisions, '--', ...spread],
    log: ['log', '--no-ext-diff', '--no-textconv', '--no-show-signature', '--format=', '--name-only', '--no-renames', '-z', ...choosing, ...revisions, '--', ...paths],
    show: ['log', '--no-walk=unsorted', '--no-ext-diff', '--no-textconv', '--no-show-signature', '--format=', '--name-only', '--no-renames', '-m', '-z', ...revisions, '--'],
  };
  const ran = await start(world, listing[plan.command] ?? []);
  if (ran.cut !== null) throw new Stop(128, `fatal: more than can be judged in ${world.shell.limits.milliseconds} ms; ask for less at once`);
  if (ran.code !== 0) throw new Stop(ran.code ?? 128, new TextDecoder().decode(ran.stderr).trimEnd());
  const texts = new TextDecoder('utf-8', { ignoreBOM: true }).decode(ran.stdout).split('\0');
  const found = new Set(texts.map((text) => (plan.command === 'status' ? text.slice(3) : text)).filter((name) => name !== ''));
  if (found.size > MAX_NAMES) throw new Stop(128, `fatal: it names more than ${MAX_NAMES} files; ask for less at once`);
  const denied: string[] = [];
  for (const name of found) {
    if (name.includes('\ufffd')) throw new Stop(128, 'fatal: it names a file whose name is no text');
    if (world.shell.clock.over()) throw new Stop(128, `fatal: more than can be judged in ${world.shell.limits.milliseconds} ms; ask for less at once`);
    if (!(await mayShow(world.shell, [joined(repository.top, name.replace(/\/$/, ''))]))) denied.push(name);
  }
  if (denied.length > MAX_DENIED) throw new Stop(128, 'fatal: too many of its files may not be shown; ask for less at once');
  return denied;
}

/** Whether a file may be shown, by every name that leads there. */
async function mayShow({ context }: Shell, paths: readonly string[]): Promise<boolean> {
  const resolved = await Promise.all(paths.map((path) => context.resolve(path)));
  if (resolved.some(({ fault }) => fault !== undefined)) return false;
  return await context.allowed([...new Set([...paths, ...resolved.flatMap((one) => one.resolved)])], 'read');
}

/** Runs it and shows what it said. */
async function said(world: Git, args: readonly string[]): Promise<number> {
  const { shell } = world;
  const ran = await start(world, args);
  // Other lines quote what stands in files that no rule was asked about.
  const errors = new TextDecoder().decode(ran.stderr).split('\n');
  for (const line of errors) if (/^(?:warning|hint|error|fatal|usage): |^(?:Use '--' to separate paths from revisions, like this:|'git <command> \[<revision>\.\.\.\] -- \[<file>\.\.\.\]')$/.test(line)) shell.out.line(line);
  shell.out.write(ran.stdout);
  if (ran.cut === 'time') shell.cuts.add(`${shell.limits.milliseconds} ms`);
  if (ran.cut === 'bytes') shell.cuts.add(`${shell.limits.bytes} bytes`);
  return ran.code ?? 0;
}

const GIVEN: readonly Setting[] = [
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', '/dev/null'],
  ['core.untrackedCache', 'false'],
  ['core.splitIndex', 'false'],
  ['core.commitGraph', 'true'],
  ['diff.external', ''],
  ['protocol.allow', 'never'],
  ['submodule.recurse', 'false'],
  ['log.showSignature', 'false'],
  ['color.ui', 'false'],
];

export async function start({ shell, repository, scratch }: Git, args: readonly string[]): ReturnType<Shell['ops']['run']> {
  const settings = [...repository.settings, ...GIVEN];
  const env: { [name: string]: string } = {
    HOME: shell.context.home,
    LC_ALL: 'C.UTF-8',
    GIT_WORK_TREE: repository.top,
    GIT_OBJECT_DIRECTORY: joined(repository.folder, 'objects'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: '',
    GIT_PAGER: 'cat',
    GIT_CONFIG_COUNT: String(settings.length),
  };
  settings.forEach(([name, value], i) => {
    env[`GIT_CONFIG_KEY_${i}`] = name;
    env[`GIT_CONFIG_VALUE_${i}`] = value;
  });
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const run: Run = {
    program: 'git',
    args: ['--no-pager', '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...args],
    cwd: shell.base,
    env: { ...env, ...(timeZone === undefined ? {} : { TZ: timeZone }) },
    limits: { bytes: shell.limits.bytes, milliseconds: Math.max(1, shell.clock.left()) },
    // Only what looks at the working tree looks at the index.
    scratch: args[0] === 'status' || args[0] === 'diff' ? scratch : { ...scratch, files: scratch.files.filter(({ name }) => name !== 'index') },
  };
  return shell.ops.run(run);
}

/**
 * A `.git` folder without a configuration. Its files are judged like any other, for git puts lines it does not understand
 * into its errors. Times are kept: git tells by them whether the index can be trusted.
 */
export async function scratchOf(shell: Shell, { folder }: Repository): Promise<Scratch> {
  const files: { name: string; bytes: Uint8Array; modified: number }[] = [];
  for (const name of COPIES) {
    const file = await openFile(shell, joined(folder, name));
    if (typeof file === 'string') {
      if (file === 'absent' || file === 'below-file') continue;
      throw new Stop(128, `fatal: ${joined(folder, name)}: ${sentences[file]}`);
    }
    try {
      const { bytes, cut } = await readBytes(file, MAX_COPY);
      if (cut) throw new Stop(128, `fatal: ${joined(folder, name)} has more than ${MAX_COPY} bytes`);
      if (!READ_IN_PLACE.has(name)) files.push({ name, bytes, modified: file.stat.modified });
    } finally {
      await file.close();
    }
  }
  return { variable: 'GIT_DIR', files, links: [{ name: 'refs', target: joined(folder, 'refs') }] };
}
