/**
 * How paths and path rules are spelt, a table per flavour. Both sides of a comparison are folded the same way: wide, where one
 * rule too many that matches does no harm (a deny), and narrow, where only what the system itself takes for the same name may
 * match (an allow):
 *
 *            wide                                                                narrow
 *   posix    NFC                                                                 the same
 *   darwin   NFC, case folded as Unicode does, characters that HFS+ ignores      NFC, pairs of letters that are each
 *            dropped                                                             other's upper and lower case
 *   win32    NFC, case folded as Unicode does (ß is ss, the Kelvin sign k),      such pairs (ß and the Kelvin sign have
 *            `\` is `/`, of each component trailing dots and blanks and a        none), `\` is `/`, a `:stream` dropped
 *            `:stream` dropped
 *
 * A rule becomes one glob over folded absolute paths. It stands for what it names and everything beneath it:
 *
 *   /etc/ssl, C:/x    anchored           ~, ~/.ssh, $HOME/.ssh    anchored at the home folder
 *   ${cwd}/secrets    anchored at the session's directory       .env, secrets/*.pem      at any depth
 *
 * A trailing slash, a doubled one and `/./` mean nothing; `..` is refused. Home and cwd are literals in the glob, whatever they hold.
 */
import type { Flavour } from './types.ts';

export interface RulePlace {
  readonly flavour: Flavour;
  readonly home: string;
  readonly cwd: string;
}

export type Fold = 'wide' | 'narrow';

export type RuleGlob = { readonly ok: true; readonly glob: string } | { readonly ok: false; readonly found: string; readonly want: string };

interface Spelling {
  /** A path or a rule with one separator, `/`. */
  slashes(text: string): string;
  /** One component as the file system would look it up. */
  readonly component: { readonly [fold in Fold]: (name: string) => string };
  readonly fold: { readonly [fold in Fold]: (text: string) => string };
  /** A rule that names a root of its own. */
  anchored(rule: string): boolean;
  /** Where `/…` in a rule begins. */
  readonly root: string;
}

const nfc = (text: string): string => text.normalize('NFC');
const lower = (text: string): string => text.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
const same = (text: string): string => text;
/** Letter case where lower and upper are one character each and each other's: no letter beyond ASCII becomes one of it. */
const paired = (text: string): string =>
  text.replace(/\p{Lu}/gu, (c) => {
    const small = c.toLowerCase();
    return small.length === c.length && small.toUpperCase() === c && (c < '\u0080') === (small < '\u0080') ? small : c;
  });
/** Characters that the file system of older macOS passes over in names. */
const IGNORED = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
const withoutStream = (name: string): string => (/^[A-Za-z]:$/.test(name) ? name : name.replace(/:.*$/s, ''));

const SPELLINGS: { readonly [flavour in Flavour]: Spelling } = {
  posix: { slashes: same, component: { wide: same, narrow: same }, fold: { wide: nfc, narrow: nfc }, anchored: (rule) => rule.startsWith('/'), root: '' },
  darwin: { slashes: same, component: { wide: same, narrow: same }, fold: { wide: (text) => lower(text.replace(IGNORED, '')), narrow: (text) => paired(nfc(text)) }, anchored: (rule) => rule.startsWith('/'), root: '' },
  win32: {
    slashes: (text) => text.replaceAll('\\', '/'),
    component: { wide: (name) => withoutStream(name).replace(/[. ]+$/, ''), narrow: withoutStream },
    fold: { wide: lower, narrow: paired },
    anchored: (rule) => /^(?:\/|[A-Za-z]:\/)/.test(rule),
    root: '?:',
  },
};

/** A path as rules see it. */
export function foldPath(path: string, flavour: Flavour, how: Fold = 'wide'): string {
  const { slashes, component, fold } = SPELLINGS[flavour];
  const plain = slashes(path);
  if (flavour !== 'win32') return fold[how](plain);
  return fold[how](plain.split('/').map((name) => (name === '.' || name === '..' ? name : component[how](name))).join('/'));
}

/** Whether a folded path is this folder or lies beneath it. */
export function isBeneath(path: string, folder: string): boolean {
  const base = folder.endsWith('/') ? folder.slice(0, -1) : folder;
  return path === base || path.startsWith(`${base}/`);
}

export function ruleGlob(rule: string, place: RulePlace, how: Fold = 'wide'): RuleGlob {
  const spelling = SPELLINGS[place.flavour];
  const text = spelling.slashes(rule);
  const odd = oddity(text);
  if (odd !== null) return { ok: false, ...odd };
  const { base, rest } = anchor(text, place, spelling, how);
  const names = rest.split('/').filter((name) => name !== '' && name !== '.');
  while (names.at(-1) === '**') names.pop();
  if (base === '**' && names[0] === '**') names.shift();
  const whole = [...(base === '' ? [] : [base]), ...names, '**'].join('/');
  const rooted = base === '' ? `/${whole}` : whole;
  return { ok: true, glob: spelling.fold[how](rooted) };
}

/** What a rule may not be, as it would never match what its writer meant. */
function oddity(rule: string): { readonly found: string; readonly want: string } | null {
  const home = 'the path written out, from / or ~';
  if (rule.trim() === '') return { found: 'an empty rule', want: 'a path or a glob' };
  if (rule.startsWith('!')) return { found: 'a leading "!"', want: 'rules without exceptions: a deny always wins; name what is denied more narrowly, a literal "!" as [!]' };
  if (rule.split('/').includes('..')) return { found: '".." in a rule', want: home };
  if (/^\.\//.test(rule) || rule === '.') return { found: 'a rule relative to nothing', want: 'a bare name, or ${cwd}/… for the session\'s directory' };
  if (/^~[^/]/.test(rule)) return { found: "another user's home", want: `${home}; a literal "~" as [~]` };
  if (/\$\{cwd\}/.test(rule.slice(1)) || /^\$\{cwd\}[^/]/.test(rule)) return { found: '${cwd} that is not a beginning of its own', want: '${cwd} or ${cwd}/…' };
  if (/\$\{/.test(rule.replace(/^\$\{(?:cwd|HOME)\}(?=\/|$)/, '')) || /^\$(?!HOME(?:\/|$)|\{)[A-Za-z_]/.test(rule) || /^%[A-Za-z_]+%/.test(rule)) {
    return { found: 'a variable that is not ${cwd}, $HOME or ~', want: `${home}; a literal "$" as [$]` };
  }
  if (/^\{[^}]*(?:[{,](?:\/|~)|,\$)/.test(rule) || /^\{(?:\/|~|\$)/.test(rule)) return { found: 'an anchor inside braces', want: 'a rule of its own for each' };
  return null;
}

function anchor(rule: string, place: RulePlace, spelling: Spelling, how: Fold): { base: string; rest: string } {
  const home = /^(?:~|\$HOME|\$\{HOME\})(?=\/|$)/.exec(rule);
  if (home !== null) return { base: literal(place.home, place.flavour, how), rest: rule.slice(home[0].length) };
  if (rule.startsWith('${cwd}')) return { base: literal(place.cwd, place.flavour, how), rest: rule.slice(6) };
  if (/^[A-Za-z]:\//.test(rule) && spelling.anchored(rule)) return { base: rule.slice(0, 2), rest: rule.slice(2) };
  if (spelling.anchored(rule)) return { base: spelling.root, rest: rule };
  return { base: '**', rest: rule };
}

/** A folder as a glob that matches it alone; no slash at its end. */
function literal(folder: string, flavour: Flavour, how: Fold): string {
  return foldPath(folder, flavour, how).replace(/\/+$/, '').replace(/[\\*?[\]{},]/g, '\\$&');
}
