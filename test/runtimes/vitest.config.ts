/**
 * `npm run test:runtimes`: what runs on Node runs on every runtime alike. One project a runtime plays the cases of the wire,
 * and on Bun and Deno the transcripts of the command line, through the program as that runtime runs it, and the cases of `each/`,
 * which look at what runtimes do differently; one more compares the runtimes with each other. Clients and upstreams run on this Node.
 */
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { buildFresh } from '../../tools/build.mjs';
import { cache, findOthers, installRuntimes, root } from './runtimes.ts';

for (const failure of await buildFresh()) console.error(`Not built, and tests that need it will fail: ${failure}`);
const runtimes = installRuntimes();
const others = findOthers();
console.log(`runtimes: ${runtimes.map((one) => `${one.name} (${one.version})`).join(', ')}`);

/** Cases of the proxy that stand on sockets, streams and files. The others ask what is decided, which no runtime changes. */
const WIRE = 'full,guard,pass,record,sessions,stream,substitute';
/** What does not differ between versions of Node, for which `npm test` has shown it. */
const ELSEWHERE = ['test/cli/*.test.ts', 'test/ledger/processes.test.ts'];

const common = { setupFiles: ['test/support/scratch.ts'], pool: 'forks' as const, testTimeout: 60_000, hookTimeout: 120_000 };
const quiet = { DENO_NO_UPDATE_CHECK: '1', DENO_DIR: join(cache, 'deno') };

export default defineConfig({
  test: {
    maxWorkers: 2,
    passWithNoTests: false,
    projects: [
      { root, test: { ...common, name: 'all', include: ['test/runtimes/*.test.ts'], env: { ...quiet, ...others, OCCASIO_TEST_RUNTIMES: JSON.stringify(runtimes) } } },
      ...runtimes.map((one) => ({
        root,
        test: {
          ...common,
          name: one.name,
          include: ['test/runtimes/each/*.test.ts', `test/proxy/{${WIRE}}.test.ts`, ...(one.says.startsWith('node') ? [] : ELSEWHERE)],
          env: { ...quiet, OCCASIO_TEST_RUNTIME: JSON.stringify([one.program, ...one.words]), OCCASIO_TEST_SAYS: one.says },
        },
      })),
    ],
  },
});
