/** A run and its attestation -> one file, `spec/bundle.md`; or what stands beside the attestation. */
import type { Core } from '../../core-wasm/core.ts';
import { formatBundle } from '../../verifiers/formats/bundle.ts';
import { MAX_DOCUMENT } from '../../verifiers/formats/document.ts';
import { formatSidecar } from '../../verifiers/formats/sidecar.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import type { Ops } from '../ops.ts';
import type { Attested } from './run.ts';

export async function bundleRun(ops: Ops, core: Core, path: string, { predicate, policy, policies, checkpoints, bytes }: Attested, signature: Uint8Array | null): Promise<Uint8Array> {
  if (bytes > MAX_DOCUMENT) throw tooLarge(path, bytes);
  // The rows that were attested; the run may have gone on since.
  const file = (await ops.files.read(path, Number.MAX_SAFE_INTEGER)).subarray(0, bytes);
  const rows: Uint8Array[] = [];
  for (let at = 0; at < file.length; ) {
    const lf = file.indexOf(10, at);
    rows.push(file.subarray(at, lf));
    at = lf + 1;
  }
  const bundle = formatBundle(core, { attestation: predicate, rows, policy, signature, policies, checkpoints });
  if (bundle.length > MAX_DOCUMENT) throw tooLarge(path, bundle.length);
  return bundle;
}

/** `FILE.occasio.json`; null where there is nothing to say. */
export function besideAttestation(core: Core, { predicate, policy, policies, checkpoints }: Attested): Uint8Array | null {
  const texts = [...(policy === null ? [] : [policy]), ...policies];
  return texts.length + checkpoints.length === 0 ? null : formatSidecar(core, { runId: predicate.subject.run_id, policies: texts, checkpoints });
}

function tooLarge(path: string, bytes: number): OccasioError {
  return new OccasioError({ code: 'too-large', cannot: 'make one bundle of', thing: path, found: `${bytes} bytes`, want: `at most ${MAX_DOCUMENT}`, next: 'Hand over three files: occasio attest --key KEY --out attestation.json, its sidecar, and the run\'s own file.' });
}
