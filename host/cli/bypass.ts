/**
 * Before an agent is started: does anything send its requests past us? Claude Code lets the `env` member of a settings file
 * override the environment it was started with, and a repository may carry such a file, so its text is attacker-controlled.
 * What is found is refused, with the file and the member; nothing is edited on the user's behalf.
 */
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { OccasioError, printable } from '../../verifiers/formats/error.ts';
import type { Ops } from '../ops.ts';

const LIMIT = 4 * 1024 * 1024;

/** Variables that take the agent's requests elsewhere; a switch counts when it is on. */
const addresses = /^(ANTHROPIC_(BEDROCK_|BEDROCK_MANTLE_|VERTEX_|FOUNDRY_|AWS_)?BASE_URL|ANTHROPIC_UNIX_SOCKET|CLAUDE_CODE_API_BASE_URL)$/;
const switches = /^CLAUDE_CODE_USE_(BEDROCK|VERTEX|FOUNDRY|MANTLE|ANTHROPIC_AWS|GATEWAY)$/;

type Env = { readonly [name: string]: string | undefined };

/** Whether this variable, with this value, leads past a proxy. */
export function redirects(name: string, value: string | undefined): boolean {
  const known = name.toUpperCase();
  const text = (value ?? '').trim();
  if (addresses.test(known)) return text !== '';
  return switches.test(known) && !/^(0|false|no|off|null|)$/i.test(text);
}

/** One place that gives the agent environment variables. */
interface Source {
  readonly where: string;
  readonly env: Env;
  /** Its text is no JSON: `env` holds each name that it mentions. */
  readonly malformed: boolean;
}

/**
 * Refuses (`bypass`) when a settings file, an argument or the environment leads past the proxy. A network's HTTP proxy is fine as
 * long as it is not asked for our address: the agent is started with a NO_PROXY that says so, which settings must not undo.
 * Gives what the person should know of files that were let be.
 */
export async function refuseBypass(ops: Ops, env: Env, cwd: string, args: readonly string[]): Promise<readonly string[]> {
  for (const [name, value] of Object.entries(env)) {
    // The base URL of the environment is the upstream, by contract; the rest would make the agent ignore ours.
    if (name.toUpperCase() !== 'ANTHROPIC_BASE_URL' && redirects(name, value)) {
      throw refusal('the environment', name, `Start again without it: env -u ${name} occasio claude`);
    }
  }
  const sources: Source[] = [];
  for (const text of settingsArguments(args)) {
    if (text.trimStart().startsWith('{')) sources.push({ where: 'the --settings argument', ...settingsEnv(text) });
    else sources.push(...(await readSettings(ops, resolve(cwd, text))));
  }
  for (const file of await settingsFiles(ops, env, cwd)) sources.push(...(await readSettings(ops, file)));
  for (const { where, env: given, malformed } of sources) {
    const member = Object.entries(given).find(([name, value]) => redirects(name, value))?.[0];
    if (member !== undefined && malformed) throw refusal(where, `it is no JSON, and names ${member}, which`, 'Mend the file.');
    if (member !== undefined) throw refusal(where, `env.${member}`, 'Take that member out, or name the address as --upstream URL.');
  }
  const notes = sources.filter((s) => s.malformed).map(({ where }) => `${printable(where, 500)} is no JSON. It names nothing that leads past the proxy; the agent may ignore all of it.`);
  if (![env, ...sources.map((s) => s.env)].some(namesProxy)) return notes;
  for (const { where, env: given } of sources) {
    const member = Object.entries(given).find(([name, value]) => /^no_proxy$/i.test(name) && !coversUs(value ?? ''))?.[0];
    if (member !== undefined) throw refusal(where, `env.${member}, which leaves out 127.0.0.1,`, `Add 127.0.0.1 to it.`);
  }
  return notes;
}

/** Measured: Claude Code asks the HTTP proxy for plain http://127.0.0.1 too, whichever of the two names it. */
function namesProxy(env: Env): boolean {
  return Object.entries(env).some(([name, value]) => /^(https?|all)_proxy$/i.test(name) && (value ?? '') !== '');
}

function coversUs(list: string): boolean {
  return list.split(/[\s,]+/).some((host) => host === '127.0.0.1' || host === '*');
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

async function readSettings(ops: Ops, file: string): Promise<readonly Source[]> {
  try {
    return [{ where: file, ...settingsEnv(new TextDecoder().decode(await ops.files.read(file, LIMIT))) }];
  } catch (error) {
    // A file the agent cannot read either steers nothing; one too large to judge might.
    if (error instanceof OccasioError && ['not-found', 'unreadable', 'not-a-file'].includes(error.code)) return [];
    throw error;
  }
}

/** The `env` of a settings text. A text that is no JSON may still be taken by a more tolerant reader: each name in it counts as set. */
export function settingsEnv(text: string): Omit<Source, 'where'> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { env: Object.fromEntries((text.match(/[A-Za-z_]{8,64}/g) ?? []).map((name) => [name, 'named in a text that is no JSON'])), malformed: true };
  }
  const env = typeof value === 'object' && value !== null ? (value as { readonly env?: unknown }).env : undefined;
  if (typeof env !== 'object' || env === null || Array.isArray(env)) return { env: {}, malformed: false };
  return { env: Object.fromEntries(Object.entries(env).map(([name, v]) => [name, typeof v === 'string' ? v : JSON.stringify(v)])), malformed: false };
}

function refusal(where: string, member: string, next: string): OccasioError {
  return new OccasioError({ code: 'bypass', cannot: 'start the agent under', thing: where, found: `${member} sends its requests past the proxy`, next });
}
