/** Programs that read, list or search and do nothing else, but for the options named as teeth; and such as touch no file. */
import { byTable, type Program, type Spec } from './program.ts';

const READ: Spec = { operands: ['read'] };
const LIST: Spec = { operands: ['list'], none: 'list' };
const HASH: Spec = { operands: ['read'] };

const GREP: Spec = {
  operands: ['text', 'search'],
  fills: ['-e', '-f', '--regexp', '--file'],
  values: {
    '-e': 'text', '--regexp': 'text', '-f': 'read', '--file': 'read', '-A': 'text', '-B': 'text', '-C': 'text', '-m': 'text', '-d': 'text', '-D': 'text',
    '--include': 'text', '--exclude': 'text', '--exclude-dir': 'text', '--exclude-from': 'read', '--max-count': 'text', '--after-context': 'text',
    '--before-context': 'text', '--context': 'text', '--label': 'text', '--color': 'text', '--colour': 'text',
  },
  none: 'search',
};

const RG: Spec = {
  operands: ['text', 'search'],
  fills: ['-e', '-f', '--regexp', '--file', '--files', '--type-list'],
  values: {
    '-e': 'text', '--regexp': 'text', '-f': 'read', '--file': 'read', '-g': 'text', '--glob': 'text', '--iglob': 'text', '-t': 'text', '--type': 'text',
    '-T': 'text', '--type-not': 'text', '-A': 'text', '-B': 'text', '-C': 'text', '-m': 'text', '--max-count': 'text', '-j': 'text', '--threads': 'text',
    '-r': 'text', '--replace': 'text', '-M': 'text', '--max-columns': 'text', '--max-depth': 'text', '-d': 'text', '-E': 'text', '--encoding': 'text',
    '--ignore-file': 'read', '--sort': 'text', '--sortr': 'text', '--color': 'text', '--colors': 'text', '--context': 'text', '--max-filesize': 'text',
    '--type-add': 'text', '--pre-glob': 'text', '--engine': 'text', '--after-context': 'text', '--before-context': 'text',
  },
  teeth: ['--pre', '--hostname-bin', '-z', '--search-zip'],
  none: 'search',
};

const HEAD: Spec = { operands: ['read'], values: { '-n': 'text', '-c': 'text', '--lines': 'text', '--bytes': 'text', '--pid': 'text', '-s': 'text', '--sleep-interval': 'text' } };
const DIFF: Spec = { operands: ['read'], values: { '-I': 'text', '-x': 'text', '-X': 'read', '-U': 'text', '-C': 'text', '-W': 'text', '-F': 'text', '-L': 'text', '--label': 'text', '--exclude': 'text', '--exclude-from': 'read', '--from-file': 'read', '--to-file': 'read', '-S': 'text' } };

const SPECS: Readonly<Record<string, Spec>> = {
  cat: READ, tac: READ, rev: READ, paste: { operands: ['read'], values: { '-d': 'text' } }, comm: READ, expand: READ, unexpand: READ, strings: { operands: ['read'], values: { '-n': 'text', '-e': 'text', '-t': 'text' } },
  nl: { operands: ['read'], values: { '-b': 'text', '-s': 'text', '-v': 'text', '-w': 'text', '-n': 'text' } },
  head: HEAD, tail: HEAD, zcat: READ, gzcat: READ, bzcat: READ, xzcat: READ, zstdcat: READ, more: { operands: ['read'], plus: true },
  less: { operands: ['read'], plus: true, values: { '-o': 'write', '-O': 'write', '--log-file': 'write', '--LOG-FILE': 'write', '-p': 'text', '-x': 'text', '-k': 'read', '-t': 'text', '-T': 'read' }, teeth: ['--lesskey-file', '--lesskey-src', '--lesskey-content', '-k'] },
  bat: { operands: ['read'], values: { '-l': 'text', '--language': 'text', '-r': 'text', '--line-range': 'text', '--style': 'text', '--theme': 'text', '-H': 'text', '-m': 'text', '--color': 'text', '--paging': 'text' }, teeth: ['--pager'] },
  wc: { operands: ['read'], teeth: ['--files0-from'] },
  od: { operands: ['read'], values: { '-A': 'text', '-t': 'text', '-j': 'text', '-N': 'text', '-w': 'text' } },
  hexdump: { operands: ['read'], values: { '-n': 'text', '-s': 'text', '-e': 'text', '-f': 'read' } },
  xxd: { operands: ['read', 'write'], values: { '-l': 'text', '-s': 'text', '-c': 'text', '-g': 'text', '-o': 'text', '-n': 'text' } },
  md5sum: HASH, sha1sum: HASH, sha224sum: HASH, sha256sum: HASH, sha384sum: HASH, sha512sum: HASH, b2sum: HASH, cksum: HASH, sum: HASH, md5: HASH, shasum: { operands: ['read'], values: { '-a': 'text' } },
  base64: { operands: ['read'], values: { '-w': 'text', '-i': 'read', '-o': 'write', '-b': 'text' } }, base32: { operands: ['read'], values: { '-w': 'text' } },
  cut: { operands: ['read'], values: { '-d': 'text', '-f': 'text', '-c': 'text', '-b': 'text', '--output-delimiter': 'text' } },
  sort: {
    operands: ['read'],
    values: { '-k': 'text', '-t': 'text', '-S': 'text', '-T': 'write', '-o': 'write', '--output': 'write', '--key': 'text', '--field-separator': 'text', '--buffer-size': 'text', '--temporary-directory': 'write', '--parallel': 'text', '--batch-size': 'text', '--random-source': 'read', '--sort': 'text' },
    teeth: ['--compress-program', '--files0-from'],
  },
  uniq: { operands: ['read', 'write'], values: { '-f': 'text', '-s': 'text', '-w': 'text' } },
  join: { operands: ['read'], values: { '-t': 'text', '-1': 'text', '-2': 'text', '-o': 'text', '-e': 'text', '-a': 'text', '-v': 'text', '-j': 'text' } },
  fold: { operands: ['read'], values: { '-w': 'text' } }, fmt: { operands: ['read'], values: { '-w': 'text' } }, column: { operands: ['read'], values: { '-s': 'text', '-o': 'text', '-c': 'text', '-N': 'text', '-R': 'text', '-H': 'text' } },
  pr: READ, look: { operands: ['text', 'read'] }, tsort: READ, iconv: { operands: ['read'], values: { '-f': 'text', '-t': 'text', '-o': 'write', '--output': 'write' } },
  diff: DIFF, sdiff: { ...DIFF, values: { ...DIFF.values, '-o': 'write', '--output': 'write' }, teeth: ['--diff-program'] }, diff3: { operands: ['read'], teeth: ['--diff-program'] }, cmp: READ, colordiff: DIFF,
  file: { operands: ['read'], values: { '-m': 'read', '--magic-file': 'read', '-f': 'read', '--files-from': 'read', '-F': 'text', '-e': 'text', '-P': 'text' }, teeth: ['-m', '--magic-file', '-f', '--files-from', '-C', '--compile', '-z', '-Z'] },
  stat: { operands: ['list'], values: { '-c': 'text', '-f': 'text', '--format': 'text', '--printf': 'text' } },
  readlink: { operands: ['list'] }, realpath: { operands: ['list'], values: { '--relative-to': 'list', '--relative-base': 'list' } },
  ls: { ...LIST, values: { '-I': 'text', '--ignore': 'text', '-w': 'text', '--hide': 'text', '--color': 'text', '-T': 'text' } }, dir: LIST, vdir: LIST,
  tree: { ...LIST, values: { '-L': 'text', '-I': 'text', '-P': 'text', '-o': 'write', '-H': 'text', '-T': 'text', '--filelimit': 'text', '--fromfile': 'read' } },
  du: { ...LIST, values: { '-d': 'text', '--max-depth': 'text', '-t': 'text', '--exclude': 'text', '-X': 'read', '-B': 'text' }, teeth: ['--files0-from'] },
  df: { operands: ['list'], values: { '-t': 'text', '-x': 'text', '-B': 'text' } }, lsof: { operands: ['list'], values: { '-i': 'text', '-p': 'text' } },
  grep: GREP, egrep: GREP, fgrep: GREP, zgrep: GREP, rg: RG,
  ag: { operands: ['text', 'search'], none: 'search', teeth: ['--pager'], values: { '-G': 'text', '-A': 'text', '-B': 'text', '-C': 'text', '-m': 'text', '--ignore': 'text', '-p': 'read' } },
  fd: { operands: ['text', 'list'], none: 'list', teeth: ['-x', '-X', '--exec', '--exec-batch'], values: { '-e': 'text', '--extension': 'text', '-t': 'text', '--type': 'text', '-d': 'text', '--max-depth': 'text', '-E': 'text', '--exclude': 'text', '-C': 'list', '--base-directory': 'list', '--search-path': 'list', '-S': 'text', '-c': 'text', '-j': 'text', '--ignore-file': 'read' } },
  man: { operands: ['text'], values: { '-s': 'text', '-P': 'text', '-H': 'text', '-C': 'read', '-M': 'read', '-m': 'text' }, teeth: ['-P', '--pager', '-H', '--html', '--browser', '-l', '--local-file', '-C', '--config-file', '-M', '--manpath', '--preprocessor', '-p', '-X', '--gxditview', '-Z', '-T', '--troff-device'] },
  date: { operands: ['text'], values: { '-d': 'text', '--date': 'text', '-r': 'list', '--reference': 'list', '-f': 'read', '--file': 'read', '-s': 'text', '-I': 'text', '-v': 'text' } },
  tput: { operands: ['text'] }, printenv: { operands: ['text'] }, tr: { operands: ['text'] },
  ps: { operands: ['text'], values: { '-o': 'text', '-p': 'text', '-C': 'text', '-u': 'text' } },
};

const INERT = [
  'echo', 'printf', 'true', 'false', ':', 'pwd', 'whoami', 'id', 'groups', 'hostname', 'uname', 'arch', 'nproc', 'uptime', 'sleep', 'exit', 'return', 'break', 'continue',
  'seq', 'expr', 'basename', 'dirname', 'yes', 'type', 'which', 'whereis', 'wait', 'jobs', 'kill', 'pkill', 'killall', 'ulimit', 'umask', 'set', 'shift', 'hash', 'getconf', 'cal',
  'free', 'tty', 'locale', 'logname', 'users', 'who', 'w', 'last', 'pgrep', 'pidof', 'lscpu', 'lsblk', 'sw_vers', 'clear', 'reset', 'read', 'numfmt', 'factor', 'unset', 'disown', 'times', 'dirs', 'let',
  'ping', 'dig', 'nslookup', 'host', 'shopt', 'getopts', 'bg', 'fg',
];

const inert: Program = { inert: true, judge: (call) => call.args.forEach((field) => call.role(field, 'text')) };

const shopt: Program = {
  inert: true,
  judge: (call) => {
    // extglob and the like change how the rest of the line reads.
    if (call.args.some((f) => /^(?:-[a-z]*[su]|extglob|expand_aliases|globstar|dotglob|nocaseglob)/.test(f.text))) call.opaque('shopt changes the shell');
  },
};

const filter = (reason: string, spec: Spec, danger: RegExp): Program => ({
  judge: (call) => {
    if (call.args.some((f) => danger.test(f.text))) call.opaque(`${call.name}: ${reason}`);
    byTable(spec).judge(call);
  },
});

export const READERS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ...Object.entries(SPECS).map(([name, spec]): [string, Program] => [name, byTable(spec)]),
  ...INERT.map((name): [string, Program] => [name, inert]),
  ['shopt', shopt],
  ['jq', filter('modules', { operands: ['text', 'read'], fills: ['-f', '--from-file'], values: { '-f': 'read', '--from-file': 'read', '-L': 'read', '--indent': 'text' }, teeth: ['-L'] }, /\b(?:import|include|input_filename)\b|^--(?:slurpfile|rawfile|argfile|arg|argjson|args|jsonargs)/)],
  ['yq', filter('load', { operands: ['text', 'read'], values: { '-i': 'text', '-o': 'text', '-p': 'text' } }, /\b(?:load\w*|eval|system)\b|^-i|^--in-?place|^-[a-zA-Z]*i|^--from-file|^-s|^--split/)],
]);
