/**
 * Path rules. A deny of any spelling of any path denies, whatever the access, a mere mention included. Where there are
 * allow rules, a path that would be touched needs every spelling allowed.
 */
import type { Policy } from './compile.ts';
import { block, ruleName } from './refusal.ts';
import { foldPath, type Fold } from './spelling.ts';
import type { Decision, Judged, JudgedPath } from './types.ts';

export function pathRefusal(policy: Policy, judged: Judged): Decision | null {
  const paths = judged.paths ?? [];
  if (paths.length === 0) return null;
  const rules = policy.at(judged);
  const broken = rules.broken('deny')[0];
  if (broken !== undefined) return block('rule-error', ruleName('deny_paths', broken, policy.document.deny_paths[broken]));
  for (const path of paths) {
    for (const spelling of spellings(path, judged)) {
      const index = rules.first('deny', spelling);
      if (index >= 0) return block('path-denied', ruleName('deny_paths', index, policy.document.deny_paths[index]));
    }
  }
  if (policy.document.allow_paths === null) return null;
  const outside = paths.find((path) => path.access !== 'mention' && !spellings(path, judged, 'narrow').every((s) => rules.first('allow', s) >= 0));
  return outside === undefined ? null : block('path-not-allowed', 'allow_paths');
}

/** Folded; where nothing could be resolved, the text itself seen from the session's directory: a deny may still know it. */
export function spellings(path: JudgedPath, judged: Judged, how: Fold = 'wide'): readonly string[] {
  const texts = path.resolved.length > 0 ? path.resolved : [path.asked, `${judged.cwd}/${path.asked}`];
  return texts.map((text) => foldPath(text, judged.flavour, how));
}
