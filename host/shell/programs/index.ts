/** All programs known by name. */
import { find, test } from './find.ts';
import { git } from './git.ts';
import { OPAQUE } from './opaque.ts';
import type { Program } from './program.ts';
import { READERS } from './readers.ts';
import { SCRIPTS } from './scripts.ts';
import { WRAPPING } from './wrappers.ts';
import { WRITERS } from './writers.ts';

const PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ...OPAQUE, ...READERS, ...WRITERS, ...SCRIPTS, ...WRAPPING, ['find', find], ['test', test], ['[', test], ['[[', test], ['git', git],
]);

const FOLDERS = /^\/(?:usr\/(?:local\/)?)?s?bin\/([^/]+)$|^\/opt\/homebrew\/bin\/([^/]+)$/;
const VERSIONED = /^(python|pip|node|ruby|php|perl|lua|pypy|gcc|g\+\+|clang|clang\+\+)-?\d+(?:\.\d+)*$/;

/** The last part of the word, as `programs` shows it. */
export const baseName = (word: string): string => word.split('/').at(-1) ?? word;

/** Undefined for a name in no table and for a path outside the system's folders: `./ls` is not ls. */
export function lookUp(word: string): Program | undefined {
  const found = FOLDERS.exec(word);
  const name = found === null ? word : (found[1] ?? found[2] ?? '');
  return PROGRAMS.get(name) ?? PROGRAMS.get(VERSIONED.exec(name)?.[1] ?? '');
}
