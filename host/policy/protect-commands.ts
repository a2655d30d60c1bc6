/**
 * Commands that would end us, remove us, start an agent around us, or speak to our port. Read from the words of each simple
 * command, which are attacker-controlled; best effort for what an interpreter does with its text.
 */
import { EXPORTERS, FINDERS, GUARD_VARIABLES, KILLERS, LOOKERS, PACKAGE_MANAGERS, REMOVERS, REMOVE_VERBS, RUNTIMES } from './protected.ts';
import { baseName, programAt } from './words.ts';
import { block } from './refusal.ts';
import type { Decision, Judged } from './types.ts';

export function processRefusal(judged: Judged): Decision | null {
  const port = loopback(judged.self.port);
  const named = (judged.paths ?? []).some((path) => port.test(path.asked));
  if (named) return refuse('its port');
  const { shell } = judged;
  if (shell === undefined) return null;
  const lines = shell.commands.map((text) => ({ text, words: text.split(' ') }));
  const aims = (program: string): boolean => KILLERS.has(program) || FINDERS.has(program);
  if (shell.programs.some((p) => KILLERS.has(p)) && lines.some(({ words }) => programAt(words, shell.programs, aims) >= 0 && endsUs(words, judged))) return refuse('its process');
  for (const { text, words } of lines) {
    if (port.test(text)) return refuse('its port');
    if (removesUs(words, shell.programs)) return refuse('its program');
    if (reconfigures(words, shell.programs)) return refuse('its variables');
    if (runsUs(words, shell.programs)) return refuse('its commands');
    if (emptied(words)) return refuse('an agent around it');
    if (shell.opaque !== null && startsAround(text)) return refuse('an agent around it');
  }
  const locates = lines.some(({ words }) => /^(?:which|command|type|whereis|where|whence)$/.test(words[0] ?? '') && words.some(isOurs));
  return locates && shell.programs.some((p) => REMOVERS.has(p)) ? refuse('its program') : null;
}

function refuse(what: string): Decision {
  return block('self-protected-process', `self-protection ${what}`);
}

/** Our name as a package or a program, with or without version, scope or folder. */
function isOurs(word: string): boolean {
  return /^(?:.*[\\/])?occasio(?:@[^\s/]*)?(?:\.(?:exe|cmd|ps1|js))?$/i.test(word);
}

/** Spellings of this machine, followed by our port. */
function loopback(port: number): RegExp {
  const host = '(?:127(?:\\.\\d{1,3}){0,3}|localhost(?:\\.localdomain)?\\.?|\\[?(?:0*:)*:?(?:ffff:)?(?:0*1|127(?:\\.\\d{1,3}){3})\\]?|0(?:\\.0){0,3}|0x7f[0-9a-f.x]*|2130706433|017700000001|ip6-localhost)';
  return new RegExp(`(?<![\\w.])${host}(?::| +|/)0*${port}(?!\\d)`, 'i');
}

function endsUs(words: readonly string[], judged: Judged): boolean {
  const { pid, port } = judged.self;
  const numbers = new Set([`${pid}`, `-${pid}`, `${port}/tcp`, `:${port}`, `-i:${port}`, `tcp:${port}`]);
  if (words.some((w) => numbers.has(w) || numbers.has(w.replace(/^(?:--?\w+=|-[a-z]+)/i, '')) || /occasio/i.test(w))) return true;
  const program = baseName(words[0] ?? '');
  const targets = words.slice(1).filter((w) => !/^-(?!1$)/.test(w));
  // -1 is every process there is.
  if (program === 'kill') return targets.length > 0 && targets.at(-1) === '-1' && words.length > 2;
  // A pattern of several words is about one program of many that the same runtime runs.
  const single = targets.length === 1 || program === 'killall';
  return /^(?:pkill|killall|taskkill|skill|pgrep|pidof)$/.test(program) ? single && targets.some(isRuntime) : program === 'killall5';
}

/** A runtime's name, a part of it (pkill looks for parts), or a pattern that every name meets. */
function isRuntime(word: string): boolean {
  const name = baseName(word).replace(/^\^|\$$/g, '');
  return [...RUNTIMES].some((runtime) => runtime === name || (name.length > 1 && runtime.includes(name))) || /^[.*+?]*$/.test(name);
}

function removesUs(words: readonly string[], programs: readonly string[]): boolean {
  const at = programAt(words, programs, (p) => PACKAGE_MANAGERS.has(p));
  if (at < 0) return false;
  const rest = words.slice(at + 1);
  return rest.some((w) => REMOVE_VERBS.has(w)) && rest.some(isOurs);
}

/** `NAME=value` before a program, and `export`, `env`, `unset` of a variable that leads to us. */
function reconfigures(words: readonly string[], programs: readonly string[]): boolean {
  const guard = (word: string): boolean => GUARD_VARIABLES.some((name) => word === name || word.startsWith(`${name}=`) || word.startsWith(`${name}+=`));
  const assigned = words.findIndex((word) => !/^[A-Za-z_]\w*\+?=/.test(word));
  const prefix = assigned < 0 ? words : words.slice(0, assigned);
  if (prefix.some(guard)) return true;
  const at = programAt(words, programs, (p) => EXPORTERS.has(p));
  return at >= 0 && words.slice(at + 1).some((word) => guard(word) || guard(word.replace(/^(?:-u|--unset=)/, '')));
}

/** Our own program, but for what only looks; and agents started with settings of their own. */
function runsUs(words: readonly string[], programs: readonly string[]): boolean {
  const ours = programAt(words, programs, isOurs);
  const runner = programAt(words, programs, (p) => /^(?:npx|bunx|pnpx|npm|pnpm|yarn|bun)$/.test(p));
  const behind = runner < 0 ? -1 : words.findIndex((w, i) => i > runner && i <= runner + 4 && isOurs(w) && /^(?:npx|bunx|pnpx|x|exec|dlx|run|--|-y|--yes|--bun)$/.test(baseName(words[i - 1] ?? '')));
  const at = ours >= 0 ? ours : behind;
  if (at >= 0) {
    const [verb = '--help', next = ''] = words.slice(at + 1).filter((w) => w !== '');
    return !(LOOKERS.has(verb) || (verb === 'policy' && /^(?:show|validate)$/.test(next)));
  }
  const agent = programAt(words, programs, (p) => p === 'claude' || p === 'claude-code');
  return agent >= 0 && words.slice(agent + 1).some((w) => /^--(?:settings|setting-sources)(?:=|$)/.test(w) || GUARD_VARIABLES.some((name) => w.includes(name)));
}

/** `env -i … claude`: an agent without the variable that leads it to us. */
function emptied(words: readonly string[]): boolean {
  const bare = baseName(words[0] ?? '') === 'env' && words.some((w) => /^(?:-|-\w*i\w*|--ignore-environment)$/.test(w));
  return bare && words.some((w) => /^claude(?:-code)?$/.test(baseName(w)));
}

/** An interpreter's text that names both an agent and the variable that leads it elsewhere. */
function startsAround(text: string): boolean {
  return /claude/i.test(text.replaceAll(/CLAUDE_C\w+/g, '')) && GUARD_VARIABLES.some((name) => text.includes(name));
}
