/**
 * What was put in the place of a result, by the tool_use it answers: `results/<sha256 of the id>.json`, kept for 30 days. Ids are
 * attacker-controlled, so they are only ever hashed into a name.
 */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import { isObject } from '../../verifiers/formats/members.ts';
import type { Ops } from '../ops.ts';
import { decodeJson, encodeJson } from './json.ts';

export interface StoredResult {
  readonly tool_use_id: string;
  /** The tool and the input as the model gave them. */
  readonly tool: string;
  readonly input: { readonly [name: string]: unknown };
  /** The text that the model reads. */
  readonly content: string;
  readonly is_error: boolean;
  readonly reason: string;
  /** Answered here; false where the call was refused. */
  readonly local: boolean;
  readonly secrets_redacted: number;
}

export interface Results {
  put(toolUseId: string, value: StoredResult): Promise<void>;
  /** Null when nothing is kept, or what is kept cannot be read as a result of this id. */
  get(toolUseId: string): Promise<StoredResult | null>;
  /** Removes what is older than 30 days at `now`; how many. */
  expire(now: number): Promise<number>;
}

const MAX_BYTES = 64 * 1024 * 1024;
const MAX_RESULTS = 2_000_000;
const KEPT_MS = 30 * 24 * 3_600_000;

export function openResults(ops: Ops, core: Core, folder: string): Results {
  const pathOf = (id: string): string => `${folder}/${hex(core.sha256(new TextEncoder().encode(id)))}.json`;
  return {
    async put(toolUseId, value) {
      const bytes = encodeJson(value);
      if (bytes.length > MAX_BYTES) throw new OccasioError({ code: 'too-large', cannot: 'keep the result of', thing: toolUseId, found: `${bytes.length} bytes`, want: `at most ${MAX_BYTES}` });
      await ops.files.replace(pathOf(toolUseId), bytes);
    },
    async get(toolUseId) {
      try {
        return resultOf(decodeJson(await ops.files.read(pathOf(toolUseId), MAX_BYTES)), toolUseId);
      } catch (error) {
        if (error instanceof OccasioError && ['not-found', 'not-a-file', 'too-large'].includes(error.code)) return null;
        throw error;
      }
    },
    async expire(now) {
      let removed = 0;
      for (const { name, kind } of await ops.files.list(folder, MAX_RESULTS)) {
        if (kind !== 'file' || !/^[0-9a-f]{64}\.json$/.test(name)) continue;
        const stat = await ops.files.stat(`${folder}/${name}`);
        if (stat === null || now - stat.modified <= KEPT_MS) continue;
        await ops.files.remove(`${folder}/${name}`);
        removed += 1;
      }
      return removed;
    },
  };
}

function resultOf(value: { readonly [name: string]: unknown } | null, id: string): StoredResult | null {
  if (value === null || value['tool_use_id'] !== id) return null;
  const { tool, input, content, is_error, reason, local, secrets_redacted } = value;
  if (typeof tool !== 'string' || !isObject(input) || typeof content !== 'string' || typeof reason !== 'string') return null;
  if (typeof is_error !== 'boolean' || typeof local !== 'boolean' || typeof secrets_redacted !== 'number') return null;
  return { tool_use_id: id, tool, input, content, is_error, reason, local, secrets_redacted };
}
