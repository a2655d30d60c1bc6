/**
 * What the model asked for, word for word: `runs/<run_id>.inputs.jsonl`, a line {seq, tool_use_id, salt, input} for each call whose row
 * holds `input_commit` = SHA-256(salt || input). The file may be erased: the chain keeps the commitment alone.
 */
import type { Core } from '../../core-wasm/core.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import type { AppendFile, Ops } from '../ops.ts';
import { encodeJson } from './json.ts';

const SALT = 16;

export interface InputCommit {
  /** Hex SHA-256(16-byte salt || input bytes). */
  readonly commit: string;
  /** Keeps salt and input beside the run, for the row of this number. */
  record(seq: number, toolUseId: string): Promise<void>;
}

export interface Inputs {
  commit(bytes: Uint8Array): InputCommit;
  /** Durable and closed. */
  close(): Promise<void>;
}

export function openInputs(ops: Ops, core: Core, path: string): Inputs {
  let file: Promise<AppendFile> | null = null;
  return {
    commit(bytes) {
      const salt = ops.random(SALT);
      return {
        commit: hex(core.sha256(salt, bytes)),
        async record(seq, toolUseId) {
          const line = encodeJson({ seq, tool_use_id: toolUseId, salt: base64(salt), ...inputOf(bytes) });
          file ??= ops.files.createAppend(path);
          (await file).write(line);
        },
      };
    },
    async close() {
      // A file that could not be made was an error of `record`.
      const [made] = await Promise.allSettled([file]);
      const opened = made.status === 'fulfilled' ? made.value : null;
      if (opened === null) return;
      try {
        await opened.sync();
      } finally {
        await opened.close();
      }
    },
  };
}

/** Text where the bytes are UTF-8, so that a person can read it; else base64. */
function inputOf(bytes: Uint8Array): { readonly input: string } | { readonly input_base64: string } {
  const input = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const back = new TextEncoder().encode(input);
  return same(back, bytes) ? { input } : { input_base64: base64(bytes) };
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
