/** Every policy text that was in force: `policies/<sha256>.yml`, durable before the row that names it. */
import type { Core } from '../../core-wasm/core.ts';
import { OccasioError } from '../../verifiers/formats/error.ts';
import { hex } from '../../verifiers/formats/hex.ts';
import type { Ops } from '../ops.ts';

export interface Policies {
  /** Keeps the text; its hex SHA-256. */
  put(text: Uint8Array): Promise<string>;
}

export function openPolicies(ops: Ops, core: Core, folder: string): Policies {
  const kept = new Set<string>();
  return {
    async put(text) {
      const hash = hex(core.sha256(text));
      if (kept.has(hash)) return hash;
      const path = `${folder}/${hash}.yml`;
      if (!(await ops.files.createExclusive(path, text))) {
        const there = await ops.files.read(path, Math.max(text.length, 1));
        if (hex(core.sha256(there)) !== hash) {
          throw new OccasioError({ code: 'ledger', cannot: 'keep the policy in force as', thing: path, found: 'another text stands there', next: 'Move that file away: it is not what its name says.' });
        }
      }
      kept.add(hash);
      return hash;
    },
  };
}
