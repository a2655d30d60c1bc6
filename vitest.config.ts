/** `npm test`: every suite but those that need agents or other runtimes, which have configs of their own. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/agents/**', 'test/runtimes/**', 'test/load/**', 'test/browser/**', 'test/interop/**'],
    globalSetup: ['test/support/build.ts'],
    setupFiles: ['test/support/scratch.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { hooks: 'list' },
    passWithNoTests: false,
  },
});
