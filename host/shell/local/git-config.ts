/**
 * A git configuration file as far as it says nothing that changes what git would run or show in a way that is not known
 * here: the settings that count, or null. The file is attacker-controlled, and git itself never gets to read it.
 *
 *   [section] [section "sub"]   name   name = value   "quoted \" \\ \t \n"   # and ; begin comments
 *   A line that goes on in the next one (a backslash at its end) is not read.
 */

export type Setting = readonly [name: string, value: string];

/** Where git is run, and what with. */
export interface Repository {
  /** The working tree, absolute, without links. */
  readonly top: string;
  /** Its `.git`. */
  readonly folder: string;
  readonly settings: readonly Setting[];
}

/** Settings that are passed on; their values decide nothing but how names and contents are compared and shown. */
const PASSED = /^(?:core\.(?:filemode|ignorecase|symlinks|precomposeunicode|autocrlf|eol|safecrlf|quotepath|abbrev|trustctime|checkstat)|remote\..*\.fetch|branch\..*\.(?:remote|merge))$/;
/** Of the user's own files alone: a repository's would name any file. */
const USERS_PASSED = /^core\.excludesfile$/;
/** Settings that the commands answered here do not look at. */
const IDLE = /^(?:core\.(?:logallrefupdates|longpaths|editor|pager)|remote\..*\.(?:url|pushurl|tagopt|prune|gh-resolved)|branch\..*\.(?:rebase|pushremote|description|vscode-merge-base|gh-merge-base)|(?:user|author|committer|commit|push|pull|fetch|gc|init|credential|receive|http|https|alias|url|rerere|rebase|maintenance|mergetool|difftool|gpg|safe|help|feature|github)\..*|tag\.gpgsign|merge\.(?:tool|ff|conflictstyle)|diff\.tool)$/;
/** What git-lfs installs for a user: it does nothing where no attribute names it, and where one does nothing is answered here. */
const USERS_IDLE = /^(?:filter\..*|color\..*)$/;

export function gitSettings(text: string, whose: 'repository' | 'user'): readonly Setting[] | null {
  const all = readConfig(text);
  if (all === null) return null;
  const kept: Setting[] = [];
  for (const [name, value] of all) {
    const key = name.replace(/^[^.]*|[^.]*$/g, (part) => part.toLowerCase());
    if (key === 'core.repositoryformatversion' && /^[01]$/.test(value)) continue;
    if (key === 'core.bare' && value === 'false') continue;
    if (PASSED.test(key) || (whose === 'user' && USERS_PASSED.test(key))) kept.push([key, value]);
    else if (whose === 'user' && USERS_IDLE.test(key) && value !== 'always') continue;
    else if (!IDLE.test(key)) return null;
  }
  return kept;
}

const MAX_SETTINGS = 2_000;

function readConfig(text: string): readonly Setting[] | null {
  const found: Setting[] = [];
  let section: string | null = null;
  const lines = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n').split('\n');
  for (const line of lines) {
    if (line.endsWith('\\')) return null;
    const head = /^\s*\[([A-Za-z0-9-]+)(?:\s+"((?:[^"\\\0]|\\.)*)")?\]\s*(.*)$/s.exec(line);
    if (head !== null) section = (head[1] ?? '') + (head[2] === undefined ? '' : `.${head[2].replace(/\\(.)/gs, '$1')}`);
    const rest = (head?.[3] ?? line).trim();
    if (rest === '' || /^[#;]/.test(rest)) continue;
    const pair = /^([A-Za-z][A-Za-z0-9-]*)\s*(?:=(.*)|(?:[#;].*)?)$/s.exec(rest);
    const value = pair === null ? null : pair[2] === undefined ? 'true' : valueOf(pair[2]);
    if (section === null || pair === null || value === null || found.length >= MAX_SETTINGS) return null;
    found.push([`${section}.${pair[1] ?? ''}`, value]);
  }
  return found;
}

/** Null: a quote without an end, or an escape that git does not have. */
function valueOf(text: string): string | null {
  let out = '';
  let kept = 0;
  let quoted = false;
  const chars = text.trimStart();
  for (let i = 0; i < chars.length; i++) {
    const c = chars.charAt(i);
    if (c === '\0') return null;
    if (c === '"') quoted = !quoted;
    else if (c === '\\') {
      const escaped = { n: '\n', t: '\t', b: '\b', '"': '"', '\\': '\\' }[chars.charAt(++i)];
      if (escaped === undefined) return null;
      out += escaped;
      kept = out.length;
      continue;
    } else if (!quoted && (c === '#' || c === ';')) break;
    else out += c;
    if (quoted || !/\s/.test(c)) kept = out.length;
  }
  return quoted ? null : out.slice(0, kept);
}
