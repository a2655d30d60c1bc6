/** `npm run test:load`: many conversations for half a minute, and hundreds of kills. OCCASIO_KILLS, OCCASIO_SEED and OCCASIO_LOAD_SECONDS change them. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/load/*.test.ts', 'test/proxy/kill.test.ts'],
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/scratch.ts'],
    env: { OCCASIO_KILLS: process.env['OCCASIO_KILLS'] ?? '300' },
    pool: 'forks',
    maxWorkers: 1,
    passWithNoTests: false,
  },
});
