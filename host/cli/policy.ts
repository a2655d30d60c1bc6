/** `occasio policy`: write one, check one, show the one in force. */
import { OccasioError, printable } from '../../verifiers/formats/error.ts';
import type { Core } from '../../core-wasm/core.ts';
import type { Ops } from '../ops.ts';
import { describePolicy, diffPolicy, parsePolicy, templateText, type PolicyFault } from '../policy/index.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import type { Command, Given, Group } from './command.ts';
import { absolute, occasioHome, readInput, shownPath } from './files.ts';
import { alreadyThere, readPolicy, READ_LIMIT, templateName, templateOption, writePolicy, type PolicyText } from './policy-file.ts';
import { document, line, paint, type Io } from './print.ts';
import { table } from './table.ts';

const initAction: Command = {
  name: 'init',
  summary: 'write policy.yml into the home from a template',
  options: { template: templateOption, force: { says: 'replace the policy that is there' } },
  says: 'The home is made where there is none. A policy that is there is refused without --force.',
  exit: '0 written, 2 wrong use, there already, or a home that is not fit',
  examples: ['occasio policy init --template strict --force'],
  run: initPolicy,
};

const validateAction: Command = {
  name: 'validate',
  summary: 'list every fault of a policy, with line and column',
  words: [{ name: 'FILE', of: 'file', optional: true, says: 'a policy; "-" reads standard input; default: that of the home' }],
  says: 'Nothing is put in force: a running proxy reads policy.yml of its home by itself.',
  exit: '0 valid, 1 the policy has faults, 2 wrong use or unreadable',
  examples: ['occasio policy validate policy.yml'],
  run: validate,
};

const showAction: Command = {
  name: 'show',
  summary: 'print the policy in force, member by member',
  options: { diff: { says: 'only what differs from the template dev-default' } },
  says: 'The policy is policy.yml of the home, or the built-in dev-default where there is none.',
  exit: '0 printed, 2 wrong use, or a policy with faults',
  examples: ['occasio policy show', 'occasio policy show --diff'],
  run: show,
};

export const policy: Group = { name: 'policy', summary: 'write, check or show the policy', actions: [initAction, validateAction, showAction] };

async function initPolicy({ flags, values }: Given, io: Io): Promise<number> {
  const template = templateName(values.get('template'));
  const { path, written } = await writePolicy(createOps(), loadCore().core, occasioHome(io), template, flags.has('force'));
  if (!written) throw alreadyThere(path);
  if (flags.has('json')) document(io, { policy: path, template });
  else line(io.out, `Wrote ${shownPath(io, path)} from the template ${template}.`);
  return 0;
}

async function validate({ flags, words }: Given, io: Io): Promise<number> {
  const ops = createOps();
  const { core } = loadCore();
  const word = words[0];
  const path = word === undefined ? `${occasioHome(io)}/policy.yml` : word === '-' ? 'standard input' : absolute(io, word);
  if (word === undefined && (await ops.files.stat(path)) === null) {
    throw new OccasioError({ code: 'not-found', cannot: 'validate', thing: path, found: 'no such file, so the built-in dev-default is in force', next: 'Write one with: occasio policy init' });
  }
  const { parsed } = word === '-' ? { parsed: parsePolicy(core, await readInput(io, ops, '-', READ_LIMIT)) } : await readPolicy(ops, core, path);
  const faults = parsed.ok ? [] : parsed.faults;
  const warnings = parsed.ok ? parsed.warnings : [];
  const name = word === undefined ? shownPath(io, path) : printable(word);
  if (flags.has('json')) document(io, { valid: parsed.ok, path, faults, warnings });
  else {
    for (const fault of faults) say(io, name, 'fault', fault);
    for (const warning of warnings) say(io, name, 'warning', warning);
    if (parsed.ok) line(io.out, `${name}: ${paint(io, io.out, 'good', 'valid')}`);
    else line(io.out, `${name}: ${paint(io, io.out, 'bad', counted(faults.length))}, not used`);
  }
  return parsed.ok ? 0 : 1;
}

function counted(faults: number): string {
  return `${faults} ${faults === 1 ? 'fault' : 'faults'}`;
}

/** In the form that editors and terminals make a link of: file:line:column. */
function say(io: Io, name: string, kind: string, fault: PolicyFault): void {
  line(io.out, `${name}:${fault.line}:${fault.column}: ${kind}: ${printable(fault.message, 500)}${fault.hint === undefined ? '' : `. ${printable(fault.hint, 500)}`}`);
}

async function inForce(ops: Ops, core: Core, path: string): Promise<PolicyText & { readonly source: 'file' | 'built-in' }> {
  if ((await ops.files.stat(path)) !== null) return { ...(await readPolicy(ops, core, path)), source: 'file' };
  const bytes = new TextEncoder().encode(templateText('dev-default'));
  return { path, bytes, parsed: parsePolicy(core, bytes), source: 'built-in' };
}

async function show({ flags }: Given, io: Io): Promise<number> {
  const { core } = loadCore();
  const { path, bytes, parsed, source } = await inForce(createOps(), core, `${occasioHome(io)}/policy.yml`);
  if (!parsed.ok) {
    throw new OccasioError({ code: 'policy', cannot: 'show policy', thing: path, found: `it has ${counted(parsed.faults.length)}`, next: 'See them with: occasio policy validate' });
  }
  const sha256 = Array.from(core.sha256(bytes), (b) => b.toString(16).padStart(2, '0')).join('');
  const template = parsePolicy(core, new TextEncoder().encode(templateText('dev-default')));
  if (!template.ok) throw new Error('bug: the template dev-default does not parse');
  const differences = diffPolicy(template.document, parsed.document);
  const members = describePolicy(parsed.document);
  if (flags.has('json')) {
    document(io, { source, path: source === 'file' ? path : null, sha256, ...(flags.has('diff') ? { template: 'dev-default', differences } : { policy: parsed.document }) });
    return 0;
  }
  line(io.out, source === 'file' ? `${shownPath(io, path)}, sha256 ${sha256.slice(0, 16)}` : `built-in dev-default, as there is no ${shownPath(io, path)}; sha256 ${sha256.slice(0, 16)}`);
  line(io.out);
  if (!flags.has('diff')) table(io, [{ title: 'Member' }, { title: 'Value', wrapTo: 20 }], members.map((m) => [printable(m.member), printable(m.value, 100_000)]));
  else if (differences.length === 0) line(io.out, 'It says what the template dev-default says.');
  else for (const d of differences) line(io.out, paint(io, io.out, d.sign === '-' ? 'bad' : 'good', printable(`${d.sign} ${d.member}: ${d.value}`, 500)));
  return 0;
}
