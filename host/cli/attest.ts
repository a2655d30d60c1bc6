/** `occasio attest`: what an agent did in one run, in figures, as a file that somebody else can check. */
import { OccasioError, printable } from '../../verifiers/formats/error.ts';
import { formatPredicate, SCHEMA_VERSIONS, type Predicate } from '../../verifiers/formats/predicate.ts';
import type { Core } from '../../core-wasm/core.ts';
import { attestRun, besideAttestation, type Attested } from '../attest/index.ts';
import type { Ops } from '../ops.ts';
import { loadCore } from '../runtime/core.ts';
import { createOps } from '../runtime/node.ts';
import { repository } from '../runtime/version.ts';
import { incomplete, oneOf, wrongUse } from './args.ts';
import type { Command, Given, Options } from './command.ts';
import { absolute, occasioHome } from './files.ts';
import { policyReader } from './policy-reader.ts';
import { document, line, type Io } from './print.ts';
import { named, newest } from './run-file.ts';
import { signGiven, signOptions, type Sign } from './sign.ts';

/** What `attest` and `bundle` share. */
export const attestOptions: Options = {
  run: { value: 'RUN', of: 'run', says: 'the id of a run of the home, or its file' },
  last: { says: 'the run that was written last, as without --run' },
  profile: { value: 'VERSION', of: SCHEMA_VERSIONS, says: '1.1.0, or 1.0.0 without coverage, tree and history' },
  ...signOptions,
  'verifier-url': { value: 'URL', says: 'where a verifier is to be had; default: the repository' },
};

export const attest: Command = {
  name: 'attest',
  summary: 'put what a run did into figures, signed or not',
  options: {
    ...attestOptions,
    out: { value: 'FILE', of: 'file', says: 'write it there, the signature to FILE.sigstore.json, and to\nFILE.occasio.json policies and checkpoints' },
    json: { says: '{attestation, run_id, out, signature, beside} as one JSON document' },
  },
  says: `Every figure is counted from the rows of the run, and a verifier counts it again; without --out the attestation goes to
stdout. A run that does not hold is not attested. A run may still be open: what is attested is what it is now.`,
  exit: '0 written, 2 wrong use, no such run, one that does not hold, or a file that is there already',
  examples: ['occasio attest', 'occasio attest --last --out attestation.json'],
  async run(given, io) {
    const out = given.values.get('out');
    const signing = given.values.has('key') ? '--key' : given.flags.has('sign') ? '--sign' : null;
    if (out === undefined && signing !== null) throw incomplete('attest', `${signing} needs --out`, 'The signature goes to a file beside it.');
    const { core, ops, attested, sign } = await attestGiven('attest', given, io);
    const sidecar = sign === null || out === undefined ? null : `${out}.sigstore.json`;
    // Before anything becomes public.
    const besideBytes = besideAttestation(core, attested);
    const beside = out === undefined || besideBytes === null ? null : `${out}.occasio.json`;
    if (out !== undefined) for (const path of [out, sidecar, beside]) if (path !== null) await refuseTaken(ops, absolute(io, path));
    const signature = sign === null ? null : await sign(attested.predicate);
    const bytes = formatPredicate(core, attested.predicate);
    if (out !== undefined) {
      await writeNew(ops, absolute(io, out), bytes);
      if (sidecar !== null && signature !== null) await writeNew(ops, absolute(io, sidecar), signature);
      if (beside !== null && besideBytes !== null) await writeNew(ops, absolute(io, beside), besideBytes);
    }
    if (given.flags.has('json')) document(io, { attestation: attested.predicate, run_id: attested.predicate.subject.run_id, out: out ?? null, signature: sidecar, beside });
    else if (out === undefined) io.out.write(bytes);
    else line(io.out, `Wrote ${printable(out)}${sidecar === null ? ', unsigned' : ` and ${printable(sidecar)}`}: ${figuresLine(attested.predicate)}`);
    return 0;
  },
};

export interface AttestedRun {
  readonly core: Core;
  readonly ops: Ops;
  readonly path: string;
  readonly attested: Attested;
  /** Null: it is not to be signed. */
  readonly sign: Sign | null;
}

/** Reads the words that `attest` and `bundle` share, and the run they name. */
export async function attestGiven(command: string, given: Given, io: Io): Promise<AttestedRun> {
  const { flags, values } = given;
  const { core } = loadCore();
  const ops = createOps();
  const home = occasioHome(io);
  const word = values.get('run');
  if (flags.has('last') && word !== undefined) throw wrongUse(command, '--last', 'a run is named beside it');
  const url = values.get('verifier-url') ?? repository;
  if (!/^https?:\/\/[!-~]+$/.test(url)) throw wrongUse(command, `--verifier-url ${url}`, 'no http address');
  const sign = await signGiven(command, given, io, ops, core, home);
  const path = word === undefined ? await newest(ops, home) : await named(io, ops, home, word, 'attest');
  const reader = policyReader(core);
  const attested = await attestRun(ops, core, home, path, {
    version: oneOf(values.get('profile'), SCHEMA_VERSIONS, '1.1.0'),
    verifierUrl: url,
    generatedAt: new Date(ops.now()).toISOString(),
    rules: (text) => reader.open(text, 'balanced')?.rules ?? null,
    builtIn: reader.builtIn,
  });
  return { core, ops, path, attested, sign };
}

/** A file that is there is somebody's: it is not replaced. */
export async function writeNew(ops: Ops, path: string, bytes: Uint8Array): Promise<void> {
  if (!(await ops.files.createExclusive(path, bytes))) throw taken(path);
}

export async function refuseTaken(ops: Ops, path: string): Promise<void> {
  if ((await ops.files.stat(path)) !== null) throw taken(path);
}

function taken(path: string): OccasioError {
  return new OccasioError({ code: 'exists', cannot: 'write', thing: path, found: 'it is there already', next: 'Name another with --out, or move it away.' });
}

export function figuresLine({ subject, execution_summary: sum, audit_chain }: Predicate): string {
  const calls = `${sum.tool_calls} tool ${sum.tool_calls === 1 ? 'call' : 'calls'}, ${sum.blocked} blocked, ${sum.secrets_redacted} ${sum.secrets_redacted === 1 ? 'secret' : 'secrets'} redacted`;
  return `run ${printable(subject.run_id)}, ${audit_chain.event_count} rows, ${calls}`;
}
