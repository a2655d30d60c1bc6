/** `occasio scan`: where secrets stand in files. Their kind and place are told, never their value. */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError, printable } from '../../verifiers/formats/error.ts';
import { openPolicy } from '../gate/policy-source.ts';
import type { Ops } from '../ops.ts';
import { scanLong, type Policy } from '../policy/index.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import type { Command } from './command.ts';
import { absolute, occasioHome, readInput } from './files.ts';
import { document, line, paint, type Io } from './print.ts';
import { sarif } from './scan-sarif.ts';
import { placesOf, textOf, type Place } from './scan-text.ts';

export interface Finding extends Place {
  readonly label: string;
  /** As the command line named it, `/` between folders. */
  readonly file: string;
}

const LIMIT = 512 << 20;
const MAX_ENTRIES = 100_000;
/** Folders that hold no work of the user's. */
const PASSED_OVER: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', '.jj', 'node_modules']);

export const scan: Command = {
  name: 'scan',
  summary: 'find secrets in files',
  words: [{ name: 'PATH', of: 'file', optional: true, many: true, says: 'files and folders; "-" reads standard input' }],
  options: {
    stdin: { says: 'read standard input, like "-"' },
    policy: { value: 'FILE', of: 'file', says: 'the policy whose allow_secrets and secret_sets hold; default: the one in force' },
    sarif: { says: 'SARIF 2.1.0 on stdout' },
  },
  says: 'Kind, file, line, column and length of each secret are told, never its value. In folders .git and its like, node_modules and links are passed over; files that are no text are named on stderr.',
  exit: '0 none found, 1 found, 2 wrong use or unreadable',
  examples: ['occasio scan .', "echo 'A=1' | occasio scan --stdin --json"],
  async run({ flags, values, words }, io) {
    const ops = createOps();
    const { core } = loadCore();
    const policy = await policyOf(io, ops, core, values.get('policy'));
    const named = [...words, ...(flags.has('stdin') ? ['-'] : [])];
    const files = (await Promise.all((named.length === 0 ? ['.'] : named).map((word) => filesOf(io, ops, word)))).flat();
    const findings: Finding[] = [];
    const passed: { readonly file: string; readonly why: string }[] = [];
    let bytes = 0;
    for (const { word, file } of files) {
      const text = textOf(await readInput(io, ops, word, LIMIT));
      if (text === null) {
        passed.push({ file, why: 'no text' });
        line(io.err, `occasio: not looked at: ${printable(file)} is no text`);
        continue;
      }
      bytes += text.length;
      findings.push(...placesOf(text, scanLong(core, policy, text)).map((place) => ({ ...place, file })));
    }
    if (flags.has('sarif')) document(io, sarif(findings));
    else if (flags.has('json')) document(io, { findings, files: files.length - passed.length, bytes, passed_over: passed });
    else print(io, findings, files.length - passed.length);
    return findings.length === 0 ? 0 : 1;
  },
};

async function policyOf(io: Io, ops: Ops, core: Core, given: string | undefined): Promise<Policy> {
  const path = given === undefined ? `${occasioHome(io)}/policy.yml` : absolute(io, given);
  if (given !== undefined && (await ops.files.stat(path)) === null) throw new OccasioError({ code: 'not-found', cannot: 'read policy', thing: path, found: 'no such file' });
  const source = await openPolicy(ops, core, path, 'balanced', (text) => line(io.err, `occasio: ${text}`));
  return (await source.current()).policy;
}

interface Source {
  /** What `readInput` opens. */
  readonly word: string;
  readonly file: string;
}

async function filesOf(io: Io, ops: Ops, word: string): Promise<Source[]> {
  if (word === '-') return [{ word, file: '<stdin>' }];
  const stat = await ops.files.stat(absolute(io, word));
  if (stat?.kind !== 'folder') return [{ word, file: slashes(word) }];
  const entries = await ops.files.list(absolute(io, word), MAX_ENTRIES);
  const below = entries.filter((e) => (e.kind === 'folder' && !PASSED_OVER.has(e.name)) || e.kind === 'file');
  const found: Source[] = [];
  for (const { name, kind } of below) {
    const path = word === '.' ? name : `${word.replace(/[/\\]+$/, '')}/${name}`;
    found.push(...(kind === 'folder' ? await filesOf(io, ops, path) : [{ word: path, file: slashes(path) }]));
  }
  return found;
}

function slashes(path: string): string {
  return path.replaceAll('\\', '/').replace(/^\.\//, '');
}

function print(io: Io, findings: readonly Finding[], files: number): void {
  const many = `${files} file${files === 1 ? '' : 's'}`;
  if (findings.length === 0) {
    line(io.out, `No secrets in ${many}.`);
    return;
  }
  for (const { label, file, line: at, column, length } of findings) line(io.out, `${printable(file, 1000)}:${at}:${column}: ${paint(io, io.out, 'bad', label)}, ${length} characters`);
  const s = findings.length === 1 ? '' : 's';
  line(io.err, `${findings.length} secret${s} in ${many}. What is none goes into allow_secrets of the policy.`);
}
