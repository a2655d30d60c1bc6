/** Which kind of evidence a file is, by what stands at its beginning and in it. The verdict never rests on this: each kind is judged whole. */
import type { Core } from '../../core-wasm/core.ts';
import { parseDocument } from '../formats/document.ts';
import { parseRow } from '../formats/line.ts';

export type FileKind = 'bundle' | 'attestation' | 'run' | 'signature' | 'proof';

/** The first line of a run is a row. `head` is the file up to its first LF at least, or the first MiB of it. */
export function isRun(head: Uint8Array): boolean {
  const lf = head.indexOf(10);
  const row = parseRow(lf < 0 ? head : head.subarray(0, lf));
  return row !== null && Object.hasOwn(row, 'kind') && (Object.hasOwn(row, 'prev_hash') || Object.hasOwn(row, 'hash'));
}

/** Null: none that is known. */
export function kindOf(core: Core, bytes: Uint8Array): FileKind | null {
  if (isRun(bytes)) return 'run';
  if (new TextDecoder().decode(bytes.subarray(0, 19)) === 'c2sp.org/tlog-proof') return 'proof';
  const document = parseDocument(core, bytes);
  if (!document.ok) return null;
  const { schema, predicate_type, mediaType } = document.value;
  if (typeof schema === 'string' && schema.startsWith('occasio-bundle/')) return 'bundle';
  if (typeof predicate_type === 'string') return 'attestation';
  return typeof mediaType === 'string' ? 'signature' : null;
}
