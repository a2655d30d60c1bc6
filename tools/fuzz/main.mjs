/**
 * `npm run fuzz`: every kernel of the core against its oracle, in turns, until the time is up or two differ.
 *
 *   npm run fuzz [-- --seconds 120] [-- --seed N] [-- --only NAME] [-- --round N]
 *
 * Each round has randomness of its own, from the seed and its number, so that a difference is replayed alone by what is printed with it.
 * The targets are TypeScript of test/core/fuzz, bundled here, as Node 20 does not read it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '120' }, seed: { type: 'string' }, only: { type: 'string' }, round: { type: 'string' } } });
const seed = number('seed', values.seed ?? String(Date.now() % 2 ** 31));
const seconds = number('seconds', values.seconds);

function number(name, text) {
  const n = Number(text);
  if (!Number.isSafeInteger(n) || n < 0) throw new Error(`--${name} ${text}: want a number`);
  return n;
}

/** The bundle is told that it is test/support/core.ts, from where the module is found. */
async function load() {
  const folder = mkdtempSync(join(tmpdir(), 'occasio-fuzz-'));
  try {
    const outfile = join(folder, 'targets.mjs');
    await build({ entryPoints: [join(root, 'test/core/fuzz/index.ts')], outfile, bundle: true, format: 'esm', platform: 'node', target: 'es2022', define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(root, 'test/support/core.ts')).href) } });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function play(target, random, index) {
  try {
    target.round(random(seed + index * 7919));
    return true;
  } catch (error) {
    console.error(`${target.name}, round ${index}: ${error instanceof Error ? error.message : String(error)}`);
    console.error(`Again: npm run fuzz -- --seed ${seed} --only ${target.name} --round ${index}`);
    return false;
  }
}

const { targets, random } = await load();
const chosen = targets.filter((t) => values.only === undefined || t.name === values.only);
if (chosen.length === 0) throw new Error(`--only ${values.only}: want one of ${targets.map((t) => t.name).join(', ')}`);
console.log(`fuzz: seed ${seed}, ${values.round === undefined ? `${seconds} s` : `round ${values.round}`}`);

const done = new Map(chosen.map((t) => [t.name, 0]));
let good = true;
if (values.round !== undefined) {
  for (const target of chosen) good = play(target, random, number('round', values.round)) && good;
} else {
  const until = performance.now() + seconds * 1000;
  while (good && performance.now() < until) {
    for (const target of chosen) {
      const slice = performance.now() + 500;
      while (good && performance.now() < slice) {
        const index = done.get(target.name);
        good = play(target, random, index);
        done.set(target.name, index + 1);
      }
    }
  }
  for (const [name, rounds] of done) console.log(`${name.padEnd(12)}${String(rounds).padStart(9)} rounds`);
}
console.log(good ? 'fuzz: no difference' : 'fuzz: a difference');
process.exitCode = good ? 0 : 1;
