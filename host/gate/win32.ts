/**
 * How Windows spells a path. A name is looked up without its stream and without trailing dots and blanks:
 *
 *   C:\a\b, C:/a/b      absolute                       \a, /a           on the drive of the folder it is seen from
 *   C:a                 refused: a folder per drive    \\… //… \??\…    refused: another machine (which is sent the user's
 *   /c/a, /mnt/c/a      C:\a as well: Git Bash, WSL                     hash), or the kernel's own names
 *   a:stream, a::$DATA  a                              CON, nul.txt     refused: devices, in any folder
 *   a. , a              a                              a...\b, "a \b"   refused: who opens it decides what it is
 *   ENV~1               what the disk says it is       %APPDATA%, $env:APPDATA   by a table; one that is not in it is refused
 */
import type { PathFault, Spelling } from './paths.ts';

const DRIVE = /^[A-Za-z]:/;
const DEVICE = /^(?:con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$|clock\$) *(?:[.:].*)?$/is;
/** A short name of the file system: at most eight characters, a tilde and a number at their end, and three more. */
const SHORT = /^(?=[^.]{3,8}(?:\.|$))[^.~]{1,6}~\d{1,6}(?:\.[^.]{0,3})?$/;
const VARIABLE = /%(?![0-9A-F]{2}%)([^%\\/:;=\r\n]{1,64})%|\$env:(\w{1,64})|\$\{env:([^}]{1,64})\}/gi;

export const win32: Spelling = {
  separator: '\\',
  process: false,
  isAbsolute: (path) => /^[A-Za-z]:[\\/]/.test(path),
  isRooted: (path) => /^(?:[A-Za-z]:)?[\\/]/.test(path),
  from(folder, text) {
    if (win32.isAbsolute(text)) return text;
    return /^[\\/]/.test(text) ? folder.slice(0, 2) + text : `${folder.replace(/\\$/, '')}\\${text}`;
  },
  root: (path) => (DRIVE.test(path) ? `${path.slice(0, 2).toUpperCase()}\\` : '\\'),
  split: (path) => path.replace(DRIVE, '').split(/[\\/]/).map(lookedUp),
  fault: (path) => placeFault(path) ?? variableFault(path) ?? nameFault(path),
  linked: (target) => target.replace(/^\\(?:\\|\?)\?\\(?=[A-Za-z]:\\)/, ''),
  again: () => [],
  mayBeAlias: (name) => SHORT.test(name),
  meanings(text, home) {
    const drive = /^\/+(?:(?:cygdrive|mnt|proc\/+cygdrive)\/+)?([A-Za-z])(?=\/|$)/.exec(text);
    // Programs of an old kind are given the nearest letters of a code page: a full-width slash becomes a slash.
    const nearest = text.normalize('NFKC');
    return [spelledOut(text, home), ...(drive === null ? [] : [`${drive[1] ?? ''}:\\${text.slice(drive[0].length + 1)}`]), ...(nearest === text ? [] : [nearest])];
  },
  home: /^(?:~|\$HOME|\$\{HOME\})(?=[\\/]|$)/i,
  afterUser: /^(?=[\\/]|$)/,
  homes: () => [],
  ofUrl: (path) => path.replace(/^\/(?=[A-Za-z]:)/, ''),
};

/** The name that the file system is asked for. */
function lookedUp(name: string): string {
  return name === '.' || name === '..' ? name : name.replace(/:.*$/s, '').replace(/[. ]+$/, '');
}

function placeFault(path: string): PathFault | null {
  if (/^[\\/]{2}|^[\\/]\?\?[\\/]/.test(path)) return 'device-path';
  // A host in a file URL is a machine that is asked for the file.
  if (/^file:[\\/]{2}(?!(?:localhost|127\.0\.0\.1)?[\\/])/i.test(path)) return 'device-path';
  return /^[A-Za-z]:(?![\\/])/.test(path) ? 'drive-relative' : null;
}

function nameFault(path: string): PathFault | null {
  const names = path.replace(/^file:/i, '').replace(DRIVE, '').split(/[\\/]/);
  const last = names.findLastIndex((name) => name !== '');
  for (const [i, name] of names.entries()) {
    if (name === '' || name === '.' || name === '..') continue;
    if (DEVICE.test(name)) return 'device-path';
    if (/^[. ]+$/.test(name) || /[<>"|\u0001-\u001f]/.test(name) || (i < last && /(?: |\.\.)$/.test(name))) return 'unclear-name';
  }
  return null;
}

/** Places below the home folder, or on its drive, that variables name. */
const BELOW_HOME: { readonly [name: string]: string } = { userprofile: '', home: '', appdata: '\\AppData\\Roaming', localappdata: '\\AppData\\Local', temp: '\\AppData\\Local\\Temp', tmp: '\\AppData\\Local\\Temp', onedrive: '\\OneDrive' };
const ON_DRIVE: { readonly [name: string]: string } = {
  systemdrive: '', homedrive: '', systemroot: '\\Windows', windir: '\\Windows', programdata: '\\ProgramData', allusersprofile: '\\ProgramData', programfiles: '\\Program Files', 'programfiles(x86)': '\\Program Files (x86)', programw6432: '\\Program Files', public: '\\Users\\Public',
};

/** What a variable of Windows holds as a rule; null for one that is not known. */
export function windowsVariable(name: string, home: string): string | null {
  const key = name.toLowerCase();
  if (Object.hasOwn(BELOW_HOME, key)) return home + (BELOW_HOME[key] ?? '');
  if (Object.hasOwn(ON_DRIVE, key)) return home.slice(0, 2) + (ON_DRIVE[key] ?? '');
  if (key === 'homepath') return home.slice(2);
  return key === 'username' ? (/[^\\/]*$/.exec(home)?.[0] ?? '') : null;
}

function variableFault(path: string): PathFault | null {
  const names = [...path.matchAll(VARIABLE)].map((found) => found[1] ?? found[2] ?? found[3] ?? '');
  return names.some((name) => windowsVariable(name, 'C:\\') === null) ? 'unknown-variable' : null;
}

function spelledOut(text: string, home: string): string {
  return text.replace(VARIABLE, (whole, percent?: string, env?: string, braced?: string) => windowsVariable(percent ?? env ?? braced ?? '', home) ?? whole);
}
