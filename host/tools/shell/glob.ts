/** From the words of a command to what its program is given: home put in, globs expanded over names that may be told. */
import { namePattern, type LocalWord } from '../../shell/local/index.ts';
import { listFolder } from './folder.ts';
import { byCodePoint, locate, type Shell } from './world.ts';

/** A glob without a match stays as it stands. */
export async function names(shell: Shell, words: readonly LocalWord[]): Promise<readonly string[]> {
  const all: string[] = [];
  for (const word of words) {
    if (word.home) all.push(shell.context.home + word.text.slice(1));
    else if (word.glob === null) all.push(word.text);
    else {
      const found = await expand(shell, word.glob);
      all.push(...(found.length === 0 ? [word.text] : found));
    }
  }
  return all;
}

/** Names that a glob matches, sorted; what may not be listed is not among them. */
async function expand(shell: Shell, glob: string): Promise<readonly string[]> {
  const { limits, cuts } = shell;
  const parts = glob.split('/');
  let found = [parts[0] === '' ? '/' : ''];
  let left = limits.entries;
  for (const [i, part] of parts.entries()) {
    if (part === '') continue;
    const inner = i < parts.length - 1;
    const next: string[] = [];
    for (const folder of found) {
      const wanted = await candidates(shell, folder, part, left);
      left -= wanted.met;
      for (const name of wanted.names) if (next.length <= limits.matches && (await isThere(shell, folder + name, inner))) next.push(folder + name + (inner ? '/' : ''));
    }
    if (next.length > limits.matches) cuts.add(`${limits.matches} matches`);
    found = next.slice(0, limits.matches);
  }
  if (left <= 0) cuts.add(`${limits.entries} names`);
  if (shell.clock.over()) cuts.add(`${limits.milliseconds} ms`);
  return found.sort(byCodePoint);
}

/** Names in a folder that one part of a glob may stand for; `met` were looked at. */
async function candidates(shell: Shell, folder: string, part: string, left: number): Promise<{ readonly names: readonly string[]; readonly met: number }> {
  const literal = part.replace(/\\(.)/gs, '$1');
  const matches = /[*?[]/.test(part.replace(/\\./gs, '')) ? namePattern(part, { fold: false, slash: false }) : null;
  if (matches === null) return { names: [literal], met: 0 };
  if (left <= 0 || shell.clock.over()) return { names: [], met: 0 };
  const listed = await listFolder(shell, folder === '' ? '.' : folder, left, ({ name }) => (literal.startsWith('.') || !name.startsWith('.')) && matches(name));
  return { names: listed?.names.map(({ name }) => name) ?? [], met: listed?.met ?? 0 };
}

/** Something that may be told of stands there; where more is to come behind it, a folder. */
async function isThere(shell: Shell, name: string, folder: boolean): Promise<boolean> {
  const located = await locate(shell, name, 'list');
  return typeof located !== 'string' && (!folder || located.kind === 'folder');
}
