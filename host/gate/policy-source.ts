/**
 * The policy in force: the file if there is one, else the built-in template. The file is read whenever a request comes in, so
 * an edit holds for the next one; a text that does not parse, or a file that is gone, leaves the last good policy in force, and
 * says so once.
 */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { hex, ZEROS } from '../../verifiers/formats/hex.ts';
import type { Ops } from '../ops.ts';
import { compilePolicy, parsePolicy, templateText, type Policy, type PolicyFault } from '../policy/index.ts';
import type { Preset } from '../policy/types.ts';

export interface InForce {
  readonly policy: Policy;
  readonly source: 'user' | 'default';
  /** Hex SHA-256 of the file's bytes; 64 zeros where there is no file. */
  readonly hash: string;
  readonly text: Uint8Array;
  /** The built-in template in force, when there is no file. */
  readonly template: { readonly name: string; readonly hash: string } | null;
}

export interface PolicySource {
  readonly path: string;
  current(): Promise<InForce>;
}

const MAX_BYTES = 262_144;
const TEMPLATE = 'dev-default';

/** Throws at start for a policy that cannot be read or parsed: without one there is nothing to decide by. */
export async function openPolicy(ops: Ops, core: Core, path: string, preset: Preset, notice: (line: string) => void): Promise<PolicySource> {
  let last = await load(ops, core, path, preset);
  let refused: string | null = null;
  return {
    path,
    async current() {
      try {
        const text = await read(ops, path);
        // Whoever takes the file away does not get what it denied; a start without one is another matter.
        if (text === null && last.source === 'user') throw gone(path);
        if (same(text, last)) return last;
        last = inForce(core, path, text, preset);
        refused = null;
      } catch (e) {
        if (!(e instanceof OccasioError)) throw e;
        if (refused !== e.message) notice(`${e.message} The policy read before stays in force.`);
        refused = e.message;
      }
      return last;
    },
  };
}

async function load(ops: Ops, core: Core, path: string, preset: Preset): Promise<InForce> {
  return inForce(core, path, await read(ops, path), preset);
}

async function read(ops: Ops, path: string): Promise<Uint8Array | null> {
  try {
    return await ops.files.read(path, MAX_BYTES);
  } catch (e) {
    if (e instanceof OccasioError && e.code === 'not-found') return null;
    throw e;
  }
}

function same(text: Uint8Array | null, last: InForce): boolean {
  if (text === null) return last.source === 'default';
  return last.source === 'user' && text.length === last.text.length && text.every((byte, i) => byte === last.text[i]);
}

function inForce(core: Core, path: string, file: Uint8Array | null, preset: Preset): InForce {
  const text = file ?? new TextEncoder().encode(templateText(TEMPLATE));
  const parsed = parsePolicy(core, text);
  if (!parsed.ok) throw refusal(path, parsed.faults);
  const hash = hex(core.sha256(text));
  return {
    policy: compilePolicy(core, parsed.document, preset),
    source: file === null ? 'default' : 'user',
    hash: file === null ? ZEROS : hash,
    text,
    template: file === null ? { name: TEMPLATE, hash } : null,
  };
}

function gone(path: string): OccasioError {
  return new OccasioError({ code: 'not-found', cannot: 'read policy', thing: path, found: 'no such file any more', next: 'Start again without it to go by the built-in one.' });
}

function refusal(path: string, faults: readonly PolicyFault[]): OccasioError {
  const first = faults[0];
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  return new OccasioError({
    code: 'policy',
    cannot: 'use policy',
    thing: path,
    found: first === undefined ? 'it does not parse' : `line ${first.line}, column ${first.column}: ${first.message}${more}`,
    next: 'Run `occasio policy validate` to see every fault.',
  });
}
