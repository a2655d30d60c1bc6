/**
 * `npm run test:agents`: real agents against a scripted upstream, through the built program. Before the run the pinned
 * agents are installed where they are missing, and the whole run moves into a network of its own.
 */
import { defineConfig } from 'vitest/config';
import { installAgents } from './install.ts';
import { sealNetwork } from './seal.ts';

if (process.env['OCCASIO_AGENTS_SEALED'] === undefined) {
  installAgents();
  sealNetwork();
}

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/agents/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/scratch.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
  },
});
