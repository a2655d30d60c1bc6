/** Lines of a byte stream in bounded memory: chunk borders do not matter, a line over the limit is dropped as it comes. */
import { MAX_LINE } from './line.ts';

export interface LineReader {
  write(chunk: Uint8Array): void;
  /** Bytes after the last LF. */
  end(): number;
}

/** `see` gets each complete line without its LF, null for one over the limit, and the offset of its first byte. The bytes are good during the call only. */
export function readLines(see: (line: Uint8Array | null, offset: number) => void): LineReader {
  let kept = new Uint8Array(4096);
  let held = 0;
  let start = 0;

  function keep(bytes: Uint8Array): void {
    const length = held + bytes.length;
    if (length <= MAX_LINE) {
      if (length > kept.length) {
        const wider = new Uint8Array(Math.min(MAX_LINE, 2 * length));
        wider.set(kept.subarray(0, held));
        kept = wider;
      }
      kept.set(bytes, held);
    }
    held = length;
  }

  function finish(last: Uint8Array): void {
    const length = held + last.length;
    const whole = held === 0;
    if (!whole) keep(last);
    see(length > MAX_LINE ? null : whole ? last : kept.subarray(0, length), start);
    start += length + 1;
    held = 0;
  }

  return {
    write(chunk) {
      let from = 0;
      for (let lf = chunk.indexOf(10); lf >= 0; lf = chunk.indexOf(10, from)) {
        finish(chunk.subarray(from, lf));
        from = lf + 1;
      }
      if (from < chunk.length) keep(chunk.subarray(from));
    },
    end: () => held,
  };
}
