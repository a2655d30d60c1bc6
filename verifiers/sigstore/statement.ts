/** Whether a signed in-toto statement is about an artifact (in-toto attestation framework, Statement v1 and v0.1). */
import type { Core } from '../../core-wasm/core.ts';
import { hex } from '../formats/hex.ts';
import { Refusal } from './answer.ts';

export const IN_TOTO = 'application/vnd.in-toto+json';
const TYPES = ['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1'];
export const MAX_SUBJECTS = 1024;
export const MAX_DIGESTS = 32;

/** Any subject with this SHA-256 will do: a statement is about each of its subjects. */
export function refuseOtherSubject(core: Core, payloadType: string, payload: Uint8Array, sha256: Uint8Array): void {
  if (payloadType !== IN_TOTO) throw new Refusal('payload-type', payloadType);
  const strict = core.canonicalize(payload, 'jcs');
  if (!strict.ok) throw new Refusal('statement', `${strict.fault.code} at byte ${strict.fault.offset}`);
  const statement = JSON.parse(new TextDecoder().decode(payload)) as { readonly _type?: unknown; readonly subject?: unknown } | null;
  if (!TYPES.includes(String(statement?._type))) throw new Refusal('statement', `type ${String(statement?._type)}`);
  const subjects: unknown = statement?.subject;
  if (!Array.isArray(subjects)) throw new Refusal('statement', 'no list of subjects');
  if (subjects.length > MAX_SUBJECTS) throw new Refusal('subject-limit', `${subjects.length} subjects, at most ${MAX_SUBJECTS}`);
  const wanted = hex(sha256);
  if (!subjects.some((subject) => digestsOf(subject)['sha256'] === wanted)) throw new Refusal('subject', `no subject with sha256 ${wanted}`);
}

function digestsOf(subject: unknown): { readonly [algorithm: string]: unknown } {
  const digest: unknown = typeof subject === 'object' && subject !== null ? (subject as { readonly digest?: unknown }).digest : undefined;
  if (typeof digest !== 'object' || digest === null || Array.isArray(digest)) throw new Refusal('statement', 'a subject without digests');
  const count = Object.keys(digest).length;
  if (count > MAX_DIGESTS) throw new Refusal('subject-limit', `${count} digests of one subject, at most ${MAX_DIGESTS}`);
  return digest as { readonly [algorithm: string]: unknown };
}
