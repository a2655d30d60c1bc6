/**
 * Writes verifiers/sigstore/public-good.ts and host/attest/sigstore/public-good-tuf.ts from what @sigstore/tuf carries: a release
 * step, whose result is reviewed and committed. With `--check` it writes nothing and fails where they differ.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const INSTANCE = 'https://tuf-repo-cdn.sigstore.dev';
const seed = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json'), 'utf8'))[INSTANCE];

const files = [
  {
    path: 'verifiers/sigstore/public-good.ts',
    bytes: Buffer.from(seed.targets['trusted_root.json'], 'base64'),
    says: "The trusted root of Sigstore's public good instance, byte for byte as its update framework publishes it.",
    name: 'PUBLIC_GOOD_ROOT',
    digestName: 'PUBLIC_GOOD_SHA256',
  },
  {
    path: 'host/attest/sigstore/public-good-tuf.ts',
    bytes: Buffer.from(seed['root.json'], 'base64'),
    says: "The root of the update framework of Sigstore's public good instance: what an update begins with, byte for byte.",
    name: 'PUBLIC_GOOD_TUF_ROOT',
    digestName: null,
  },
];

for (const { path, bytes, says, name, digestName } of files) {
  const target = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const digest = createHash('sha256').update(bytes).digest('hex');
  const constant = digestName === null ? '' : `export const ${digestName} = '${digest}';\n\n`;
  const text = `/**\n * ${says}\n * Written by tools/trusted-root.mjs; SHA-256 ${digest}.\n */\n${constant}export const ${name} = String.raw\`${bytes.toString('utf8')}\`;\n`;
  if (/`|\$\{/.test(bytes.toString('utf8'))) throw new Error('The root holds characters that a raw template cannot');
  if (process.argv.includes('--check')) {
    if (readFileSync(target, 'utf8') !== text) throw new Error(`${target} is not what @sigstore/tuf carries: run node tools/trusted-root.mjs and review the change`);
  } else writeFileSync(target, text);
  console.log(`${path} ${digest}`);
}
