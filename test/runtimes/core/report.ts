/** What each runtime says of the module it was given: its hash by the platform's own WebCrypto, and how the vectors went. */
import { instantiate } from '../../../core-wasm/core.ts';
import { hex, play, type Played } from '../../core/play.ts';
import { vectors } from '../../core/vectors.ts';

export interface Report extends Played {
  readonly sha256: string;
}

export async function report(bytes: BufferSource, module: WebAssembly.Module): Promise<Report> {
  const sha256 = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
  return { sha256, ...play(instantiate(module), vectors) };
}
