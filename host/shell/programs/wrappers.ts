/** Programs that run the command in their words, and builtins that change what later commands mean. */
import { steers } from '../bash/state.ts';
import type { Field } from '../bash/field.ts';
import { joined, parseOptions, type Program, type Spec } from './program.ts';

interface Wrapper extends Spec {
  /** Operands before the inner command: timeout's duration. */
  readonly skip?: number;
  /** The line is opaque for this reason whatever runs inside. */
  readonly reason?: string;
}

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  timeout: { operands: [], skip: 1, values: { '-s': 'text', '--signal': 'text', '-k': 'text', '--kill-after': 'text' } },
  gtimeout: { operands: [], skip: 1, values: { '-s': 'text', '-k': 'text' } },
  nice: { operands: [], values: { '-n': 'text', '--adjustment': 'text' } },
  ionice: { operands: [], values: { '-c': 'text', '-n': 'text', '-p': 'text' } },
  chrt: { operands: [], skip: 1, values: { '-p': 'text' } },
  taskset: { operands: [], skip: 1, values: { '-c': 'text' } },
  nohup: { operands: [] },
  setsid: { operands: [] },
  stdbuf: { operands: [], values: { '-i': 'text', '-o': 'text', '-e': 'text', '--input': 'text', '--output': 'text', '--error': 'text' } },
  time: { operands: [], values: { '-f': 'text', '--format': 'text', '-o': 'write', '--output': 'write' } },
  builtin: { operands: [] },
  exec: { operands: [], values: { '-a': 'text' } },
  caffeinate: { operands: [], values: { '-t': 'text', '-w': 'text' } },
  busybox: { operands: [] }, toybox: { operands: [] },
  sudo: { operands: [], values: { '-u': 'text', '-g': 'text', '-C': 'text', '-p': 'text', '-D': 'list', '-R': 'list', '-h': 'text', '-U': 'text', '--user': 'text', '--group': 'text', '--chdir': 'list' }, reason: 'another user: sudo' },
  doas: { operands: [], values: { '-u': 'text', '-C': 'read' }, reason: 'another user: doas' },
  coproc: { operands: [], reason: 'coproc' },
  strace: { operands: [], values: { '-o': 'write', '-e': 'text', '-p': 'text', '-s': 'text', '-E': 'text', '-u': 'text' }, reason: 'tracer: strace' },
  ltrace: { operands: [], values: { '-o': 'write', '-e': 'text', '-p': 'text' }, reason: 'tracer: ltrace' },
  chroot: { operands: [], skip: 1, reason: 'another root: chroot' },
  unshare: { operands: [], reason: 'namespace: unshare' },
  flock: { operands: [], skip: 1, values: { '-w': 'text', '-E': 'text' }, reason: 'flock' },
  parallel: { operands: [], values: { '-j': 'text', '-a': 'read' }, reason: 'input names the words: parallel' },
  xargs: {
    operands: [],
    values: { '-I': 'text', '-n': 'text', '-P': 'text', '-L': 'text', '-s': 'text', '-d': 'text', '-E': 'text', '-a': 'read', '--arg-file': 'read', '--max-args': 'text', '--max-procs': 'text', '--delimiter': 'text', '--replace': 'text' },
    reason: 'input names the words: xargs',
  },
};

const wrapper = (spec: Wrapper): Program => ({
  judge: (call) => {
    const parsed = parseOptions(call.args, spec, true);
    for (const { name, value } of parsed.options) {
      const role = spec.values?.[name];
      if (value !== null && role !== undefined) call.role(value, role);
    }
    if (spec.reason !== undefined) call.opaque(spec.reason);
    // What comes in is words of the command, or whatever it makes of them.
    if (spec.reason !== undefined) call.stdin('other');
    for (const field of parsed.operands.slice(0, spec.skip ?? 0)) call.role(field, 'text');
    call.run(parsed.operands.slice(spec.skip ?? 0));
  },
});

const env: Program = {
  judge: (call) => {
    const spec: Spec = { operands: [], values: { '-u': 'text', '--unset': 'text', '-C': 'list', '--chdir': 'list', '-S': 'text', '--split-string': 'text', '-P': 'text', '-a': 'text', '--argv0': 'text' } };
    const parsed = parseOptions(call.args, spec, true);
    for (const { name, value } of parsed.options) {
      if (name === '-P') call.opaque('env -P');
      if (value === null) continue;
      if (name === '-C' || name === '--chdir') call.enter(value.text, false);
      if (name === '-S' || name === '--split-string') {
        call.opaque('env -S');
        call.script(joined([value, ...parsed.operands]));
      }
    }
    let at = 0;
    for (; at < parsed.operands.length; at++) {
      const name = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(parsed.operands[at]?.text ?? '')?.[1];
      if (name === undefined) break;
      if (steers(name)) call.opaque(`environment: ${name}`);
    }
    call.run(parsed.operands.slice(at));
  },
};

const command: Program = {
  judge: (call) => {
    const at = call.args.findIndex((f) => !/^-[pvV]+$/.test(f.text));
    const looks = call.args.slice(0, at < 0 ? undefined : at).some((f) => /[vV]/.test(f.text));
    const rest = at < 0 ? [] : call.args.slice(call.args[at]?.text === '--' ? at + 1 : at);
    if (looks) rest.forEach((f) => call.role(f, 'text'));
    else call.run(rest);
  },
};

const cd: Program = {
  judge: (call) => {
    const operands = parseOptions(call.args, { operands: [] }).operands;
    const target = operands[0];
    if (call.name === 'popd') return;
    if (target === undefined) return call.enter(call.home, true);
    if (/^[+-]\d*$/.test(target.text)) return call.opaque(`${call.name} ${target.text}`);
    call.role(target, 'list');
    for (const text of [target.text, ...target.others]) call.enter(text, true);
    if (target.glob) call.opaque(`${call.name}: a pattern`);
  },
};

/** Text for a shell: `eval`, `trap`, `watch`. */
const script = (take: (args: readonly Field[]) => readonly Field[]): Program => ({
  judge: (call) => {
    call.opaque(call.name);
    const fields = take(call.args);
    if (fields.length > 0) call.script(joined(fields));
  },
});

export const WRAPPING: ReadonlyMap<string, Program> = new Map<string, Program>([
  ...Object.entries(WRAPPERS).map(([name, spec]): [string, Program] => [name, wrapper(spec)]),
  ['env', env], ['command', command], ['cd', cd], ['pushd', cd], ['popd', cd], ['chdir', cd],
  ['eval', script((args) => args)],
  ['trap', script((args) => args.filter((f) => !f.text.startsWith('-')).slice(0, 1))],
  ['watch', script((args) => parseOptions(args, { operands: [], values: { '-n': 'text', '--interval': 'text', '-q': 'text' } }, true).operands)],
  ['alias', script((args) => args.map((f) => ({ ...f, text: `${f.text.replace(/^[^=]*=?/, '')} ;` })))],
]);
