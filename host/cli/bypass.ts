/**
 * Before an agent is started: does anything send its requests past us? Claude Code lets the `env` member of a settings file
 * override the environment it was started with, and a repository may carry such a file, so its text is attacker-controlled.
 * What is found is refused, with the file and the member; nothing is edited on the user's behalf.
 */
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Ops } from '../ops.ts';

const LIMIT = 4 * 1024 * 1024;

/** Variables that take the agent's requests elsewhere; a switch counts when it is on. */
const addresses = /^(ANTHROPIC_(BEDROCK_|BEDROCK_MANTLE_|VERTEX_|FOUNDRY_|AWS_)?BASE_URL|ANTHROPIC_UNIX_SOCKET|CLAUDE_CODE_API_BASE_URL)$/;
const switches = /^CLAUDE_CODE_USE_(BEDROCK|VERTEX|FOUNDRY|MANTLE|ANTHROPIC_AWS|GATEWAY)$/;

type Env = { readonly [name: string]: string | undefined };

/** Whether this variable, with this value, leads past a proxy. */
export function redirects(name: string, value: unknown): boolean {
  const known = name.toUpperCase();
  const text = typeof value === 'string' ? value.trim() : String(value);
  if (addresses.test(known)) return text !== '';
  return switches.test(known) && !/^(0|false|no|off|)$/i.test(text);
}

/** Refuses (`bypass`) when a settings file, an argument or the environment leads past the proxy. */
export async function refuseBypass(ops: Ops, env: Env, cwd: string, args: readonly string[]): Promise<void> {
  for (const [name, value] of Object.entries(env)) {
    // The base URL of the environment is the upstream, by contract; the rest would make the agent ignore ours.
    if (name.toUpperCase() !== 'ANTHROPIC_BASE_URL' && redirects(name, value ?? '')) {
      throw refusal('the environment', name, `Start again without it: env -u ${name} occasio claude`);
    }
  }
  for (const text of settingsArguments(args)) {
    if (text.trimStart().startsWith('{')) refuseText('the --settings argument', text);
    else await refuseFile(ops, resolve(cwd, text));
  }
  for (const file of await settingsFiles(ops, env, cwd)) await refuseFile(ops, file);
}

function settingsArguments(args: readonly string[]): string[] {
  return args.flatMap((a, i) => (a === '--settings' ? (args[i + 1] ?? []) : a.startsWith('--settings=') ? a.slice('--settings='.length) : []));
}

/** Every file that the agent may take settings from: of the folder and those above it, of the user, of the machine. */
async function settingsFiles(ops: Ops, env: Env, cwd: string): Promise<string[]> {
  const files: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    files.push(join(folder, '.claude', 'settings.json'), join(folder, '.claude', 'settings.local.json'));
    if (dirname(folder) === folder) break;
  }
  const home = join(env['HOME'] ?? homedir(), '.claude');
  for (const own of [home, env['CLAUDE_CONFIG_DIR'] ?? ''].filter((f) => f !== '')) {
    files.push(join(own, 'settings.json'), join(own, 'settings.local.json'), join(own, 'remote-settings.json'));
  }
  const managed = { posix: '/etc/claude-code', darwin: '/Library/Application Support/ClaudeCode', win32: 'C:\\Program Files\\ClaudeCode' }[ops.host.flavour];
  files.push(join(managed, 'managed-settings.json'), ...(await droppedIn(ops, join(managed, 'managed-settings.d'))));
  return [...new Set(files)];
}

async function droppedIn(ops: Ops, folder: string): Promise<string[]> {
  if ((await ops.files.stat(folder)) === null) return [];
  return (await ops.files.list(folder, 1000)).filter((e) => e.name.endsWith('.json')).map((e) => join(folder, e.name));
}

async function refuseFile(ops: Ops, file: string): Promise<void> {
  let bytes: Uint8Array;
  try {
    bytes = await ops.files.read(file, LIMIT);
  } catch (error) {
    if (error instanceof OccasioError && error.code === 'not-found') return;
    // A file the agent cannot read either steers nothing; one too large to judge might.
    if (error instanceof OccasioError && (error.code === 'unreadable' || error.code === 'not-a-file')) return;
    throw error;
  }
  refuseText(file, new TextDecoder().decode(bytes));
}

function refuseText(where: string, text: string): void {
  const found = settingsRedirect(text);
  if (found !== null) throw refusal(where, `env.${found}`, 'Take that member out, or name the address as --upstream URL.');
}

/** The member of a settings text that leads past us, or null. A text that is no JSON is searched for the names instead. */
export function settingsRedirect(text: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const words = text.match(/[A-Z_]{8,64}/g) ?? [];
    return words.find((w) => redirects(w, 'named in a text that is no JSON')) ?? null;
  }
  const env = typeof value === 'object' && value !== null ? (value as { readonly env?: unknown }).env : undefined;
  if (typeof env !== 'object' || env === null) return null;
  return Object.entries(env).find(([name, v]) => redirects(name, v))?.[0] ?? null;
}

function refusal(where: string, member: string, next: string): OccasioError {
  return new OccasioError({ code: 'bypass', cannot: 'start the agent under', thing: where, found: `${member} sends its requests past the proxy`, next });
}
