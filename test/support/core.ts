/** The core as built, for tests. */
import { readFileSync } from 'node:fs';
import { instantiate, type Core } from '../../core-wasm/core.ts';

export const coreModule = new WebAssembly.Module(readFileSync(new URL('../../dist/core.wasm', import.meta.url)));

export function loadCore(): Core {
  return instantiate(coreModule);
}
