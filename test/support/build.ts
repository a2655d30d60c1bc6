/** Before any test: dist is there and no older than its sources, so that a test never runs yesterday's program. */
import { buildFresh } from '../../tools/build.mjs';

export async function setup(): Promise<void> {
  for (const failure of await buildFresh()) console.error(`Not built, and tests that need it will fail: ${failure}`);
}
