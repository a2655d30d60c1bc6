/**
 * Folders that a command takes whole: copied, packed, linked to, compared, or searched without saying which line is from which
 * file. Nothing in the result tells then where a line is from, so the names beneath such a folder are judged beforehand, as
 * mentions. What `**` leaves out (below names that begin with a dot) is left out here too. And folders that a command fills.
 */
import type { ShellFacts, ShellWord } from '../shell/facts.ts';

/** Words to look up besides those of the line; `isFolder` tells whether a word of the line is one. */
export async function wholeFolders(shell: ShellFacts, isFolder: (word: ShellWord) => Promise<boolean>): Promise<readonly ShellWord[]> {
  const searches = shell.commands.map((command) => command.split(' ')).filter(hidesNames);
  const out: ShellWord[] = [];
  for (const word of shell.words) {
    if (word.access === 'search') for (const words of searches) out.push(...beneath(word, includes(words)));
    else if (word.access === 'read' && (await isFolder(word))) out.push(...beneath(word, []));
  }
  return out;
}

/** What comes to stand in a folder that the line writes to: `cp x/settings.json .claude/` writes `.claude/settings.json`. */
export async function arrivals(shell: ShellFacts, isFolder: (word: ShellWord) => Promise<boolean>): Promise<readonly ShellWord[]> {
  const names = new Set(shell.words.filter((word) => word.access === 'read' || /^\w+:\/\//.test(word.text)).map((word) => /([^/?#]+)\/*(?:[?#].*)?$/.exec(word.text)?.[1] ?? ''));
  const out: ShellWord[] = [];
  for (const word of shell.words) {
    if (word.access !== 'write' || !(await isFolder(word))) continue;
    for (const name of names) if (name !== '' && name !== '.' && name !== '..') out.push({ ...word, text: `${word.text}/${name}`, glob: word.glob || /[*?[]/.test(name) });
  }
  return out;
}

/** The shallow names first: a wide tree may not be read to its end. */
function beneath(word: ShellWord, names: readonly string[]): ShellWord[] {
  const folder = word.text.replace(/\/+$/, '') || '/.';
  const patterns = names.length === 0 ? ['.*', '**/.*', '**'] : names.flatMap((name) => [...(/^[*?[]/.test(name) ? [`**/.${name}`] : []), `**/${name}`]);
  return patterns.map((pattern) => ({ text: `${folder}/${pattern}`, access: 'mention', glob: true, directories: word.directories }));
}

/** Searches of folders that print lines without names. */
function hidesNames(words: readonly string[]): boolean {
  const at = words.findIndex((word) => /(?:^|\/)(?:[efz]?grep|rg|ag|ack)$/.test(word));
  if (at < 0) return false;
  const program = (words[at] ?? '').replace(/^.*\//, '');
  const options = words.slice(at + 1);
  const has = (letters: string, long: RegExp): boolean => options.some((o) => long.test(o) || new RegExp(`^-[A-Za-z]*[${letters}]`).test(o));
  if (program === 'rg') return has('I', /^--no-f/);
  if (program === 'ag' || program === 'ack') return has('h', /^--no-?f/);
  // `git grep` searches folders by itself.
  const recursive = words[at - 1] === 'git' || has('rR', /^--(?:recursive|dereference-r|directories=rec)/) || options.includes('recurse');
  return recursive && has('h', /^--no-f/);
}

/** Names that a search is held to: then only these matter. */
function includes(words: readonly string[]): readonly string[] {
  return words.flatMap((word, i) => {
    const given = /^(?:--include|--glob)=(.+)$/.exec(word)?.[1] ?? (/^(?:--include|--glob|-g)$/.test(words[i - 1] ?? '') ? word : null);
    return given === null || given.startsWith('!') ? [] : [given.replace(/^\/|^\*\*\//, '')];
  });
}
