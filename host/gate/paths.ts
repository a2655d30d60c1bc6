/**
 * How a path is spelt, a table per flavour: posix and darwin are alike here (what differs, case and Unicode form, is the
 * policy's to fold); win32 has two separators, drives, and spellings that are refused before anything is asked of the disk.
 */
import type { Flavour } from '../policy/types.ts';

export interface PathRules {
  readonly separator: string;
  /** There is a /proc whose links change meaning with the process that reads them. */
  readonly process: boolean;
  isAbsolute(path: string): boolean;
  /** The root an absolute path starts from. */
  root(path: string): string;
  /** Components after the root, empty ones included. */
  split(path: string): string[];
  join(folder: string, name: string): string;
  parent(path: string): string;
  /** Without `.`, `..`, doubled and trailing separators; never looks at the disk. */
  normalise(path: string): string;
  /** Every text the asked one may mean: itself, and with home or URL spelled out. */
  expand(asked: string, home: string): string[];
  fault(path: string): 'drive-relative' | 'device-path' | null;
}

export function pathRules(flavour: Flavour): PathRules {
  return flavour === 'win32' ? win32 : flavour === 'darwin' ? darwin : posix;
}

const posixHome = /^(?:~|\$HOME|\$\{HOME\})(?=\/|$)/;
const win32Home = /^(?:~|\$HOME|\$\{HOME\}|%USERPROFILE%|%HOMEDRIVE%%HOMEPATH%|\$env:USERPROFILE|\$env:HOME|\$\{env:USERPROFILE\}|\$\{env:HOME\})(?=[\\/]|$)/i;

const posix: PathRules = table({
  separator: '/',
  process: true,
  isAbsolute: (path) => path.startsWith('/'),
  root: () => '/',
  split: (path) => path.split('/'),
  home: posixHome,
  ofUrl: (path) => path,
  fault: () => null,
});

const darwin: PathRules = { ...posix, process: false };

const win32: PathRules = table({
  separator: '\\',
  process: false,
  isAbsolute: (path) => /^(?:[A-Za-z]:)?[\\/]/.test(path) || /^[A-Za-z]:/.test(path),
  root: (path) => (/^[A-Za-z]:/.test(path) ? `${path.slice(0, 2).toUpperCase()}\\` : '\\'),
  split: (path) => path.replace(/^[A-Za-z]:/, '').split(/[\\/]/),
  home: win32Home,
  ofUrl: (path) => path.replace(/^\/(?=[A-Za-z]:)/, ''),
  fault: (path) => (/^[\\/]{2}|^[\\/]\?\?[\\/]/.test(path) ? 'device-path' : /^[A-Za-z]:(?![\\/])/.test(path) ? 'drive-relative' : null),
});

interface Spelling extends Pick<PathRules, 'separator' | 'process' | 'isAbsolute' | 'root' | 'split' | 'fault'> {
  readonly home: RegExp;
  ofUrl(path: string): string;
}

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
  return {
    ...spelling,
    join,
    normalise,
    parent: (path) => normalise(join(path, '..')),
    expand: (asked, home) => {
      // Claude Code takes blanks, line ends and byte order marks off both ends before it opens a path (measured); a shell does not.
      const texts = [asked, asked.trim()];
      return [...new Set([...texts.flatMap((text) => [text, ...expansions(spelling, text, home, (p) => normalise(join(p, '..')))]), ...(texts[1] === '' ? ['.'] : [])])];
    },
  };
}

/** `~name` is another user's home, which is looked for beside ours and where systems keep them. */
function expansions(spelling: Spelling, asked: string, home: string, parent: (path: string) => string): string[] {
  const out: string[] = [];
  const home_ = spelling.home.exec(asked);
  if (home_ !== null) out.push(home + asked.slice(home_[0].length));
  const user = /^~([A-Za-z_][A-Za-z0-9._-]*)(?=\/|$)/.exec(asked);
  if (user !== null) {
    const name = user[1] ?? '';
    const places = [parent(home) + spelling.separator + name, ...(spelling.separator === '/' ? [`/home/${name}`, `/Users/${name}`, ...(name === 'root' ? ['/root', '/var/root'] : [])] : [])];
    for (const place of new Set(places)) out.push(place + asked.slice(user[0].length));
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
