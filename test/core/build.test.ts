import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildCore } from '../../tools/build-core.mjs';

it('the_same_sources_give_the_same_module_and_it_is_small', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'occasio-core-'));
  try {
    const built = await buildCore(join(folder, 'core.wasm'));
    const bytes = readFileSync(join(folder, 'core.wasm'));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(built.sha256);
    expect(Buffer.compare(bytes, readFileSync(new URL('../../dist/core.wasm', import.meta.url)))).toBe(0);
    expect(built.bytes).toBeLessThan(64 * 1024);
    expect(built.gzip).toBeLessThan(20 * 1024);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
