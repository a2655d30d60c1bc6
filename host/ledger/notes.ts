/** The checkpoints of a run as evidence carries them: each a signed note, with what witnesses added to it. */
import type { Core } from '../../core-wasm/core.ts';
import { MAX_CHECKPOINTS } from '../../verifiers/formats/bundle.ts';
import { parseNote, parseSignatures } from '../../verifiers/formats/note.ts';
import type { Ops } from '../ops.ts';
import { readIndex, type IndexedCheckpoint, type Witnessed } from './audit-index.ts';

/** Of `rows` rows at most: the newest, and of those that a witness signed the newest. One of them covers what older ones cover. */
export async function checkpointNotes(ops: Ops, core: Core, home: string, runId: string, rows: number): Promise<readonly string[]> {
  const folder = `${home}/index`;
  const run = (await ops.files.stat(folder)) === null ? undefined : (await readIndex(ops, core, folder)).runs.get(runId);
  const within = (run?.checkpoints ?? []).filter(({ size, note }) => size <= rows && parseNote(new TextEncoder().encode(note)) !== null).sort((a, b) => b.size - a.size);
  const seen = new Set<string>();
  const kept = within.filter((one, i) => {
    const names = namesOf(one, run?.witnessed ?? []);
    const fresh = names.filter((name) => !seen.has(name));
    fresh.forEach((name) => seen.add(name));
    return i === 0 || fresh.length > 0;
  });
  return kept.slice(0, MAX_CHECKPOINTS).map((one) => one.note + linesOf(one, run?.witnessed ?? []).join('')).reverse();
}

/** Signature lines of witnesses, each once. What came back was parsed when it came; the index is anybody's. */
function linesOf({ size, note }: IndexedCheckpoint, witnessed: readonly Witnessed[]): readonly string[] {
  const good = witnessed.filter((one) => one.size === size && parseSignatures(one.cosignatures) !== null);
  const lines = [...new Set(good.flatMap((one) => one.cosignatures.split('\n').filter((line) => line !== '')))].map((line) => `${line}\n`);
  return parseNote(new TextEncoder().encode(note + lines.join(''))) === null ? [] : lines;
}

function namesOf(checkpoint: IndexedCheckpoint, witnessed: readonly Witnessed[]): readonly string[] {
  return (parseSignatures(linesOf(checkpoint, witnessed).join('')) ?? []).map(({ name }) => name);
}
