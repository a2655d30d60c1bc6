/**
 * Builds dist/core.wasm from core-wasm/assembly. The same sources give the same bytes on any machine: the compiler is pinned in
 * package-lock.json, and paths given to it are relative to the repository.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import asc from 'assemblyscript/asc';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const flags = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort='];

/** Compiles, puts the module in place, and tells its size and hash. Throws with the compiler's words where it refuses. */
export async function buildCore(target = join(root, 'dist/core.wasm')) {
  const files = new Map();
  const words = [];
  const collect = { write: (text) => (words.push(String(text)), true) };
  const { error } = await asc.main(['core-wasm/assembly/index.ts', '--outFile', 'core.wasm', '--baseDir', root, ...flags], {
    stdout: collect,
    stderr: collect,
    writeFile: (name, contents) => void files.set(name, contents),
  });
  const wasm = files.get('core.wasm');
  // A warning of the compiler is a conversion that nobody meant.
  const warned = words.some((text) => text.includes('WARNING'));
  if (error !== null || wasm === undefined || warned) throw new Error(`Cannot build the core:\n${words.join('')}${error?.message ?? ''}`);
  mkdirSync(dirname(target), { recursive: true });
  const draft = `${target}.${process.pid}.new`;
  writeFileSync(draft, wasm);
  renameSync(draft, target);
  return { bytes: wasm.length, gzip: gzipSync(wasm).length, sha256: createHash('sha256').update(wasm).digest('hex') };
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const built = await buildCore();
  console.log(`core.wasm  ${built.bytes} bytes, ${built.gzip} gzip, sha256 ${built.sha256}`);
}
