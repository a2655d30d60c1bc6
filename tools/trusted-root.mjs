/**
 * Writes verifiers/sigstore/public-good.ts from the trusted root that @sigstore/tuf carries: a release step, whose result is
 * reviewed and committed. With `--check` it writes nothing and fails where the two differ.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const INSTANCE = 'https://tuf-repo-cdn.sigstore.dev';
const target = fileURLToPath(new URL('../verifiers/sigstore/public-good.ts', import.meta.url));

const seeds = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@sigstore/tuf/seeds.json'), 'utf8'));
const bytes = Buffer.from(seeds[INSTANCE].targets['trusted_root.json'], 'base64');
const digest = createHash('sha256').update(bytes).digest('hex');
const text = `/**
 * The trusted root of Sigstore's public good instance, byte for byte as its update framework publishes it.
 * Written by tools/trusted-root.mjs; SHA-256 ${digest}.
 */
export const PUBLIC_GOOD_SHA256 = '${digest}';

export const PUBLIC_GOOD_ROOT = String.raw\`${bytes.toString('utf8')}\`;
`;
if (/[`\\]|\$\{/.test(bytes.toString('utf8'))) throw new Error('The root holds characters that a raw template cannot');
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) throw new Error(`${target} is not what @sigstore/tuf carries: run node tools/trusted-root.mjs and review the change`);
} else writeFileSync(target, text);
console.log(`public good root ${digest}`);
