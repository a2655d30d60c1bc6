/** find and test: expressions, not options. */
import type { Field } from '../bash/field.ts';
import type { Call, Program } from './program.ts';

const RUNS = new Set(['-exec', '-execdir', '-ok', '-okdir']);
const WRITES = new Set(['-fprint', '-fprint0', '-fls', '-fprintf']);
const PATH_VALUE = new Set(['-newer', '-anewer', '-cnewer', '-samefile']);
const TEXT_VALUE = new Set([
  '-name', '-iname', '-path', '-ipath', '-wholename', '-iwholename', '-lname', '-ilname', '-regex', '-iregex', '-regextype', '-type', '-xtype', '-maxdepth', '-mindepth', '-size', '-mtime',
  '-mmin', '-atime', '-amin', '-ctime', '-cmin', '-perm', '-user', '-group', '-uid', '-gid', '-links', '-inum', '-fstype', '-printf', '-context', '-used',
]);

const DOT: Field = { text: '.', others: [], glob: false, unknown: null, parts: [], bare: true };

export const find: Program = {
  judge: (call) => {
    const args = call.args;
    let i = 0;
    while (i < args.length && /^-(?:[LHP]|O\d?|D)$/.test(args[i]?.text ?? '')) i += args[i]?.text === '-D' ? 2 : 1;
    const roots: Field[] = [];
    for (; i < args.length && !/^[-(!,)]/.test(args[i]?.text ?? ''); i++) roots.push(args[i] as Field);
    if (roots.length === 0) roots.push(DOT);
    for (const root of roots) {
      call.role(root, 'list');
      if (root.glob && /^[*?[]/.test(root.text)) call.opaque('find: a file may name an expression');
    }
    for (; i < args.length; i++) {
      const text = args[i]?.text ?? '';
      if (RUNS.has(text)) i = runs(call, i);
      else if (text === '-delete') {
        call.opaque('find -delete');
        for (const root of roots) call.role(root, 'write');
      } else if (WRITES.has(text)) {
        const file = args[++i];
        if (file !== undefined) call.role(file, 'write');
        if (text === '-fprintf') i += 1;
      } else if (PATH_VALUE.has(text) || /^-newer../.test(text)) {
        const file = args[++i];
        if (file !== undefined) call.role(file, 'list');
      } else if (TEXT_VALUE.has(text)) {
        const value = args[++i];
        if (value !== undefined) call.role(value, 'text');
      } else if (text === '-files0-from') call.opaque('find -files0-from');
    }
  },
};

function runs(call: Call, at: number): number {
  let end = at + 1;
  while (end < call.args.length && call.args[end]?.text !== ';' && !(call.args[end]?.text === '+' && call.args[end - 1]?.text === '{}')) end += 1;
  call.opaque(`find ${call.args[at]?.text ?? ''}`);
  call.run(call.args.slice(at + 1, end).filter((f) => f.text !== '{}'));
  return end;
}

const OPERATORS = /^(?:-[a-zA-Z]{1,2}|[!()\]]|={1,2}|!=|=~|[<>])$/;

/** `test` and `[`: operands are looked at, never opened; words with blanks are compared texts. */
export const test: Program = {
  inert: true,
  judge: (call) => {
    call.args.forEach((field, at) => {
      const before = call.args[at - 1]?.text ?? '';
      if (OPERATORS.test(field.text)) return;
      call.role(field, /^-(?:[bcdefghkprstuwxLOGSN]|nt|ot|ef)$/.test(before) ? 'list' : 'text');
      // Within `[ … ]` these are redirections, unlike within `[[ … ]]`.
      if (before === '>' || before === '<') call.role(field, before === '>' ? 'write' : 'read');
    });
  },
};
