/**
 * A long text a part at a time, so that it need not lie in the core as a whole. Parts overlap: a finding belongs to the part in whose own
 * bytes it begins, which has `overlap` bytes behind them and some before. So what is found is what is found in the whole, for all secrets
 * shorter than the overlap.
 */
import type { Core } from '../../core-wasm/core.ts';
import type { Policy } from './compile.ts';
import { scanContent, type FoundSecret } from './content.ts';

/** What leads to a value is at most this long. */
const BEFORE = 4096;

export function scanLong(core: Core, policy: Policy, bytes: Uint8Array, part = 16 << 20, overlap = 1 << 20): FoundSecret[] {
  const found: FoundSecret[] = [];
  for (let own = 0; own < bytes.length || own === 0; own += part) {
    const first = Math.max(0, own - BEFORE);
    const { secrets } = scanContent(core, policy, bytes.subarray(first, own + part + overlap));
    for (const { label, start, end } of secrets) {
      const at = first + start;
      if (at >= own && at < own + part && at >= (found.at(-1)?.end ?? 0)) found.push({ label, start: at, end: first + end });
    }
  }
  return found;
}
