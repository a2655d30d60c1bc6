/**
 * Commands that a person vouches for: the first words of a command, exactly these, in this order. They let an opaque line run
 * where every command that makes it so is vouched for. All other rules hold as before, for each of its words.
 */
import type { Policy } from './compile.ts';
import { ruleName } from './refusal.ts';
import type { Decision, Judged, JudgedShell } from './types.ts';

/** Words of a rule at most, as the shell's reader keeps that many. */
export const VOUCHED_WORDS = 8;

/** By themselves these run whatever the rest of the line says. */
const RUNNERS = new Set(
  'sh bash zsh dash ksh fish csh tcsh python python2 python3 pypy pypy3 node nodejs deno bun tsx ts-node perl ruby php lua Rscript pwsh powershell osascript java awk gawk sed eval exec source . env sudo doas su xargs parallel timeout nice nohup setsid time watch ssh busybox command builtin find'.split(' '),
);

/** Why a rule vouches for more than a person could mean, or null. */
export function tooBroad(rule: string): { readonly found: string; readonly want: string } | null {
  const [program = '', next] = wordsOf(rule);
  if (/[*?]/.test(rule)) return { found: 'a wildcard', want: 'the very words, such as npm test' };
  if (wordsOf(rule).length > VOUCHED_WORDS) return { found: `more than ${VOUCHED_WORDS} words`, want: 'the first words only' };
  const name = program.replace(/^.*\//, '').replace(/\d+(?:\.\d+)*$/, '');
  const runs = RUNNERS.has(name) || RUNNERS.has(program);
  return runs && (next === undefined || next.startsWith('-')) ? { found: 'a program that runs any text', want: 'its script too, such as node scripts/check.mjs' } : null;
}

/** The rules that vouch for an opaque line, in order; null: something in it nobody vouches for. */
export function vouching(policy: Policy, shell: JudgedShell): string | null {
  const rules = policy.document.vouched_commands;
  if (shell.opaque === null || shell.doubted === undefined || shell.doubted.length === 0) return null;
  const used = new Set<number>();
  for (const words of shell.doubted) {
    const at = rules.findIndex((rule) => wordsOf(rule).every((word, i) => word === words[i]));
    if (at < 0) return null;
    used.add(at);
  }
  return [...used].sort((a, b) => a - b).map((at) => ruleName('vouched_commands', at, rules[at] ?? '')).join(', ');
}

/** Says so where the line runs because of it. */
export function vouched(policy: Policy, judged: Judged, decided: Decision): Decision {
  const rule = judged.shell === undefined || !refusesOpaque(policy) ? null : vouching(policy, judged.shell);
  return rule === null || decided.action !== 'PASS' ? decided : { ...decided, reason: 'command-vouched', rule };
}

export function refusesOpaque(policy: Policy): boolean {
  return policy.preset === 'strict' || policy.document.opaque_commands !== 'pass';
}

const wordsOf = (rule: string): readonly string[] => rule.split(' ').filter((word) => word !== '');
