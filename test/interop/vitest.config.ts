/**
 * `npm run test:interop`: what we sign, judged by programs that share no line with ours. They are installed, pinned, into
 * $OCCASIO_CACHE/interop, else .cache/interop of the checkout; where that cannot be, a line says what is missing.
 */
import { defineConfig } from 'vitest/config';
import { buildFresh } from '../../tools/build.mjs';
import { installPython } from './install.ts';

for (const failure of await buildFresh()) console.error(`Not built, and tests that need it will fail: ${failure}`);

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/interop/*.test.ts'],
    setupFiles: ['test/support/scratch.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    env: { OCCASIO_TEST_PYTHON: installPython() },
  },
});
