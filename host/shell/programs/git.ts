/**
 * git: commands that only look are clear; those that run hooks, filters, helpers or a remote's word are opaque. A directory
 * other than the session's may hold a repository whose configuration runs programs, so there git is opaque as well.
 */
import type { Field } from '../bash/field.ts';
import type { Access } from '../../policy/types.ts';
import type { Call, Program } from './program.ts';

/** Global options with a value; all but the pathspec ones choose another repository, configuration or program. */
const GLOBAL_VALUE = new Set(['-C', '-c', '--git-dir', '--work-tree', '--namespace', '--exec-path', '--config-env', '--super-prefix', '--attr-source']);
const GLOBAL_CLEAR = new Set(['--no-pager', '-P', '--no-optional-locks', '--literal-pathspecs', '--glob-pathspecs', '--no-replace-objects', '--version', '--help', '-v', '-h']);

/** Role of a command's path words. */
const CLEAR: ReadonlyMap<string, Access> = new Map<string, Access>([
  ['status', 'list'], ['log', 'read'], ['diff', 'read'], ['show', 'read'], ['blame', 'read'], ['annotate', 'read'], ['ls-files', 'list'], ['ls-tree', 'list'], ['rev-parse', 'mention'],
  ['describe', 'mention'], ['shortlog', 'read'], ['grep', 'search'], ['cat-file', 'read'], ['merge-base', 'mention'], ['name-rev', 'mention'], ['rev-list', 'list'], ['for-each-ref', 'mention'],
  ['show-ref', 'mention'], ['count-objects', 'mention'], ['check-ignore', 'list'], ['check-attr', 'list'], ['whatchanged', 'read'], ['version', 'mention'], ['help', 'mention'], ['diff-tree', 'read'],
  ['diff-index', 'read'], ['diff-files', 'read'], ['cherry', 'mention'], ['range-diff', 'read'], ['var', 'mention'], ['hash-object', 'read'], ['add', 'read'], ['rm', 'write'], ['mv', 'write'], ['restore', 'write'], ['stash', 'write'],
]);

/** Commands that are clear with these first words only. */
const CLEAR_FORMS: ReadonlyMap<string, RegExp> = new Map([
  ['branch', /^(?:|-a|-r|-v|-vv|--list|--all|--remotes|--show-current|--merged|--no-merged|--contains|--sort=.*|--format=.*)$/],
  ['tag', /^(?:|-l|--list|-n\d*|--sort=.*|--contains|--points-at|--merged)$/],
  ['remote', /^(?:|-v|--verbose|get-url)$/],
  ['config', /^(?:--get|--get-all|--get-regexp|-l|--list|get|list)$/],
  ['reflog', /^(?:|show|-n|-\d+)$/],
  ['worktree', /^list$/],
  ['submodule', /^status$/],
  ['symbolic-ref', /^(?:HEAD|--short)$/],
  ['bisect', /^(?:log|view)$/],
  ['notes', /^(?:|list|show)$/],
]);

/** Options with teeth in commands that otherwise only look. Longer ones may be abbreviated. */
const TEETH = ['--ext-diff', '--textconv', '--filters', '--open-files-in-pager', '--exec', '--upload-pack', '--receive-pack', '--pathspec-from-file', '--interactive', '--patch-with', '--stdin', '--batch', '--batch-command', '--edit', '--show-signature', '--contents', '--ignore-revs-file'];

export const git: Program = {
  judge: (call) => {
    const args = call.args;
    let i = 0;
    for (; i < args.length && args[i]?.text.startsWith('-') === true; i++) {
      const text = args[i]?.text ?? '';
      if (GLOBAL_CLEAR.has(text)) continue;
      call.opaque(`git ${text.replace(/=[^]*$/, '')}`);
      const value = GLOBAL_VALUE.has(text) ? args[++i] : undefined;
      if (text === '-C' && value !== undefined) call.enter(value.text, false);
      const path = /^--(?:git-dir|work-tree)=([^]+)$/.exec(text)?.[1] ?? (/^--(?:git-dir|work-tree)$/.test(text) ? value?.text : undefined);
      if (path !== undefined) call.enter(path, false);
    }
    const command = args[i]?.text;
    if (command === undefined) return;
    if (!call.atHome) call.opaque('git in another directory');
    const rest = args.slice(i + 1);
    const form = CLEAR_FORMS.get(command);
    const access = CLEAR.get(command) ?? (form?.test(rest[0]?.text ?? '') === true ? 'mention' : undefined);
    if (access === undefined) call.doubt(`git ${command}`);
    subcommand(call, command, rest, access ?? (WRITES.has(command) ? 'write' : 'mention'));
  },
};

const WRITES = new Set(['checkout', 'reset', 'clean', 'switch', 'clone', 'init', 'worktree', 'apply', 'am']);
const PATTERNED = new Set(['grep']);

function subcommand(call: Call, command: string, rest: readonly Field[], access: Access): void {
  let pattern = PATTERNED.has(command) && !rest.some((f) => /^-[ef]/.test(f.text));
  let paths = 0;
  rest.forEach((field, at) => {
    const text = field.text;
    const before = rest[at - 1]?.text ?? '';
    if (text.startsWith('--')) {
      const name = text.replace(/=[^]*$/, '');
      const tooth = name.length > 3 ? TEETH.find((t) => t.startsWith(name) && !(t !== name && /^--(?:ex|e|st|st.t|b|s|p|pa|pat|patch|i|f|te|c|o)$/.test(name))) : undefined;
      if (tooth !== undefined) call.opaque(`git ${tooth}`);
      if ('--output'.startsWith(name) && name.length > 3) {
        const file = text.includes('=') ? text.slice(text.indexOf('=') + 1) : rest[at + 1]?.text;
        if (file !== undefined) call.role({ ...field, text: file, others: [] }, 'write');
      }
      return;
    }
    if (command === 'grep' && /^-[a-zA-Z]*O/.test(text)) call.opaque('git grep -O');
    if (/^-[a-zA-Z]*[pie]/.test(text) && (command === 'add' || command === 'stash' || command === 'restore')) call.opaque(`git ${command} ${text}`);
    if (text.startsWith('-') || text === '' || /^-[nSGLMoBUfmAC]$/.test(before)) return;
    if (pattern) {
      pattern = false;
      call.role(field, 'text');
      return;
    }
    // `HEAD:path`, `:path`, `:(top)path`
    const behind = /^[^:]*:(?:\([^)]*\)|[/!^]|\d:)?([^]+)$/.exec(text)?.[1];
    const path: Field = behind === undefined ? field : { ...field, text: behind, others: [] };
    if (/::/.test(text)) call.opaque('git: a remote helper');
    paths += 1;
    // A revision reads like a path: without `--` or a sign of one it is no more than a mention.
    const sure = behind !== undefined || access === 'write' || command === 'add' || rest.slice(0, at).some((f) => f.text === '--') || /[./]/.test(text);
    call.role(path, sure && !/^[^/]*\.\.\.?[^/]*$/.test(text) ? access : 'mention');
  });
  if (command === 'grep' && paths === 0) call.role({ text: '.', others: [], glob: false, unknown: null, parts: [], bare: true }, 'search');
}
