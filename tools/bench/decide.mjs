/** One decision under a policy of 100 rules: a file that is read, and a command of some words. Where less is better the ratio is bound / measured. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { instantiate } from '../../dist/core.js';

const CALLS = 2000;

async function policyRoom() {
  const folder = mkdtempSync(join(tmpdir(), 'occasio-bench-'));
  try {
    const outfile = join(folder, 'policy.mjs');
    await build({ entryPoints: [fileURLToPath(new URL('../../host/policy/index.ts', import.meta.url))], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error', banner: { js: "import { createRequire as benchCreateRequire } from 'node:module';\nconst require = benchCreateRequire(import.meta.url);" } });
    return await import(pathToFileURL(outfile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const paths = Array.from({ length: 60 }, (_, i) => `  - "**/secrets${i}/*.{key,pem}"`);
const commands = Array.from({ length: 40 }, (_, i) => `  - tool${i} deploy*`);
const text = `version: 1\ndeny_paths:\n${paths.join('\n')}\ndeny_commands:\n${commands.join('\n')}\n`;

function judged(tool, more) {
  const self = { home: '/home/user/.occasio', pid: 1, port: 40_000 };
  return { direction: 'inbound', door: 'wire', tool, flavour: 'posix', home: '/home/user', cwd: '/work', self, counters: { tool_calls: 1, bash_calls: 1, bytes_to_model: 0 }, ...more };
}

function path(name, access) {
  return { asked: name, access, resolved: [`/work/${name}`] };
}

/** Microseconds of one call, median of many. */
async function microseconds() {
  const core = instantiate(new WebAssembly.Module(readFileSync(new URL('../../dist/core.wasm', import.meta.url))));
  const { compilePolicy, decide, parsePolicy } = await policyRoom();
  const parsed = parsePolicy(core, new TextEncoder().encode(text));
  if (!parsed.ok) throw new Error(`bug: the policy of the bench does not parse: ${parsed.faults[0]?.message}`);
  const policy = compilePolicy(core, parsed.document, 'balanced');
  const calls = [
    judged('read_file', { class: 'read', paths: [path('src/index.ts', 'read')] }),
    judged('run_shell', { class: 'shell', paths: [path('src', 'read'), path('test', 'mention')], shell: { fault: null, opaque: null, programs: ['git', 'ls'], commands: ['git status --short', 'ls -la src test'] } }),
  ];
  const times = [];
  for (let i = 0; i < CALLS; i++) {
    const call = calls[i % calls.length];
    const from = performance.now();
    const decision = decide(policy, call);
    times.push(performance.now() - from);
    if (decision.action !== 'PASS') throw new Error(`bug: the bench's call is ${decision.action}, ${decision.reason}`);
  }
  return times.sort((a, b) => a - b)[CALLS >> 1] * 1000;
}

export const decideRows = [{ name: 'decide, 100 rules, one call', peer: '50 us', floor: 1, goal: 5, measure: async () => 50 / (await microseconds()) }];
