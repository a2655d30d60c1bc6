/**
 * Command rules. A rule of `deny_commands` is a program and words: `git push`, `rm -rf`, `npm publish`, `curl *`. It meets a
 * simple command of that program when its words follow in order, options and their values between them aside; an option of
 * the rule may stand anywhere, its letters in one cluster or in several. `*` and `?` in a word are wildcards.
 */
import type { Policy } from './compile.ts';
import { block, ruleName } from './refusal.ts';
import type { Decision, Flavour, Judged } from './types.ts';
import { vouching } from './vouched.ts';
import { baseName, programAt, wildcard } from './words.ts';

export function commandRefusal(policy: Policy, judged: Judged): Decision | null {
  const { shell } = judged;
  if (shell === undefined) return null;
  if (shell.fault === 'too-long' || shell.fault === 'too-many') return block('command-too-long', null);
  if (shell.fault !== null) return block('command-unparsable', null);
  const rules = policy.document.deny_commands;
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i] ?? '';
    if (shell.commands.some((command) => meets(rule, command, shell.programs, judged.flavour))) return block('command-denied', ruleName('deny_commands', i, rule));
  }
  return shell.opaque === null || vouching(policy, shell) !== null ? null : opaqueRefusal(policy);
}

function opaqueRefusal(policy: Policy): Decision | null {
  if (policy.preset === 'strict') return block('command-opaque', 'preset strict');
  if (policy.document.opaque_commands === 'block') return block('command-opaque', 'opaque_commands');
  return policy.document.opaque_commands === 'ask' ? block('approval-unavailable', 'opaque_commands') : null;
}

function meets(rule: string, command: string, programs: readonly string[], flavour: Flavour): boolean {
  // File systems that ignore case find a program by any spelling.
  const fold = (text: string): string => (flavour === 'posix' ? text : text.toLowerCase());
  const [program = '', ...wanted] = fold(rule).split(' ').filter((w) => w !== '');
  const words = fold(command).split(' ').filter((w) => w !== '');
  const at = programAt(words, programs.map(fold), (name) => wildcard(baseName(program), name));
  if (at < 0) return false;
  const given = words.slice(at + 1);
  return wanted.filter(isOption).every((option) => hasOption(option, given)) && follows(wanted.filter((w) => !isOption(w)), given);
}

function isOption(word: string): boolean {
  return /^-./.test(word);
}

/** `-rf` is in `-r -f`, `-fr` and `-rfv`; `--force` is in `--force` and `--force=…`. */
function hasOption(option: string, given: readonly string[]): boolean {
  if (given.some((word) => wildcard(option, word) || word.startsWith(`${option}=`))) return true;
  if (!/^-[A-Za-z]+$/.test(option)) return false;
  const letters = given.filter((word) => /^-[A-Za-z]+$/.test(word)).join('');
  return [...option.slice(1)].every((letter) => letters.includes(letter));
}

/** The words in order, from the first that is no option. A word after an option may be that option's value: it is stepped over. */
function follows(wanted: readonly string[], given: readonly string[]): boolean {
  let next = 0;
  let afterOption = false;
  for (const word of given) {
    const want = wanted[next];
    if (want === undefined) break;
    if (wildcard(want, word)) next++;
    else if (!isOption(word) && !afterOption) return false;
    afterOption = isOption(word);
  }
  return next === wanted.length;
}
