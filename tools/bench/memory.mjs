/** Peak memory of a process of its own that walks the chain of a file of a million rows, some 730 MB, with its tree. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('./memory-child.mjs', import.meta.url));
const words = 'Deno' in globalThis ? ['run', '--allow-all', CHILD] : [CHILD];

function child(...args) {
  const ran = spawnSync(process.execPath, [...words, ...args], { encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`bug: memory-child ${args[0]} ended with ${ran.status ?? ran.signal}: ${ran.stderr}`);
  return Number(ran.stdout);
}

function peak() {
  const folder = mkdtempSync(join(tmpdir(), 'occasio-bench-'));
  try {
    child('make', join(folder, 'chain.jsonl'), '1000000');
    return child('walk', join(folder, 'chain.jsonl'), '1000000');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const memoryRows = [{ name: 'chain verify, 1M rows, peak memory', peer: '80 MB', floor: 1, goal: 80 / 60, measure: () => 80e6 / peak() }];
