/**
 * A scratch world for one test: a project folder below a parent, a home for the agent, a home for Occasio, and a folder
 * for PATH in which `claude` is the version under test. Gone when the test is over.
 */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { programOf, type Version } from './install.ts';

export interface World {
  readonly version: Version;
  readonly root: string;
  readonly project: string;
  readonly home: string;
  readonly occasioHome: string;
  readonly bin: string;
  /** Absolute path of a name in the project; `~/…` is in the agent's home. */
  path(name: string): string;
  write(name: string, text: string): string;
  read(name: string): string;
  link(name: string, target: string): void;
  remove(): void;
}

/** Lines that occur nowhere but in the file that a test denies. */
export const denied = ['DENIED_ALPHA=qx7-reach-no-model-alpha', 'DENIED_BETA=qx7-reach-no-model-beta', 'DENIED_GAMMA=qx7-reach-no-model-gamma'] as const;
/** Lines of a file that anyone may read. */
export const allowed = ['allowed first line 5512', 'allowed second line 5513'] as const;

export function createWorld(version: Version, files: Readonly<Record<string, string>> = {}): World {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-agents-')));
  const [project, home, bin] = [join(root, 'parent/project'), join(root, 'home'), join(root, 'bin')];
  for (const folder of [project, home, bin, join(root, 'tmp')]) mkdirSync(folder, { recursive: true });
  symlinkSync(programOf(version), join(bin, 'claude'));
  const path = (name: string): string => (name.startsWith('~/') ? join(home, name.slice(2)) : resolve(project, name));
  const write = (name: string, text: string): string => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
    return path(name);
  };
  write('.env', `${denied.join('\n')}\n`);
  write('notes.txt', `${allowed.join('\n')}\n`);
  for (const [name, text] of Object.entries(files)) write(name, text);
  return {
    version,
    root,
    project,
    home,
    occasioHome: join(root, 'occasio'),
    bin,
    path,
    write,
    read: (name) => readFileSync(path(name), 'utf8'),
    link: (name, target) => symlinkSync(target, path(name)),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}
