/** Signatures are good and bad alike on every runtime: sigstore-conformance, and what was signed here on an instance on loopback. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sigstoreCrypto } from '../../tools/build.mjs';
import { conformanceCases, forms, noCorpora, whichCorpora } from '../sigstore/conformance.ts';
import { signOn, startSigstore, statementOf, utf8, ways, WORKFLOW } from '../sigstore/signing.ts';
import { lacking } from '../support/lacking.ts';
import { ISSUER } from '../support/sigstore.ts';
import { given, root } from './runtimes.ts';
import { pack, type Packed } from './sigstore/packed.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-signatures-')));
const said = new Map<string, string>();
const file = (name: string): string => join(folder, `${name}.json`);
const verified = (cases: readonly Packed[]): boolean[] => cases.map(({ good }) => good);

const conformance: Packed[] = forms.flatMap(([form, artifactOf]) => conformanceCases().map((c) => pack({ ...c, name: `${c.name} by ${form}`, artifact: artifactOf(c.artifact) })));
const signed: Packed[] = [];

beforeAll(async () => {
  await build({
    entryPoints: [join(root, 'test/runtimes/sigstore/process.ts')], outfile: join(folder, 'process.mjs'), absWorkingDir: root, bundle: true, format: 'esm', target: 'es2022', platform: 'node', plugins: [sigstoreCrypto],
    banner: { js: "import { createRequire as cr } from 'node:module'; const require = cr(import.meta.url);" },
  });
  const artifact = utf8('signed on loopback\n');
  const sigstore = await startSigstore();
  for (const way of ways) {
    const { bundle } = await signOn(sigstore, way, statementOf('a', createHash('sha256').update(artifact).digest('hex')));
    const text = new TextDecoder().decode(bundle);
    const flipped = text.replace(/"sig":"(.{20})(.)/, (_, before: string, one: string) => `"sig":"${before}${one === 'A' ? 'B' : 'A'}`);
    const case_ = { name: way, good: true, bundle, root: sigstore.trustedRoot, key: null, identity: WORKFLOW, issuer: ISSUER, artifact: { bytes: artifact } };
    signed.push(pack(case_), pack({ ...case_, name: `${way}, a bit of the signature`, good: false, bundle: utf8(flipped) }), pack({ ...case_, name: `${way}, another artifact`, good: false, artifact: { bytes: utf8('x') } }), pack({ ...case_, name: `${way}, somebody else`, good: false, identity: `${WORKFLOW}-evil` }), pack({ ...case_, name: `${way}, under the public root`, good: false, root: null }));
  }
  await sigstore.close();
  writeFileSync(file('conformance'), JSON.stringify(conformance));
  writeFileSync(file('signed'), JSON.stringify(signed));
}, 60_000);
afterAll(() => {
  console.log([...said].map(([name, what]) => `sigstore: ${name}: ${what}`).join('\n'));
  rmSync(folder, { recursive: true, force: true });
});

/** What the runtime says of every case. */
function play({ program, words }: { readonly program: string; readonly words: readonly string[] }, name: string): string[] {
  const ran = spawnSync(program, [...words, join(folder, 'process.mjs'), join(root, 'dist/core.wasm'), file(name)], { encoding: 'utf8', timeout: 120_000, maxBuffer: 64 << 20 });
  expect([ran.status, ran.stderr]).toEqual([0, '']);
  return JSON.parse(ran.stdout) as string[];
}

function judged(runtime: string, cases: readonly Packed[], answers: readonly string[]): void {
  const wrong = cases.flatMap(({ name, good }, i) => ((answers[i] === 'verified') === good ? [] : [`${name}: ${answers[i]}`]));
  expect([answers.length, wrong]).toEqual([cases.length, []]);
  said.set(runtime, `${cases.length} cases as they should be`);
}

describe('signatures', () => {
  it.skipIf(lacking(noCorpora, whichCorpora)).each(given().map((one) => [one.name, one] as const))('of_sigstore_conformance_on_%s', (name, runtime) => {
    expect(new Set(verified(conformance)).size).toBe(2);
    judged(`${name}, conformance`, conformance, play(runtime, 'conformance'));
  }, 180_000);

  it.each(given().map((one) => [one.name, one] as const))('made_on_loopback_on_%s', (name, runtime) => {
    expect(signed.length).toBe(5 * ways.length);
    judged(`${name}, signed here`, signed, play(runtime, 'signed'));
  }, 120_000);
});
