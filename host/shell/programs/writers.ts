/** Programs that write, move or take away files, and those that fetch over the network. */
import type { Field } from '../bash/field.ts';
import { byTable, judgeParsed, parseOptions, type Call, type Program, type Spec } from './program.ts';

const TARGET = { '-t': 'write', '--target-directory': 'write', '-S': 'text', '--suffix': 'text' } as const;
const MODE: Spec = { operands: ['text', 'write'], values: { '--reference': 'list' }, fills: ['--reference'] };
const PACK: Spec = { operands: ['change'], values: { '-S': 'text', '--suffix': 'text', '-T': 'text', '-o': 'write' } };

const SPECS: Readonly<Record<string, Spec>> = {
  cp: { operands: ['read'], last: 'write', values: TARGET },
  mv: { operands: ['change'], last: 'write', values: TARGET },
  ln: { operands: ['read'], last: 'write', values: TARGET },
  link: { operands: ['read', 'write'] },
  install: { operands: ['read'], last: 'write', values: { ...TARGET, '-m': 'text', '-o': 'text', '-g': 'text', '--strip-program': 'text' }, teeth: ['--strip-program', '-s', '--strip'] },
  rm: { operands: ['write'] }, rmdir: { operands: ['write'] }, unlink: { operands: ['write'] },
  shred: { operands: ['change'], values: { '-n': 'text', '-s': 'text', '--random-source': 'read' } },
  truncate: { operands: ['write'], values: { '-s': 'text', '-r': 'list', '--size': 'text', '--reference': 'list' } },
  touch: { operands: ['write'], values: { '-d': 'text', '-t': 'text', '-r': 'list', '--reference': 'list', '--date': 'text' } },
  mkdir: { operands: ['write'], values: { '-m': 'text', '--mode': 'text' } }, mkfifo: { operands: ['write'], values: { '-m': 'text' } },
  mktemp: { operands: ['write'], values: { '-p': 'write', '--tmpdir': 'write', '--suffix': 'text' } },
  chmod: MODE, chown: MODE, chgrp: MODE, chattr: { operands: ['text', 'write'] },
  tee: { operands: ['write'] },
  split: { operands: ['read', 'write'], values: { '-l': 'text', '-b': 'text', '-n': 'text', '-a': 'text', '-C': 'text', '--filter': 'text' }, teeth: ['--filter'] },
  gzip: PACK, gunzip: PACK, bzip2: PACK, bunzip2: PACK, xz: PACK, unxz: PACK, zstd: PACK, unzstd: PACK,
  zip: { operands: ['write', 'read'], teeth: ['-T', '-TT', '--unzip-command', '-@', '-u', '--test'], values: { '-x': 'text', '-i': 'text' } },
  rsync: { operands: ['read'], last: 'write', values: { '-e': 'text', '--rsh': 'text', '--exclude': 'text', '--include': 'text', '--exclude-from': 'read', '--include-from': 'read', '-f': 'text', '--log-file': 'write', '--backup-dir': 'write', '--password-file': 'read', '--files-from': 'read' }, teeth: ['-e', '--rsh', '--rsync-path', '--files-from', '--daemon', '-f', '--filter', '--config'] },
  scp: { operands: ['read'], last: 'write', values: { '-i': 'read', '-P': 'text', '-o': 'text', '-S': 'text', '-F': 'read', '-J': 'text' }, teeth: ['-o', '-S', '-F', '-J', '-D'] },
};

const dd: Program = {
  judge: (call) => {
    for (const field of call.args) {
      const [, key = '', value = ''] = /^(if|of)=([\s\S]*)$/.exec(field.text) ?? [];
      if (key !== '') call.role({ ...field, text: value, others: [] }, key === 'if' ? 'read' : 'write');
    }
  },
};

const CURL: Spec = {
  operands: ['mention'],
  values: {
    '-o': 'write', '--output': 'write', '--output-dir': 'write', '-T': 'read', '--upload-file': 'read', '-c': 'write', '--cookie-jar': 'write', '-b': 'mention', '--cookie': 'mention',
    '-D': 'write', '--dump-header': 'write', '-d': 'mention', '--data': 'mention', '--data-binary': 'mention', '--data-ascii': 'mention', '--data-raw': 'text', '--data-urlencode': 'mention',
    '--json': 'mention', '-F': 'mention', '--form': 'mention', '--form-string': 'text', '-H': 'mention', '--header': 'mention', '-X': 'text', '--request': 'text', '-u': 'text', '--user': 'text',
    '-A': 'text', '-e': 'text', '--referer': 'text', '-m': 'text', '--max-time': 'text', '--connect-timeout': 'text', '-w': 'mention', '--write-out': 'mention', '--retry': 'text', '-E': 'read', '--cert': 'read',
    '--key': 'read', '--cacert': 'read', '--capath': 'read', '-x': 'text', '--proxy': 'text', '--url': 'mention', '-r': 'text', '--range': 'text', '-K': 'read', '--config': 'read', '--netrc-file': 'read',
    '--trace': 'write', '--trace-ascii': 'write', '--stderr': 'write', '--etag-save': 'write', '--etag-compare': 'read', '--unix-socket': 'write', '--resolve': 'text', '--libcurl': 'write', '--hsts': 'write', '--alt-svc': 'write',
    '-z': 'list', '--time-cond': 'list', '-C': 'text', '-y': 'text', '-Y': 'text', '-Q': 'text', '-P': 'text', '-t': 'text', '-U': 'text',
  },
  teeth: ['-K', '--config', '--engine', '--libcurl'],
};

/** `@file`, `name=@file`, `name=<file` in a value that curl may open. */
const curl: Program = {
  judge: (call) => {
    const parsed = parseOptions(call.args, CURL);
    if (parsed.tooth !== null) call.opaque(`curl ${parsed.tooth}`);
    judgeParsed(call, CURL, parsed);
    for (const { name, value } of parsed.options) {
      if (value === null || CURL.values?.[name] !== 'mention') continue;
      const path = /^(?:[^=@<]*=)?[@<]([^;]+)/.exec(value.text)?.[1];
      if (path !== undefined && path !== '-') call.role({ ...value, text: path, others: [] }, 'read');
      else if (/^(?:-b|--cookie)$/.test(name) && !value.text.includes('=')) call.role(value, 'read');
    }
    if (parsed.options.some((o) => o.name === '-O' || o.name === '--remote-name' || o.name === '--remote-name-all')) saveAs(call, parsed.operands, parsed.options.some((o) => o.name === '-J'));
    fileUrls(call);
  },
};

const WGET: Spec = {
  operands: ['mention'],
  values: {
    '-O': 'write', '--output-document': 'write', '-o': 'write', '--output-file': 'write', '-a': 'write', '--append-output': 'write', '-P': 'write', '--directory-prefix': 'write', '-i': 'read', '--input-file': 'read',
    '--post-file': 'read', '--body-file': 'read', '--post-data': 'text', '--header': 'text', '-e': 'text', '--execute': 'text', '--load-cookies': 'read', '--save-cookies': 'write', '--ca-certificate': 'read', '-t': 'text', '-T': 'text', '-U': 'text', '--config': 'read', '-w': 'text', '-Q': 'text', '-R': 'text', '-A': 'text', '-D': 'text', '-l': 'text', '-B': 'text',
  },
  teeth: ['-e', '--execute', '--use-askpass', '--config', '-i', '--input-file', '-r', '--recursive', '-m', '--mirror', '--content-disposition', '-x'],
};

const wget: Program = {
  judge: (call) => {
    const parsed = parseOptions(call.args, WGET);
    if (parsed.tooth !== null) call.opaque(`wget ${parsed.tooth}`);
    judgeParsed(call, WGET, parsed);
    if (!parsed.options.some((o) => /^(?:-O|--output-document|--spider)$/.test(o.name))) saveAs(call, parsed.operands, false);
    fileUrls(call);
  },
};

/** The name that a download gets from its address; the server may choose another. */
function saveAs(call: Call, urls: readonly Field[], serverNames: boolean): void {
  if (serverNames) call.opaque(`${call.name}: the server names the file`);
  for (const url of urls) {
    const name = url.text.replace(/[?#].*$/, '').split('/').at(-1) ?? '';
    call.role({ ...url, text: name === '' || !url.text.replace('://', '').includes('/') ? 'index.html' : name, others: [] }, 'write');
  }
}

function fileUrls(call: Call): void {
  for (const field of call.args) {
    const path = /^file:\/\/[^/]*(\/.*)$/i.exec(field.text)?.[1];
    if (path !== undefined) call.role({ ...field, text: path, others: [] }, 'read');
  }
}

const TAR: Spec = {
  operands: ['mention'],
  values: { '-f': 'mention', '--file': 'mention', '-C': 'list', '--directory': 'list', '-X': 'read', '--exclude-from': 'read', '--exclude': 'text', '-b': 'text', '-T': 'read', '--files-from': 'read', '-I': 'text', '--use-compress-program': 'text', '--transform': 'text', '--strip-components': 'text', '-g': 'change', '-K': 'text', '-N': 'text', '-V': 'text', '-H': 'text', '-F': 'text' },
  teeth: ['--to-command', '--checkpoint-action', '--use-compress-program', '-I', '-F', '--info-script', '--new-volume-script', '--rsh-command', '--rmt-command', '-T', '--files-from', '--transform', '--xform', '-P', '--absolute-names'],
};

const tar: Program = {
  judge: (call) => {
    const first = call.args[0];
    const old = first !== undefined && /^[A-Za-z]+$/.test(first.text);
    // Old style: the letters come without a dash, their values follow in order.
    const args = old && first !== undefined ? [...oldStyle(first, call.args.slice(1))] : call.args;
    const parsed = parseOptions(args, TAR);
    if (parsed.tooth !== null) call.opaque(`tar ${parsed.tooth}`);
    if (call.args.some((f) => f.glob && /^[*?[]/.test(f.text))) call.opaque('tar: a file may name an option');
    const has = (...names: string[]): boolean => parsed.options.some((o) => names.includes(o.name));
    const writes = has('-c', '--create', '-r', '--append', '-u', '--update', '-A', '--delete');
    for (const { name, value } of parsed.options) {
      if (value === null) continue;
      if (name === '-f' || name === '--file') call.role(value, writes ? 'write' : 'read');
      else if (name === '-C' || name === '--directory') {
        call.enter(value.text, false);
        call.role(value, writes ? 'list' : 'write');
      } else call.role(value, TAR.values?.[name] ?? 'mention');
    }
    for (const field of parsed.operands) call.role(field, writes ? 'read' : 'mention');
    if (!writes && !has('-t', '--list')) call.opaque('tar: the archive names what is written');
  },
};

function oldStyle(letters: Field, rest: readonly Field[]): readonly Field[] {
  const out: Field[] = [];
  let at = 0;
  for (const letter of letters.text) {
    out.push({ ...letters, text: `-${letter}`, others: [] });
    if (TAR.values?.[`-${letter}`] !== undefined) {
      const value = rest[at++];
      if (value !== undefined) out.push(value);
    }
  }
  return [...out, ...rest.slice(at)];
}

const archive: Program = {
  judge: (call) => {
    if (!call.args.some((f) => /^-[lvtZ]+$/.test(f.text))) call.opaque(`${call.name}: the archive names what is written`);
    for (const field of call.args) if (!field.text.startsWith('-')) call.role(field, 'read');
  },
};

const patch: Program = {
  judge: (call) => {
    call.opaque('patch: the patch names what is written');
    byTable({ operands: ['change', 'read'], values: { '-i': 'read', '-o': 'write', '-d': 'list', '-p': 'text' } }).judge(call);
  },
};

export const WRITERS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ...Object.entries(SPECS).map(([name, spec]): [string, Program] => [name, byTable(spec)]),
  ['dd', dd], ['curl', curl], ['wget', wget], ['tar', tar], ['unzip', archive], ['patch', patch],
]);
