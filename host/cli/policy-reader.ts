/** The policy room as the verifier asks for it: texts opened, recorded decisions made again. */
import type { Core } from '../../core-wasm/core.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import type { RulesDigest } from '../../verifiers/formats/predicate.ts';
import type { PolicyReader } from '../../verifiers/verify/index.ts';
import { compilePolicy, decide, parsePolicy, templateNames, templateText, type PolicyDocument } from '../policy/index.ts';
import type { Judged, Preset } from '../policy/types.ts';
import { presets } from './session.ts';

export function policyReader(core: Core): PolicyReader {
  return {
    open(text, preset) {
      const parsed = parsePolicy(core, text);
      if (!parsed.ok) return null;
      const policy = compilePolicy(core, parsed.document, presets.find((one) => one === preset) ?? ('balanced' satisfies Preset));
      return {
        rules: rulesOf(parsed.document),
        decide(judged) {
          try {
            return decide(policy, judged as unknown as Judged);
          } catch (error) {
            // Of a value in another form nothing can be decided; the value is attacker-controlled.
            if (error instanceof Error) return null;
            throw error;
          }
        },
      };
    },
    builtIn(hash) {
      const texts = templateNames.map((name) => new TextEncoder().encode(templateText(name)));
      return texts.find((text) => hex(core.sha256(text)) === hash) ?? null;
    },
  };
}

export function rulesOf(document: PolicyDocument): RulesDigest {
  return { deny_paths_count: document.deny_paths.length, deny_patterns_count: document.deny_patterns.length, block_secrets: document.block_secrets_in_tool_results };
}
