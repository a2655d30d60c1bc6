/** How far a long file has been read: one line on stderr that is written over, on a terminal only. */
import type { Io } from './print.ts';

/** Shorter files are done before anyone looks. */
const LONG = 16 * 1024 * 1024;

export function progressLine(io: Io, name: string, size: number): { readonly progress: ((bytes: number) => void) | undefined; done(): void } {
  if (!io.err.terminal || size < LONG) return { progress: undefined, done: () => undefined };
  let shown = -1;
  return {
    progress(bytes) {
      const percent = Math.min(100, Math.floor((100 * bytes) / size));
      if (percent !== shown) io.err.write(`\r\u001b[K${String(percent).padStart(3)} % of ${Math.round(size / 1e6)} MB, ${name}`);
      shown = percent;
    },
    done: () => io.err.write('\r\u001b[K'),
  };
}
