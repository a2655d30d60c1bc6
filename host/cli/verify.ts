/** `occasio verify`: is a piece of evidence what it says, and who vouches for it? Offline; what is trusted comes from the command line alone. */
import { printable } from '../../verifiers/formats/error.ts';
import { exitOfEvidence } from '../../verifiers/formats/evidence.ts';
import { MAX_NOTE } from '../../verifiers/formats/note.ts';
import { didYouMean } from '../../verifiers/formats/nearest.ts';
import { REQUIREMENTS, verifyEvidence, type Expected, type Requirement, type VerifyOptions } from '../../verifiers/verify/index.ts';
import type { Core } from '../../core-wasm/core.ts';
import type { Ops } from '../ops.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import { wrongUse } from './args.ts';
import type { Command, Given } from './command.ts';
import { readEvidence } from './evidence-file.ts';
import { absolute, occasioHome } from './files.ts';
import { policyReader } from './policy-reader.ts';
import { document, type Io } from './print.ts';
import { progressLine } from './progress.ts';
import { named, newest } from './run-file.ts';
import { deviceKeys, MAX_KEYS, trustedKeys, witnessKeyOf } from './trusted-keys.ts';
import { readProof, verifyProof } from './verify-proof.ts';
import { trustedRoot, trustedRootOption } from './trusted-root.ts';
import { verifyArtifact } from './verify-artifact.ts';
import { printVerdict } from './verify-print.ts';

export const verify: Command = {
  name: 'verify',
  summary: 'check evidence that somebody hands over, offline',
  words: [{ name: 'FILE', of: 'file', optional: true, says: 'a bundle, an attestation, a proof, or a run: its file, or its id in the home;\ndefault: the newest run. With --artifact: any Sigstore bundle' }],
  options: {
    chain: { value: 'FILE', of: 'file', says: 'of an attestation: the file of the run' },
    key: { value: 'FILE', of: 'file', says: 'trust these public keys, of who signed and of checkpoints: PEM,\nEd25519 or P-256, one or several' },
    'witness-key': { value: 'KEY', says: 'trust this witness of checkpoints, <name>+<8 hex>+<base64>;\na proof must have its signature' },
    checkpoint: { value: 'FILE', of: 'file', says: 'a checkpoint that you kept: the run must go on from it' },
    artifact: { value: 'FILE', of: 'file', says: 'what a Sigstore bundle is about: a file, or sha256:… of it' },
    'certificate-identity': { value: 'NAME', says: 'who must have signed with a certificate: this subject, whole' },
    'certificate-identity-regexp': { value: 'PATTERN', says: 'the same as a pattern, which must meet the whole subject' },
    'certificate-oidc-issuer': { value: 'URL', says: 'who must vouch for that subject' },
    'certificate-oidc-issuer-regexp': { value: 'PATTERN', says: 'the same as a pattern' },
    'trusted-root': trustedRootOption,
    'any-identity': { says: 'a certificate of anybody will do; the word is then never "verified"' },
    'allow-unsigned': { says: 'evidence that nobody signed will do' },
    require: { value: 'LIST', says: `what must hold besides: ${REQUIREMENTS.join(',')}` },
    explain: { says: 'say of each check what it is about, and what the verdict does not say' },
    json: { says: 'the verdict as one JSON document' },
  },
  says: `The word is "verified" where a signature by a trusted key or the expected identity is good and the rows give every figure
that was signed, "self-consistent" where all fits together and nobody vouches for it, "open" for a run that has not ended,
"failed" otherwise. The signature of an attestation stands beside it, in FILE.sigstore.json. Nothing goes out.`,
  exit: '0 verified, or unsigned where that was asked; 1 failed; 2 wrong use or input that cannot be read',
  examples: ['occasio verify --allow-unsigned', 'occasio verify --allow-unsigned --require coverage --explain'],
  async run(given, io) {
    const { core } = loadCore();
    const ops = createOps();
    const options = await optionsOf(given, io, ops, core);
    const home = occasioHome(io);
    if (given.values.has('artifact')) return verifyArtifact(given, io, ops, core, home, options);
    const word = given.words[0] ?? (await newest(ops, home));
    const proof = await readProof(ops, await named(io, ops, home, word, 'verify'));
    const [witness = null] = options.witnesses ?? [];
    if (proof !== null) return verifyProof(io, proof, deviceKeys(options.keys ?? []), witness, given.flags.has('json'));
    const { evidence, size } = await readEvidence(io, ops, core, home, word, given.values.get('chain'));
    const { progress, done } = progressLine(io, printable(word), size);
    const trusted = evidence.kind === 'run' ? null : await trustedRoot(io, ops, core, home, given.values.get('trusted-root'));
    const certificate = trusted === null ? {} : { certificate: (await import('../../verifiers/sigstore/checker.ts')).certificateChecker(core, trusted.root) };
    const verdict = await verifyEvidence(core, evidence, options, { policy: policyReader(core), ...certificate }, progress);
    done();
    if (given.flags.has('json')) document(io, verdict);
    else printVerdict(io, word, verdict, given.flags.has('explain'), trusted);
    return exitOfEvidence(verdict.word);
  },
};

async function optionsOf({ flags, values }: Given, io: Io, ops: Ops, core: Core): Promise<VerifyOptions> {
  const identity = expected(values, 'certificate-identity');
  const issuer = expected(values, 'certificate-oidc-issuer');
  const [keyFile, heldFile] = [values.get('key'), values.get('checkpoint')];
  const keys = keyFile === undefined ? [] : trustedKeys(core, await ops.files.read(absolute(io, keyFile), MAX_KEYS), keyFile);
  const witness = witnessKeyOf(core, 'verify', values.get('witness-key'));
  return {
    ...(identity === undefined ? {} : { identity }),
    ...(issuer === undefined ? {} : { issuer }),
    anyIdentity: flags.has('any-identity'),
    allowUnsigned: flags.has('allow-unsigned'),
    keys,
    deviceKeys: deviceKeys(keys),
    witnesses: witness === null ? [] : [witness],
    held: heldFile === undefined ? [] : [await ops.files.read(absolute(io, heldFile), MAX_NOTE)],
    require: requirements(values.get('require')),
  };
}

function expected(values: ReadonlyMap<string, string>, name: string): Expected | undefined {
  const exact = values.get(name);
  const pattern = values.get(`${name}-regexp`);
  if (exact !== undefined && pattern !== undefined) throw wrongUse('verify', `--${name}-regexp`, `--${name} stands beside it`);
  if (exact !== undefined) return { exact };
  if (pattern === undefined) return undefined;
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    if (error instanceof SyntaxError) throw wrongUse('verify', `--${name}-regexp ${pattern}`, 'no regular expression');
    throw error;
  }
  return { pattern };
}

function requirements(list: string | undefined): readonly Requirement[] {
  return (list === undefined ? [] : list.split(',')).map((word) => {
    const found = REQUIREMENTS.find((one) => one === word);
    if (found === undefined) throw wrongUse('verify', `--require ${word}`, 'no such requirement', didYouMean(word, REQUIREMENTS) ?? `Use ${REQUIREMENTS.join(', ')}.`);
    return found;
  });
}
