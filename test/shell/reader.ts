/** The reader under test, loaded once, and the vectors. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createBashReader } from '../../host/shell/bash.ts';
import { createPowerShellReader } from '../../host/shell/powershell.ts';

const locate = createRequire(import.meta.url);
const bytes = (name: string): Uint8Array => new Uint8Array(readFileSync(locate.resolve(name)));

export const read = await createBashReader({ runtime: bytes('web-tree-sitter/web-tree-sitter.wasm'), grammar: bytes('tree-sitter-bash/tree-sitter-bash.wasm') });
export const readPowerShell = createPowerShellReader(read);
export const place = { home: '/home/u', cwd: '/home/u/p' };

/** Seeded: mulberry32. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

export const pick = <T>(random: (below: number) => number, items: readonly T[]): T => items[random(items.length)] as T;
