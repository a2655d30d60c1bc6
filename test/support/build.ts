/** Before any test: dist is there and no older than its sources, so that a test never runs yesterday's program. */
import { rmSync } from 'node:fs';
import { buildFresh } from '../../tools/build.mjs';

export async function setup(): Promise<void> {
  try {
    await buildFresh();
  } catch (error) {
    rmSync(new URL('../../dist/occasio.js', import.meta.url), { force: true });
    console.error(`dist was not built, tests that run it will fail: ${String(error)}`);
  }
}
