/**
 * How a path is spelt, a table per flavour: what a text may mean, before anything is asked of the disk. Letter case and
 * Unicode form are the policy's to fold. What Windows adds is in `win32.ts`.
 *
 *   darwin   /System/Volumes/Data/X is /X (a firmlink, which no link says); X/..namedfork/data is X; /.vol is refused
 */
import type { Flavour } from '../policy/types.ts';
import { win32 } from './win32.ts';

export interface PathRules {
  readonly separator: string;
  /** There is a /proc whose links change meaning with the process that reads them. */
  readonly process: boolean;
  /** It names the same place from every folder. */
  isAbsolute(path: string): boolean;
  /** It begins at a root: of the folder's drive where it names none. */
  isRooted(path: string): boolean;
  /** A text seen from an absolute folder; absolute, not normalised. */
  from(folder: string, text: string): string;
  /** The root an absolute path starts from. */
  root(path: string): string;
  /** Components after the root, empty ones included, as the system looks them up. */
  split(path: string): string[];
  join(folder: string, name: string): string;
  parent(path: string): string;
  /** Without `.`, `..`, doubled and trailing separators; never looks at the disk. */
  normalise(path: string): string;
  /** Every text the asked one may mean: itself, and with home, variables or URL spelled out. */
  expand(asked: string, home: string): string[];
  /** Why a text, or what a link says, is refused unseen; null when it may be looked up. */
  fault(path: string): PathFault | null;
  /** Other absolute paths of the same place that no link tells of. */
  again(path: string): readonly string[];
  /** The path that a link's text means. */
  linked(target: string): string;
  /** The name may be a second one that the system itself gave to a file of another name. */
  mayBeAlias(name: string): boolean;
}

export type PathFault =
  | 'drive-relative' // `C:name`, which depends on a folder kept per drive
  | 'device-path' // `\\?\`, `\\.\`, `\??\`, UNC, CON, NUL, COM1; /.vol
  | 'unclear-name' // a name that is looked up as another one, or as a pattern
  | 'unknown-variable'; // `%NAME%`, `$env:NAME` that is not in the table

export function pathRules(flavour: Flavour): PathRules {
  return flavour === 'win32' ? win32Rules : flavour === 'darwin' ? darwin : posix;
}

/** What a flavour's table says; the rest follows from it. */
export interface Spelling extends Omit<PathRules, 'join' | 'parent' | 'normalise' | 'expand'> {
  /** Texts that one may mean besides itself. */
  meanings(text: string, home: string): readonly string[];
  /** A home folder in front: `~`, `$HOME`. */
  readonly home: RegExp;
  /** What follows `~name`. */
  readonly afterUser: RegExp;
  /** Folders that hold homes, seen from one of them. */
  homes(name: string): readonly string[];
  ofUrl(path: string): string;
}

const posixSpelling: Spelling = {
  separator: '/',
  process: true,
  isAbsolute: (path) => path.startsWith('/'),
  isRooted: (path) => path.startsWith('/'),
  from: (folder, text) => (text.startsWith('/') ? text : `${folder.endsWith('/') ? folder : `${folder}/`}${text}`),
  root: () => '/',
  split: (path) => path.split('/'),
  fault: () => null,
  again: () => [],
  linked: (target) => target,
  mayBeAlias: () => false,
  meanings: () => [],
  home: /^(?:~|\$HOME|\$\{HOME\})(?=\/|$)/,
  afterUser: /^(?=\/|$)/,
  homes: (name) => [`/home/${name}`, `/Users/${name}`, ...(name === 'root' ? ['/root', '/var/root'] : [])],
  ofUrl: (path) => path,
};

/** Prefixes under which macOS keeps the same tree again. */
const AGAIN = /^\/+(?:System\/+Volumes\/+Data|\.nofollow|\.resolve\/+\d+)(?=\/|$)/i;

const again = (path: string): readonly string[] => (AGAIN.test(path) ? [path.replace(AGAIN, '') || '/'] : []);

const posix = table(posixSpelling);

const darwin = table({
  ...posixSpelling,
  process: false,
  split(path) {
    const names = path.split('/');
    const fork = names.findIndex((name) => name.toLowerCase() === '..namedfork');
    return fork < 0 ? names : names.slice(0, fork);
  },
  fault: (path) => (/^\/+\.(?:vol|file)(?:\/|$)/i.test(path) ? 'device-path' : null),
  again,
  meanings: again,
});

const win32Rules = table(win32);

function table(spelling: Spelling): PathRules {
  const { separator, root, split } = spelling;
  const join = (folder: string, name: string): string => (folder.endsWith(separator) ? folder + name : folder + separator + name);
  const normalise = (path: string): string => {
    const kept: string[] = [];
    for (const name of split(path)) {
      if (name === '' || name === '.') continue;
      if (name === '..') kept.pop();
      else kept.push(name);
    }
    return root(path) + kept.join(separator);
  };
  const parent = (path: string): string => normalise(join(path, '..'));
  return {
    ...spelling,
    join,
    normalise,
    parent,
    expand: (asked, home) => {
      // Claude Code takes blanks, line ends and byte order marks off both ends before it opens a path (measured); a shell does not.
      const texts = new Set([asked, asked.trim() || '.']);
      // What a text means may have a meaning of its own: a URL of a firmlink.
      for (const text of texts) {
        if (texts.size > MAX_MEANINGS) break;
        for (const meaning of [...expansions(spelling, text, home, parent), ...spelling.meanings(text, home)]) texts.add(meaning);
      }
      return [...texts];
    },
  };
}

const MAX_MEANINGS = 32;

/** `~name` is another user's home, which is looked for beside ours and where systems keep them. */
function expansions(spelling: Spelling, asked: string, home: string, parent: (path: string) => string): string[] {
  const out: string[] = [];
  const own = spelling.home.exec(asked);
  if (own !== null) out.push(home + asked.slice(own[0].length));
  const name = /^~([A-Za-z_][A-Za-z0-9._-]*)/.exec(asked)?.[1];
  if (name !== undefined && spelling.afterUser.test(asked.slice(1 + name.length))) {
    for (const place of new Set([parent(home) + spelling.separator + name, ...spelling.homes(name)])) out.push(place + asked.slice(1 + name.length));
  }
  const url = /^file:(?:\/\/(?:localhost|127\.0\.0\.1)?)?(\/.*)$/is.exec(asked);
  if (url !== null) {
    const path = decoded((url[1] ?? '').replace(/[?#].*$/s, ''));
    if (path !== null) out.push(spelling.ofUrl(path));
    const whole = decoded(url[1] ?? '');
    if (whole !== null) out.push(spelling.ofUrl(whole));
  }
  return out;
}

/** Percent signs decoded; null when what they stand for is not UTF-8 or holds a NUL: no opener takes that for a path. */
function decoded(text: string): string | null {
  try {
    const plain = decodeURIComponent(text);
    return plain.includes('\0') ? null : plain;
  } catch (e) {
    if (e instanceof URIError) return null;
    throw e;
  }
}
