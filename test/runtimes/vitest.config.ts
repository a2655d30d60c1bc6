/**
 * `npm run test:runtimes`: what runs on Node runs on every runtime alike. One project a runtime plays the cases of the proxy
 * and the transcripts of the command line through the program as that runtime runs it, and the cases of `each/`, which look
 * at what runtimes do differently; one more compares the runtimes with each other. Clients and upstreams run on this Node.
 */
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { buildFresh } from '../../tools/build.mjs';
import { cache, installRuntimes, root } from './runtimes.ts';

for (const failure of await buildFresh()) console.error(`Not built, and tests that need it will fail: ${failure}`);
const runtimes = installRuntimes();
console.log(`runtimes: ${runtimes.map((one) => `${one.name} (${one.version})`).join(', ')}`);

const common = { setupFiles: ['test/support/scratch.ts'], pool: 'forks' as const, testTimeout: 60_000, hookTimeout: 120_000 };
const quiet = { DENO_NO_UPDATE_CHECK: '1', DENO_DIR: join(cache, 'deno') };

export default defineConfig({
  test: {
    maxWorkers: 2,
    passWithNoTests: false,
    projects: [
      { root, test: { ...common, name: 'all', include: ['test/runtimes/*.test.ts'], env: { ...quiet, OCCASIO_TEST_RUNTIMES: JSON.stringify(runtimes) } } },
      ...runtimes.map((one) => ({
        root,
        test: {
          ...common,
          name: one.name,
          // What `npm test` runs on this Node in processes of their own is not run on it once more.
          include: ['test/runtimes/each/*.test.ts', 'test/proxy/*.test.ts', ...(one.program === process.execPath ? [] : ['test/cli/*.test.ts', 'test/ledger/processes.test.ts'])],
          env: { ...quiet, OCCASIO_TEST_RUNTIME: JSON.stringify([one.program, ...one.words]), OCCASIO_TEST_SAYS: one.says },
        },
      })),
    ],
  },
});
