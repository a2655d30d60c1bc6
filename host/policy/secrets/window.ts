/** Bytes as text: one byte, one unit, as what the rules ask for is ASCII and places stay what they are. */

export interface Window {
  readonly bytes: Uint8Array;
  /** [from, to) as text. What lies close together is turned into text once. */
  text(from: number, to: number): string;
}

const LEAST = 16_384;

export function windowOn(bytes: Uint8Array): Window {
  let first = 0;
  let seen = '';
  return {
    bytes,
    text(from, to) {
      if (from < first || to > first + seen.length) {
        first = from;
        seen = latin1(bytes.subarray(from, Math.max(to, from + LEAST)));
      }
      return seen.slice(from - first, to - first);
    },
  };
}

export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode.apply(null, bytes.subarray(at, at + 8192) as unknown as number[]);
  return text;
}
