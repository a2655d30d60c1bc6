/** What a git_state row digests, `spec/run.md`: the canonical form of its `tool_inputs` without `phase` and `digest`. */
import type { Core } from '../../core-wasm/core.ts';
import { canonicalBytes } from './document.ts';
import { hex } from './hex.ts';

export function gitDigest(core: Core, inputs: { readonly [name: string]: unknown }): string {
  const { phase: _phase, digest: _digest, ...state } = inputs;
  return hex(core.sha256(canonicalBytes(core, state)));
}
