/**
 * `npm run bench`: what the budgets of docs/architecture.md say, measured against named peers in this process.
 *
 *   npm run bench [-- --json] [-- --only TEXT]
 *
 * Each row runs ours and the peer in turns and compares medians, so a busy machine slows both. A row below its floor is measured
 * once more, then the exit code is 1. The time of a row is kept short: these are gates, not records.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { canonicalRows } from './canonical.mjs';
import { chainRows } from './chain.mjs';
import { decideRows } from './decide.mjs';
import { globRows } from './globs.mjs';
import { ratioOf } from './measure.mjs';
import { memoryRows } from './memory.mjs';
import { endProxies, fsyncMilliseconds, proxyRows } from './proxy.mjs';
import { scanRows } from './scan.mjs';

const json = process.argv.includes('--json');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : '';

function sizeRows() {
  const module = readFileSync(new URL('../../dist/core.wasm', import.meta.url));
  return [
    { name: 'core.wasm', peer: '64 KB', floor: 1, goal: 2, measure: () => 65536 / module.length },
    { name: 'core.wasm, gzip', peer: '20 KB', floor: 1, goal: 20 / 11, measure: () => 20480 / gzipSync(module).length },
  ];
}

const rows = [...chainRows, ...memoryRows, ...canonicalRows, ...globRows, ...scanRows, ...sizeRows(), ...decideRows, ...proxyRows].filter((row) => row.name.includes(only));
const results = [];
for (const row of rows) {
  const measure = row.measure ?? (() => ratioOf(row.setUp()));
  let ratio = await measure();
  if (ratio < row.floor) ratio = Math.max(ratio, await measure());
  results.push({ name: row.name, peer: row.peer, ratio: Number(ratio.toFixed(3)), floor: row.floor, goal: Number(row.goal.toFixed(2)) });
  if (!json) print(results.at(-1));
}
if (!json) console.log(`fsync of this disk: ${(await fsyncMilliseconds()).toFixed(2)} ms p50`);
await endProxies();
if (json) console.log(JSON.stringify(results, null, 2));
process.exitCode = results.some((r) => r.ratio < r.floor) ? 1 : 0;

function print({ name, peer, ratio, floor, goal }) {
  const state = ratio < floor ? 'BELOW' : ratio < goal ? 'ok' : 'goal';
  console.log(`${name.padEnd(37)}${peer.padEnd(44)}${ratio.toFixed(2).padStart(8)}x   floor ${String(floor).padEnd(6)}goal ${String(goal).padEnd(6)}${state}`);
}
