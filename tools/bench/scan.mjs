/** The scanner with the secret rules that ship: ten megabytes of the sources of installed packages, and floods of prefixes. */
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { core, encoder } from './core.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { SECRET_RULES, scanRuleOf } = await rules();

/** The rules as they ship; they are TypeScript, so they are bundled first. */
async function rules() {
  const outfile = join(root, 'dist', `rules.${process.pid}.mjs`);
  try {
    const contents = "export { SECRET_RULES } from './rules.ts'; export { scanRuleOf } from './tabled.ts';";
    await build({ stdin: { contents, resolveDir: join(root, 'host/policy/secrets') }, bundle: true, outfile, format: 'esm', logLevel: 'warning' });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}

const SIZE = 10 << 20;
/** The part of the text that the peer does: it takes a second for a megabyte. */
const SHARE = 64;

/** JavaScript and TypeScript as people publish it, files of a size that people read. */
function source() {
  const chunks = [];
  let size = 0;
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (size >= SIZE) return;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      if (!entry.isFile() || !/\.[cm]?[jt]s$/.test(entry.name)) continue;
      const bytes = readFileSync(path);
      if (bytes.length > 200_000) continue;
      chunks.push(bytes);
      size += bytes.length;
    }
  };
  visit(join(root, 'node_modules'));
  return new Uint8Array(Buffer.concat(chunks));
}

/** One expression for all rules. Half of them set letter case aside, and a part of an expression cannot on all runtimes: so all of it does. */
function joined() {
  const bare = (pattern) => (pattern.startsWith('/') ? pattern.slice(1, pattern.lastIndexOf('/')) : pattern);
  return new RegExp(SECRET_RULES.map(({ pattern }) => `(?:${bare(pattern)})`).join('|'), 'gi');
}

function seconds(work) {
  const times = Array.from({ length: 7 }, () => {
    const from = performance.now();
    work();
    return performance.now() - from;
  });
  return times.sort((a, b) => a - b)[3] / 1000;
}

const flood = (bytes) => encoder.encode('-eyJ'.repeat(bytes / 4));
const scanner = () => core.scanner(SECRET_RULES.map(scanRuleOf));

export const scanRows = [
  {
    name: `secret scan, ${SECRET_RULES.length} rules, 10 MB`, peer: 'the same rules as a joined RegExp', floor: 5, goal: 16,
    setUp: () => {
      const all = scanner();
      const bytes = source();
      const part = new TextDecoder().decode(bytes.subarray(0, Math.floor(bytes.length / SHARE)));
      const expression = joined();
      return { ours: () => all.each(bytes), peer: () => part.match(expression), share: SHARE };
    },
  },
  {
    name: 'secret scan, 10 MB of source', peer: '30 MB/s', floor: 1, goal: 30,
    measure: () => {
      const all = scanner();
      const bytes = source();
      return bytes.length / seconds(() => all.each(bytes)) / 30e6;
    },
  },
  {
    name: 'secret scan, flood of prefixes', peer: '10 MB/s', floor: 1, goal: 10,
    measure: () => {
      const all = scanner();
      const bytes = flood(SIZE);
      return SIZE / seconds(() => all.each(bytes)) / 10e6;
    },
  },
  {
    name: 'secret scan, flood, twice the bytes', peer: '2.3 times as long', floor: 1, goal: 1.1,
    measure: () => {
      const all = scanner();
      const once = flood(SIZE / 2), twice = flood(SIZE);
      return 2.3 / (seconds(() => all.each(twice)) / seconds(() => all.each(once)));
    },
  },
];
