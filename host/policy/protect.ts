/**
 * Self-protection: always on, whatever policy and preset. The record and its home are out of an agent's reach in every way;
 * the agent's own settings and hooks, shell profiles and our program may be read, not written.
 */
import type { Policy } from './compile.ts';
import { MAKERS, MOVERS, REMOVERS } from './protected.ts';
import { processRefusal } from './protect-commands.ts';
import { block } from './refusal.ts';
import { spellings } from './paths.ts';
import { foldPath, isBeneath } from './spelling.ts';
import type { Decision, Judged, JudgedPath } from './types.ts';
import { baseName, programAt } from './words.ts';

export function protection(policy: Policy, judged: Judged): Decision | null {
  const paths = judged.paths ?? [];
  const rules = policy.at(judged);
  const own = foldPath(judged.self.home, judged.flavour);
  for (const path of paths) {
    for (const spelling of spellings(path, judged)) {
      if (isBeneath(spelling, own)) return block('self-protected', `self-protection ${judged.self.home}`);
      if (mayWrite(path, judged) && rules.first('settings', spelling) >= 0) return block('self-protected', 'self-protection agent settings');
      if (path.access !== 'write') continue;
      if (rules.first('profiles', spelling) >= 0) return block('self-protected', 'self-protection shell profiles');
      const folder = isFolder(spelling, rules.first('folders', spelling));
      if (folder && judged.class === 'shell' && isFilled(path, judged)) return block('self-protected', 'self-protection agent settings');
      const whole = holdsGuarded(spelling, judged, own) || folder;
      if (whole && isRemoved(path, judged)) return block('self-protected', 'self-protection removal');
    }
  }
  return processRefusal(judged);
}

/** Whether the path may be changed: a write, or a mere mention in a command whose effect nobody knows. */
function mayWrite(path: JudgedPath, judged: Judged): boolean {
  return path.access === 'write' || (path.access === 'mention' && typeof judged.shell?.opaque === 'string');
}

/** Whether a command of the line takes the path away from where it is. A path that no command names as a word counts as taken. */
function isRemoved(path: JudgedPath, judged: Judged): boolean {
  const programs = judged.shell?.programs ?? [];
  const lines = (judged.shell?.commands ?? []).map((command) => command.split(' '));
  const removals = lines.flatMap((words) => {
    const at = programAt(words, programs, (p) => REMOVERS.has(p));
    if (at < 0) return [];
    const target = MOVERS.has(baseName(words[at] ?? '')) && !words.some((w) => /^(?:-t|--target-directory)/.test(w));
    return [words.slice(at + 1, target ? -1 : undefined)];
  });
  return removals.some((taken) => taken.includes(path.asked)) || (removals.length > 0 && !lines.some((words) => words.includes(path.asked)));
}

/** Whether a command of the line puts something into the folder, or another in its place: all but those that make it or set its mode. */
function isFilled(path: JudgedPath, judged: Judged): boolean {
  const programs = judged.shell?.programs ?? [];
  const lines = (judged.shell?.commands ?? []).map((command) => command.split(' ')).filter((words) => words.includes(path.asked));
  return lines.length === 0 || lines.some((words) => programAt(words, programs, (p) => MAKERS.has(p)) < 0);
}

/** A folder that our home or the agent's lies in, so that removing or renaming it takes them along. */
function holdsGuarded(folder: string, judged: Judged, own: string): boolean {
  return isBeneath(own, folder) || isBeneath(foldPath(`${judged.home}/.claude`, judged.flavour), folder);
}

/** The guarded folder itself, not what lies in it. */
function isFolder(path: string, rule: number): boolean {
  return rule >= 0 && /\/(?:\.claude|fish|powershell)\/?$/.test(path);
}
