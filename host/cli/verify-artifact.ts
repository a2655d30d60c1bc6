/** `occasio verify FILE --artifact FILE`: any Sigstore bundle, with a verdict of its own. */
import { printable } from '../../verifiers/formats/error.ts';
import { decodeBase64 } from '../../verifiers/formats/base64.ts';
import type { VerifyOptions } from '../../verifiers/verify/index.ts';
import type { Artifact } from '../../verifiers/sigstore/index.ts';
import type { PlainFinding, PlainVerdict } from '../../verifiers/sigstore/plain.ts';
import type { Core } from '../../core-wasm/core.ts';
import type { Ops } from '../ops.ts';
import { incomplete, wrongUse } from './args.ts';
import type { Given } from './command.ts';
import { readSignature } from './evidence-file.ts';
import { absolute } from './files.ts';
import { document, line, paint, prose, type Io } from './print.ts';
import { table, type Cell } from './table.ts';
import { trustedRoot, type TrustedRoot } from './trusted-root.ts';
import { rootSentence, tones } from './verify-print.ts';

/** Bytes of an artifact that are read into memory. */
const MAX_ARTIFACT = 256 << 20;
const MAX_KEYS = 1_048_576;

export async function verifyArtifact({ flags, values, words }: Given, io: Io, ops: Ops, core: Core, home: string, options: VerifyOptions): Promise<number> {
  const [word] = words;
  if (word === undefined) throw incomplete('verify', '--artifact needs FILE', 'The bundle that was made for the artifact.');
  const alien = ['chain', 'require', 'witness-key'].find((name) => values.has(name)) ?? ['allow-unsigned'].find((name) => flags.has(name));
  if (alien !== undefined) throw wrongUse('verify', `--${alien}`, 'it belongs to evidence of a run, and --artifact to any Sigstore bundle');
  const bundle = await readSignature(io, ops, core, home, word);
  const artifact = await artifactOf(io, ops, values.get('artifact') ?? '');
  const trusted = await trustedRoot(io, ops, core, home, values.get('trusted-root'));
  const keyFile = values.get('key');
  const { verifyPlain } = await import('../../verifiers/sigstore/plain.ts');
  const verdict = verifyPlain(core, {
    bundle,
    artifact,
    keys: keyFile === undefined ? [] : spkiOf(await ops.files.read(absolute(io, keyFile), MAX_KEYS)),
    root: trusted.root,
    identity: options.identity ?? null,
    issuer: options.issuer ?? null,
    anyIdentity: options.anyIdentity === true,
  });
  if (flags.has('json')) document(io, verdict);
  else printPlain(io, word, verdict, trusted);
  return verdict.word === 'failed' ? 1 : 0;
}

async function artifactOf(io: Io, ops: Ops, word: string): Promise<Artifact> {
  if (!word.startsWith('sha256:')) return { bytes: await ops.files.read(absolute(io, word), MAX_ARTIFACT) };
  if (!/^sha256:[0-9a-f]{64}$/.test(word)) throw wrongUse('verify', `--artifact ${word}`, 'no such digest', 'Write sha256: and 64 hexadecimal digits in lower case.');
  return { sha256: Uint8Array.from(word.slice(7).match(/../g) ?? [], (digits) => Number.parseInt(digits, 16)) };
}

/** DER of each PEM block; the command has looked at their form. */
function spkiOf(bytes: Uint8Array): readonly Uint8Array[] {
  const blocks = [...new TextDecoder().decode(bytes).matchAll(/-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]*)-----END PUBLIC KEY-----/g)];
  return blocks.map((block) => decodeBase64((block[1] ?? '').replaceAll(/\s/g, ''))).filter((der) => der !== null);
}

const SAYS: { readonly [check in PlainFinding['check']]: string } = {
  bundle: 'the file is a Sigstore bundle in its one form',
  certificate: 'the certificate was good when it signed, and was logged',
  timestamp: 'the time of signing is vouched for',
  log: 'the signature is in the transparency log',
  signature: 'the signature is good',
  artifact: 'what was signed is about this artifact',
  identity: 'it is by whom it was expected',
};

const NOTES: { readonly [code: string]: string } = {
  'identity-differs': 'it was signed by somebody else',
  'issuer-differs': 'somebody else vouches for who signed',
  'identity-not-expected': 'nobody said who is expected: name --certificate-identity and --certificate-oidc-issuer',
  'any-identity': 'anybody may have signed it, as was said to be fine',
  'signed-by-key': 'it is signed by a key that you trust',
  'none-in-bundle': 'the bundle has none',
};

function printPlain(io: Io, name: string, verdict: PlainVerdict, trusted: TrustedRoot): void {
  line(io.out, printable(name, 500));
  const rows = verdict.checks.map((one): (Cell | string)[] => [one.check, { text: one.result, tone: tones[one.result] ?? 'plain' }, printable(found(one), 500)]);
  table(io, [{ title: 'Check' }, { title: 'Result' }, { title: 'What was found', wrapTo: 20 }], rows);
  line(io.out);
  const { signer, logs, timestamps } = verdict;
  if (signer !== null) prose(io, signer.kind === 'key' ? `Signed by the key with SHA-256 ${signer.digest}.` : `Signed by ${printable(signer.identity ?? '', 500)}, for whom ${printable(signer.issuer ?? '', 500)} vouches.`);
  for (const { log, index, integratedTime } of logs) prose(io, `Logged: entry ${index} of ${log.slice(0, 16)}${integratedTime === null ? '' : `, ${new Date(Number(integratedTime) * 1000).toISOString()}`}.`);
  for (const time of timestamps) prose(io, `Timestamp: ${time}.`);
  if (signer?.kind !== 'key') prose(io, rootSentence(trusted));
  line(io.out);
  line(io.out, `${paint(io, io.out, tones[verdict.word] ?? 'plain', verdict.word)}: Sigstore bundle, artifact sha256:${verdict.artifact}`);
}

function found({ check, result, code, detail }: PlainFinding): string {
  if (result === 'ok') return SAYS[check];
  if (code === null) return 'another check failed';
  return NOTES[code] ?? (detail === null ? code : `${code}: ${detail}`);
}
