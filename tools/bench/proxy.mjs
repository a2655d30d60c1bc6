/**
 * The proxy between an agent and a scripted model, PASS throughout, each part of it a process of its own as in life: a
 * conversation of ten calls, its first request about 50 KB, so some 70 KB at its end; every call has its durable row.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, copyFileSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const TURNS = 10;
const AT_ONCE = 32;
const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

let made;
/** Model, agents, and what starts a process between them; made at first use. */
async function stage() {
  if (made !== undefined) return made;
  const folder = mkdtempSync(join(tmpdir(), 'occasio-bench-'));
  const bundle = (entry, out) => build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))], outfile: join(folder, out), bundle: true, platform: 'node', format: 'esm', target: 'es2022', logLevel: 'error',
    define: { OCCASIO_VERSION: '"bench"', OCCASIO_REPOSITORY: '""' },
    banner: { js: "import { createRequire as benchCreateRequire } from 'node:module';\nconst require = benchCreateRequire(import.meta.url);" },
  });
  await Promise.all([bundle('./proxy-child.mjs', 'child.mjs'), bundle('../../test/support/crowd.ts', 'crowd.mjs'), bundle('../../test/support/model.ts', 'model.mjs')]);
  for (const name of readdirSync(dist)) if (name.endsWith('.wasm')) copyFileSync(join(dist, name), join(folder, name));
  const cwd = join(folder, 'work');
  mkdirSync(join(cwd, 'src'), { recursive: true });
  writeFileSync(join(cwd, 'src/index.ts'), 'const a = 1;\n');
  const { converse } = await import(pathToFileURL(join(folder, 'crowd.mjs')));
  const { createModel } = await import(pathToFileURL(join(folder, 'model.mjs')));
  const model = await createModel();
  const agent = new Agent({ keepAlive: true, maxSockets: 2 * AT_ONCE });
  const children = new Map();
  let conversations = 0;
  const base = async (words) => {
    const key = words.join(' ');
    if (!children.has(key)) children.set(key, await startChild(folder, [words[0], model.url, join(folder, `home${children.size}`), cwd, ...words.slice(1)]));
    return children.get(key).url;
  };
  made = {
    folder,
    straight: model.url,
    base,
    async conversation(url, session, firstByte) {
      const outcome = await converse({ base: url, session: `session-${session}`, name: `conversation-${conversations++}`, turns: TURNS, agent, firstByte });
      if (outcome.failure !== null) throw new Error(`the bench's conversation ended: ${outcome.failure}`);
      return outcome.turns;
    },
    async close() {
      for (const { child } of children.values()) child.kill('SIGKILL');
      agent.destroy();
      await model.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return made;
}

async function startChild(folder, words) {
  const child = spawn(process.execPath, [join(folder, 'child.mjs'), ...words], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, HOME: folder } });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { child, url: line.trim() };
}

/** Ends what was started; the bench calls it once. */
export async function endProxies() {
  await made?.close();
  made = undefined;
}

/** Median first byte of the same conversation, one after the other through each place. */
async function addedMilliseconds(added) {
  const { base, straight, conversation } = await stage();
  const through = await base(['ours', added]);
  const times = { [through]: [], [straight]: [] };
  for (const [url, list] of [...Array(8)].flatMap(() => Object.entries(times))) await conversation(url, 0, (ms) => list.push(ms));
  return median(times[through].slice(TURNS * 2)) - median(times[straight].slice(TURNS * 2));
}

/** Turns a second of 32 conversations at once, the two places in turns. */
async function throughput(added) {
  const { base, conversation } = await stage();
  const [ours, peer] = [await base(['ours', added]), await base(['hono', '0'])];
  const crowd = async (url, rounds) => {
    const from = performance.now();
    const turns = await Promise.all(Array.from({ length: AT_ONCE }, async (_, i) => {
      let sum = 0;
      for (let round = 0; round < rounds; round++) sum += await conversation(url, i);
      return sum;
    }));
    return turns.reduce((a, b) => a + b) / ((performance.now() - from) / 1000);
  };
  for (const url of [ours, peer]) await crowd(url, 2);
  const speed = { [ours]: [], [peer]: [] };
  for (let i = 0; i < 5; i++) for (const url of [ours, peer]) speed[url].push(await crowd(url, 1));
  if (process.env.OCCASIO_BENCH_VERBOSE) console.log({ ours: median(speed[ours]), peer: median(speed[peer]) });
  return median(speed[ours]) / median(speed[peer]);
}

/** What an fsync of a few appended bytes takes on this disk, in milliseconds. */
export async function fsyncMilliseconds() {
  const { folder } = await stage();
  const fd = openSync(join(folder, 'fsync'), 'a');
  const times = Array.from({ length: 101 }, () => {
    writeSync(fd, 'x'.repeat(800));
    const from = performance.now();
    fdatasyncSync(fd);
    return performance.now() - from;
  });
  closeSync(fd);
  return median(times);
}

const SLOW = '5';

export const proxyRows = [
  { name: 'proxy, first byte of a streamed turn', peer: '3 ms more than straight', floor: 1, goal: 3, measure: async () => 3 / (await addedMilliseconds('0')) },
  { name: `the same, ${SLOW} ms added to fsync`, peer: `${3 + Number(SLOW)} ms more than straight`, floor: 1, goal: 1.25, measure: async () => (3 + Number(SLOW)) / (await addedMilliseconds(SLOW)) },
  { name: `proxy, turns a second, ${AT_ONCE} at once`, peer: 'a bare Hono pass-through', floor: 0.6, goal: 0.85, measure: () => throughput('0') },
  { name: `the same, ${SLOW} ms added to fsync`, peer: 'a bare Hono pass-through', floor: 0.6, goal: 0.85, measure: () => throughput(SLOW) },
];
