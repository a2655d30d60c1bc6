/**
 * A document made ready for deciding. Path rules depend on where they are judged (flavour, home, directory); they are
 * compiled once per place and kept for the places seen last.
 */
import type { Core } from '../../core-wasm/core.ts';
import { compileContent, type ContentRules } from './content-rules.ts';
import type { PolicyDocument, Route } from './document.ts';
import { compileRules, type RuleSets } from './globs.ts';
import { PROTECTED } from './protected.ts';
import type { RulePlace } from './spelling.ts';
import type { Preset } from './types.ts';

export type PathList = 'deny' | 'allow' | 'settings' | 'profiles' | 'folders';

export interface Policy {
  readonly document: PolicyDocument;
  readonly preset: Preset;
  readonly routes: ReadonlyMap<string, Route>;
  readonly content: ContentRules;
  at(place: RulePlace): RuleSets<PathList>;
}

const MAX_PLACES = 32;

export function compilePolicy(core: Core, document: PolicyDocument, preset: Preset): Policy {
  const places = new Map<string, RuleSets<PathList>>();
  return {
    document,
    preset,
    routes: new Map((document.tools ?? []).map((route) => [route.tool, route])),
    content: compileContent(core, document),
    at({ flavour, home, cwd }) {
      const key = `${flavour}\0${home}\0${cwd}`;
      let rules = places.get(key);
      if (rules === undefined) {
        rules = compileRules(core, { deny: document.deny_paths, allow: document.allow_paths ?? [], ...PROTECTED }, { flavour, home, cwd }, ['allow']);
        const oldest = places.size >= MAX_PLACES ? places.keys().next().value : undefined;
        if (oldest !== undefined) places.delete(oldest);
        places.set(key, rules);
      }
      return rules;
    },
  };
}
