/**
 * `npm run load`: 32 conversations at once through the proxy as it ships, for ten minutes, on loopback alone.
 *
 *   npm run load [-- --seconds N]
 *
 * The first sixth warms up; then memory and descriptors are counted after a collection, and again at the end. Fails when a
 * conversation does, when a call that the model issued has no row, when the audit finds anything, when memory or descriptors grew.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const AT_ONCE = 32;
const TURNS = 10;
/** What a session remembers of a call, so that it is counted once: two ids. Caches are full after the warm-up, or nearly so. */
const BYTES_PER_CALL = 400;
const SLACK = 24e6;
const seconds = process.argv.includes('--seconds') ? Number(process.argv[process.argv.indexOf('--seconds') + 1]) : 600;
if (!(seconds >= 6)) throw new Error('--seconds wants a number from 6');

const program = fileURLToPath(new URL('../../dist/occasio.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'occasio-load-'));
const [home, cwd] = [join(folder, 'home'), join(folder, 'work')];
const env = { ...process.env, HOME: folder, OCCASIO_HOME: home };
/** On SIGUSR2 the proxy's process collects what is garbage and says what is left. */
const FIGURES = `data:text/javascript,${encodeURIComponent(`
import { readdirSync } from 'node:fs';
process.on('SIGUSR2', () => {
  for (let i = 0; i < 4; i++) globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  console.error('FIGURES ' + JSON.stringify({ rss, heapUsed, external, descriptors: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0 }));
});`)}`;

async function bundled(name) {
  const outfile = join(folder, `${name}.mjs`);
  await build({ entryPoints: [fileURLToPath(new URL(`../../test/support/${name}.ts`, import.meta.url))], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  return import(pathToFileURL(outfile));
}

async function startProxy(upstream) {
  const child = spawn(process.execPath, ['--expose-gc', '--import', FIGURES, program, 'proxy', '--upstream', upstream, '--cwd', cwd], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  child.stderr.setEncoding('utf8').on('data', (text) => said.push(text));
  let out = '';
  for await (const text of child.stdout.setEncoding('utf8')) {
    out += text;
    if (out.includes('\n')) break;
  }
  const figures = async () => {
    child.kill('SIGUSR2');
    for (;;) {
      const line = said.join('').split('\n').find((one) => one.startsWith('FIGURES ') && one.endsWith('}'));
      if (line !== undefined) {
        said.length = 0;
        return JSON.parse(line.slice(8));
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, base: /http:\S+/.exec(out)[0], figures };
}

let conversations = 0;
/** Conversations, 32 at once, until the time is over; what failed, and how many turns there were. */
async function phase(converse, base, milliseconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const until = performance.now() + milliseconds;
  let turns = 0;
  const failures = [];
  await Promise.all(Array.from({ length: AT_ONCE }, async (_, i) => {
    while (performance.now() < until && failures.length === 0) {
      const outcome = await converse({ base, session: `load-${i}`, name: `conversation-${conversations++}`, turns: TURNS, agent });
      turns += outcome.turns;
      if (outcome.failure !== null) failures.push(outcome.failure);
    }
  }));
  agent.destroy();
  // Sockets that we have left close on the other side, and those to the model when they are idle.
  await new Promise((resolve) => setTimeout(resolve, 7000));
  return { turns, failures };
}

/** tool_use ids of the inbound tool_call rows of every run; an id that stands twice is named. */
async function recorded() {
  const ids = new Set();
  const twice = [];
  for (const name of readdirSync(join(home, 'runs')).filter((one) => /^[^.]+\.jsonl$/.test(one))) {
    for await (const line of createInterface({ input: createReadStream(join(home, 'runs', name)) })) {
      const row = JSON.parse(line);
      if (row.kind !== 'tool_call' || row.direction !== 'inbound') continue;
      if (ids.has(row.tool_use_id)) twice.push(row.tool_use_id);
      ids.add(row.tool_use_id);
    }
  }
  return { ids, twice };
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const shown = ({ rss, heapUsed, external, descriptors }) => `rss ${megabytes(rss)}, heap ${megabytes(heapUsed)}, external ${megabytes(external)}, ${descriptors} descriptors`;
const problems = [];
try {
  mkdirSync(join(cwd, 'src'), { recursive: true });
  writeFileSync(join(cwd, 'src/index.ts'), 'const a = 1;\n');
  const { converse } = await bundled('crowd');
  const { createModel } = await bundled('model');
  const model = await createModel({ remember: true });
  const { child, base, figures } = await startProxy(model.url);
  const warm = await phase(converse, base, (seconds * 1000) / 6);
  const [start, issuedBefore] = [await figures(), model.issued.size];
  console.log(`after ${(seconds / 6).toFixed(0)} s: ${shown(start)}`);
  const main = await phase(converse, base, (seconds * 5000) / 6);
  const end = await figures();
  console.log(`after ${seconds} s: ${shown(end)}`);
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  await model.close();
  const { ids, twice } = await recorded();
  const lost = [...model.issued].filter((id) => !ids.has(id));
  const calls = model.issued.size - issuedBefore;
  const grown = end.heapUsed + end.external - start.heapUsed - start.external;
  const audit = spawnSync(process.execPath, [program, 'audit', 'verify', '--all'], { env, encoding: 'utf8', maxBuffer: 1e9 });
  console.log(`${warm.turns + main.turns} turns, ${(main.turns / ((seconds * 5) / 6)).toFixed(0)} a second, ${model.issued.size} calls issued, ${ids.size} with a row, ${lost.length} lost, ${twice.length} twice; heap grew ${megabytes(grown)} in ${calls} calls; audit exits ${audit.status}`);
  problems.push(...warm.failures, ...main.failures);
  if (code !== 0) problems.push(`the proxy exits ${code}`);
  if (lost.length > 0) problems.push(`no row for ${lost.slice(0, 5).join(', ')}`);
  if (twice.length > 0) problems.push(`two rows for ${twice.slice(0, 5).join(', ')}`);
  if (audit.status !== 0) problems.push(`audit verify: ${audit.stdout.slice(-500)}${audit.stderr.slice(-500)}`);
  if (end.descriptors > start.descriptors + 4) problems.push(`descriptors grew from ${start.descriptors} to ${end.descriptors}`);
  if (grown > SLACK + calls * BYTES_PER_CALL) problems.push(`memory grew by ${megabytes(grown)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) console.log(`FAILED: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
