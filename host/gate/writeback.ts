/**
 * Write-back: a call that writes into a file in which secrets stand. The file is read and seen as the model sees it; placeholders that the
 * model writes become the values they stand for, and what would cut a secret, or uncover one, is refused. `policy/writeback` decides; here
 * is what it needs of the disk.
 */
import { OccasioError } from '../../verifiers/formats/error.ts';
import { restoreWriting, type Restored } from '../policy/index.ts';
import type { InputFault } from '../policy/types.ts';
import type { Call } from './call.ts';
import { contentJudged } from './content.ts';
import { createResolver } from './resolve.ts';
import { decided, mayTouch } from './ruling.ts';
import type { Ruling, Turn } from './turn.ts';

/** Bytes of a file that is edited; a larger one cannot be told to hold no secret. */
const MAX_FILE = 16 * 1024 * 1024;

/** The ruling on a call that nothing has refused so far, and what the agent is to write where that is not what the model wrote. */
export async function writeBack(turn: Turn, call: Call, ruling: Ruling): Promise<Ruling> {
  const { writing } = call;
  if (writing === undefined || ruling.decision.action === 'BLOCK') return ruling;
  const refused = (fault: InputFault): Ruling => decided(turn, { ...ruling.judged, fault });
  const marked = JSON.stringify(writing).includes('[REDACTED:');
  if (!marked && writing.kind === 'whole') return ruling;
  const way = secretsAre(turn, call);
  // What cannot be redacted again in later requests may not be written either.
  if (marked && way !== 'redacted') return refused('placeholder-in-input');
  if (way === 'shown') return ruling;
  const target = await targetOf(turn, call, ruling);
  const restored: Restored = target === null ? { fault: marked ? 'placeholder-unknown' : 'secret-cut' } : restoreWriting(readerOf(turn), writing, target.texts);
  if ('fault' in restored) return refused(restored.fault);
  if (target === null || target.identity === null || !restored.guarded) return ruling;
  // Until its answer comes nobody knows what the file holds.
  const pending = turn.session.writing.get(target.identity);
  if (pending !== undefined && !turn.session.answered.has(pending)) return refused('edit-pending');
  turn.session.writing.set(target.identity, call.id ?? '');
  return restored.count === 0 ? ruling : { ...decided(turn, { ...ruling.judged, restored: restored.count }), writing: restored.writing };
}

function readerOf(turn: Turn): Parameters<typeof restoreWriting>[0] {
  return { core: turn.setting.core, key: turn.setting.home.key, policy: turn.inForce.policy };
}

/** What becomes of a secret in the call's input and result on the way up. */
function secretsAre(turn: Turn, call: Call): 'redacted' | 'withheld' | 'shown' {
  const { action } = decided(turn, contentJudged(turn, { id: null, tool: call.tool, class: call.class }, { secrets: ['any'], patterns: [], counters: null })).decision;
  return action === 'TRANSFORM' ? 'redacted' : action === 'BLOCK' ? 'withheld' : 'shown';
}

interface Target {
  /** Null: there is no such file. */
  readonly identity: string | null;
  readonly texts: readonly string[];
}

/** The one file that the call writes to; null where it cannot be told or read, or may not be. */
async function targetOf(turn: Turn, call: Call, ruling: Ruling): Promise<Target | null> {
  const [path, ...more] = call.paths.filter(({ access }) => access === 'write');
  if (path === undefined || more.length > 0) return null;
  const { ops, cwd } = turn.setting;
  try {
    const { resolved, fault } = await createResolver(ops, [...new Set([cwd, ...turn.session.directories])], ops.host.home).resolve(path.text);
    if (fault !== undefined) return null;
    const found = new Map<string, string>();
    for (const spelling of resolved) {
      const stat = await ops.files.stat(spelling);
      if (stat?.kind === 'file') found.set(stat.identity, spelling);
    }
    const [one, other] = found;
    if (one === undefined) return { identity: null, texts: [] };
    if (other !== undefined) return null;
    const text = await readWhole(turn, ruling, one[0], one[1]);
    return text === null ? null : { identity: one[0], texts: call.tool === 'notebook_edit' ? cellsOf(text) : [text] };
  } catch (e) {
    if (e instanceof OccasioError) return null;
    throw e;
  }
}

/** Lines end as agents give them to the model: by one line feed. */
async function readWhole(turn: Turn, ruling: Ruling, identity: string, path: string): Promise<string | null> {
  const file = await turn.setting.ops.files.open(path);
  try {
    const where = await file.where();
    if (file.stat.kind !== 'file' || file.stat.identity !== identity || file.stat.size > MAX_FILE) return null;
    if (where !== null && !mayTouch(turn, ruling, [where], 'read')) return null;
    const bytes = new Uint8Array(file.stat.size);
    let size = 0;
    for (let read = -1; read !== 0 && size < bytes.length; size += read) read = await file.read(bytes.subarray(size), size);
    const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
    return new TextDecoder(encoding).decode(bytes.subarray(0, size)).replaceAll('\r\n', '\n');
  } finally {
    await file.close();
  }
}

/** The sources of a notebook's cells; none where it is not a notebook. */
function cellsOf(text: string): string[] {
  const cells = (parsed(text) as { readonly cells?: unknown } | null)?.cells;
  if (!Array.isArray(cells)) return [];
  return cells.flatMap((cell: unknown) => {
    const source = (cell as { readonly source?: unknown } | null)?.source;
    if (Array.isArray(source)) return source.every((line) => typeof line === 'string') ? [source.join('')] : [];
    return typeof source === 'string' ? [source] : [];
  });
}

/** Null: no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (e) {
    if (e instanceof SyntaxError) return null;
    throw e;
  }
}
