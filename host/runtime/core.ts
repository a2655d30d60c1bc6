/** Loads the core, once a process. Compiling is the door's business; the core itself is handed a module. */
import { createHash } from 'node:crypto';
import { instantiate, type Core } from '../../core-wasm/core.ts';
import { readAsset } from './asset.ts';

export interface LoadedCore {
  readonly core: Core;
  /** Hex SHA-256 of the module's bytes: which core decided. */
  readonly sha256: string;
}

let loaded: LoadedCore | undefined;

export function loadCore(): LoadedCore {
  if (loaded === undefined) {
    const bytes = readAsset('core.wasm');
    // The platform's own hash, so that the core does not vouch for itself.
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    loaded = { core: instantiate(new WebAssembly.Module(bytes as BufferSource)), sha256 };
  }
  return loaded;
}
