/** The core as built, through the door that ships. */
import { readFileSync } from 'node:fs';
import { instantiate } from '../../dist/core.js';

export const core = instantiate(new WebAssembly.Module(readFileSync(new URL('../../dist/core.wasm', import.meta.url))));
export const encoder = new TextEncoder();
export const decoder = new TextDecoder();
