/**
 * Writes host/policy/secrets/tables.js: the automata of the secret rules, so that no program makes them anew at each start. The same
 * rules give the same bytes.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

export async function buildSecrets(target = join(root, 'host/policy/secrets/tables.js')) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['host/policy/secrets/make-tables.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  const program = `${target}.${process.pid}.mjs`;
  const draft = `${target}.${process.pid}.new`;
  try {
    writeFileSync(program, outputFiles[0].contents);
    const { makeTables } = await import(pathToFileURL(program).href);
    const bytes = makeTables();
    writeFileSync(draft, `/** Written by tools/build-secrets.mjs. */\nexport const TABLES =\n  '${Buffer.from(bytes).toString('base64')}';\n`);
    renameSync(draft, target);
    return bytes.length;
  } finally {
    rmSync(program, { force: true });
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) console.log(`tables of secret rules  ${await buildSecrets()} bytes`);
