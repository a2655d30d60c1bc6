// @ts-expect-error no types
import picomatch from 'picomatch';
import type { Core } from '../../core-wasm/core.ts';
import { loadCore } from '../../host/runtime/core.ts';
export function globCore(): Core {
  try { const core = loadCore().core; core.globs(['a']); return core; } catch { /* not built */ }
  return { globs: (ps: readonly string[]) => {
    const ms = ps.map((p) => { if (/\[[^\]]*$/.test(p) || /\{[^}]*$/.test(p.replace(/\\./g,''))) return null; return picomatch(p.replace(/\[!/g,'[^'), { dot: true, nonegate: true, noextglob: true }); });
    const bad = ms.indexOf(null); if (bad >= 0) return { pattern: bad, offset: 0, code: 'unclosed-class' };
    return { match: (path: string) => ms.flatMap((m, i) => (m?.(path) ? [i] : [])) };
  } } as unknown as Core;
}
