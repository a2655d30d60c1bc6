/**
 * `npm run bench:bun`, `bench:deno`: the bench on another runtime, of those that `npm run test:runtimes` puts into its cache: $OCCASIO_CACHE/runtimes,
 * else .cache/runtimes.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const modules = join(resolve(process.env.OCCASIO_CACHE ?? join(root, '.cache'), 'runtimes'), 'node_modules');
const { platform, arch } = process;
const programs = {
  bun: [join(modules, `@oven/bun-${platform}-${arch === 'arm64' ? 'aarch64' : arch}/bin/bun`)],
  deno: [join(modules, `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}/deno`), 'run', '--allow-all'],
};
const [program, ...words] = programs[process.argv[2]] ?? [];

if (program === undefined) throw new Error(`bench: no runtime ${process.argv[2]}, want bun or deno`);
if (!existsSync(program)) {
  console.error(`Cannot run the bench on ${process.argv[2]}: ${program} is not there. It comes with: npm run test:runtimes`);
  process.exitCode = 2;
} else {
  process.exitCode = spawnSync(program, [...words, join(root, 'tools/bench/main.mjs'), ...process.argv.slice(3)], { stdio: 'inherit' }).status ?? 3;
}
